"""The scene: a whole world, back to front, into the display list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from candlefish.draw.colour import TEAL, WHITE, mix, saturate
from candlefish.draw.creature import Creature
from candlefish.draw.display_list import DisplayList, Floats, Slot
from candlefish.draw.effects import LEVELS, Effects
from candlefish.draw.light_field import LightFieldRenderer, TransparentRenderer, grid_for
from candlefish.draw.water import Water, WaterRenderer

if TYPE_CHECKING:
    from candlefish.sim.tuning import Colour
    from candlefish.sim.world import World


class Scene:
    """Renders worlds. `buffer` is the display list's, preallocated and always the same array.

    Attributes:
        detail: share 0…1 of the level's plankton to draw, as the governor says.
    """

    def __init__(self, effects: str = "standard", *, vector: bool = False, transparent: bool = False) -> None:
        """Choose an effects level: minimal, standard or rich.

        A `vector` scene has no light field: its deep water is gradients and sprites, as SVG can show them. A
        `transparent` one has no water: only what lives and glows in it, over whatever lies under the frame.

        Raises:
            ValueError: any other level.
        """
        if effects not in LEVELS:
            raise ValueError(f"effects: expected one of {', '.join(LEVELS)}, got {effects!r}")
        self.effects: Effects = LEVELS[effects]
        self.vector = vector
        self.transparent = transparent
        self.detail = 1.0
        self.list = DisplayList(0 if vector else self.effects.cells)
        self._light: LightFieldRenderer | None = None
        self._water = Water(self.effects)
        self._creature = Creature(self.effects)
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
            self._tint(world)
        if self.vector:
            self._water.deep(out, world, transparent=self.transparent)
        else:
            self._field(out, world)
        self._water.behind(out, world, self.detail)
        self._creature.draw(out, world, halo=self.vector)
        if self.vector:
            self._water.front(out, world)
        return out.end()

    def _field(self, out: DisplayList, world: World) -> None:
        light = self._light
        if light is None or light.size != world.size:
            columns, rows = grid_for(world.size, self.effects.cells)
            pixels = out.pixels[: columns * rows].reshape(rows, columns)
            paint = TransparentRenderer if self.transparent else WaterRenderer
            light = self._light = paint(pixels, world.size, self.effects.dust)
        rows, columns = light.pixels.shape
        fresh = light.render(world, self.dust, self.effects.shafts)
        out.field(columns, rows, fresh=fresh)

    def _tint(self, world: World) -> None:
        colour = world.appearance.colour
        for slot, wanted in (
            (Slot.GLOW, saturate(colour, 1.35)),
            (Slot.CORE, mix(colour, WHITE, 0.62)),
            (Slot.MOTE, mix(mix(TEAL, colour, 0.35), WHITE, 0.35)),
            (Slot.BEAM, mix((120.0, 150.0, 210.0), colour, 0.22)),
            (Slot.BUBBLE, mix((170.0, 200.0, 235.0), colour, 0.2)),
            (Slot.WATER, mix(TEAL, world.appearance.water_centre, 0.35)),
        ):
            self._tint_slot(slot, wanted)

    def _tint_slot(self, slot: Slot, wanted: Colour) -> None:
        """Tint a sprite again only when the colour has visibly moved."""
        rounded = tuple(4.0 * round(channel / 4.0) for channel in wanted)
        colour: Colour = (rounded[0], rounded[1], rounded[2])
        if self._tints.get(slot) != colour:
            self._tints[slot] = colour
            self.list.tint(slot, colour)
