"""Write SPSS files: equal content gives equal bytes."""
