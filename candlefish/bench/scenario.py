"""Scenarios: page, input, network and device of a measurement, from the TOML files in ``scenarios/``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from candlefish.bench.errors import BenchError
from candlefish.bench.toml_table import TomlTable, read_toml

if TYPE_CHECKING:
    from collections.abc import Sequence

_Choice = TypeVar("_Choice", bound=StrEnum)
ALL = "all"
DEFAULT = "default"


class ScenarioKind(StrEnum):
    """How a scenario is run: the frames of a page that is awake, or its load."""

    FRAMES = "frames"
    COLD_LOAD = "cold-load"
    REPEAT_LOAD = "repeat-load"


class ActKind(StrEnum):
    """The kinds of visitor input in a scenario."""

    CIRCLE = "circle"
    SHAKE = "shake"
    REST = "rest"
    FEED = "feed"
    RESIZE = "resize"
    HIDE = "hide"


NETWORKS: dict[str, tuple[float, float] | None] = {
    "unlimited": None,
    "cable": (28.0, 5_000.0),
    "fast-4g": (60.0, 9_000.0),
    "slow-4g": (150.0, 1_600.0),
}
"""Round trip (ms) and throughput down (kbit/s) by network profile (presets of Lighthouse and WebPageTest)."""


@dataclass(frozen=True, slots=True)
class InputAct:
    """One input from ``from_s`` to ``to_s`` of the window, again every ``every_s``, at ``speed_px_s``."""

    deed: ActKind
    from_s: float
    to_s: float
    every_s: float
    speed_px_s: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario; lengths in CSS px, times in seconds."""

    name: str
    title: str
    kind: ScenarioKind
    path: str
    in_default: bool
    seed: int
    duration_s: float
    warm_up_s: float
    viewport: tuple[int, int]
    dpr: float
    cpu_throttle: float
    network: str
    fish: int
    trust: float | None
    sample_every_s: float
    acts: tuple[InputAct, ...]

    def lasting(self, seconds: float | None) -> Scenario:
        """The same scenario with another duration; acts keep their share of it."""
        if seconds is None or self.kind is not ScenarioKind.FRAMES:
            return self
        scale = seconds / self.duration_s
        acts = tuple(replace(act, from_s=act.from_s * scale, to_s=act.to_s * scale) for act in self.acts)
        return replace(self, duration_s=seconds, acts=acts)


def load_scenarios() -> dict[str, Scenario]:
    """All scenarios by name.

    Raises:
        BenchError: one of the files is wrong.
    """
    directory = Path(str(files("candlefish.bench") / "scenarios"))
    scenarios = [read_scenario(path) for path in sorted(directory.glob("*.toml"))]
    return {scenario.name: scenario for scenario in sorted(scenarios, key=lambda one: not one.in_default)}


def read_scenario(path: Path) -> Scenario:
    """The scenario of one file; its name is the file's.

    Raises:
        BenchError: the file cannot be read, or a field is missing, wrong or unknown.
    """
    table = read_toml(path)
    duration_s = table.number("duration_s", 20.0, 1.0, 3600.0)
    scenario = Scenario(
        name=path.stem,
        title=table.text("title"),
        kind=_choice(table, "kind", ScenarioKind, ScenarioKind.FRAMES),
        path=table.text("path", "/"),
        in_default=table.flag("in_default", default=False),
        seed=table.whole("seed", 7, high=2**31 - 1),
        duration_s=duration_s,
        warm_up_s=table.number("warm_up_s", 3.0, 0.0, 60.0),
        viewport=table.pair("viewport", (1280, 720)),
        dpr=table.number("dpr", 1.0, 0.5, 4.0),
        cpu_throttle=table.number("cpu_throttle", 1.0, 1.0, 20.0),
        network=_network(table),
        fish=table.whole("fish", 1, 1, 50),
        trust=table.number("trust", -1.0, -1.0, 100.0),
        sample_every_s=table.number("sample_every_s", 5.0, 0.5, 60.0),
        acts=tuple(_act(one, duration_s) for one in table.tables("acts")),
    )
    table.end()
    return scenario if scenario.trust != -1.0 else replace(scenario, trust=None)


def chosen(scenarios: dict[str, Scenario], names: Sequence[str]) -> list[Scenario]:
    """The scenarios of the given names: ``default`` (also for no names) and ``all`` stand for many.

    Raises:
        BenchError: there is no scenario of a name.
    """
    picked: dict[str, Scenario] = {}
    for name in names or [DEFAULT]:
        if name in {ALL, DEFAULT}:
            picked |= {key: one for key, one in scenarios.items() if name == ALL or one.in_default}
        elif name in scenarios:
            picked[name] = scenarios[name]
        else:
            raise BenchError(f"no scenario {name!r}; there are {', '.join([DEFAULT, ALL, *scenarios])}")
    return list(picked.values())


def _act(table: TomlTable, duration_s: float) -> InputAct:
    act = InputAct(
        deed=_choice(table, "deed", ActKind, None),
        from_s=table.number("from_s", 0.0, 0.0, duration_s),
        to_s=table.number("to_s", duration_s, 0.0, duration_s),
        every_s=table.number("every_s", 1.0, 0.02, duration_s),
        speed_px_s=table.number("speed_px_s", 200.0, 0.0, 10_000.0),
    )
    table.end()
    return act


def _choice(table: TomlTable, name: str, choices: type[_Choice], default: _Choice | None) -> _Choice:
    text = table.text(name, default)
    try:
        return choices(text)
    except ValueError:
        raise table.wrong(name, "one of " + ", ".join(choices), text) from None


def _network(table: TomlTable) -> str:
    text = table.text("network", "unlimited")
    if text not in NETWORKS:
        raise table.wrong("network", "one of " + ", ".join(NETWORKS), text)
    return text
