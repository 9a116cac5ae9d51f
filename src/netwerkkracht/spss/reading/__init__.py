"""Read SPSS files: their bytes are scanned here and given to a process of its own."""
