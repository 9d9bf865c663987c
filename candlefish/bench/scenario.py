"""Scenarios: page, input, network and device of a measurement, from the TOML files in ``scenarios/``."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from candlefish.bench import BenchError
from candlefish.tables import read_toml

if TYPE_CHECKING:
    from collections.abc import Sequence


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


Network = Literal["unlimited", "cable", "fast-4g", "slow-4g"]
NETWORKS: dict[Network, tuple[float, float] | None] = {
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
    from_s: Annotated[float, Meta(ge=0)] = 0.0
    to_s: Annotated[float, Meta(ge=0)] = math.inf
    every_s: Annotated[float, Meta(ge=0.02)] = 1.0
    speed_px_s: Annotated[float, Meta(ge=0, le=10_000)] = 200.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario; lengths in CSS px, times in seconds; its input is ``acts`` or a persona's."""

    name: str
    title: str
    kind: ScenarioKind = ScenarioKind.FRAMES
    path: str = "/"
    in_default: bool = False
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 7
    duration_s: Annotated[float, Meta(ge=1, le=3600)] = 20.0
    warm_up_s: Annotated[float, Meta(ge=0, le=60)] = 3.0
    viewport: tuple[Annotated[int, Meta(gt=0)], Annotated[int, Meta(gt=0)]] = (1280, 720)
    dpr: Annotated[float, Meta(ge=0.5, le=4)] = 1.0
    cpu_throttle: Annotated[float, Meta(ge=1, le=20)] = 1.0
    network: Network = "unlimited"
    fish: Annotated[int, Meta(ge=1, le=50)] = 1
    trust: Annotated[float, Meta(ge=0, le=100)] | None = None
    sample_every_s: Annotated[float, Meta(ge=0.5, le=60)] = 5.0
    acts: tuple[InputAct, ...] = ()
    persona: str = ""

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for acts beside a persona, and for one that begins or ends too late."""
        if self.acts and self.persona:
            raise ValueError("acts: expected none beside a persona")
        for number, act in enumerate(self.acts):
            for name, value in (("from_s", act.from_s), ("to_s", act.to_s)):
                if self.duration_s < value < math.inf:
                    limit = f"at most duration_s = {self.duration_s:g}"
                    raise ValueError(f"acts[{number}].{name}: expected {limit}, got {value:g}")

    def lasting(self, seconds: float | None) -> Scenario:
        """The same scenario with another duration; acts keep their share of it, and how often they come."""
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
    return read_toml(path, Scenario, BenchError, name=path.stem)


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
