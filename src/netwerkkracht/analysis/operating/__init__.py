"""How often the analysis of this very design is right: bias, coverage, type I error, power."""
