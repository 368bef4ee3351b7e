"""Asking the dataset in SQL: ready questions, results and how they are shown."""
