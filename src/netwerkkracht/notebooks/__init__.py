"""Notebooks kept as text: executed on the synthetic study, checked for leaks, turned into pages."""

# environment variable: the one language that a reader wants to see in JupyterLab, nl or en
LANGUAGE = "NK_LANG"
