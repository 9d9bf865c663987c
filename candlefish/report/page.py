"""HTML pages of reports: one Jinja2 template each, self-contained, in one style, without a script."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from candlefish.report import charts

if TYPE_CHECKING:
    from jinja2 import Environment

DIRECTORY = Path(__file__).parent


@cache
def _environment() -> Environment:
    """Templates extend `base.html`, call `charts` and use the filter `number`; what they show is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - an extra

    environment = Environment(
        loader=FileSystemLoader(DIRECTORY),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["charts"] = charts
    environment.filters["number"] = charts.number
    return environment


def page(template: Path, **values: object) -> str:
    """The page made of a template and its values."""
    return _environment().from_string(template.read_text(encoding="utf-8")).render(values)
