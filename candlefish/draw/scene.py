"""The scene: a whole world, back to front, into the display list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from candlefish.draw.creature import Creature
from candlefish.draw.display_list import DisplayList, Floats, Slot
from candlefish.draw.effects import effects_level
from candlefish.draw.light_field import LightFieldRenderer, TransparentRenderer, grid_for
from candlefish.draw.particles import Particles, sprite_colours
from candlefish.draw.water import WaterRenderer
from candlefish.sim.anatomy import ANATOMY
from candlefish.sim.water import WATER

if TYPE_CHECKING:
    from candlefish.draw.effects import Effects
    from candlefish.sim.anatomy import Anatomy
    from candlefish.sim.tuning import Colour
    from candlefish.sim.water import WaterStyle
    from candlefish.sim.world import World


class Scene:
    """Renders worlds over a light field. `buffer` is the display list's, always the same array.

    Attributes:
        detail: share 0…1 of the level's plankton to draw, as the governor says.
    """

    def __init__(
        self,
        effects: str = "standard",
        *,
        transparent: bool = False,
        anatomy: Anatomy = ANATOMY,
        water: WaterStyle = WATER,
    ) -> None:
        """Choose an effects level: minimal, standard or rich.

        A `transparent` scene has no water: only what lives and glows in it, over whatever lies under the
        frame. It draws a fish of that `anatomy` in that `water`: give the
        world the same.

        Raises:
            ValueError: any other level.
        """
        self.effects: Effects = effects_level(effects)
        self.transparent = transparent
        self.detail = 1.0
        self.list = DisplayList(self.effects.cells)
        self._light: LightFieldRenderer | None = None
        self._water = water
        self._particles = Particles(self.effects, water)
        self._creature = Creature(self.effects, anatomy)
        self._tints: dict[Slot, Colour] = {}
        self._shade: object = None

    @property
    def buffer(self) -> Floats:
        """The frame: float32, of which the last `render` told how much is in use."""
        return self.list.buffer

    @property
    def dust(self) -> int:
        """How many of the world's finest specks are drawn now."""
        return round(self.detail * self.effects.dust)

    def render(self, world: World) -> int:
        """Write one frame and return the number of floats in use."""
        out = self.list
        out.clear()
        shade = world.appearance.shade
        if shade != self._shade:
            self._shade = shade
            self._tint(world.appearance.colour)
        self._field(out, world)
        self._particles.behind(out, world, self.detail)
        self._creature.draw(out, world)
        return out.end()

    def _field(self, out: DisplayList, world: World) -> None:
        light = self._light
        if light is None or light.size != world.size:
            columns, rows = grid_for(world.size, self.effects.cells)
            pixels = out.pixels[: columns * rows].reshape(rows, columns)
            paint = TransparentRenderer if self.transparent else WaterRenderer
            light = self._light = paint(pixels, world.size, self.effects.dust, self._water)
        rows, columns = light.pixels.shape
        fresh = light.render(world, self.dust, self.effects.shafts)
        out.field(columns, rows, fresh=fresh)

    def _tint(self, colour: Colour) -> None:
        """Tint again the sprites whose colour has visibly moved."""
        for slot, wanted in sprite_colours(colour, self._water).items():
            if self._tints.get(slot) != wanted:
                self._tints[slot] = wanted
                self.list.tint(slot, wanted)
