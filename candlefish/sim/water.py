"""Water: its light, its plankton and all that drifts in it, as data, from `water.toml`.

`World` and `Scene` take a `WaterStyle`; its method `replaced` and `overlaid_style` make another one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from candlefish.sim.style import StyleTable, colour, count, load_style, number, numbers, table

if TYPE_CHECKING:
    from candlefish.sim.tuning import Colour

WATER_FILE = Path(__file__).with_name("water.toml")


class SkyStyle(StyleTable):
    """The light of the water by itself: brighter above and about the middle, darker in the corners."""

    ground: float = number(0.0, 1.0, "", "brightness everywhere")
    middle: float = number(0.0, 1.0, "", "how much brighter the middle is")
    middle_width: float = number(0.1, 2.0, "", "how wide that is, in widths of the box")
    middle_width_least: float = number(0.0, 1.0, "", "and besides, in heights of it")
    middle_y: float = number(0.0, 1.0, "", "where the middle is, top 0 to bottom 1")
    middle_height: float = number(0.1, 2.0, "", "how high it is")
    above: float = number(0.0, 1.0, "", "how much brighter the top is")
    above_depth: float = number(0.2, 12.0, "", "how fast that fades downwards")
    corners: float = number(0.0, 1.0, "", "how much darker the sides are")
    corners_power: int = count(1, 12, "how suddenly they darken")
    floor_y: float = number(0.0, 1.0, "", "where the floor begins to darken")
    floor: float = number(0.0, 2.0, "", "how much darker it is")


class ShaftStyle(StyleTable):
    """Shafts of light: three slow waves that beat against each other, fanned out from above."""

    strength: float = number(0.0, 1.0, "", "how bright they are at the top")
    depth: float = number(0.2, 12.0, "", "how fast they fade downwards")
    from_x: float = number(
        -0.5, 0.5, "", "how far to the left of the middle they come from, in widths of the box"
    )
    from_above: float = number(0.1, 4.0, "", "how far above the box, in heights of it")
    waves: tuple[float, ...] = numbers(1.0, 60.0, "", "how many shafts each wave has")
    speeds_rad_s: tuple[float, ...] = numbers(-2.0, 2.0, "rad/s", "how fast each moves", like="waves")
    phases_rad: tuple[float, ...] = numbers(0.0, 6.3, "rad", "where each begins", like="waves")
    strengths: tuple[float, ...] = numbers(0.0, 1.0, "", "how strong each is", like="waves")
    sharpness: float = number(0.3, 4.0, "", "above 1 they have narrower, softer edges")


class CausticStyle(StyleTable):
    """The net of light near the surface: the product of two combs."""

    strength: float = number(0.0, 1.0, "", "how bright it is at the top")
    depth: float = number(0.5, 20.0, "", "how fast it fades downwards")
    across: tuple[float, ...] = numbers(-4.0, 4.0, "", "lines of each comb across a height of the box")
    down: tuple[float, ...] = numbers(-4.0, 4.0, "", "lines of each down the box", like="across")
    steepen: float = number(0.0, 3.0, "", "how much closer the lines lie below")
    scale: float = number(0.2, 4.0, "", "of all of it")
    speeds_rad_s: tuple[float, ...] = numbers(-2.0, 2.0, "rad/s", "how fast each comb moves", like="across")
    phases_rad: tuple[float, ...] = numbers(0.0, 6.3, "rad", "where each begins", like="across")
    wobble: float = number(0.0, 2.0, "", "how uneven its lines are")
    sharpness: float = number(0.5, 8.0, "", "the higher, the thinner they are")


class WaterColours(StyleTable):
    """The colours of the water by the light in it, and how dark the night is."""

    abyss: Colour = colour("where no light is")
    high: Colour = colour("mixed into the brightest water")
    speck: Colour = colour("the plankton's own colour")
    speck_tinge: float = number(0.0, 1.0, "", "how much of the mood's colour that takes on")
    high_share: float = number(0.0, 1.0, "", "how much of the high colour the brightest water has")
    high_tinge: float = number(0.0, 1.0, "", "how much of the mood's colour besides")
    stops: tuple[float, ...] = numbers(
        0.0,
        1.0,
        "",
        "brightnesses of the darkest, dark, middling, bright and brightest water, rising",
        rising=True,
    )
    darkest: float = number(0.0, 1.0, "", "how much of the abyss is in the darkest")
    dark: float = number(0.0, 1.0, "", "and in the dark")
    middling: float = number(0.0, 1.0, "", "how much of the water's centre colour is in the middling")
    bright: float = number(0.0, 1.0, "", "how much of the brightest is in the bright")
    saturation: float = number(0.0, 2.0, "", "of the light on the water, against the mood's colour")
    lit_stops: tuple[float, ...] = numbers(
        0.0, 1.0, "", "strengths of light at which the next values are given, rising", rising=True
    )
    lit: tuple[float, ...] = numbers(0.0, 1.0, "", "how much it brightens the water there", like="lit_stops")
    lit_whiten: float = number(0.0, 1.0, "", "how white the strongest light is")
    aura_stops: tuple[float, ...] = numbers(
        0.13,
        1.0,
        "",
        "where there is no water: strengths of light at which the next values are given, rising",
        rising=True,
    )
    aura: tuple[float, ...] = numbers(
        0.0, 1.0, "", "how strongly it covers what lies behind", like="aura_stops"
    )
    aura_dust: float = number(0.0, 2.0, "", "light of the dust beside the fish's, where there is no water")
    aura_edge: float = number(0.01, 0.5, "", "share of the box at each side in which it fades")
    night: float = number(0.0, 1.0, "", "share of the light that the deep of the night takes")
    night_hour: float = number(0.0, 24.0, "h", "when that is")
    night_middle: float = number(-1.0, 2.0, "", "darkness midway to the brightest hour")
    night_swing: float = number(0.0, 3.0, "", "how much it goes up and down from there")


class FishLight(StyleTable):
    """The light of the fish on the water."""

    joy: float = number(0.0, 2.0, "", "how much a celebration adds to the body's")
    most: float = number(0.5, 3.0, "", "no light of it is stronger")
    body: float = number(0.0, 2.0, "", "light along the body, between two waves")
    body_wave: float = number(0.0, 2.0, "", "how much a wave of its organs adds")
    body_lag: float = number(0.0, 4.0, "", "waves along the body")
    reach: float = number(0.05, 3.0, "lengths", "radius that the body's light fills")
    light: float = number(0.0, 4.0, "", "how brightly")
    spill_joy: float = number(0.0, 2.0, "", "how much a celebration adds far into the water")
    spill_reach: tuple[float, ...] = numbers(0.05, 5.0, "lengths", "radii of light far into the water")
    spill: tuple[float, ...] = numbers(0.0, 2.0, "", "how strong each is", like="spill_reach")
    spill_flat: float = number(0.2, 4.0, "", "how much lower than wide it is")


class TrailStyle(StyleTable):
    """The light that stays behind for a moment."""

    reach: float = number(0.01, 1.0, "lengths", "radius that a point of it fills")
    light: float = number(0.0, 3.0, "", "how brightly")
    full_px_s: float = number(10.0, 1000.0, "px/s", "speed at which it is strongest")
    sink_px_s: float = number(-50.0, 50.0, "px/s", "how fast it sinks")
    size: float = number(0.01, 1.0, "lengths", "diameter of a point when new, in a vector scene")
    size_gone: float = number(0.0, 1.0, "lengths", "how much it spreads as it fades")
    alpha: float = number(0.0, 1.0, "", "how strongly it shows")


class RippleStyle(StyleTable):
    """Rings on the water."""

    life_s: float = number(0.2, 6.0, "s", "how long one lasts")
    spread_power: float = number(0.5, 6.0, "", "the higher, the faster it spreads at first")
    fade_power: float = number(0.3, 6.0, "", "the higher, the sooner it fades")
    light_px: float = number(1.0, 100.0, "px", "radius that a point of its light fills")
    light: float = number(0.0, 3.0, "", "how brightly")
    whiten: float = number(0.0, 1.0, "", "how white its lines are")
    alpha: float = number(0.0, 1.0, "", "how strongly its outer line shows")
    inner: float = number(0.0, 1.0, "", "radius of its inner line, against the outer's")
    inner_alpha: float = number(0.0, 1.0, "", "how strongly that shows")
    line_px: float = number(0.2, 6.0, "px", "how wide the lines are at last")
    line_new_px: float = number(0.0, 6.0, "px", "how much wider they are at first")


class BubbleStyle(StyleTable):
    """Bubbles that rise."""

    tint: Colour = colour("their colour")
    first_s: float = number(0.0, 30.0, "s", "until the first leaves the floor")
    every_least_s: float = number(0.2, 30.0, "s", "shortest time from one to the next")
    every_most_s: float = number(0.2, 60.0, "s", "longest time")
    radius_least_px: float = number(0.5, 20.0, "px", "radius of the smallest")
    radius_most_px: float = number(0.5, 20.0, "px", "radius of the largest")
    spread_px: float = number(0.0, 60.0, "px", "how far aside they begin")
    rise_px_s: float = number(1.0, 200.0, "px/s", "how fast the smallest rise")
    rise_radius_s: float = number(0.0, 50.0, "1/s", "how much faster for each px of radius")
    sway_px_s: float = number(0.0, 60.0, "px/s", "how fast they sway")
    sway_rad_s: float = number(0.0, 12.0, "rad/s", "how often")
    tinge: float = number(0.0, 1.0, "", "how much of the mood's colour it takes on")
    size: float = number(0.5, 6.0, "", "diameter as drawn, in radii")
    alpha: float = number(0.0, 1.0, "", "how strongly they show")


class FoodStyle(StyleTable):
    """How food shows."""

    appear_per_s: float = number(0.5, 60.0, "1/s", "how fast a piece appears")
    fade_s: float = number(0.1, 10.0, "s", "how long it fades at last")
    light_px: float = number(1.0, 200.0, "px", "radius that its light fills")
    light: float = number(0.0, 4.0, "", "how brightly")
    glow_px: float = number(2.0, 200.0, "px", "diameter of its glow")
    glow_alpha: float = number(0.0, 1.0, "", "how strongly that shows")
    core_px: float = number(1.0, 60.0, "px", "diameter of its bright middle")
    core_alpha: float = number(0.0, 1.0, "", "how strongly that shows")
    sparkle: float = number(0.0, 1.0, "", "how much it swells")
    sparkle_rad_s: float = number(0.0, 30.0, "rad/s", "how often")


class PlanktonStyle(StyleTable):
    """Specks drawn one by one: how they drift, and how they look."""

    specks: int = count(0, 450, "how many there are")
    near_depth: float = number(0.5, 0.99, "", "specks nearer than this drift before the fish, out of focus")
    drift_x_px_s: float = number(-100.0, 100.0, "px/s", "current to the right, of the nearest")
    drift_y_px_s: float = number(-100.0, 100.0, "px/s", "current down")
    swell_px_s: float = number(0.0, 100.0, "px/s", "how much the swell moves them")
    swell_rad_s: float = number(0.0, 5.0, "rad/s", "how often")
    swell_rad: float = number(0.0, 30.0, "rad", "how much of a wave of it the box holds")
    stir_reach: float = number(0.1, 4.0, "lengths", "how far the fish stirs them")
    stir_reach_px: float = number(0.0, 200.0, "px", "and besides")
    stir_flat: float = number(0.5, 4.0, "", "how much less far up and down")
    stir_share: float = number(0.0, 1.0, "", "share of its velocity that they take on")
    stir_tau_s: float = number(0.02, 3.0, "s", "time constant with which they do")
    calm_tau_s: float = number(0.05, 10.0, "s", "time constant with which they come to rest")
    light: float = number(0.0, 1.0, "", "how brightly a fish at rest lights them")
    light_speed: float = number(0.0, 1.0, "", "how much its full speed adds")
    light_px_s: float = number(10.0, 1000.0, "px/s", "what full speed is for that")
    light_tau_s: float = number(0.1, 10.0, "s", "time constant with which they stop glowing")
    tinge: float = number(0.0, 1.0, "", "how much of the mood's colour they take on")
    whiten: float = number(0.0, 1.0, "", "how white they are")
    small: float = number(0.0, 1.0, "", "size in the smallest box")
    small_rise: float = number(0.0, 1.0, "", "how much larger in the largest")
    twinkle_rad_s: float = number(0.0, 10.0, "rad/s", "how often they twinkle")
    far_px: float = number(0.5, 20.0, "px", "diameter of the farthest")
    far_depth_px: float = number(0.0, 40.0, "px", "how much larger those are that are nearer")
    far_light_px: float = number(0.0, 40.0, "px", "how much larger what glows")
    far_alpha: float = number(0.0, 1.0, "", "how strongly the farthest show")
    far_depth_alpha: float = number(0.0, 1.0, "", "how much more those that are nearer")
    far_steady: float = number(0.0, 1.0, "", "share of that which does not twinkle")
    far_twinkle: float = number(0.0, 1.0, "", "share which does")
    far_light_alpha: float = number(0.0, 2.0, "", "how much more what glows")
    far_light_base: float = number(0.0, 1.0, "", "share of that which the farthest have")
    far_light_depth: float = number(0.0, 1.0, "", "how much more those that are nearer")
    near_px: float = number(1.0, 100.0, "px", "diameter of those just before the fish, in a vector scene")
    near_depth_px: float = number(0.0, 200.0, "px", "how much larger the nearest")
    near_alpha: float = number(0.0, 1.0, "", "how strongly they show")
    near_twinkle: float = number(0.0, 1.0, "", "how much more when they twinkle")
    blur_px: float = number(1.0, 200.0, "px", "radius that one fills in the light field")
    blur: float = number(0.0, 1.0, "", "how brightly")


class DustStyle(StyleTable):
    """Plankton too fine to be drawn alone."""

    drift_px_s: float = number(-60.0, 60.0, "px/s", "current to the right")
    drift_far: float = number(0.0, 2.0, "", "share of it that carries the farthest")
    drift_depth: float = number(0.0, 2.0, "", "how much more the nearest")
    uneven: float = number(0.0, 1.0, "", "how unevenly it carries them")
    rise_px_s: float = number(0.0, 30.0, "px/s", "how fast specks rise or sink")
    rise_far: float = number(0.0, 2.0, "", "share of that which the farthest do")
    sink_px_s: float = number(-20.0, 20.0, "px/s", "how fast all sink")
    spark: float = number(0.0, 0.2, "", "light of most specks by themselves")
    spark_bright: float = number(0.0, 3.0, "", "how much more the brightest")
    spark_power: int = count(1, 60, "the higher, the fewer are bright")
    lamp: float = number(0.0, 1.0, "", "light of a far speck where something passed")
    lamp_near: float = number(0.0, 3.0, "", "how much more of a near one")
    lamp_power: int = count(1, 20, "the higher, the fewer")
    exposure: float = number(0.1, 6.0, "", "of all of them")


class WakeStyle(StyleTable):
    """Water that the fish and the pointer stir, and that makes the dust glow."""

    calm_tau_s: float = number(0.05, 10.0, "s", "time constant with which it comes to rest")
    light_tau_s: float = number(0.1, 10.0, "s", "time constant with which the dust stops glowing")
    spread_per_s: float = number(0.0, 10.0, "1/s", "how fast both spread")
    drag: float = number(0.0, 1.0, "", "share of a velocity that the water takes on")
    drag_tau_s: float = number(0.01, 2.0, "s", "time constant with which it does")
    glow_tau_s: float = number(0.01, 2.0, "s", "time constant with which the dust begins to glow")
    reach: float = number(0.05, 2.0, "lengths", "how far the fish stirs it")
    reach_px: float = number(0.0, 100.0, "px", "and besides")
    light: float = number(0.0, 1.0, "", "how brightly a fish at rest makes it glow")
    light_px_s: float = number(10.0, 1000.0, "px/s", "the lower, the more its speed adds")
    light_dim: float = number(0.0, 1.0, "", "share of that in a mood without light")
    light_glow: float = number(0.0, 1.0, "", "how much light adds to the share")
    pointer_px_s: float = number(0.0, 100.0, "px/s", "a pointer slower than this stirs nothing")
    pointer_light_px_s: float = number(
        10.0, 2000.0, "px/s", "the lower, the more a pointer's speed makes it glow"
    )
    pointer_light_most: float = number(0.0, 1.0, "", "how brightly at most")
    pointer_reach_px: float = number(1.0, 200.0, "px", "how far a pointer stirs it")
    pointer_reach: float = number(0.0, 0.3, "", "and besides, in sides of the box")


class JoyStyle(StyleTable):
    """How a celebration and a sigh show."""

    fade_tau_s: float = number(0.1, 10.0, "s", "time constant with which the swell of light fades")
    ring_px: float = number(10.0, 600.0, "px", "radius of the rings")
    bubbles: int = count(0, 40, "bubbles of joy")
    first_sigh_s: float = number(0.0, 60.0, "s", "alone for so long, it lets a bubble go")
    sigh_every_s: float = number(0.5, 60.0, "s", "and then again and again")


class VectorWater(StyleTable):
    """Deep water without a light field, as SVG can show it."""

    shaft_colour: Colour = colour("colour of the shafts")
    middle_y: float = number(0.0, 1.0, "", "where its middle is, top 0 to bottom 1")
    corner: float = number(0.0, 1.0, "", "how much of the abyss is in the corners")
    haze_tinge: float = number(0.0, 1.0, "", "how much of the water's colour the haze takes on")
    haze_above: float = number(0.0, 1.0, "", "how strong it is above")
    haze_below: float = number(0.0, 1.0, "", "and below")
    pool_width: float = number(0.2, 10.0, "lengths", "width of the fish's own light on the water")
    pool_height: float = number(0.2, 10.0, "lengths", "its height")
    pool_alpha: float = number(0.0, 1.0, "", "how strong it is")
    shaft_tinge: float = number(0.0, 1.0, "", "how much of the mood's colour they take on")
    shaft_width: float = number(0.01, 0.5, "", "width of a shaft, in widths of the box")
    shaft_uneven: float = number(0.0, 0.3, "", "how much wider the widest is")
    shaft_sway_rad_s: float = number(0.0, 2.0, "rad/s", "how often they sway")
    shaft_breath_rad_s: float = number(0.0, 2.0, "rad/s", "how often they breathe")
    shaft_alpha: float = number(0.0, 1.0, "", "how strong they are at the least")
    shaft_alpha_breath: float = number(0.0, 1.0, "", "how much stronger at the most")


class WaterStyle(StyleTable):
    """All of `water.toml`: the light of the water, and what drifts in it."""

    sky: SkyStyle = table(SkyStyle)
    shafts: ShaftStyle = table(ShaftStyle)
    caustics: CausticStyle = table(CausticStyle)
    colours: WaterColours = table(WaterColours)
    fish_light: FishLight = table(FishLight)
    trail: TrailStyle = table(TrailStyle)
    ripples: RippleStyle = table(RippleStyle)
    bubbles: BubbleStyle = table(BubbleStyle)
    food: FoodStyle = table(FoodStyle)
    plankton: PlanktonStyle = table(PlanktonStyle)
    dust: DustStyle = table(DustStyle)
    wake: WakeStyle = table(WakeStyle)
    joy: JoyStyle = table(JoyStyle)
    vector: VectorWater = table(VectorWater)


WATER = load_style(WaterStyle, WATER_FILE)
"""The water the fish lives in. Read on import, so that the memory image a browser restores holds it."""
