"""SQL queries of the dataset: ready questions, and results as text."""
