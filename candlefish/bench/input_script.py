"""Input scripts: a scenario's acts, or a persona's inputs, played in a page through the browser."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from candlefish.bench import BenchError
from candlefish.bench.scenario import ActKind, InputAct
from candlefish.sim.inputs import InputKind
from candlefish.simulate.persona import Persona, PersonaError, load_persona
from candlefish.simulate.visitor import SimulatedVisitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from candlefish.bench.scenario import Scenario
    from candlefish.sim.inputs import Input

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


PERSONA_TICK_MS = 33.0
SCROLL_PX = 60.0
KEY = "Shift"
ELEMENT = "document.querySelector('candle-fish')"
BOX = f"(({{ x, y, width, height }}) => [x, y, width, height])({ELEMENT}.getBoundingClientRect())"
FISH = f"{ELEMENT}.getState().then(({{ x, y }}) => [x, y])"
OUTSIDE_PX = -1.0
"""A place that is in no window: the pointer leaves it."""
LOOKS = frozenset({"approach", "retreat", "follow"})
"""Motions that depend on where the fish is."""


class FishPlace:
    """The fish's place in its box, CSS px; the middle, unless the persona goes by it."""

    def __init__(self, page: Page, size: tuple[float, float], persona: Persona) -> None:
        self._page = page
        self._place = size[0] / 2, size[1] / 2
        self._asks = any(act.do in LOOKS or act.around == "fish" for act in persona.acts)

    def update(self) -> None:
        """Ask the page."""
        if self._asks:
            x, y = self._page.evaluate(FISH)
            self._place = float(x), float(y)

    @property
    def x(self) -> float:
        """From the left edge."""
        return self._place[0]

    @property
    def y(self) -> float:
        """From the top edge."""
        return self._place[1]


class PersonaScript:
    """Plays a scenario's persona in a page, the same way each time but for the fish's own place."""

    def __init__(self, page: Page, scenario: Scenario) -> None:
        self._page, self._scenario = page, scenario
        self._left, self._top, width, height = (float(value) for value in page.evaluate(BOX))
        persona = _load(scenario.persona)
        self.fish = FishPlace(page, (width, height), persona)
        self._visitor = SimulatedVisitor(persona, scenario.seed, (width, height))

    def play(self, each_tick: Callable[[float], None] = lambda _: None) -> None:
        """Play for the scenario's duration; ``each_tick`` gets the elapsed seconds at every tick."""
        began_s = time.monotonic()
        self._visitor.start_at(0.0)
        while (at_s := time.monotonic() - began_s) < self._scenario.duration_s:
            self.fish.update()
            self._visitor.act(self, at_s)
            each_tick(at_s)
            self._page.wait_for_timeout(PERSONA_TICK_MS)

    def restore(self) -> None:
        """A persona leaves the window as it is."""

    def push(self, item: Input) -> None:
        """Pass an input on. A browser makes food of a click, so ``FEED`` itself has no input of its own."""
        mouse, x, y = self._page.mouse, self._left + item.x, self._top + item.y
        match item.kind:
            case InputKind.MOVE:
                mouse.move(x, y)
            case InputKind.DOWN:
                mouse.move(x, y)
                mouse.down()
            case InputKind.UP:
                mouse.up()
            case InputKind.LEAVE:
                mouse.move(OUTSIDE_PX, OUTSIDE_PX)
            case InputKind.SCROLL:
                mouse.wheel(0.0, SCROLL_PX)
            case InputKind.KEY:
                self._page.keyboard.press(KEY)
            case InputKind.BLUR | InputKind.FOCUS:
                self._page.evaluate(f"{ELEMENT}.{item.kind.name.lower()}()")


def _load(name: str) -> Persona:
    try:
        return load_persona(name)
    except PersonaError as error:
        raise BenchError(str(error)) from error


def input_script(page: Page, scenario: Scenario) -> InputScript | PersonaScript:
    """The player of a scenario's inputs: its persona, or its acts."""
    return PersonaScript(page, scenario) if scenario.persona else InputScript(page, scenario)
