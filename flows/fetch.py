"""Fetching: documents of the publishers in `sources.toml`, into the raw folder."""

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact

from pipeline.fetch.messages import as_markdown
from pipeline.fetch.model import FetchReport, listener
from pipeline.fetch.run import fetch_sources
from pipeline.language import language_of, shown
from pipeline.messages import t
from pipeline.settings import FetchParameters


@flow(name="fetch")
def fetch(parameters: FetchParameters) -> FetchReport:
    """Downloads new and changed documents. Failures are reported; other documents land."""
    report = fetch_sources(parameters, listener(get_run_logger().info))
    create_markdown_artifact(
        as_markdown(report, language_of()), key="fetch-report", description=shown(t("Documents fetched"))
    )
    return report
