"""What a study is: its configuration, its codebook and the facts the analysis needs of them."""
