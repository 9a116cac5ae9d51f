"""Notebooks kept as text: executed on the synthetic study, checked for leaks, turned into pages."""
