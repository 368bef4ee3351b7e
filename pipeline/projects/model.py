"""A form as joining projects needs it, and the link to its project."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipeline.projects.names import Organ


@dataclass(frozen=True, slots=True)
class ProjectForm:
    """A form about a project, with its amounts in yuan.

    `project_name` is as printed, `exact` its key, `plain` the name as it is compared; all are empty where none is
    printed. `goal` is a key. `score` is the sum of the printed scores of a self-evaluation. `content` is equal for
    forms that repeat each other, and empty when the form has too little content.
    """

    form_id: str
    document_id: str
    document_kind: str | None
    form_kind: str
    fiscal_year: int | None
    project_name: str
    project_code: str | None
    printed_organ: str
    organ: Organ
    exact: str
    plain: str
    goal: str = ""
    annual_total: Decimal | None = None
    lifetime_total: Decimal | None = None
    initial_budget: Decimal | None = None
    adjusted_budget: Decimal | None = None
    executed: Decimal | None = None
    indicators: int = 0
    quantitative: int = 0
    score: Decimal | None = None
    content: str = ""

    @property
    def slot(self) -> tuple[str, str]:
        """The document and kind. Within it, the publisher gives different projects different names."""
        return self.document_id, self.form_kind


@dataclass(frozen=True, slots=True)
class Link:
    """The link of a form to a project: the method by which its name matched that of `linked_form_id`."""

    form_id: str
    project_key: str
    method: str
    score: float
    linked_form_id: str | None
