"""Persona script: the visitor of `candlefish.simulate`, whose inputs reach a page through the browser."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from candlefish.bench.errors import BenchError
from candlefish.bench.scenario import InputScript
from candlefish.sim.inputs import InputKind
from candlefish.simulate.persona import Persona, PersonaError, load_persona
from candlefish.simulate.visitor import SimulatedVisitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from candlefish.bench.scenario import Scenario
    from candlefish.sim.inputs import Input

TICK_MS = 33.0
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
            self._page.wait_for_timeout(TICK_MS)

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
