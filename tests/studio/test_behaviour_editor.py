"""A steering behaviour is changed while the fish swims, and reset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from candlefish.sim.behaviour import Behaviours
from candlefish.sim.inputs import Input, InputKind
from candlefish.sim.world import World
from candlefish.studio.behaviour_editor import BehaviourEditor, CodeError, sources

if TYPE_CHECKING:
    from collections.abc import Iterator

UP = "def circle(self, now, dt_s):\n    return Steering((0.0, -now.top_px_s), None)\n"


@pytest.fixture
def behaviours() -> Iterator[BehaviourEditor]:
    editor = BehaviourEditor()
    yield editor
    for name in sources():
        editor.reset(name)


def swim_for(steps: int = 240) -> World:
    world = World(800, 500, seed=3, dust=0)
    for _ in range(steps):
        world.push(Input(InputKind.MOVE, 400, 250, world.now_s))
        world.step()
    return world


def test_every_behaviour_has_its_source() -> None:
    shipped = sources()
    public = {
        name for name in vars(Behaviours) if not name.startswith("_") and callable(getattr(Behaviours, name))
    }
    assert set(shipped) == public - {"begin"}
    for name, text in shipped.items():
        compile(text, name, "exec")
        assert text.startswith(f"def {name}(")
        assert "def " not in text[4:]


def test_a_change_is_used_and_reset(behaviours: BehaviourEditor) -> None:
    usual = swim_for()
    behaviours.run("circle", UP)
    assert swim_for().fish.y < usual.fish.y - 60
    assert behaviours.error is None
    behaviours.reset("circle")
    assert swim_for().fish.y == usual.fish.y
    behaviours.run("circle", sources()["circle"])
    assert swim_for().fish.y == usual.fish.y, "the shipped source is the shipped behaviour"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("def circle(self, now, dt_s)\n    pass\n", 1, "SyntaxError"),
        ("def circle(self, now, dt_s):\n  x = (\n", 2, "SyntaxError"),
        ("y = 1\nx = y / 0\ndef circle(self, now, dt_s): ...\n", 2, "ZeroDivisionError"),
        ("def square(self, now, dt_s): ...\n", 0, "expected a function circle"),
        ("#" * 30_000, 0, "at most 20000 characters"),
    ],
)
def test_other_code_is_refused(behaviours: BehaviourEditor, text: str, line: int, message: str) -> None:
    with pytest.raises(CodeError, match=message) as caught:
        behaviours.run("circle", text)
    assert caught.value.line == line
    with pytest.raises(CodeError, match="no behaviour"):
        behaviours.run("_bolt", text)


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("    return now.nothing", 2, "AttributeError"),
        ("    x = 1\n    return x / 0", 3, "ZeroDivisionError"),
        ("    return None", 0, "expected a Steering, got None"),
        ("    return Steering((math.nan, 0.0), None)", 0, "expected finite numbers"),
    ],
)
def test_code_that_fails_while_it_swims_is_reset_at_once(
    behaviours: BehaviourEditor, body: str, line: int, message: str
) -> None:
    usual = swim_for()
    behaviours.run("circle", f"def circle(self, now, dt_s):\n{body}\n")
    assert swim_for().fish.y == usual.fish.y
    assert behaviours.error is not None
    assert message in str(behaviours.error)
    assert behaviours.error.line == line
