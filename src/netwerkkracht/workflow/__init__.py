"""Around Snakemake: starting it, showing how far it is, saying what came out."""
