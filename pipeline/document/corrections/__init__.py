"""Corrections by people: stored as data beside the PDFs, and applied to forms before they are checked."""
