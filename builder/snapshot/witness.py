"""What must be the same in a started and in a restored interpreter. Runs inside Pyodide after the workout.

A fish lives for four seconds of its own time, with a visitor, and is drawn.
"""

import hashlib
import json
import sys

import numpy as np

from candlefish.draw.scene import Scene
from candlefish.sim.inputs import Input, InputKind
from candlefish.sim.world import World


def life() -> dict[str, object]:
    """How the fish is afterwards, and a digest of the last picture."""
    world = World(1280, 720, seed=7)
    scene = Scene()
    for frame in range(240):
        if frame == 60:
            world.push(Input(InputKind.FEED, 400, 300, world.now_s))
        world.advance(1 / 60)
    count = scene.render(world)
    picture = hashlib.sha256(np.asarray(scene.buffer[:count]).tobytes()).hexdigest()
    return {"state": world.state(), "picture": picture}


json.dumps({"version": sys.version, "numpy": np.__version__, "life": life()}, default=float, sort_keys=True)
