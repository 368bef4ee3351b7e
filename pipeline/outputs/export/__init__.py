"""The dataset as files for people who use a spreadsheet."""
