"""Kinds of figures, one file each: the name of the file is the name of the kind."""
