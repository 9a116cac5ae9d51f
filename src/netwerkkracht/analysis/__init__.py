"""Pure analysis of the panel: models, missing data, descriptions, operating characteristics."""
