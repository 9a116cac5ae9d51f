"""The families of outcomes: each one object, and one registry that knows them by name."""
