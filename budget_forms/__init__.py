"""The package under the name of its distribution: `import budget_forms` is `import pipeline`."""

from pipeline import __version__, open

__all__ = ["__version__", "open"]
