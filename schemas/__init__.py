"""What the program knows, as data: the tables of the dataset, the vocabularies and the layouts."""
