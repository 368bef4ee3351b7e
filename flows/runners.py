"""The task runners of an ingest: threads of this process, or the workers of a Dask cluster."""

import os
from typing import Any
from urllib.parse import urlsplit

from prefect.task_runners import ThreadPoolTaskRunner

from pipeline.errors import UsageError
from pipeline.messages import t
from pipeline.settings import Settings

# Two batches at a time keep the worker processes busy while one batch ends and the next begins.
TWO_BATCHES: Any = ThreadPoolTaskRunner(max_workers=2)  # Any, because Prefect's own types do not fit each other


def make_runner(settings: Settings) -> Any:
    """The task runner of a run. Raises `UsageError` when it is not installed, or its tasks could not reach Prefect.

    Without an address Dask gets a cluster of this machine, which starts with the first batch and ends with the run.
    """
    if settings.runner == "local":
        return TWO_BATCHES
    try:
        import dask
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError as error:
        raise UsageError(
            "runner.missing",
            t("--runner dask needs a package that is not installed ({name}): budget-forms[dask]", name=error.name),
        ) from error
    if settings.dask_address:
        _check_reach(settings.dask_address, os.environ.get("PREFECT_API_URL", ""))
        return DaskTaskRunner(address=settings.dask_address)
    dask.config.set({"distributed.worker.daemon": False})  # a daemon may not have the processes that isolate documents
    return DaskTaskRunner(
        cluster_kwargs={
            "n_workers": settings.workers,
            "threads_per_worker": 1,
            "memory_limit": 0,  # ours is for each document
            "dashboard_address": None,
            "silence_logs": "ERROR",
        }
    )


def _check_reach(scheduler: str, api: str) -> None:
    """Workers on other machines report to the Prefect server, so it must not be one that only this machine reaches."""
    here = {"127.0.0.1", "localhost", "::1"}
    if urlsplit(scheduler).hostname not in here and urlsplit(api).hostname in here:
        raise UsageError(
            "usage.dask",
            t(
                "workers of the cluster at {scheduler} cannot reach the Prefect server at {api}: let "
                "PREFECT_API_URL name one that they reach",
                scheduler=scheduler,
                api=api,
            ),
        )
