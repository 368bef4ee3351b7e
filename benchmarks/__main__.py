"""`python -m benchmarks [FILE.pdf ...] [--repeat N] [--gold FOLDER] [--skip NAMES]`: see benchmarks/README.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import gold, others, program
from benchmarks.model import PROGRAM, Measured, Row, peak_memory, total
from benchmarks.report import summary, table

SAMPLES = Path("data/raw")


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; 2 when there is nothing to measure with."""
    asked = _parser().parse_args(arguments)
    paths = asked.files or sorted(SAMPLES.glob("**/*.pdf"))
    documents = list(program.readable(paths))
    if not documents:
        print(f"No readable PDF: name some, or put some below {SAMPLES}.", file=sys.stderr)
        return 2
    rows = [Row(d.path.name, d.pages) for d in documents]
    transcribed = gold.load(asked.gold)
    program.measure(documents, rows, asked.repeat)
    memory = peak_memory()
    own = Measured(PROGRAM, memory, *program.accuracy(documents, transcribed))
    told = list(others.measure(documents, rows, asked.repeat, asked.skip, transcribed))
    print("CPU milliseconds a page:\n")
    print(table([*rows, every := total(rows)]), end="\n\n")
    print(summary(every, [own, *(x for x in told if isinstance(x, Measured))]))
    for note in told:
        if isinstance(note, str):
            print(f"Note: {note}.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks", description="What reading PDFs costs, in CPU time a page.")
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE.pdf", help=f"PDFs to measure with (default: those below {SAMPLES})"
    )
    parser.add_argument(
        "--repeat", type=_positive, default=3, metavar="N", help="measure N times and take the median (default: 3)"
    )
    parser.add_argument("--gold", type=Path, metavar="FOLDER", help="transcriptions (JSON) of some of the PDFs")
    parser.add_argument(
        "--skip", type=_finders, default=set(), metavar="NAMES", help=f"leave out some of {','.join(others.FINDERS)}"
    )
    return parser


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError
    return number


def _finders(text: str) -> set[str]:
    names = set(text.split(","))
    if unknown := names - others.FINDERS.keys():
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: there are only {', '.join(others.FINDERS)}")
    return names


if __name__ == "__main__":
    sys.exit(main())
