"""Settings of runs: by options, by a deployment's parameters, or by BUDGET_FORMS_… in the environment."""

import os
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def available_cpus() -> int:
    """CPUs this process may use, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Settings(BaseSettings):
    """Settings of one ingest run."""

    model_config = SettingsConfigDict(env_prefix="BUDGET_FORMS_", env_ignore_empty=True, extra="forbid")

    raw: Path = Field(default=Path("data/raw"), description="folder with the PDFs, searched to the bottom")
    out: Path = Field(default=Path("data/processed"), description="folder of the dataset")
    corrections: Path = Field(default=Path("data/corrections"), description="folder of corrections")
    schemas: Path | None = Field(
        default=None, description="folder of layouts and labels of your own, beside those of the package"
    )
    year: int | None = Field(default=None, ge=1990, le=2100, description="read only documents of this fiscal year")
    force: bool = Field(default=False, description="read all PDFs again, although nothing has changed")
    rehash: bool = Field(default=False, description="hash all files again to find changed ones")
    matching: tuple[str, ...] = Field(
        default=(), description="read only PDFs whose path below raw matches one of these"
    )
    reader: str = Field(default="mupdf", description="library that reads the pages: mupdf, pdfplumber, or module:Class")
    verify: Literal["off", "values", "findings", "all"] = Field(
        default="values",
        description="comparison with other readers: none; each value of a form, in its box, with PDFium; besides that, "
        "whole documents with findings, or all documents, with pdfplumber",
    )
    keep_pages: bool = Field(
        default=True, description="store the pages that were read, so that later changes of the program open no PDF"
    )
    password: SecretStr | None = Field(default=None, description="opens encrypted documents")
    workers: int = Field(default_factory=available_cpus, ge=1, description="processes that read documents")
    batch_size: int = Field(default=64, ge=1, description="documents in one Prefect task")
    timeout_seconds: float = Field(
        default=300, gt=0, description="time that reading one range of pages, or assembling one document, may take"
    )
    memory_gib: float = Field(default=4, gt=0, description="memory one worker may take on top of the loaded libraries")
    runner: Literal["local", "dask"] = Field(
        default="local", description="where documents are read: in processes of this machine, or on a Dask cluster"
    )
    dask_address: str | None = Field(
        default=None, description="scheduler of the Dask cluster; empty: a cluster of this machine, for the run"
    )


class FetchParameters(BaseSettings):
    """Settings of one fetch run."""

    model_config = SettingsConfigDict(env_prefix="BUDGET_FORMS_", env_ignore_empty=True, extra="forbid")

    sources: Path = Field(default=Path("sources.toml"), description="file that names the publishers")
    raw: Path = Field(default=Path("data/raw"), description="folder that the PDFs land in")
    schemas: Path | None = Field(default=None, description="folder of regions of your own, beside those of the package")
    since: date | None = Field(default=None, description="only documents published on this day or later, where known")
    dry_run: bool = Field(default=False, description="report only; download and write nothing")
    only: tuple[str, ...] = Field(default=(), description="ids of the sources to fetch; none: all of them")


class PublishParameters(BaseSettings):
    """Settings of a scheduled run: fetch, read, check, report. Other settings follow the environment."""

    model_config = SettingsConfigDict(
        env_prefix="BUDGET_FORMS_", env_ignore_empty=True, extra="forbid", title="Publish a year"
    )

    fetch: bool = Field(default=True, description="look for new documents first; else read the PDFs in the raw folder")
    sources: Path = Field(default=Path("sources.toml"), description="file that names the publishers")
    only: tuple[str, ...] = Field(default=(), description="ids of the sources to fetch; none: all of them")
    since: date | None = Field(default=None, description="fetch only documents published on this day or later")
    raw: Path = Field(default=Path("data/raw"), description="folder with the PDFs, fetched and other")
    out: Path = Field(default=Path("data/processed"), description="folder of the dataset")
    corrections: Path = Field(default=Path("data/corrections"), description="folder of corrections")
    schemas: Path | None = Field(
        default=None, description="folder of layouts and labels of your own, beside those of the package"
    )
    year: int | None = Field(default=None, ge=1990, le=2100, description="read only documents of this fiscal year")
    force: bool = Field(default=False, description="read all PDFs again, although nothing has changed")
    workers: int | None = Field(default=None, ge=1, description="processes that read documents; empty: one a CPU")

    @property
    def to_fetch(self) -> FetchParameters:
        """The settings of the fetch run."""
        return FetchParameters(
            sources=self.sources, raw=self.raw, since=self.since, only=self.only, schemas=self.schemas
        )

    @property
    def to_ingest(self) -> Settings:
        """The settings of the ingest run."""
        settings = Settings(raw=self.raw, out=self.out, year=self.year, force=self.force)
        named = {
            name: getattr(self, name) for name in ("corrections", "schemas", "workers") if name in self.model_fields_set
        }
        return settings.model_copy(update={name: value for name, value in named.items() if value is not None})
