"""Asking the dataset: ready questions and their page, what is written in which format, and where SQL is wrong."""

from __future__ import annotations

import csv
import io
import json
import socket
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

import pipeline
from pipeline.dataset.views import connect
from pipeline.errors import KnowledgeError, UsageError
from pipeline.outputs.query.page import BEGIN, QUESTIONS, question_markdown, questions_page
from pipeline.outputs.query.ready import ready_question, ready_questions
from tests.shared import ROOT, command_here

AMOUNTS = "SELECT project_name, annual_total, start_date FROM forms ORDER BY form_no LIMIT 2"


@pytest.fixture(scope="module")
def asked(sample_dataset: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(sample_dataset) as connection:
        yield connection


@pytest.mark.parametrize("name", ready_questions())
def test_a_ready_question_gives_rows_whose_money_is_exact(asked: duckdb.DuckDBPyConnection, name: str) -> None:
    relation = asked.sql(ready_question(name).sql)
    money = {"asked", "lifetime", "amount", "largest_amount", "amount_asked", "lifetime_total", "annual_total",
             "found_amount", "announced_amount", "yuan_each", "budget", "executed", "units"}  # fmt: skip
    types = dict(zip(relation.columns, relation.types, strict=True))
    assert not [column for column in money & set(types) if not str(types[column]).startswith("DECIMAL")]
    relation.fetchall()


def test_what_the_sample_answers(sample_dataset: Path) -> None:
    with pipeline.open(sample_dataset) as data:
        assert data.ready("boilerplate").fetchall()[:2] == [
            ("信息公开规范性", "规范", 7, 1, 100.0),
            ("长效管理机制健全性和执行有效性", "健全和有效", 7, 1, 100.0),
        ]
        assert ("非公企业职工体检", "每人232.50元", Decimal("465000.00"), Decimal("2000.00"), True) in data.ready(
            "unit-costs"
        ).fetchall()
        assert data.ready("budget-by-region").fetchall() == [
            ("崇明区", 2023, 7, 7, Decimal("8652600.00"), 7, Decimal("8782600.00"))
        ]


def test_the_page_holds_every_question_as_it_is_asked() -> None:
    page = (ROOT / "docs/questions.md").read_text(encoding="utf-8")
    assert BEGIN in page
    for ready in ready_questions().values():
        assert question_markdown(ready) in page, "run: python -m pipeline.outputs.query docs/questions.md DATASET"
    assert {ready.question for ready in ready_questions().values()} == set(QUESTIONS)


def test_the_page_shows_results_as_tables(asked: duckdb.DuckDBPyConnection) -> None:
    page = questions_page(asked)
    assert "| region | fiscal_year | projects |" in page
    assert "| 崇明区 | 2023 | 7 | 7 | 8,652,600.00 | 7 | 8,782,600.00 |" in page
    assert page.count("## ") >= len(QUESTIONS) + len(ready_questions())


def test_an_unknown_question_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"no ready query 'poems': there are .*boilerplate"):
        ready_question("poems")
    with pytest.raises(KnowledgeError, match=r"x\.sql must begin with comments"):
        from pipeline.outputs.query.ready import _parsed

        _parsed("x", "SELECT 1")


def test_every_format_keeps_amounts_exact(sample_dataset: Path, tmp_path: Path) -> None:
    def ask(*options: str | Path) -> str:
        told = command_here("query", AMOUNTS, "--out", sample_dataset, *options)
        assert (told.returncode, told.stderr) == (0, "")
        return told.stdout

    assert ask().split() == [
        *("project_name", "annual_total", "start_date"),
        *("帮困慰问", "800,000.00", "2023-01-01", "非公企业职工体检", "465,000.00", "2023-01-01"),
    ]
    assert list(csv.reader(io.StringIO(ask("--format", "csv"))))[1] == ["帮困慰问", "800000.00", "2023-01-01"]
    assert [json.loads(line)["annual_total"] for line in ask("--format", "json").splitlines()] == [
        "800000.00",
        "465000.00",
    ]
    assert ask("--output", tmp_path / "a.parquet") == ""
    assert pq.read_table(tmp_path / "a.parquet")["annual_total"].to_pylist()[1] == Decimal("465000.00")


def test_a_part_of_a_table_says_so_and_files_are_whole(sample_dataset: Path, tmp_path: Path) -> None:
    def ask(*options: str | Path) -> tuple[int, str]:
        told = command_here("query", "FROM indicators SELECT indicator_no", "--dataset", sample_dataset, *options)
        return len(told.stdout.splitlines()) - 1, told.stderr

    assert ask("--limit", "12") == (12, "12 of 70 rows, `--limit 0` for all\n")
    assert ask("--limit", "0") == ask() == ask("--format", "csv") == (70, "")
    contradiction = ask("--format", "json", "--output", tmp_path / "answer.csv")
    assert contradiction[1].endswith(
        "--format json and the name " + f"{tmp_path / 'answer.csv'} contradict each other\n"
    )
    assert not (tmp_path / "answer.csv").exists()
    assert "other formats are whole" in ask("--limit", "12", "--format", "csv")[1]
    assert "LIMIT" not in " ".join(ready.sql.upper() for ready in ready_questions().values())


def test_reading_and_writing_are_not_mistaken(sample_dataset: Path, tmp_path: Path) -> None:
    told = command_here("query", "FROM forms", "--out", tmp_path / "forms.csv")
    assert (told.returncode, "forms.csv is a file: write it with --output" in told.stderr) == (2, True)
    told = command_here("query", "FROM forms", "--out", sample_dataset, "--dataset", sample_dataset)
    assert "give one of them" in told.stderr


def test_csv_for_excel_has_a_mark_and_no_formulas(sample_dataset: Path, tmp_path: Path) -> None:
    sql = "SELECT '=1+1' AS a, -1.50::DECIMAL(9,2) AS b, '温暖' AS c"
    command_here("query", sql, "--out", sample_dataset, "--bom", "--output", tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == "\ufeffa,b,c\n'=1+1,-1.50,温暖\n".encode()


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT *\nFROM form", "SQL line 2, column 6: Catalog Error: Table with name form does not exist"),
        ("SELECT 温暖 FROM forms", 'SQL line 1, column 8: Binder Error: Referenced column "温暖"'),
        ("", "the SQL gives no rows"),
    ],
)
def test_wrong_sql_tells_its_place(sample_dataset: Path, sql: str, says: str) -> None:
    told = command_here("query", sql, "--out", sample_dataset)
    assert (told.returncode, told.stdout) == (2, "")
    assert says in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_lists_need_no_dataset(tmp_path: Path) -> None:
    listed = command_here("query", "--ready", "list", "--out", tmp_path).stdout
    assert all(name in listed for name in ready_questions())
    assert "年度资金总额" in command_here("query", "--list", "--out", tmp_path).stdout


FORBIDDEN = (
    "SELECT * FROM read_text('{folder}/secret.txt')",
    "SELECT * FROM '{folder}/secret.csv'",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM read_parquet('{out}/.pages/**/*.parquet')",
    "COPY (SELECT 1) TO '{folder}/new.csv'",
    "COPY forms TO '{folder}/new.parquet' (FORMAT parquet)",
    "EXPORT DATABASE '{folder}/new'",
    "ATTACH '{folder}/new.duckdb'",
    "SELECT * FROM 'http://127.0.0.1:{port}/x.parquet'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "INSTALL httpfs FROM community",
    "SET enable_external_access = true",
    "SET allowed_directories = ['/']",
    "RESET lock_configuration",
    "CREATE PERSISTENT SECRET s (TYPE s3)",
    "SELECT * FROM version",
)
"""SQL that reaches for files, the network, extensions, settings, secrets and variables of the program."""


@pytest.mark.parametrize("sql", FORBIDDEN)
@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_sql_reaches_nothing_but_the_dataset(sample_dataset: Path, tmp_path: Path, sql: str, format: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "secret.csv").write_text("secret\nsecret\n")
    before = sorted(tmp_path.iterdir())
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        asked = sql.format(folder=tmp_path, out=sample_dataset, port=server.getsockname()[1])
        done = command_here("query", asked, "--out", sample_dataset, "--format", format)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before


def test_trusted_sql_reads_and_writes_files(sample_dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text("a\n7\n")
    asked = f"SELECT a FROM '{tmp_path}/more.csv'"
    done = command_here("query", asked, "--out", sample_dataset, "--format", "csv", "--trusted")
    assert (done.returncode, done.stdout) == (0, "a\n7\n")
