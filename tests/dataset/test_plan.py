"""Planning: only what is new or changed is work."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.dataset.errors import SourceError
from pipeline.dataset.landing.plan import plan_ingest, remembering
from tests.dataset.test_rows import FINGERPRINT, ingest, put


def paths(sources: tuple[object, ...]) -> list[str]:
    return [source.source_path for source in sources]  # type: ignore[attr-defined]


def test_finds_pdfs_and_nothing_else(tmp_path: Path) -> None:
    for name in ("b.pdf", "a/deep/down.PDF", "a/.hidden.pdf", ".git/x.pdf", "notes.txt", "pdf"):
        put(tmp_path, name, name=name)
    plan = plan_ingest(tmp_path, tmp_path / "out", FINGERPRINT)
    assert paths(plan.to_read) == ["a/deep/down.PDF", "b.pdf"]
    assert plan.documents == 2
    assert not (tmp_path / "out").exists()


def test_same_bytes_are_one_document(tmp_path: Path) -> None:
    for name in ("b.pdf", "a.pdf", "c.pdf"):
        put(tmp_path, name, same=True)
    plan = plan_ingest(tmp_path, tmp_path / "out", FINGERPRINT)
    assert paths(plan.to_read) == ["a.pdf"]
    assert paths(plan.changes.sources) == ["a.pdf", "b.pdf", "c.pdf"]


def test_known_files_are_unchanged_until_bytes_code_or_force_say_otherwise(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    path = put(raw, "a.pdf", text="aaaa")
    put(raw, "b.pdf")
    ingest(raw, out)
    assert paths(plan_ingest(raw, out, FINGERPRINT).unchanged) == ["a.pdf", "b.pdf"]
    os.utime(path, (1, 1))  # touched, same bytes
    assert not plan_ingest(raw, out, FINGERPRINT).to_read
    assert paths(plan_ingest(raw, out, "f" * 16).to_read) == ["a.pdf", "b.pdf"]
    assert paths(plan_ingest(raw, out, FINGERPRINT, force=True).to_read) == ["a.pdf", "b.pdf"]
    put(raw, "a.pdf", text="bbbb")  # same size, same time
    assert not plan_ingest(raw, out, FINGERPRINT).to_read
    assert paths(plan_ingest(raw, out, FINGERPRINT, rehash=True).to_read) == ["a.pdf"]
    put(raw, "a.pdf", text="bbbb", time=1_700_000_001)
    assert paths(plan_ingest(raw, out, FINGERPRINT).to_read) == ["a.pdf"]


def test_a_year_leaves_out_documents_known_or_named_to_be_of_another(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    put(raw, "2022/known to be of 2023.pdf", name=1, year=2023)
    put(raw, "known.pdf", name=2, year=2022)
    ingest(raw, out)
    put(raw, "2022/new.pdf", name=3)
    put(raw, "2023/new.pdf", name=4)
    put(raw, "2022/2023/two years.pdf", name=5)
    put(raw, "a20220a.pdf", name=6)
    plan = plan_ingest(raw, out, FINGERPRINT, year=2023)
    assert plan.left_out == ("2022/new.pdf", "known.pdf")
    assert paths(plan.to_read) == ["2022/2023/two years.pdf", "2023/new.pdf", "a20220a.pdf"]
    assert paths(plan.unchanged) == ["2022/known to be of 2023.pdf"]
    assert plan.changes.vanished == ()


def test_patterns_leave_out_the_paths_that_are_like_none_of_them(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    for name in ("beijing/2023/a.pdf", "beijing/b.pdf", "xian/a.pdf"):
        put(raw, name, name=name)
    ingest(raw, out)
    plan = plan_ingest(raw, out, FINGERPRINT, force=True, only=("beijing/*a.pdf", "xian/*"))
    assert paths(plan.to_read) == ["beijing/2023/a.pdf", "xian/a.pdf"]
    assert plan.left_out == ("beijing/b.pdf",)
    assert plan.changes.vanished == ()
    nothing = plan_ingest(raw, out, FINGERPRINT, only=("wuhan/*",))
    assert f"no PDF with a path like wuhan/* below {raw}" == nothing.message


def test_bytes_are_read_once_however_often_a_run_is_planned(tmp_path: Path) -> None:
    path = put(tmp_path, "a.pdf", text="aaaa")
    with remembering():
        first = plan_ingest(tmp_path, tmp_path / "out", FINGERPRINT)
        path.write_bytes(b"x" * path.stat().st_size)
        os.utime(path, ns=(first.to_read[0].mtime_ns, first.to_read[0].mtime_ns))
        assert plan_ingest(tmp_path, tmp_path / "out", FINGERPRINT).to_read == first.to_read
    assert plan_ingest(tmp_path, tmp_path / "out", FINGERPRINT).to_read != first.to_read


def test_no_folder_is_an_error_and_an_empty_one_is_not(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"does not exist: create it, or name another one \(--raw\)"):
        plan_ingest(tmp_path / "raw", tmp_path / "out", FINGERPRINT)
    file = put(tmp_path, "file.pdf")
    with pytest.raises(SourceError, match="is not a folder"):
        plan_ingest(file, tmp_path / "out", FINGERPRINT)
    (tmp_path / "raw").mkdir()
    plan = plan_ingest(tmp_path / "raw", tmp_path / "out", FINGERPRINT)
    assert plan.documents == 0
    assert plan.message
    assert "no PDF below" in plan.message
    put(tmp_path / "raw", "2022.pdf")
    assert "no PDF of 2023" in (plan_ingest(tmp_path / "raw", tmp_path / "out", FINGERPRINT, year=2023).message or "")


def test_a_file_that_cannot_be_opened_does_not_stop_the_others(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf")
    (tmp_path / "dangling.pdf").symlink_to("nowhere")
    (tmp_path / "folder.pdf").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path)
    plan = plan_ingest(tmp_path, tmp_path / "out", FINGERPRINT)
    assert paths(plan.to_read) == ["a.pdf"]
    assert [(u.source_path, u.reason) for u in plan.unreadable] == [
        ("folder.pdf", "it is a folder, not a file"),
        ("dangling.pdf", "No such file or directory"),
    ]


def test_a_name_that_is_not_utf8_lands_under_its_escapes(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    put(raw, os.fsdecode("决算.pdf".encode("gb18030")))
    ingest(raw, out)
    plan = plan_ingest(raw, out, FINGERPRINT)
    assert paths(plan.unchanged) == [r"\xbe\xf6\xcb\xe3.pdf"]
