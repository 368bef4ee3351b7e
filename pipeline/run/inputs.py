"""The folders that a run reads: named in its settings, else those of the run before."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from pipeline.dataset.landing.ledger import corrected_in
from pipeline.dataset.store.input_folders import InputFolders, read_input_folders, write_input_folders
from pipeline.dataset.store.paths import display
from pipeline.errors import UsageError
from pipeline.messages import tn
from pipeline.settings import FetchParameters, PublishParameters, Settings

FOLDERS = ("raw", "corrections", "schemas")


def with_input_folders(settings: Settings, names: Sequence[str] = FOLDERS) -> Settings:
    """The settings; folders that neither options nor the environment name are those of the dataset's last run."""
    known = read_input_folders(settings.out)
    unnamed = {name: getattr(known, name) for name in names if name not in settings.model_fields_set}
    return settings.model_copy(update={name: folder for name, folder in unnamed.items() if folder is not None})


def remember_input_folders(settings: Settings) -> None:
    """Records the folders of a run in its dataset."""
    write_input_folders(settings.out, InputFolders(settings.raw, settings.corrections, settings.schemas))


def ingest_command(settings: Settings) -> str:
    """The command that reads these folders into this dataset, as a person types it."""
    folders = [("--raw", settings.raw), ("--out", settings.out), ("--corrections", settings.corrections)]
    if settings.schemas is not None:
        folders.append(("--schemas", settings.schemas))
    return shlex.join(
        ["budget-forms", "ingest", *(text for option, path in folders for text in (option, display(path)))]
    )


def fetch_parameters(parameters: PublishParameters) -> FetchParameters:
    """The settings of the fetch of a scheduled run; schemas that are not named are those of the dataset's last run."""
    schemas = parameters.schemas or read_input_folders(parameters.out).schemas
    return parameters.to_fetch.model_copy(update={"schemas": schemas})


def check_corrections_folder(settings: Settings) -> None:
    """Raises `UsageError` when the dataset has corrections and their folder is not there: a run would drop them."""
    if not settings.corrections.is_dir() and (corrected := corrected_in(settings.out)):
        raise UsageError(
            "corrections.folder",
            tn(
                "the dataset has corrections of {count} document, and there is no folder "
                "{corrections}: name their folder (--corrections); an empty folder drops them",
                "the dataset has corrections of {count} documents, and there is no folder "
                "{corrections}: name their folder (--corrections); an empty folder drops them",
                len(corrected),
                corrections=display(settings.corrections),
            ),
        )
