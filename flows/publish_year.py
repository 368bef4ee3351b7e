"""The scheduled job, all year: fetch and read new documents, check the dataset, report the changes."""

from dataclasses import replace

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State

from flows.fetch import run_fetch
from flows.ingest import ingest_where
from flows.outcomes import ended
from pipeline.dataset.checks.check import check_dataset
from pipeline.errors import BudgetFormsError
from pipeline.language import language_of, shown
from pipeline.messages import t
from pipeline.run.inputs import fetch_parameters
from pipeline.run.publish import Published, as_markdown, why_not_fetch
from pipeline.settings import PublishParameters


@flow(name="publish-year")
def publish_year(parameters: PublishParameters) -> State[Published]:
    """Fetches, reads, checks and reports. Failed when something could not be fetched or read, or a check is broken;
    everything else has landed all the same."""
    published = _publish(parameters)
    page = as_markdown(published, parameters.out, language_of())
    create_markdown_artifact(page, key="publish-report", description=shown(t("The outcome of the run and its changes")))
    return ended(published, published.failures, published.line)


def _publish(parameters: PublishParameters) -> Published:
    """All steps. One that cannot begin is a failure, and does not keep the next one from its work."""
    published = Published(unfetched=why_not_fetch(parameters))
    try:
        if published.unfetched is None:
            published = replace(published, fetched=run_fetch(fetch_parameters(parameters)))
        elif parameters.fetch:
            get_run_logger().warning(shown(published.unfetched))
    except BudgetFormsError as error:
        published = replace(published, stops=(t("fetching stopped: {error}", error=error),))
    try:
        published = replace(published, ingested=ingest_where(parameters.to_ingest))
        return replace(published, problems=tuple(check_dataset(parameters.out)))
    except BudgetFormsError as error:
        return replace(published, stops=(*published.stops, t("reading stopped: {error}", error=error)))
