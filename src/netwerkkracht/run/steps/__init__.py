"""One module per command: read files, call one pure function, write files."""
