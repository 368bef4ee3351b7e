"""Reads `sources.toml`: publishers, their pages, and the patterns of links to documents."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pipeline import __version__
from pipeline.dataset.contract.schema import load_schema
from pipeline.dictionaries import load_regions
from pipeline.errors import UsageError
from pipeline.library_messages import VALUES
from pipeline.messages import COMMA, SEMICOLON, Text, joined, recognised, system_reason, t
from pipeline.regular_file import read_regular


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(t("is no web address: write it whole, with http:// or https://"))
    return value


Address = Annotated[str, AfterValidator(_web_address)]


class Politeness(Strict):
    """Limits on requests to all servers."""

    contact: str | None = Field(default=None, description="address that administrators can turn to")
    delay_seconds: float = Field(default=2.0, ge=0, description="pause between two requests to a host")
    timeout_seconds: float = Field(default=60.0, gt=0, description="time that a server may stay silent")
    max_seconds: float = Field(default=1800.0, gt=0, description="time that one file may take")
    retries: int = Field(default=3, ge=0, le=10, description="further attempts after one that failed")
    backoff_seconds: float = Field(default=5.0, ge=0, description="pause before the first of them; doubles each time")
    max_wait_seconds: float = Field(default=300.0, ge=0, description="longest pause that a server may ask for")
    max_file_mib: float = Field(default=200.0, gt=0, description="size that a file may have")

    @property
    def user_agent(self) -> str:
        """The User-Agent header, so that servers can recognise and refuse the program."""
        return f"budget-forms/{__version__}" + (f" (+{self.contact})" if self.contact else "")

    @property
    def max_bytes(self) -> int:
        return int(self.max_file_mib * 2**20)


class Pagination(Strict):
    """Leads to the further pages of a list: by a `pattern` of addresses, or by the text of a link (`next`)."""

    pattern: str | None = Field(default=None, description="address of page {n}, relative to the first page")
    first: int = Field(default=1, ge=0, description="the {n} of the second page")
    next: re.Pattern[str] | None = Field(default=None, description="text of the link to the next page")
    max_pages: int = Field(default=20, ge=1, description="pages of the list to read, at most")

    @model_validator(mode="after")
    def _one_way(self) -> Pagination:
        if (self.pattern is None) == (self.next is None):
            raise ValueError(t('needs either pattern = "index_{n}.html" or next = "下一页"'))
        if self.pattern is not None and "{n}" not in self.pattern:
            raise ValueError(t("pattern needs {n} where the number of the page stands"))
        return self


class Follow(Strict):
    """Links of a list that lead to pages with the documents."""

    link_pattern: re.Pattern[str] | None = Field(default=None, description="what their address must contain")
    title_pattern: re.Pattern[str] | None = Field(default=None, description="what their text must contain")
    max_pages: int = Field(default=500, ge=1, description="pages to follow, at most")

    @model_validator(mode="after")
    def _some_pattern(self) -> Follow:
        if self.link_pattern is None and self.title_pattern is None:
            raise ValueError(t("needs link_pattern or title_pattern, or the whole site would be followed"))
        return self


class DirectLink(Strict):
    """A document with its address."""

    url: Address
    title: str = Field(min_length=1)
    published: date | None = None


class WebSource(Strict):
    """One publisher's pages."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")
    name: str = Field(min_length=1)
    region_code: str
    document_kind: str
    fiscal_year: Literal["title", "path"] | Annotated[int, Field(ge=1990, le=2100)]
    publisher: Literal["name", "title", "document"] = "name"
    index: tuple[Address, ...] = ()
    links: tuple[DirectLink, ...] = ()
    link_pattern: re.Pattern[str] = re.compile(r"(?i)\.(pdf|zip)($|\?)")
    title_pattern: re.Pattern[str] | None = None
    pagination: Pagination | None = None
    follow: Follow | None = None
    verify_tls: bool = True
    allow_private: bool = False

    @field_validator("region_code")
    @classmethod
    def _known_region(cls, value: str) -> str:
        if value not in load_regions().names:
            raise ValueError(t("is not in schemas/regions.toml: correct it, or add the region there"))
        return value

    @field_validator("document_kind")
    @classmethod
    def _known_kind(cls, value: str) -> str:
        kinds = next(c.enum for c in load_schema().tables["documents"].columns if c.name == "document_kind")
        if value not in kinds:
            raise ValueError(t("is none of {kinds}", kinds=", ".join(kinds)))
        return value

    @model_validator(mode="after")
    def _complete(self) -> WebSource:
        if not self.index and not self.links:
            raise ValueError(t('names no page: give index = ["https://…"], or links'))
        if self.publisher == "title" and (
            self.title_pattern is None or "publisher" not in self.title_pattern.groupindex
        ):
            raise ValueError(t('publisher = "title" needs a title_pattern with a group (?P<publisher>…)'))
        return self

    @property
    def region_name(self) -> str:
        return load_regions().names[self.region_code]


class Sources(Strict):
    """The whole file."""

    politeness: Politeness = Politeness()
    source: tuple[WebSource, ...] = Field(min_length=1)


def load_sources(path: Path, only: tuple[str, ...] = ()) -> Sources:
    """The sources in the file at `path`, or those of them with the ids `only`.

    Raises `UsageError` that names file, source and field, with a remedy; addresses of the example are an error too.
    """
    try:
        data = tomllib.loads(read_regular(path).decode())
    except FileNotFoundError as error:
        raise _wrong(
            t("there is no {path}: copy sources.example.toml and adapt it, or name another file (--sources)", path=path)
        ) from error
    except (OSError, ValueError, RecursionError) as error:  # beside TOMLDecodeError: numbers too long, lists too deep
        why = system_reason(error) if isinstance(error, OSError) else error
        raise _wrong(t("{path}: cannot be read as TOML in UTF-8: {error}", path=path, error=why)) from error
    try:
        sources = Sources.model_validate(data)
    except ValidationError as error:
        raise _wrong(
            t(
                "{path}: {faults}",
                path=path,
                faults=joined(SEMICOLON, (_described(data, dict(e)) for e in error.errors())),
            )
        ) from error
    ids = Counter(source.id for source in sources.source)
    if twice := [name for name, count in ids.items() if count > 1]:
        raise _wrong(t("{path}: several sources have the id {twice}: give each one its own", path=path, twice=twice[0]))
    if unknown := sorted(set(only) - ids.keys()):
        raise _wrong(
            t(
                "{path}: no source has the id {unknown}: there are {ids}",
                path=path,
                unknown=", ".join(unknown),
                ids=", ".join(ids),
            )
        )
    chosen = tuple(source for source in sources.source if not only or source.id in only)
    if examples := tuple(_examples(sources.politeness, chosen)):
        raise _wrong(t("{path}: {faults}", path=path, faults=joined(SEMICOLON, examples)))
    return sources.model_copy(update={"source": chosen})


def _examples(politeness: Politeness, sources: Iterable[WebSource]) -> Iterator[Text]:
    """What has been left as it was in the example, with a remedy."""
    contact = politeness.contact or ""
    if _is_example(contact.rpartition("@")[2].rpartition("//")[2].split("/")[0]):
        yield t(
            "the contact {contact} is an example: write your own address there, or remove the line", contact=contact
        )
    for source in sources:
        for address in (*source.index, *(link.url for link in source.links)):
            if _is_example(urlsplit(address).hostname or ""):
                yield t(
                    "source {id!r}: {address} is an example: write the publisher's address there, or remove the source",
                    id=source.id,
                    address=address,
                )


def _is_example(host: str) -> bool:
    """Whether a host is a placeholder, such as www.example.org or example.gov.cn; nobody can publish at .invalid."""
    labels = host.lower().rstrip(".").split(".")
    return "example" in labels or labels[-1] == "invalid"


def _wrong(message: Text) -> UsageError:
    return UsageError("usage.sources", message)


def _described(data: Mapping[str, Any], error: Mapping[str, Any]) -> Text:
    """One fault with its position and remedy."""
    where, field = _place(data, error["loc"])
    named = joined(COMMA, (where, field)) if field else where
    match error["type"]:
        case "missing":
            return t("{named} is missing: add it", named=named)
        case "extra_forbidden":
            return t("{named} is not known: remove it or correct its name", named=named)
        case "value_error":
            value = "" if isinstance(error["input"], dict | WebSource) else f" {error['input']!r}"
            fault = error["ctx"]["error"].args[0]  # what our own validators say
            return t("{named}{value} {fault}", named=named, value=value, fault=fault)
        case _:
            fault = recognised(error["msg"], VALUES)
            return t("{named}: {fault}, not {input!r}", named=named, fault=fault, input=error["input"])


def _place(data: Mapping[str, Any], steps: tuple[int | str, ...]) -> tuple[Text, Text | None]:
    """The source by its id and the field in it."""
    if len(steps) < 2 or steps[0] != "source" or not isinstance(steps[1], int):
        return t("field {name}", name=".".join(map(str, steps))), None
    entry = data["source"][steps[1]]
    name = entry.get("id") if isinstance(entry, dict) else None
    inside = [str(step) for step in steps[2:] if step not in ("literal['title','path']", "constrained-int")]
    source = t("source {name!r}", name=name) if name else t("source number {number}", number=steps[1] + 1)
    return source, t("field {name}", name=".".join(inside)) if inside else None
