"""`python -m pipeline.cli` is `budget-forms`."""

from pipeline.cli import main

if __name__ == "__main__":  # worker processes load this file too
    main()
