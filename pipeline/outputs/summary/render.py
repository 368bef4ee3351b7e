"""Renders a dataset report as one self-contained HTML file, with style, script and drawings."""

from __future__ import annotations

from base64 import b64encode
from decimal import Decimal
from functools import partial
from hashlib import sha256
from importlib.resources import files
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.messages import t, tn, translated
from pipeline.outputs.summary.model import DatasetReport, Kind

PACKAGE = "pipeline.outputs.summary"


def render_dataset_report(report: DatasetReport) -> str:
    """The HTML text. Values of the dataset are escaped; only http and https addresses become links."""
    environment = Environment(
        loader=PackageLoader(PACKAGE, ""),
        autoescape=True,
        finalize=partial(translated, language=report.language),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"shown": _shown, "sortable": _sortable, "web": _web}
    environment.globals |= {"t": t, "tn": tn}
    style, script = (files(PACKAGE).joinpath(name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    return environment.get_template("report.html.j2").render(
        report=report,
        language=report.language,
        one=lambda english, chinese: chinese if report.language == "zh" else english.replace("_", " "),
        style=Markup(style),
        script=Markup(script),
        style_digest=_digest(style),
        script_digest=_digest(script),
    )


def _digest(text: str) -> str:
    """The hash of a style or script for the content security policy, so that the browser runs no other script."""
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
    """The sort key of a number; a missing value comes last."""
    return "" if value is None else str(value)


def _web(address: object) -> str | None:
    """The address if it may become a link (http or https), else None: `javascript:` would run a script."""
    try:
        parts = urlsplit(str(address or ""))
    except ValueError:
        return None
    return str(address) if parts.scheme in ("http", "https") and parts.netloc else None
