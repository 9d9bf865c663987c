"""A session drives its world through a driver, and other parts join by its public seams."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from candlefish.browser.messages import Fields, Start
from candlefish.browser.session import Session
from candlefish.browser.world_driver import WorldDriver
from candlefish.sim.inputs import InputKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.sim.world import World

START = Start(
    width_px=600.0,
    height_px=400.0,
    dpr=1.0,
    seed=7,
    effects="minimal",
    complexity="standard",
    paused=False,
    now_ms=1.7e12,
    device="tab1",
    memory='{"trustLevel": 90}',
    pending=(),
)
SHOW, HIDE = '{"type": "visible", "on": true}', '{"type": "visible", "on": false}'


class LoggingDriver(WorldDriver):
    """Records what a session asks of it."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def start(self, create: Callable[[], World]) -> None:
        super().start(create)
        self.calls.append(("start",))

    def advance(self, elapsed_s: float) -> None:
        super().advance(elapsed_s)
        self.calls.append(("advance", round(elapsed_s, 3)))

    def push(self, kind: InputKind, x: float, y: float, late_s: float) -> None:
        super().push(kind, x, y, late_s)
        self.calls.append(("push", kind, None if math.isnan(x) else x, round(late_s, 3)))

    def resize(self, width_px: float, height_px: float) -> None:
        super().resize(width_px, height_px)
        self.calls.append(("resize", width_px, height_px))

    def skip_hidden_time(self, seconds: float) -> None:
        super().skip_hidden_time(seconds)
        self.calls.append(("hidden", seconds))


def test_everything_that_enters_the_world_passes_the_driver() -> None:
    driver, clock = LoggingDriver(), [0.0]
    session = Session(START, lambda _message: None, lambda: clock[0], driver=driver)
    session.receive(SHOW)
    session.advance(1000.0)
    session.take_inputs([InputKind.MOVE, 300.0, 200.0, 1010.0])
    session.advance(1020.0)
    session.receive('{"type": "resize", "width": 500, "height": 300, "dpr": 1}')
    session.receive(HIDE)
    clock[0] = 60.0
    session.receive(SHOW)
    session.receive('{"type": "reset", "device": "tab2"}')
    assert driver.calls == [
        ("start",),
        ("push", InputKind.SHOW, None, 0.0),
        ("advance", 0.0),
        ("push", InputKind.MOVE, 300.0, 0.01),
        ("advance", 0.02),
        ("resize", 500.0, 300.0),
        ("push", InputKind.HIDE, None, 0.0),
        ("push", InputKind.LEAVE, None, 0.0),
        ("hidden", 60.0),
        ("push", InputKind.SHOW, None, 0.0),
        ("start",),
    ]
    assert session.world is driver.world


def test_a_session_that_is_not_persistent_neither_reads_nor_saves_a_memory() -> None:
    messages: list[dict[str, Any]] = []
    session = Session(START, messages.append, persistent=False)
    trust = session.world.mind.trust.value
    session.receive(SHOW)
    for frame in range(120):
        session.advance(1000.0 + 1000.0 / 60.0 * frame)
    session.receive('{"type": "storage", "text": "{\\"trustLevel\\": 99}"}')
    session.receive('{"type": "hide"}')
    assert trust == 20
    assert session.world.mind.trust.value < 30
    assert not [message for message in messages if message["type"] in {"save", "damaged"}]


def test_a_handler_takes_messages_of_its_type_and_a_call_follows_each_frame() -> None:
    session = Session(START, lambda _message: None)
    received: list[Fields] = []
    frames: list[float] = []
    session.add_handler("studio", received.append)
    session.on_frame = frames.append
    session.receive('{"type": "studio", "do": "look"}')
    session.advance(1000.0)
    session.advance(1020.0)
    assert [fields.content["do"] for fields in received] == ["look"]
    assert frames == [1000.0, 1020.0]
