"""`extract --explain` from outside: what it prints of forms, of pages without forms, and of unreadable files."""

from pathlib import Path

from tests.documents import FORM, SAMPLE
from tests.generator.drawing import Producer, draw
from tests.generator.forms import lay_out
from tests.layouts import drawn, table
from tests.shared import command_here, write_pdf


def test_cells_with_their_dictionary_entry() -> None:
    printed = command_here("extract", "--explain", SAMPLE, "--page", "2").stdout
    assert "label project_name" in printed
    assert "labels.toml 项目名称" in printed
    assert "shanghai-district-target: the title has 财政项目支出绩效目标申报表" in printed
    assert "boxed: one project" in printed
    assert "0 of them used by no field" in printed
    assert "page 3" not in printed


def test_a_page_without_forms_says_why(tmp_path: Path) -> None:
    page = drawn("收支总表", table("科目 | 金额\n教育 | 100"), (100, 100))
    path = tmp_path / "a.pdf"
    path.write_bytes(draw([page], Producer.LINES))
    printed = command_here("extract", "--explain", path).stdout
    assert "0 forms" in printed
    assert "page 1, table 1 (2 rows, 2 columns, begins with '科目')" in printed
    assert "it holds none of the words" in printed
    assert "there is no page 7" in command_here("extract", "--explain", path, "--page", "7").stdout


def test_lines_fit_a_pipe_and_hold_no_control_characters(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(draw(lay_out(FORM), Producer.LINES))
    printed = command_here("extract", "--explain", path).stdout
    assert "\x1b" not in printed
    assert all(line.isprintable() for line in printed.splitlines())


def test_a_file_that_cannot_be_read_is_one_line_and_status_1(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"no PDF at all")
    done = command_here("extract", "--explain", path)
    assert done.returncode == 1
    assert done.stdout.startswith("a.pdf: pdf.")


def test_options_that_do_not_go_together(tmp_path: Path) -> None:
    write_pdf(tmp_path / "a.pdf", "text")
    for args, says in ((("--page", "1"), "--page goes with --explain"), (("--explain", "--json"), "not both")):
        done = command_here("extract", tmp_path / "a.pdf", *args)
        assert done.returncode == 2
        assert says in done.stderr
