"""Raw folder and dataset on an object store: the same rows, landed by a manifest, read by every reader."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest

import pipeline
from pipeline.dataset.checks.check import check_dataset
from pipeline.dataset.errors import DatasetBusyError, DatasetError
from pipeline.dataset.landing.catalogue import write_catalogue
from pipeline.dataset.store import buckets
from pipeline.dataset.store.paths import filesystem, list_files, object_key, read_bytes
from pipeline.dataset.store.versions import current_version, pinned_named, store_of
from pipeline.outputs.changes.store import read_report
from pipeline.settings import Settings
from tests.dataset.test_catalogue import record
from tests.documents import FORM, SCORED
from tests.failing_store import FAULTS, failing_store
from tests.generator.drawing import Producer, draw
from tests.generator.forms import lay_out
from tests.shared import command, command_here, ingest_here, snapshot

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(not (find_spec("s3fs") and find_spec("moto")), reason="the extra s3 or moto is not installed"),
]

ACCOUNT = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An S3-compatible server on this machine, and the environment by which it is found."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = (tmp_path_factory.mktemp("s3") / "log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log
    )
    place = f"http://127.0.0.1:{port}"
    environment = {**ACCOUNT, "AWS_ENDPOINT_URL": place, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        try:
            _wait(place, server)
            yield environment
        finally:
            server.kill()
            server.wait()
            log.close()


def _wait(place: str, server: subprocess.Popen[bytes]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while server.poll() is None:
        try:
            opener.open(f"{place}/moto-api/", timeout=60).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server has ended")


@pytest.fixture
def bucket(store: dict[str, str], request: pytest.FixtureRequest) -> Path:
    """A bucket of the test's own."""
    name = f"s3://{request.node.name.replace('_', '-')[:50]}"
    filesystem(Path(name)).mkdir(object_key(Path(name)))
    return Path(name)


def drawn(raw: Path) -> Path:
    raw.mkdir(parents=True)
    for name, form in (("form", FORM), ("scored", SCORED)):
        (raw / f"{name}.pdf").write_bytes(draw(lay_out(form), Producer.LINES))
        os.utime(raw / f"{name}.pdf", (1_700_000_000, 1_700_000_000))
    return raw


def put(near: Path, there: Path) -> None:
    filesystem(there).put(f"{near}/", f"{object_key(there)}/", recursive=True)


def files_of(out: Path) -> dict[str, bytes]:
    version = current_version(out)
    assert version is not None
    return {name: read_bytes(path) for name, path in version.files.items()}


def test_a_dataset_in_a_bucket_has_the_same_bytes(bucket: Path, tmp_path: Path) -> None:
    raw = drawn(tmp_path / "raw")
    ingest_here(Settings(raw=raw, out=tmp_path / "out"))
    summary = ingest_here(Settings(raw=raw, out=bucket / "out"))
    assert (summary.ok, summary.read) == (2, 2)
    assert files_of(bucket / "out") == snapshot(tmp_path / "out")
    assert not list_files(bucket / "out/.staging")
    assert ingest_here(Settings(raw=raw, out=bucket / "out")).read == 0


def test_documents_in_a_bucket_are_read_and_known_again(bucket: Path, tmp_path: Path) -> None:
    near = drawn(tmp_path / "raw")
    write_catalogue(near, [record(near, "form.pdf")])
    put(near, bucket / "raw")
    settings = Settings(raw=bucket / "raw", out=bucket / "out")
    assert ingest_here(settings).read == 2
    assert ingest_here(settings).read == 0
    (tmp_path / "raw/more.pdf").write_bytes(draw(lay_out(FORM) * 2, Producer.LINES))
    put(tmp_path / "raw", bucket / "raw")  # all are put again, and have another time
    assert ingest_here(settings).read == 1
    with pipeline.open(bucket / "out") as data:
        told = data.sql("SELECT source_path, source_url FROM documents ORDER BY 1").fetchall()
        assert told == [("form.pdf", "http://publisher.example/form.pdf"), ("more.pdf", None), ("scored.pdf", None)]
    assert check_dataset(bucket / "out") == []
    assert "| documents | 2 | 3 |" in read_report(bucket / "out")
    first = list_files(bucket / "out/data")
    second = current_version(bucket / "out")
    assert second is not None and any(path in first for path in second.files.values())


def test_of_two_that_land_at_once_one_is_refused_and_loses_nothing(bucket: Path, tmp_path: Path) -> None:
    settings = Settings(raw=drawn(tmp_path / "raw"), out=bucket / "out")
    store = store_of(settings.out)
    with pytest.raises(DatasetBusyError, match="run again; what was read is kept"), store.draft(None) as draft:
        with draft.write("datapackage.json") as sink:
            sink.write(b"{}")
        ingest_here(settings)
    landed = current_version(settings.out)
    assert landed is not None and landed.number == 1
    assert set(list_files(settings.out / "data")) == set(landed.files.values())


def test_a_reader_keeps_its_version_and_old_ones_go_after_a_day(
    bucket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(raw=drawn(tmp_path / "raw"), out=bucket / "out")
    ingest_here(settings)
    with pipeline.open(settings.out) as data:
        for number in range(3):
            (settings.raw / f"{number}.pdf").write_bytes(draw(lay_out(FORM) * (number + 2), Producer.LINES))
            ingest_here(settings)
        assert data.sql("SELECT count(*) FROM forms").fetchall() == [(2,)]
    with pinned_named(f"{settings.out}@before") as before:
        assert before.number == 3
    assert store_of(settings.out).numbers() == [1, 2, 3, 4]
    monkeypatch.setattr(buckets, "GRACE", timedelta(seconds=-60))
    with store_of(settings.out).locked():
        assert store_of(settings.out).numbers() == [3, 4]
    kept = [store_of(settings.out).numbered(number) for number in (3, 4)]
    assert set(list_files(settings.out / "data")) == {p for v in kept if v is not None for p in v.files.values()}


def test_the_commands_take_addresses(bucket: Path, store: dict[str, str], tmp_path: Path, prefect_home: str) -> None:
    put(drawn(tmp_path / "raw"), bucket / "raw")
    raw, out = f"s3://{object_key(bucket)}/raw", f"s3://{object_key(bucket)}/out"
    told = command("ingest", "--raw", raw, "--out", out, "--workers", "1", PREFECT_HOME=prefect_home, **store)
    assert (told.returncode, told.stdout[:19]) == (0, "documents: 2 ok + 0"), told.stderr
    assert command_here("query", "SELECT count(*) FROM forms", "--out", out, "--format", "csv").stdout == (
        "count_star()\n2\n"
    )
    assert command_here("check", "--out", out).returncode == 0
    for args in (("report", tmp_path / "r.html"), ("export", "--format", "csv", tmp_path / "csv")):
        done = command_here(*args, "--out", out)
        assert done.returncode == 0, done.stderr
    nothing = command_here("query", "SELECT 1", "--out", f"{out}/nothing")
    assert (nothing.returncode, f"there is no dataset at {out}/nothing" in nothing.stderr) == (2, True)
    missing = command("query", "SELECT 1", "--out", "s3://nowhere/out", **store)
    assert missing.returncode == 2
    assert missing.stderr.startswith("budget-forms: s3://nowhere/out/manifests cannot be listed")


def test_an_address_that_nothing_reads_says_what_to_install() -> None:
    with pytest.raises(DatasetError, match=r"install budget-forms\[s3\]"):
        current_version(Path("nosuchstore://bucket/out"))


QUICK = json.dumps(
    {
        "config_kwargs": {
            "connect_timeout": 2,
            "read_timeout": 1,
            "retries": {"mode": "standard", "total_max_attempts": 2},
        }
    }
)
"""A store is given up after two seconds, not after more than a minute; the command is the same."""
ASKED = {  # requests before the store fails: at once, at the manifest, in the middle of a table
    "query": (0, 4, 12),
    "check": (30,),
    "export": (12,),
    "report": (12,),
    "diff": (4,),
    "review": (9,),
    "ingest": (3, 25),
}


@pytest.fixture(scope="module")
def landed(store: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The address of a bucket with PDFs in `raw` and a dataset in `out`."""
    bucket, folder = Path("s3://a-store-that-fails"), tmp_path_factory.mktemp("landed")
    filesystem(bucket).mkdir(object_key(bucket))
    put(drawn(folder / "raw"), bucket / "raw")
    ingest_here(Settings(raw=bucket / "raw", out=bucket / "out"))
    return bucket


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("asked", "left"), [(name, left) for name, some in ASKED.items() for left in some])
def test_a_store_that_fails_ends_a_command_with_one_line(
    landed: Path, store: dict[str, str], tmp_path: Path, asked: str, left: int, fault: str
) -> None:
    if fault != FAULTS[0] and asked not in ("query", "ingest"):
        pytest.skip("the others ask the store in the same way")
    out = f"s3://{object_key(landed)}/out"
    all_arguments: dict[str, tuple[str | Path, ...]] = {
        "query": ("query", "SELECT count(*) FROM forms"),
        "export": ("export", tmp_path / "x.xlsx"),
        "report": ("report", tmp_path / "r.html"),
        "diff": ("diff", out, out),
        "ingest": ("ingest", "--force", "--raw", f"s3://{object_key(landed)}/raw"),
    }
    arguments = all_arguments.get(asked, (asked,))
    places = () if asked == "diff" else ("--out", out)
    with failing_store(store["AWS_ENDPOINT_URL"]) as failing:
        failing.fault, failing.left = fault, left
        ended = command(*arguments, *places, **{**store, "AWS_ENDPOINT_URL": failing.place, "FSSPEC_S3": QUICK})
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    told = ended.stderr.splitlines()
    assert [line for line in told if line.startswith("budget-forms: ")] == told[-1:]


def test_a_store_is_given_up_in_time() -> None:
    """A command that a schedule has started is not to wait for ever."""
    options = filesystem(Path("s3://bucket")).config_kwargs
    attempts = options["retries"]["total_max_attempts"]
    assert attempts * options["read_timeout"] <= 90
    assert filesystem(Path("s3://bucket")).retries == 1
