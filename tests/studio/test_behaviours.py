"""A manner of swimming is changed while the fish swims, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from candlefish.sim.behaviour import Behaviours
from candlefish.sim.inputs import Input, InputKind
from candlefish.sim.world import World
from candlefish.studio.behaviours import BehaviourEditor, CodeError, sources

if TYPE_CHECKING:
    from collections.abc import Iterator

UP = "def circle(self, now, dt_s):\n    return Steering((0.0, -now.top_px_s), None)\n"


@pytest.fixture
def behaviours() -> Iterator[BehaviourEditor]:
    made = BehaviourEditor()
    yield made
    for name in sources():
        made.reset(name)


def swum(steps: int = 240) -> World:
    world = World(800, 500, seed=3, dust=0)
    for _ in range(steps):
        world.push(Input(InputKind.MOVE, 400, 250, world.now_s))
        world.step()
    return world


def test_every_manner_has_its_source() -> None:
    found = sources()
    public = {
        name for name in vars(Behaviours) if not name.startswith("_") and callable(getattr(Behaviours, name))
    }
    assert set(found) == public - {"begin"}
    for name, text in found.items():
        compile(text, name, "exec")
        assert text.startswith(f"def {name}(")
        assert "def " not in text[4:]


def test_a_change_is_swum_and_taken_back(behaviours: BehaviourEditor) -> None:
    usual = swum()
    behaviours.run("circle", UP)
    assert swum().fish.y < usual.fish.y - 60
    assert behaviours.trouble is None
    behaviours.reset("circle")
    assert swum().fish.y == usual.fish.y
    behaviours.run("circle", sources()["circle"])
    assert swum().fish.y == usual.fish.y, "the shipped source is the shipped manner"


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("def circle(self, now, dt_s)\n    pass\n", 1, "SyntaxError"),
        ("def circle(self, now, dt_s):\n  x = (\n", 2, "SyntaxError"),
        ("y = 1\nx = y / 0\ndef circle(self, now, dt_s): ...\n", 2, "ZeroDivisionError"),
        ("def square(self, now, dt_s): ...\n", 0, "expected a function circle"),
        ("#" * 30_000, 0, "at most 20000 characters"),
    ],
)
def test_what_is_no_manner_is_refused(behaviours: BehaviourEditor, text: str, line: int, told: str) -> None:
    with pytest.raises(CodeError, match=told) as caught:
        behaviours.run("circle", text)
    assert caught.value.line == line
    with pytest.raises(CodeError, match="no manner"):
        behaviours.run("_bolt", text)


@pytest.mark.parametrize(
    ("body", "line", "told"),
    [
        ("    return now.nothing", 2, "AttributeError"),
        ("    x = 1\n    return x / 0", 3, "ZeroDivisionError"),
        ("    return None", 0, "expected a Steering, got None"),
        ("    return Steering((math.nan, 0.0), None)", 0, "expected finite numbers"),
    ],
)
def test_what_fails_as_it_swims_is_taken_back_at_once(
    behaviours: BehaviourEditor, body: str, line: int, told: str
) -> None:
    usual = swum()
    behaviours.run("circle", f"def circle(self, now, dt_s):\n{body}\n")
    assert swum().fish.y == usual.fish.y
    assert behaviours.trouble is not None
    assert told in str(behaviours.trouble)
    assert behaviours.trouble.line == line
