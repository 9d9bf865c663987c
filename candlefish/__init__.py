"""Candlefish: a bioluminescent fish that lives in a web page, written in Python.

The public names are those of this module; the modules behind them may change from release to release.

- `World`: the simulation; `Input` and `InputKind` are what enters it.
- `Scene`: draws worlds into a display list.
- `ANATOMY` and `WATER`: the shape of the fish and its water; `World` and `Scene` take others (`replaced`).
- `render`: pictures made natively (`Plan`, `frames`, `svg`, `png`, `film`), with the extra `render`.
- `candlefish.browser.mount`: puts a fish into an element, for Python that runs in a page.

Each is loaded on first use: `import candlefish` alone imports nothing but the standard library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from candlefish import render
    from candlefish.draw.scene import Scene
    from candlefish.sim.anatomy import ANATOMY
    from candlefish.sim.inputs import Input, InputKind
    from candlefish.sim.water import WATER
    from candlefish.sim.world import World

__version__ = "0.2.0"
__all__ = ["ANATOMY", "WATER", "Input", "InputKind", "Scene", "World", "render"]

_MODULES = {
    "ANATOMY": "candlefish.sim.anatomy",
    "Input": "candlefish.sim.inputs",
    "InputKind": "candlefish.sim.inputs",
    "Scene": "candlefish.draw.scene",
    "WATER": "candlefish.sim.water",
    "World": "candlefish.sim.world",
}


def __getattr__(name: str) -> object:
    """Load a public name on first use."""
    if name == "render":
        return import_module("candlefish.render")
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    raise AttributeError(f"module 'candlefish' has no attribute {name!r}")
