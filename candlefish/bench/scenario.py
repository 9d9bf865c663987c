"""Scenarios: page, input, network and device of a measurement, from the TOML files in ``scenarios/``."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from candlefish.bench.errors import BenchError
from candlefish.tables import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playwright.sync_api import Page

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
            for name, value in (("from_s", act.from_s), ("to_s", act.to_s), ("every_s", act.every_s)):
                if self.duration_s < value < math.inf:
                    limit = f"at most duration_s = {self.duration_s:g}"
                    raise ValueError(f"acts[{number}].{name}: expected {limit}, got {value:g}")

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


TICK_MS = {ActKind.SHAKE: 16.0, ActKind.CIRCLE: 33.0}
"""How often a pointer moves: each move costs the machine something too, so a slow one moves less often."""
IDLE_TICK_MS = 100.0
GOLDEN = 0.6180339887498949
SMALLEST_BOX = (320, 240)


class InputScript:
    """Plays a scenario's acts in a page, the same way each time."""

    def __init__(self, page: Page, scenario: Scenario) -> None:
        self._page, self._scenario = page, scenario
        self._done: dict[int, int] = {}
        self._actions: dict[ActKind, Callable[[InputAct, float, int | None], None]] = {
            ActKind.CIRCLE: self._circle,
            ActKind.SHAKE: self._shake,
            ActKind.REST: lambda *_: None,
            ActKind.FEED: self._feed,
            ActKind.RESIZE: self._resize,
            ActKind.HIDE: self._hide,
        }

    def play(self, each_tick: Callable[[float], None] = lambda _: None) -> None:
        """Play for the scenario's duration; ``each_tick`` gets the elapsed seconds at every tick."""
        began_s = time.monotonic()
        while (at_s := time.monotonic() - began_s) < self._scenario.duration_s:
            acting = [(i, act) for i, act in enumerate(self._scenario.acts) if act.from_s <= at_s < act.to_s]
            for i, act in acting:
                self._act(i, act, at_s)
            each_tick(at_s)
            tick_ms = min((TICK_MS.get(act.deed, IDLE_TICK_MS) for _, act in acting), default=IDLE_TICK_MS)
            left_ms = (self._scenario.duration_s - (time.monotonic() - began_s)) * 1000.0
            self._page.wait_for_timeout(max(1.0, min(tick_ms, left_ms)))

    def restore(self) -> None:
        """Make the page visible and full-sized again."""
        self._page.evaluate("candlefishHide(false)")
        width_px, height_px = self._scenario.viewport
        self._page.set_viewport_size({"width": width_px, "height": height_px})

    def _act(self, number: int, act: InputAct, at_s: float) -> None:
        """Continue an act; its repetition is passed on once, as a count, and None afterwards."""
        count = int((at_s - act.from_s) / act.every_s)
        new = self._done.get(number) != count
        self._done[number] = count
        self._actions[act.deed](act, at_s, count if new else None)

    def _circle(self, act: InputAct, at_s: float, _count: int | None) -> None:
        width_px, height_px = self._scenario.viewport
        radius_px = 0.22 * min(width_px, height_px)
        angle = act.speed_px_s * (at_s - act.from_s) / radius_px
        self._page.mouse.move(
            width_px / 2 + radius_px * math.cos(angle), height_px / 2 + radius_px * math.sin(angle)
        )

    def _shake(self, act: InputAct, at_s: float, _count: int | None) -> None:
        width_px, height_px = self._scenario.viewport
        reach_px = 0.8 * width_px
        there_px = (act.speed_px_s * (at_s - act.from_s)) % (2 * reach_px)
        x_px = 0.1 * width_px + (there_px if there_px < reach_px else 2 * reach_px - there_px)
        self._page.mouse.move(x_px, height_px * (0.5 + 0.3 * math.sin(7.0 * at_s)))

    def _feed(self, _act: InputAct, _at_s: float, count: int | None) -> None:
        """Drop food at places that fill the tank evenly (a Weyl sequence)."""
        if count is not None:
            width_px, height_px = self._scenario.viewport
            across, down = (0.3 + count * GOLDEN) % 1.0, (0.4 + count * GOLDEN * GOLDEN) % 1.0
            self._page.mouse.click(width_px * (0.1 + 0.8 * across), height_px * (0.15 + 0.3 * down))

    def _resize(self, _act: InputAct, _at_s: float, count: int | None) -> None:
        if count is not None:
            share = 0.5 + 0.5 * math.cos(count * GOLDEN * 2 * math.pi)
            width_px, height_px = self._scenario.viewport
            wide = round(SMALLEST_BOX[0] + share * (width_px - SMALLEST_BOX[0]))
            high = round(SMALLEST_BOX[1] + share * (height_px - SMALLEST_BOX[1]))
            self._page.set_viewport_size({"width": wide, "height": high})

    def _hide(self, _act: InputAct, _at_s: float, count: int | None) -> None:
        """Report the tab as hidden at every second turn (a headless browser never hides one)."""
        if count is not None:
            self._page.evaluate("(hidden) => candlefishHide(hidden)", count % 2 == 1)
