"""`python -m benchmarks.confirming [FOLDER|FILE.pdf ...]`: what comparing values with PDFium's words costs and reports.

Each document is read and assembled without and with it, one after the other; scans stay unread. The findings are
printed, so that people can look at the pages.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.program import readable
from pipeline.document.value_check import DISAGREEMENT, UNSEEN
from pipeline.run.read_document import read_document

SAMPLE = Path("data/raw")


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the findings, how many values have which confidence, and the costs."""
    parser = argparse.ArgumentParser("python -m benchmarks.confirming", description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, default=[SAMPLE], metavar="FOLDER|FILE.pdf")
    spent = {False: 0.0, True: 0.0}
    confidences: Counter[float] = Counter()
    pages = 0
    for path in parser.parse_args(arguments).paths:
        for document in readable([path] if path.is_file() else sorted(path.rglob("*.pdf"))):
            pages += document.pages
            for verify in spent:
                started = time.process_time()
                read = read_document(document.path, ocr=False, verify=verify)
                spent[verify] += time.process_time() - started
            confidences.update(float(str(row["confidence"])) for row in read.tables.get("evidence", []))
            for finding in read.tables["findings"]:
                if finding["rule"] in (DISAGREEMENT, UNSEEN):
                    print(f"{document.path} page {finding['page']}: {finding['severity']}: {finding['message']}")
    shares = ", ".join(f"{count} at {share}" for share, count in sorted(confidences.items(), reverse=True))
    print(f"parts of values by confidence: {shares}\n\n| | CPU s | ms a page | times |\n|---|---:|---:|---:|")
    for verify, name in ((False, "alone"), (True, "compared with PDFium")):
        seconds = spent[verify]
        print(f"| {name} | {seconds:.2f} | {1000 * seconds / max(pages, 1):.2f} | {seconds / spent[False]:.2f} |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
