"""The public names of the package: each is there, and none costs anything before it is used.

And those of all classes: none has the name of another, so that a name can be searched for.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

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


def test_no_public_class_has_the_name_of_another() -> None:
    root = Path(__file__).resolve().parent.parent
    places = defaultdict(set)
    for path in [*root.glob("candlefish/**/*.py"), *root.glob("builder/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].add(path.relative_to(root).as_posix())
    assert {"World", "BuildError"} <= places.keys()
    assert {name: sorted(paths) for name, paths in places.items() if len(paths) > 1} == {}
