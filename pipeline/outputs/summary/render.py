"""A dataset report as one HTML file that needs no other: style, script and drawings stand in it."""

from __future__ import annotations

from base64 import b64encode
from decimal import Decimal
from hashlib import sha256
from importlib.resources import files
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.outputs.summary.model import DatasetReport, Kind

PACKAGE = "pipeline.outputs.summary"


def render_dataset_report(report: DatasetReport) -> str:
    """The file's text. Whatever stands in the dataset is shown as text; only http and https addresses are links."""
    environment = Environment(
        loader=PackageLoader(PACKAGE, ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"shown": _shown, "sortable": _sortable, "spaced": _spaced, "web": _web}
    style, script = (files(PACKAGE).joinpath(name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    return environment.get_template("report.html.j2").render(
        report=report,
        style=Markup(style),
        script=Markup(script),
        style_digest=_digest(style),
        script_digest=_digest(script),
    )


def _digest(text: str) -> str:
    """What the file's policy names as allowed, so that a script from anywhere else is not run by the browser."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _shown(value: object, kind: Kind) -> str:
    if value is None:
        return "–"
    if kind is Kind.PERCENT:
        return f"{float(str(value)):.1f}%"
    if kind is Kind.YUAN:
        return f"{Decimal(str(value)):,.2f}"
    return f"{value:,}" if kind is Kind.COUNT and isinstance(value, int) else str(value)


def _sortable(value: object) -> str:
    """What a column of numbers is sorted by; a missing value comes last."""
    return "" if value is None else str(value)


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _web(address: object) -> str | None:
    """An address that may be a link: not one that would run a script."""
    try:
        parts = urlsplit(str(address or ""))
    except ValueError:
        return None
    return str(address) if parts.scheme in ("http", "https") and parts.netloc else None
