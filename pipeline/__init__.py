"""Reads the performance-target forms in Chinese public budget PDFs into a checked dataset."""

__version__ = "0.1.0"
