"""The deployment of `publish_year` on one machine: registered with the server and run when it is due."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import signal
from typing import NoReturn
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.deployments.runner import EntrypointType  # type: ignore[attr-defined]  # not exported, but documented
from prefect.runner import Runner
from prefect.schedules import Cron, Schedule
from prefect.states import Cancelled, Crashed
from prefect.types._datetime import now as current_time

from flows.publish_year import publish_year
from pipeline.errors import UsageError
from pipeline.messages import t
from pipeline.settings import PublishParameters

NAME = "serve"
"""Name of the deployment: publish-year/serve."""

_BEGUN = {StateType.PENDING, StateType.RUNNING, StateType.CANCELLING}


def make_schedule(cron: str, timezone: str) -> Schedule:
    """The schedule; raises `UsageError` when cron or timezone is wrong."""
    try:
        return Cron(cron, timezone=timezone)
    except ValueError as error:
        raise UsageError(
            "usage.cron", t("not a schedule: {cron!r} in {timezone!r}", cron=cron, timezone=timezone)
        ) from error


class _Runner(Runner):
    def handle_sigterm(self, *_args: object, **_kwargs: object) -> NoReturn:
        """Ends the current run, and then this process. Prefect's handler calls a coroutine that is never awaited,
        and without a handler for Ctrl-C the process would wait for the run's own end."""
        for run in multiprocessing.active_children():
            run.terminate()
        logging.getLogger("asyncio").disabled = True  # it would log every connection that this cuts
        raise KeyboardInterrupt


def serve_deployment(parameters: PublishParameters, schedule: Schedule, *, now: bool = False) -> None:
    """Runs `publish_year` on a schedule until the process is ended, and with `now` once at the start.

    One run at a time: another one that is due waits. The limit is the process's own, because one that the server
    counts is never given back when both end within a run: then no run would start any more.
    """
    runner = _Runner(name=NAME, pause_on_shutdown=False, limit=1)
    deployment = runner.add_flow(
        publish_year,
        name=NAME,
        schedule=schedule,
        parameters={"parameters": parameters.model_dump(mode="json")},
        description="Fetch and read new documents, check the dataset and report the changes.",
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    assert isinstance(deployment, UUID)
    _settle(deployment, make_up=not now)
    if now:
        with get_client(sync_client=True) as client:
            client.create_flow_run_from_deployment(deployment)
    signal.signal(signal.SIGINT, runner.handle_sigterm)
    asyncio.run(runner.start())


def _settle(deployment: UUID, *, make_up: bool) -> None:
    """Settles the runs of an earlier process: begun ones have crashed; of missed ones the last is run with `make_up`,
    else none."""
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment])))
        for run in runs:
            if run.state_type in _BEGUN:
                client.set_flow_run_state(run.id, Crashed(message="the process that ran it has ended"), force=True)
        missed = sorted((run for run in runs if _is_missed(run)), key=lambda run: str(run.expected_start_time))
        for run in missed[:-1] if make_up else missed:
            client.set_flow_run_state(run.id, Cancelled(message="a later run makes up for it"), force=True)


def _is_missed(run: FlowRun) -> bool:
    due = run.expected_start_time
    return run.state_type is StateType.SCHEDULED and due is not None and due < current_time("UTC")
