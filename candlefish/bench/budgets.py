"""Budgets: the limits a site is held to, by scenario, from a TOML file."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from candlefish.bench.errors import BenchError
from candlefish.bench.fields import Table, read_toml
from candlefish.bench.measures import MEASURES
from candlefish.bench.scenario import Kind

if TYPE_CHECKING:
    from collections.abc import Collection

    from candlefish.bench.scenario import Scenario

Budgets = dict[str, dict[str, float]]
"""Limits by measure, by section: ``frames``, ``load`` (all scenarios of a kind) or a scenario's name."""
KINDS = {Kind.FRAMES: "frames", Kind.COLD_LOAD: "load", Kind.REPEAT_LOAD: "load"}


def load_budgets(path: Path | None, scenarios: Collection[str]) -> Budgets:
    """The budgets of a file; None for the ones we hold ourselves to.

    Raises:
        BenchError: the file cannot be read, or a section, a measure or a limit is wrong.
    """
    table = read_toml(path or Path(str(files("candlefish.bench") / "budgets.toml")))
    known = {*KINDS.values(), *scenarios}
    budgets: Budgets = {}
    for section in table.names():
        if section not in known:
            names = ", ".join(sorted(known))
            raise BenchError(f"{table.where}: no scenario {section!r}; sections are {names}")
        budgets[section] = _limits(table.table(section))
    return budgets


def limits_of(budgets: Budgets, scenario: Scenario) -> dict[str, float]:
    """The limits of a scenario: its kind's, overridden by its own."""
    return budgets.get(KINDS[scenario.kind], {}) | budgets.get(scenario.name, {})


def _limits(table: Table) -> dict[str, float]:
    limits: dict[str, float] = {}
    for name in table.names():
        if name not in MEASURES:
            raise BenchError(f"{table.where}: no measure {name!r}")
        limits[name] = table.number(name)
    return limits
