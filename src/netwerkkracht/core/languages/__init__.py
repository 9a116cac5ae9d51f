"""How a language writes numbers and what every layer calls by one name: one file per language."""
