"""The sources file: what it may say, and how it is told what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.fetch.sources import load_sources
from tests.shared import ROOT, command

GOOD = {
    "id": '"a"',
    "name": '"某局"',
    "region_code": '"310107"',
    "document_kind": '"other"',
    "fiscal_year": '"title"',
    "index": '["https://city.test/"]',
}


def write(folder: Path, **changed: str | None) -> Path:
    """A file with one source; a setting of None is left out."""
    lines = [f"{name} = {value}" for name, value in (GOOD | changed).items() if value is not None]
    path = folder / "sources.toml"
    path.write_text("[[source]]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            {"region_code": '"999999"'},
            "source 'a', field region_code '999999' is not in schemas/regions.toml: correct it",
        ),
        pytest.param({"fiscal_year": "9" * 5000}, "cannot be read as TOML in UTF-8: ", id="a number without end"),
        pytest.param({"links": "[" * 5000}, "cannot be read as TOML in UTF-8: ", id="lists without end"),
        ({"region_code": None}, "source 'a', field region_code is missing: add it"),
        ({"regoin": '"x"'}, "source 'a', field regoin is not known: remove it or correct its name"),
        ({"id": None, "name": '""'}, "source number 1, field id is missing: add it; source number 1, field name: "),
        ({"document_kind": '"budget"'}, "field document_kind 'budget' is none of department_budget, unit_budget"),
        ({"fiscal_year": '"cover"'}, "source 'a', field fiscal_year: Input should be 'title' or 'path', not 'cover'"),
        ({"index": '["ftp://x/"]'}, "field index.0 'ftp://x/' is no web address: write it whole"),
        ({"index": None}, "source 'a' names no page: give index = [\"https://…\"], or links"),
        ({"title_pattern": '"(a"'}, "source 'a', field title_pattern: Input should be a valid regular expression"),
        ({"publisher": '"title"'}, "source 'a' publisher = \"title\" needs a title_pattern with a group"),
        ({"pagination": "{ max_pages = 3 }"}, "source 'a', field pagination needs either pattern"),
        ({"pagination": '{ pattern = "index.html" }'}, "source 'a', field pagination pattern needs {n}"),
        ({"follow": "{ }"}, "source 'a', field follow needs link_pattern or title_pattern"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, changed: dict[str, str | None], told: str) -> None:
    path = write(tmp_path, **changed)
    with pytest.raises(UsageError) as error:
        load_sources(path)
    assert f"{path}: " in str(error.value)
    assert told in str(error.value)


def test_ids_are_unique_and_known(tmp_path: Path) -> None:
    path = write(tmp_path)
    assert [source.id for source in load_sources(path, ("a",)).source] == ["a"]
    with pytest.raises(UsageError, match="no source has the id b: there are a"):
        load_sources(path, ("b",))
    path.write_text(path.read_text() * 2)
    with pytest.raises(UsageError, match="several sources have the id a"):
        load_sources(path)


def test_the_example_is_sound_and_shows_all_kinds(tmp_path: Path) -> None:
    example = (ROOT / "sources.example.toml").read_text(encoding="utf-8")
    (tmp_path / "sources.toml").write_text(example.replace("example.org", "city.test"), encoding="utf-8")
    sources = load_sources(tmp_path / "sources.toml").source
    assert {source.fiscal_year for source in sources} == {"title", "path", 2024}
    assert {source.publisher for source in sources} == {"title", "document", "name"}
    assert any(source.links for source in sources)
    assert any(source.follow for source in sources)


@pytest.mark.parametrize("address", ["https://www.example.gov.cn/bmys/", "https://EXAMPLE.com/", "http://a.invalid/"])
def test_addresses_of_the_example_are_refused_with_a_hint(tmp_path: Path, address: str) -> None:
    direct = f'[{{ url = "{address}", title = "预算" }}]'
    for changed in ({"index": f'["{address}"]'}, {"index": None, "links": direct}):
        path = write(tmp_path, **changed)
        with pytest.raises(UsageError, match=r"source 'a': .* is an example: write the publisher's address there"):
            load_sources(path)
    contact = tmp_path / "contact.toml"
    contact.write_text('[politeness]\ncontact = "mailto:someone@example.org"\n' + write(tmp_path).read_text())
    with pytest.raises(UsageError, match=r"contact mailto:someone@example\.org is an example: write your own"):
        load_sources(contact)
    write(tmp_path, index='["https://examples.gov.cn/example/"]')  # a real name that only looks like one
    assert load_sources(tmp_path / "sources.toml").source


def test_the_command_tells_wrong_use_before_anything_starts(tmp_path: Path) -> None:
    for path, told in (
        (tmp_path / "none.toml", "copy sources.example.toml and adapt it"),
        (write(tmp_path, region_code='"1"'), "source 'a', field region_code '1'"),
    ):
        done = command("fetch", "--sources", path, PREFECT_HOME="/proc/nothing")
        assert (done.returncode, done.stdout) == (2, "")
        assert told in done.stderr
