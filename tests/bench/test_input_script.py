"""Input scripts: a persona's inputs reach a page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from candlefish.bench.input_script import input_script
from candlefish.bench.scenario import load_scenarios

if TYPE_CHECKING:
    import pytest


class Pointer:
    """Records what a page's mouse is asked for."""

    def __init__(self) -> None:
        self.moves: list[tuple[float, float]] = []
        self.presses = 0

    def move(self, x: float, y: float) -> None:
        self.moves.append((x, y))

    def down(self) -> None:
        self.presses += 1

    def up(self) -> None:
        pass

    def wheel(self, *_: float) -> None:
        pass


class PageOfFish:
    """A page of one fish in a box of 400×300 that begins at (100, 50)."""

    def __init__(self) -> None:
        self.mouse = Pointer()

    def evaluate(self, script: str) -> list[float]:
        return [200.0, 100.0] if "getState" in script else [100.0, 50.0, 400.0, 300.0]

    def wait_for_timeout(self, _: float) -> None:
        pass


def test_a_persona_plays_in_the_box_of_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = replace(load_scenarios()["visitor"], persona="feeder", duration_s=3.0)
    page = PageOfFish()
    clock_s = iter(n * 0.03 for n in range(10_000))
    monkeypatch.setattr("candlefish.bench.input_script.time.monotonic", lambda: next(clock_s))
    ticks: list[float] = []
    script = input_script(page, scenario)  # type: ignore[arg-type]
    script.play(ticks.append)
    assert len(ticks) > 50
    assert len(page.mouse.moves) > 10
    assert all(100 < x < 500 and 50 < y < 350 for x, y in page.mouse.moves)
