"""Figures and tables: one tidy table of aggregates per exhibit, drawn from it alone in every language."""
