"""Reads the performance-target forms in Chinese public budget PDFs into a checked dataset.

import pipeline
data = pipeline.open("data/processed")
data.projects.pandas(years=2026)
data.sql("SELECT publisher, count(*) FROM documents GROUP BY ALL").df()
"""

from pipeline.api import open_dataset as open
from pipeline.version import __version__

__all__ = ["__version__", "open"]
