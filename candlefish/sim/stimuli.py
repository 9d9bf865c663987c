"""Stimuli: one table of what the fish responds to, its habituation, and the responses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from candlefish.sim.easing import smoothstep
from candlefish.sim.senses import SCROLLING_S, TYPING_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.sim.personality import Personality
    from candlefish.sim.senses import Senses

FORGOTTEN = 1e-6
"""A level below this is none."""


class Habituation:
    """One stimulus' habituation level `h` in 0…1; the response to the stimulus is scaled by `1 − h`.

    Exponential growth under exposure and exponential spontaneous recovery, the two curves of Thompson &
    Spencer (1966), "Habituation: a model phenomenon for the study of neuronal substrates of behavior",
    Psychological Review 73(1); revisited by Rankin et al. (2009), "Habituation revisited", Neurobiology of
    Learning and Memory 92(2). In fish: Best et al. (2008), "Non-associative learning in larval zebrafish",
    Neuropsychopharmacology 33(5), where startles die out within tens of taps and are back after minutes.
    """

    __slots__ = ("_grow", "_recover_s", "level")

    def __init__(self, grow: float, recover_s: float) -> None:
        """Set the two constants: seconds of full exposure (or full-strength events), and seconds of rest."""
        self.level = 0.0
        self._grow = grow
        self._recover_s = recover_s

    @property
    def response(self) -> float:
        """What is left of the response, 0…1."""
        return 1.0 - self.level

    def update(self, exposure: float, dt_s: float) -> None:
        """Pass `dt_s` seconds at `exposure` 0…1: full exposure habituates, none recovers.

        Recovery is exact for any `dt_s`; exposure is followed in steps.
        """
        if exposure > 0.0:
            self.level = 1.0 - (1.0 - self.level) * math.exp(-dt_s * exposure / self._grow)
        if self.level > FORGOTTEN:
            self.level *= math.exp(-dt_s * (1.0 - exposure) / self._recover_s)
        else:
            self.level = 0.0

    def strike(self, strength: float) -> None:
        """Count one event of `strength` 0…1."""
        self.level = 1.0 - (1.0 - self.level) * math.exp(-strength / self._grow)


@dataclass(frozen=True, slots=True)
class Stimulus:
    """One row: what it is, how strong it is now, how it is felt, how it wears off and comes back.

    Attributes:
        name: what it is called in the state.
        what: what the visitor does.
        strength: 0…1 now; None for what the world reports itself (food).
        valence, arousal: push at full strength: by the event, or per second while it lasts.
        lasting: whether it lasts, or is an event.
        grow: seconds of it, or events, after which 63 % of the response is gone. recover_s: seconds of rest
            after which 63 % of the loss is recovered.
        social: whether the fish's sociability scales it.
    """

    name: str
    what: str
    strength: Callable[[Senses], float] | None
    valence: float
    arousal: float
    lasting: bool
    grow: float
    recover_s: float
    social: bool = False


def _near(senses: Senses, reach_px: float) -> float:
    return 1.0 - smoothstep(0.5 * reach_px, reach_px, senses.distance_px)


def _approach(senses: Senses) -> float:
    closing = senses.closing_px_s
    if closing < 30.0:
        return 0.0
    return smoothstep(30.0, 120.0, closing) * (1.0 - smoothstep(350.0, 500.0, closing)) * _near(senses, 700.0)


def _loom(senses: Senses) -> float:
    """A fast approach. Dill (1974), "The escape response of the zebra danio", Animal Behaviour 22(3)."""
    if senses.closing_px_s < 450.0:
        return 0.0
    return smoothstep(450.0, 900.0, senses.closing_px_s) * _near(senses, 500.0)


def _retreat(senses: Senses) -> float:
    leaving = -senses.closing_px_s
    return smoothstep(30.0, 150.0, leaving) * _near(senses, 400.0) if leaving > 30.0 else 0.0


def _dwell(senses: Senses) -> float:
    rested_s = senses.pointer.since_move_s
    if rested_s < 0.5:
        return 0.0
    return _near(senses, 500.0) * smoothstep(0.5, 1.5, rested_s) * (1.0 - smoothstep(20.0, 30.0, rested_s))


STIMULI: tuple[Stimulus, ...] = (
    Stimulus("company", "is here, gently", attrgetter("gentleness"), 0.07, 0.0, True, 90.0, 60.0, True),
    Stimulus("liveliness", "moves in a lively way", attrgetter("lively"), 0.0, 0.22, True, 240.0, 60.0),
    Stimulus("approach", "comes nearer slowly", _approach, 0.03, 0.08, True, 10.0, 30.0),
    Stimulus("looming", "comes nearer fast", _loom, -0.25, 0.5, True, 4.0, 40.0),
    Stimulus("retreat", "goes away from it", _retreat, -0.02, -0.03, True, 8.0, 30.0, True),
    Stimulus("dwelling", "rests beside it", _dwell, 0.03, -0.06, True, 60.0, 60.0),
    Stimulus("circling", "goes round and round", attrgetter("circling"), 0.04, 0.1, True, 20.0, 30.0),
    Stimulus("tap", "taps", attrgetter("gestures.tapped"), 0.06, 0.2, False, 4.0, 12.0),
    Stimulus("double tap", "taps twice", attrgetter("gestures.double_tapped"), 0.06, 0.25, False, 3.0, 20.0),
    Stimulus("hold", "presses and holds", attrgetter("gestures.holding"), 0.06, 0.02, True, 12.0, 30.0, True),
    Stimulus("drag", "drags", attrgetter("gestures.dragging"), 0.03, 0.12, True, 15.0, 30.0),
    Stimulus("touch", "touches with a finger", attrgetter("gestures.touched"), 0.04, 0.12, False, 5.0, 20.0),
    Stimulus("scroll", "scrolls the page", lambda s: s.since_scroll_s < SCROLLING_S, 0, 0.5, True, 1.5, 15.0),
    Stimulus("keyboard", "presses keys", lambda s: s.since_key_s < TYPING_S, 0.02, 0.3, True, 3.0, 15.0),
    Stimulus("blur", "leaves the window", attrgetter("blurred"), -0.06, -0.08, False, 3.0, 90.0, True),
    Stimulus("absence", "has been away a while", lambda s: smoothstep(20.0, 60.0, s.since_input_s)
             if s.since_input_s > 20.0 else 0.0, -0.012, -0.012, True, 120.0, 30.0, True),
    Stimulus("return", "comes back", attrgetter("returned"), 0.2, 0.25, False, 3.0, 180.0, True),
    Stimulus("food", "offers food", None, 0.25, 0.55, False, 14.0, 40.0),
    Stimulus("eating", "has its food eaten", None, 0.2, 0.15, False, 14.0, 40.0),
)  # fmt: skip
"""The table. Each wears off and recovers as in `habituation.Habituation`; the startle, which trust and
boldness soften, is in `affect.Affect`."""

_TAPS = "Best et al. (2008), Neuropsychopharmacology 33(5)"
_NOVELTY = "Wong et al. (2010), Behavioural Brain Research 208(2)"
_INSPECTION = "Pitcher, Green & Magurran (1986), Journal of Fish Biology 28(4)"
_FAMILIARITY = "Griffiths & Magurran (1997), Animal Behaviour 53(5)"
_TOUCH = "Soares et al. (2011), Nature Communications 2"
_ISOLATION = "Tunbak et al. (2020), eLife 9"
_APPETITE = "Colgan (1973), Behaviour 45(1)"

SOURCES: dict[str, str] = {
    "company": "Faustino, Tacão-Monteiro & Oliveira (2017), Scientific Reports 7",
    "liveliness": _NOVELTY,
    "approach": _INSPECTION,
    "looming": "Dill (1974), Animal Behaviour 22(3)",
    "retreat": _INSPECTION,
    "dwelling": _FAMILIARITY,
    "circling": _NOVELTY,
    "tap": _TAPS,
    "double tap": _TAPS,
    "hold": _TOUCH,
    "drag": _NOVELTY,
    "touch": _TOUCH,
    "scroll": "Thompson & Spencer (1966), Psychological Review 73(1)",
    "keyboard": _TAPS,
    "blur": _ISOLATION,
    "absence": _ISOLATION,
    "return": _FAMILIARITY,
    "food": _APPETITE,
    "eating": _APPETITE,
}
"""Where it is described that fish, or animals, respond so and get used to it. The constants are ours."""

NAMES = tuple(row.name for row in STIMULI)
FOOD, EATING = NAMES.index("food"), NAMES.index("eating")


class Responses:
    """How the fish responds to each stimulus: one habituation a row of `STIMULI`.

    A habit that rests is not touched; what it has recovered is made up for when its stimulus comes again.

    Attributes:
        felt: name of what it has felt most in the last seconds; empty when nothing.
    """

    def __init__(self, personality: Personality) -> None:
        """Begin with every response fresh."""
        self.felt = ""
        self._felt_strength = self._now_s = 0.0
        self._habits = [_Habit(row, *_push(row, personality)) for row in STIMULI]
        self._sensed = [
            (row.strength, habit)
            for row, habit in zip(STIMULI, self._habits, strict=True)
            if row.strength is not None
        ]

    def response(self, index: int) -> float:
        """What habituation has left of the response to a stimulus, 0…1; an index of `STIMULI`."""
        return self._habits[index].rested(self._now_s).response

    def update(self, senses: Senses, dt_s: float) -> tuple[float, float]:
        """Let `dt_s` seconds of what the fish senses act; return the push of valence and arousal."""
        valence = arousal = 0.0
        self._felt_strength *= 1.0 - 0.5 * dt_s
        before_s, self._now_s = self._now_s, self._now_s + dt_s
        for strength, habit in self._sensed:
            now = strength(senses)
            if now:
                effect = now * habit.rested(before_s).response
                self._note(habit, effect)
                if habit.lasting:
                    habit.update(now, dt_s)
                    habit.since_s = self._now_s
                    effect *= dt_s
                else:
                    habit.strike(now)
                valence, arousal = valence + habit.valence * effect, arousal + habit.arousal * effect
        return valence, arousal

    def report(self, index: int) -> tuple[float, float]:
        """An event the world reports itself (`FOOD`, `EATING`); return its push."""
        habit = self._habits[index].rested(self._now_s)
        effect = habit.response
        habit.strike(1.0)
        self._note(habit, effect)
        return habit.valence * effect, habit.arousal * effect

    def _note(self, habit: _Habit, effect: float) -> None:
        strength = effect * habit.size
        if strength >= self._felt_strength:
            self.felt, self._felt_strength = habit.name, strength


class _Habit(Habituation):
    """The habituation to one stimulus, with what is needed to feel it."""

    __slots__ = ("arousal", "lasting", "name", "since_s", "size", "valence")

    def __init__(self, row: Stimulus, valence: float, arousal: float) -> None:
        super().__init__(row.grow, row.recover_s)
        self.name, self.lasting = row.name, row.lasting
        self.valence, self.arousal, self.size = valence, arousal, abs(valence) + abs(arousal)
        self.since_s = 0.0

    def rested(self, now_s: float) -> _Habit:
        """Make up for the rest it had up to `now_s`."""
        if now_s > self.since_s:
            self.update(0.0, now_s - self.since_s)
            self.since_s = now_s
        return self


def _push(row: Stimulus, personality: Personality) -> tuple[float, float]:
    warmth = personality.warmth if row.social else 1.0
    return row.valence * warmth, row.arousal
