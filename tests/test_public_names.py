"""The public names of the package: each is there, and none costs anything before it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import candlefish


@pytest.mark.parametrize("name", ["Input", "InputKind", "Scene", "World", "render"])
def test_a_public_name_is_loaded_on_first_use(name: str) -> None:
    assert name in candlefish.__all__
    assert getattr(candlefish, name).__name__.rpartition(".")[2] == name


def test_the_package_alone_imports_no_numpy() -> None:
    code = "import candlefish, sys; print([n for n in ('numpy', 'candlefish.sim') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Wolrd'"):
        _ = candlefish.Wolrd


def test_another_creature_needs_only_public_names() -> None:
    tail = candlefish.ANATOMY.tail.replaced(length=0.6)
    fish, water = candlefish.ANATOMY.replaced(tail=tail), candlefish.WATER.replaced()
    world = candlefish.World(320.0, 200.0, anatomy=fish, water=water)
    assert candlefish.Scene(anatomy=fish, water=water).render(world) > 0


def test_a_picture_needs_only_public_names() -> None:
    pytest.importorskip("skia", exc_type=ImportError)
    (frame,) = candlefish.render.frames(candlefish.render.Plan((64.0, 48.0)), 0.0, 1, 1.0, "minimal")
    assert frame.shape == (48, 64, 3)
