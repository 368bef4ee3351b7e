"""Fetching: documents of the publishers in `sources.toml`, into the raw folder."""

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State

from flows.outcomes import ended, outcome_of, stopped
from pipeline.errors import BudgetFormsError
from pipeline.fetch.messages import as_markdown, failures
from pipeline.fetch.model import FetchReport, listener
from pipeline.fetch.run import fetch_sources
from pipeline.language import language_of, shown
from pipeline.messages import t
from pipeline.settings import FetchParameters


@flow(name="fetch")
def fetch(parameters: FetchParameters) -> State[FetchReport]:
    """Downloads new and changed documents. Failed when something could not be fetched; other documents land."""
    try:
        report = fetch_sources(parameters, listener(get_run_logger().info))
    except BudgetFormsError as error:
        return stopped(error)
    create_markdown_artifact(
        as_markdown(report, language_of()), key="fetch-report", description=shown(t("Documents fetched"))
    )
    return ended(report, failures(report), report.line)


def run_fetch(parameters: FetchParameters) -> FetchReport:
    """Runs the flow; its report, also with failures. Raises `BudgetFormsError` as `fetch_sources` does."""
    return outcome_of(fetch(parameters, return_state=True), FetchReport)
