"""Say what is in an SPSS file, for a program or a person."""
