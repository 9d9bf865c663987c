"""Anatomy: what a creature is made of and how it swims, from `anatomy.toml`.

`World` and `Scene` take an `Anatomy`; its method `replaced` and `overlaid_style` make another one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from candlefish.sim.style import StyleTable, colour, count, load_style, number, numbers, table

if TYPE_CHECKING:
    from candlefish.sim.tuning import Colour

ANATOMY_FILE = Path(__file__).with_name("anatomy.toml")


class BodyOutline(StyleTable):
    """The outline of the body, from the middle line."""

    outline_at: tuple[float, ...] = numbers(
        0.0,
        1.0,
        "",
        "where the outline is given, rising from the snout 0 to the root of the tail 1",
        rising=True,
    )
    back: tuple[float, ...] = numbers(0.0, 0.4, "lengths", "height of the back there", like="outline_at")
    belly: tuple[float, ...] = numbers(0.0, 0.4, "lengths", "depth of the belly there", like="outline_at")
    width: float = number(0.1, 1.5, "", "half width of a section, against its half height")
    width_snout: float = number(0.2, 2.0, "", "how much of that width the snout has")
    width_taper: float = number(0.0, 1.0, "", "how much of it is lost towards the tail")
    mouth: float = number(0.2, 0.6, "lengths", "from the middle of the body to the mouth")


class Gait(StyleTable):
    """The undulation of the body: a wave that runs to the tail, wider and faster with speed."""

    waves: float = number(0.2, 2.0, "", "wave lengths along the body")
    sway: float = number(0.0, 1.0, "", "how far the snout sways, against the tail")
    sway_rise: float = number(0.0, 1.0, "", "how much that grows along the body, evenly")
    sway_tail: float = number(0.0, 2.0, "", "how much it grows besides, towards the tail")
    bend_most_rad: float = number(0.3, 1.6, "rad", "how far the tail may be turned from the head")
    beat_rest_hz: float = number(0.0, 3.0, "Hz", "beat of a fish that hangs still")
    beat_scull: float = number(0.0, 1.0, "", "share of the swimming beat that it sculls with")
    beat_pace: float = number(0.2, 2.0, "", "swimming beat, against Bainbridge's")
    loose: float = number(0.2, 2.0, "", "how freely a body without tension sways")
    stiffening: float = number(0.0, 1.0, "", "how much of that tension takes")
    amplitude_rest: float = number(0.0, 1.0, "", "sway of the wave at rest")
    amplitude_speed: float = number(0.0, 1.0, "", "how much full speed adds")
    full_lengths_s: float = number(0.2, 6.0, "lengths/s", "speed at which it sways most")
    amplitude_turn: float = number(0.0, 0.5, "s/rad", "how much a turn adds, for each rad/s")
    turn_most_rad_s: float = number(0.0, 10.0, "rad/s", "a faster turn adds no more")
    amplitude_tau_s: float = number(0.02, 2.0, "s", "time constant with which the sway follows")
    yaw_tau_s: float = number(
        0.005, 0.1, "s", "time constant with which a joint follows the one before it, sideways"
    )
    pitch_tau_s: float = number(0.005, 0.1, "s", "time constant with which it follows up and down")


class Motion(StyleTable):
    """How a wanted velocity becomes motion."""

    reach_s: float = number(0.05, 2.0, "s", "time in which it would reach the wanted velocity")
    acceleration_px_s2: float = number(
        100.0, 5000.0, "px/s²", "greatest acceleration of a body of usual length"
    )
    usual_px: float = number(50.0, 800.0, "px", "that length; a shorter body accelerates less")
    acceleration_least: float = number(0.05, 1.0, "", "share of it that the smallest body has")
    effort_tau_s: float = number(0.01, 1.0, "s", "time constant with which the acceleration is eased")
    turn_after_s: float = number(0.0, 2.0, "s", "a turn must have been wanted for this long")
    turn_rad_s: float = number(1.0, 30.0, "rad/s", "natural frequency of a turn")
    facing_rad: float = number(0.0, 0.8, "rad", "how far it faces the viewer when it swims along")
    climb_rad_s: float = number(1.0, 30.0, "rad/s", "natural frequency with which it tilts")
    climb_px_s: float = number(5.0, 500.0, "px/s", "the larger, the less it tilts when it climbs slowly")
    climb_most_rad: float = number(0.1, 1.2, "rad", "how far it tilts at most")
    facing_px_s: float = number(1.0, 200.0, "px/s", "wanted speed sideways that makes it face that way")
    facing_climb: float = number(0.0, 2.0, "", "how much more of that it takes for each px/s up or down")
    look_lengths: float = number(
        0.0, 2.0, "lengths", "what is nearer than this sideways does not make it turn to look"
    )
    look_px_s: float = number(
        0.0, 200.0, "px/s", "it turns to look only when it wants to swim slower than this"
    )
    gaze_px: float = number(10.0, 600.0, "px", "the eye is turned fully for what is this far away")
    gaze_tau_s: float = number(0.02, 1.0, "s", "time constant with which the eye follows")
    room_x: float = number(0.0, 0.6, "lengths", "nearest to a side of the box")
    room_y: float = number(0.0, 0.6, "lengths", "nearest to its top and bottom")
    mouth_open_lengths: float = number(0.0, 1.0, "lengths", "food this near opens the mouth wide")
    mouth_shut_lengths: float = number(0.1, 3.0, "lengths", "food farther than this leaves it shut")
    mouth_share: float = number(0.01, 1.0, "", "share of the gap that the mouth closes in a step")


class TailFin(StyleTable):
    """The tail fin: a veil of long rays, forked, like a flame in slow motion."""

    rays: int = count(3, 40, "rays at full effects")
    rays_least: int = count(3, 40, "rays at the least")
    spread: float = number(0.0, 1.5, "rad", "half angle of the fan in a mood of no spread")
    spread_mood: float = number(0.0, 1.5, "rad", "how much the mood adds to it")
    length: float = number(0.05, 1.0, "lengths", "length of the middle ray")
    fork: float = number(-0.3, 0.8, "lengths", "how much longer the outer rays are")
    fork_power: float = number(0.5, 4.0, "", "how suddenly they are")
    ripple: float = number(0.0, 0.1, "lengths", "how uneven the rays are")
    ripples: float = number(0.0, 30.0, "rad", "how often, across half the fan")
    grow: float = number(0.1, 2.0, "", "length in a mood of no spread")
    grow_mood: float = number(0.0, 2.0, "", "how much the mood adds to it")
    root_lift: float = number(0.0, 0.1, "lengths", "half height of the root")
    phase_rad: float = number(0.0, 12.0, "rad", "how far its wave is behind the body's")
    phase_fork_rad: float = number(-3.0, 3.0, "rad", "how much farther that of the outer rays is")
    phase_skew_rad: float = number(-3.0, 3.0, "rad", "how much the upper ray is ahead of the lower")
    curl_back: float = number(-0.3, 0.3, "lengths", "how far the tips are bent back")
    curl_in: float = number(-0.3, 0.3, "lengths", "how far the outer tips are bent in")
    wave: float = number(0.0, 0.5, "lengths", "how far a tip waves when the body is still")
    wave_beat: float = number(0.0, 0.5, "lengths", "how much a full beat adds")
    wave_across: float = number(0.0, 1.0, "", "share of the wave across the picture")
    wave_down: float = number(0.0, 1.0, "", "share of it down the picture, beside what shows of its depth")


class EdgeFin(StyleTable):
    """A fin along back or belly, its rays swept back."""

    root_from: float = number(0.0, 1.0, "", "where its root begins, snout 0 to tail 1")
    root_to: float = number(0.0, 1.0, "", "where its root ends")
    rays: int = count(3, 40, "rays at full effects")
    rays_least: int = count(3, 40, "rays at the least")
    height: float = number(0.0, 0.6, "lengths", "length of the longest ray")
    sweep: float = number(0.0, 4.0, "", "how far back a ray goes for each length it goes out")
    sweep_folded: float = number(0.0, 4.0, "", "how much more that is in a mood of no spread")
    arch_from: float = number(0.0, 1.0, "", "where on an arch the first ray lies")
    arch_span: float = number(0.0, 1.0, "", "how much of the arch the fin takes")
    arch_power: float = number(0.2, 3.0, "", "below 1 the arch is highest at the front")
    arch: float = number(0.0, 1.0, "", "share of the height that the arch gives")
    arch_base: float = number(0.0, 1.0, "", "share of it that every ray has")
    grow: float = number(0.05, 2.0, "", "length in a mood of no spread")
    grow_mood: float = number(0.0, 2.0, "", "how much the mood adds to it")
    root_sunk: float = number(-0.05, 0.05, "lengths", "how deep the roots lie under the skin")
    phase_along_rad: float = number(0.0, 12.0, "rad", "how far the wave is behind along the whole body")
    phase_rad: float = number(-3.0, 6.0, "rad", "how far it is behind the body's")
    curl_back: float = number(-1.0, 1.0, "", "how far a tip is bent back, in lengths of the ray")
    wave: float = number(0.0, 0.3, "lengths", "how far a tip waves when the body is still")
    wave_beat: float = number(0.0, 0.3, "lengths", "how much a full beat adds")
    wave_across: float = number(0.0, 1.0, "", "share of the wave across the picture")
    wave_down: float = number(0.0, 1.0, "", "share of it down the picture")


class PectoralFin(StyleTable):
    """The pectoral fin on the near flank: a small fan that sculls."""

    along: float = number(0.0, 1.0, "", "where its root is, snout 0 to tail 1")
    height: float = number(-1.0, 1.0, "", "how high, back 1 to belly -1")
    rays: int = count(3, 20, "rays")
    reach: float = number(0.02, 0.6, "lengths", "length of its longest ray")
    droop_rad: float = number(-0.5, 1.6, "rad", "how far it points down")
    fan_rad: float = number(0.05, 1.2, "rad", "half angle of its rays when fully spread")
    spread: float = number(0.0, 1.5, "", "share of that angle in a mood of no spread")
    spread_mood: float = number(0.0, 1.5, "", "how much the mood adds to it")
    taper: float = number(0.0, 1.0, "", "how much shorter the lowest ray is")
    taper_from: float = number(
        -1.0, 0.0, "", "where the longest ray lies: nearer to -1, nearer to the middle"
    )
    phase_rad: float = number(
        -6.0, 6.0, "rad", "how far the wave of a ray is behind, for each rad of its angle"
    )
    pace: float = number(0.1, 3.0, "", "how fast it waves, against the body")
    wave: float = number(0.0, 0.2, "lengths", "how far a tip waves")
    scull_rad: float = number(0.0, 1.0, "rad", "how far a stroke swings it")
    scull_pace: float = number(0.05, 2.0, "", "how fast it strokes, against the body")


class Membrane(StyleTable):
    """The skin of all fins, brighter towards the root, and the rays over it."""

    fringe: float = number(0.0, 0.6, "", "how far its edge falls back between two rays")
    sway_power: float = number(0.5, 4.0, "", "above 1 a ray waves mostly at its tip")
    sway_rad: float = number(0.0, 8.0, "rad", "how far a tip is behind its root")
    beat: float = number(0.0, 5.0, "", "beat of the fins, against the sway of the body")
    saturation: float = number(0.0, 2.0, "", "of its colour, against the mood's")
    stops: tuple[float, ...] = numbers(
        0.0, 1.0, "", "places from root 0 to tip 1 at which its strength is given, rising", rising=True
    )
    strength: tuple[float, ...] = numbers(
        0.0, 1.0, "", "how strongly it covers the water there", like="stops"
    )
    whiten: tuple[float, ...] = numbers(0.0, 1.0, "", "how white it is there", like="stops")
    shown: float = number(0.0, 1.0, "", "strength of the fins behind the body without light")
    shown_glow: float = number(0.0, 1.0, "", "how much light adds")
    near_shown: float = number(0.0, 1.0, "", "strength of the near fin without light")
    near_shown_glow: float = number(0.0, 1.0, "", "how much light adds")
    ray_whiten: float = number(0.0, 1.0, "", "how white the rays are")
    ray_alpha: float = number(0.0, 1.0, "", "how strongly they show")
    ray_px: float = number(0.2, 4.0, "px", "how wide they are")


class Flesh(StyleTable):
    """The body: dark, countershaded, with a lit rim and a lit ridge."""

    base: Colour = colour("colour of the flesh")
    dark: Colour = colour("colour of its darkest parts")
    stops: tuple[float, ...] = numbers(
        0.0, 1.0, "", "places from back 0 to belly 1 at which the next values are given, rising", rising=True
    )
    darkness: tuple[float, ...] = numbers(0.0, 1.0, "", "how dark the flesh is there", like="stops")
    tinge: tuple[float, ...] = numbers(
        0.0, 1.0, "", "how much of the mood's colour it takes on there", like="stops"
    )
    tinge_glow: tuple[float, ...] = numbers(0.0, 1.0, "", "how much more of it by its light", like="stops")
    joy: float = number(0.0, 1.0, "", "how much a celebration adds to all its light")
    light_most: float = number(0.5, 2.0, "", "no light of it is stronger")
    rim_straight: float = number(0.1, 1.0, "", "the rim fades in a turn sharper than this cosine")
    rim_alpha: float = number(0.0, 1.0, "", "how strongly the rim shows")
    rim_glow: float = number(0.0, 1.0, "", "how much light adds")
    rim_px: float = number(0.2, 6.0, "px", "how wide it is")
    ridge_whiten: float = number(0.0, 1.0, "", "how white the ridge of the back is")
    ridge_alpha: float = number(0.0, 1.0, "", "how strongly it shows")
    ridge_glow: float = number(0.0, 1.0, "", "how much light adds")
    ridge_px: float = number(0.2, 6.0, "px", "how wide it is")
    line_from: float = number(0.0, 1.0, "", "where the lateral line begins, snout 0 to tail 1")
    line_to: float = number(0.0, 1.0, "", "where it ends")
    line_height: float = number(-1.0, 1.0, "", "its height at the ends, back 1 to belly -1")
    line_bow: float = number(-1.0, 1.0, "", "how much higher it is between")
    line_whiten: float = number(0.0, 1.0, "", "how white it is")
    line_alpha: float = number(0.0, 1.0, "", "how strongly it shows in full light")
    line_dim: float = number(0.0, 1.0, "", "share of that without light")
    line_px: float = number(0.2, 6.0, "px", "how wide it is")


class PhotophoreStyle(StyleTable):
    """The light organs: a lantern inside, rows on flank and belly that light in a wave, and glints."""

    lantern_from: float = number(0.0, 1.0, "", "where the lantern begins, snout 0 to tail 1")
    lantern_to: float = number(0.0, 1.0, "", "where it ends")
    lantern_height: float = number(-1.0, 1.0, "", "how high it lies, back 1 to belly -1")
    lantern_sizes: tuple[float, ...] = numbers(
        0.0, 1.0, "lengths", "diameters of its glows, from snout to tail"
    )
    lantern_lag: float = number(0.0, 4.0, "", "waves of light along its length")
    lantern_alpha: float = number(0.0, 1.0, "", "how strongly it shows between two waves")
    lantern_wave: float = number(0.0, 1.0, "", "how much a wave adds")
    flank_from: float = number(0.0, 1.0, "", "where the row on the flank begins")
    flank_to: float = number(0.0, 1.0, "", "where it ends")
    flank_count: int = count(1, 60, "its organs")
    flank_height: float = number(-1.0, 1.0, "", "its height at the ends, back 1 to belly -1")
    flank_bow: float = number(-1.0, 1.0, "", "how much lower it is between")
    flank_size: float = number(0.01, 0.3, "lengths", "size of an organ")
    flank_strength: float = number(0.0, 1.0, "", "how strongly they shine")
    belly_from: float = number(0.0, 1.0, "", "where the row on the belly begins")
    belly_to: float = number(0.0, 1.0, "", "where it ends")
    belly_count: int = count(1, 60, "its organs")
    belly_height: float = number(-1.0, 1.0, "", "how high it lies")
    belly_size: float = number(0.01, 0.3, "lengths", "size of an organ")
    belly_strength: float = number(0.0, 1.0, "", "how strongly they shine")
    lag: float = number(0.0, 4.0, "", "waves of light along the rows")
    seen_end_on: float = number(
        0.0, 1.0, "", "share of a light still seen where the body turns to or from the viewer"
    )
    light_least: float = number(0.0, 1.0, "", "the rows never shine less than by this light")
    light_most: float = number(0.5, 2.0, "", "nor more")
    glow_size: float = number(0.5, 6.0, "", "diameter of a glow, in sizes of the organ")
    glow_size_wave: float = number(0.0, 4.0, "", "how much a wave adds")
    glow_alpha: float = number(0.0, 1.0, "", "how strongly a glow shows between two waves")
    glow_alpha_wave: float = number(0.0, 1.0, "", "how much a wave adds")
    core_size: float = number(0.1, 3.0, "", "diameter of its bright middle, in sizes of the organ")
    core_size_wave: float = number(0.0, 2.0, "", "how much a wave adds")
    core_alpha: float = number(0.0, 1.0, "", "how strongly the middle shows without light")
    core_alpha_glow: float = number(0.0, 1.0, "", "how much light adds")
    core_dim: float = number(0.0, 1.0, "", "share of that between two waves")
    core_dim_wave: float = number(0.0, 1.0, "", "how much a wave adds to the share")
    glints_from: float = number(0.0, 1.0, "", "where the glints on the flank begin")
    glints_span: float = number(0.0, 1.0, "", "along how much of the body they lie")
    glints_low: float = number(-1.0, 1.0, "", "the lowest, back 1 to belly -1")
    glints_rise: float = number(0.0, 2.0, "", "how far above it the highest are")
    glint_size: float = number(0.002, 0.05, "lengths", "diameter of a glint")
    glint_least_px: float = number(0.5, 6.0, "px", "at the least")
    glint_alpha: float = number(0.0, 1.0, "", "how strongly they show without light")
    glint_glow: float = number(0.0, 1.0, "", "how much light adds")
    glint_steady: float = number(0.0, 1.0, "", "share of it that does not shimmer")
    glint_shimmer: float = number(0.0, 1.0, "", "share that does")
    shimmer_beat: float = number(0.0, 4.0, "", "how far they shimmer with the body's beat")
    shimmer_rad_s: float = number(0.0, 10.0, "rad/s", "and by themselves")
    halo_size: float = number(
        0.0, 4.0, "lengths", "diameter of its light on the water close by, in a vector scene"
    )
    halo_alpha: float = number(0.0, 1.0, "", "how strongly that shows in full light")
    head_halo_size: float = number(0.0, 4.0, "lengths", "diameter of the same about the head")
    head_halo_alpha: float = number(0.0, 1.0, "", "how strongly that shows")
    halo_breath: float = number(0.0, 0.5, "", "how much they swell with the pulse")


class HeadStyle(StyleTable):
    """Gill cover and mouth."""

    gill_top: float = number(-1.0, 1.0, "", "upper end of the gill cover, back 1 to belly -1")
    gill_bottom: float = number(-1.0, 1.0, "", "its lower end")
    gill_along: float = number(0.0, 0.5, "", "where it is, snout 0 to tail 1")
    gill_bow: float = number(-0.2, 0.2, "", "how far back its middle is")
    gill_curve_rad: float = number(0.0, 3.2, "rad", "how much of an arch it is")
    gill_whiten: float = number(0.0, 1.0, "", "how white it is")
    gill_alpha: float = number(0.0, 1.0, "", "how strongly it shows")
    gill_px: float = number(0.2, 6.0, "px", "how wide it is")
    mouth_along: tuple[float, ...] = numbers(0.0, 0.3, "", "places of the lower lip, snout 0 to tail 1")
    mouth_shut: tuple[float, ...] = numbers(
        -1.0, 1.0, "", "its height there when shut, back 1 to belly -1", like="mouth_along"
    )
    mouth_open: tuple[float, ...] = numbers(
        -1.0, 1.0, "", "its height there when wide open", like="mouth_along"
    )
    mouth_whiten: float = number(0.0, 1.0, "", "how white it is")
    mouth_alpha: float = number(0.0, 1.0, "", "how strongly it shows")
    mouth_px: float = number(0.2, 6.0, "px", "how wide it is")


class EyeStyle(StyleTable):
    """The eyes, which look where the fish does."""

    pupil_colour: Colour = colour("colour of the pupil")
    along: float = number(0.02, 0.3, "", "where they are, snout 0 to tail 1")
    height: float = number(-0.9, 0.9, "", "how high, back 1 to belly -1")
    size: float = number(0.005, 0.1, "lengths", "radius of the eye when shut by the mood")
    size_mood: float = number(0.0, 0.1, "lengths", "how much a mood that opens it wide adds")
    narrowest: float = number(
        0.1, 1.0, "", "never drawn narrower, against its height; turned further, both eyes show"
    )
    gaze: float = number(0.0, 0.5, "", "how far the pupil moves, in radii")
    rim_size: float = number(1.0, 2.0, "", "radius of the dark rim, in radii")
    rim_tinge: float = number(0.0, 1.0, "", "how much of the mood's colour the rim takes on")
    iris_dark: float = number(0.0, 1.0, "", "how dark the edge of the iris is")
    light_size: float = number(0.1, 1.0, "", "radius of the lit iris, in radii")
    light_whiten: float = number(0.0, 1.0, "", "how white it is")
    light_alpha: float = number(0.0, 1.0, "", "how strongly it shows")
    pupil: float = number(0.1, 1.0, "", "radius of the pupil in an eye wide open, in radii")
    pupil_shut: float = number(0.0, 0.5, "", "how much wider it is in a narrow one")
    glint_across: float = number(0.0, 1.0, "", "how far ahead the catch of light is, in radii")
    glint_up: float = number(0.0, 1.0, "", "how far up")
    glint_size: float = number(0.0, 0.6, "", "its radius, in radii")
    glint_alpha: float = number(0.0, 1.0, "", "how strongly it shows")
    low_glint_size: float = number(0.0, 0.6, "", "radius of the second, opposite, in radii")
    low_glint_whiten: float = number(0.0, 1.0, "", "how white it is")
    low_glint_alpha: float = number(0.0, 1.0, "", "how strongly it shows")
    glow_size: float = number(0.0, 12.0, "", "diameter of the eye's glow, in radii")
    glow_alpha: float = number(0.0, 1.0, "", "how strongly it shows in full light")


class Anatomy(StyleTable):
    """All of `anatomy.toml`: what a creature is made of, and how it swims."""

    body: BodyOutline = table(BodyOutline)
    gait: Gait = table(Gait)
    motion: Motion = table(Motion)
    tail: TailFin = table(TailFin)
    dorsal: EdgeFin = table(EdgeFin)
    anal: EdgeFin = table(EdgeFin)
    pelvic: EdgeFin = table(EdgeFin)
    pectoral: PectoralFin = table(PectoralFin)
    membrane: Membrane = table(Membrane)
    flesh: Flesh = table(Flesh)
    photophores: PhotophoreStyle = table(PhotophoreStyle)
    head: HeadStyle = table(HeadStyle)
    eye: EyeStyle = table(EyeStyle)


ANATOMY = load_style(Anatomy, ANATOMY_FILE)
"""The candlefish's. Read on import, so that the memory image a browser restores holds it."""
