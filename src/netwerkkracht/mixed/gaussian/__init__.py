"""The Gaussian engine: moments, search, small-sample inference, profiles, refits."""
