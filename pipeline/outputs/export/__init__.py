"""Exports the dataset to files for spreadsheets."""
