"""What the review page cannot do, and why."""

from __future__ import annotations

from pipeline.errors import BudgetFormsError


class NotThere(BudgetFormsError):
    """There is no such document, form or page in the dataset, or its PDF is not there any more."""


class Changed(BudgetFormsError):
    """What a person wants to correct is not what they saw any more."""
