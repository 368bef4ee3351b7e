"""The scheduled job, all year: fetch and read new documents, check the dataset, report the changes."""

from typing import Any

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.fetch import fetch
from flows.ingest import ingest_where
from pipeline.dataset.checks.check import check_dataset
from pipeline.language import language_of, shown
from pipeline.messages import t
from pipeline.run.publish import Published, as_markdown
from pipeline.settings import PublishParameters


@flow(name="publish-year")
def publish_year(parameters: PublishParameters) -> State[Any]:
    """Fetches, reads, checks and reports. Failed when something could not be fetched or read, or a check is broken;
    everything else has landed all the same."""
    fetched = fetch(parameters.to_fetch) if parameters.fetch else None
    ingested = ingest_where(parameters.to_ingest)
    published = Published(fetched, ingested, check_dataset(parameters.out))
    page = as_markdown(published, parameters.out, language_of())
    create_markdown_artifact(page, key="publish-report", description=shown(t("The outcome of the run and its changes")))
    return (Failed if published.failures else Completed)(message=shown(published.line))
