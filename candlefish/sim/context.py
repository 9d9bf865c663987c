"""The six moods, and all that the change from one to another may depend on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mood(StrEnum):
    """How the fish feels, as a visitor would name it."""

    __hash__ = str.__hash__  # Enum's own runs in Python: too slow for what every step looks up

    CURIOUS = "curious"
    PLAYFUL = "playful"
    SHY = "shy"
    EXCITED = "excited"
    TRUSTING = "trusting"
    LONELY = "lonely"


@dataclass(slots=True)
class Context:
    """Everything a transition may depend on. Durations in seconds, `inf` for never.

    The mind keeps one and fills it in each step; the machine only reads it.

    Attributes:
        valence: −1 bad … +1 good.
        arousal: −1 asleep … +1 wild.
        trust: 0…100.
        since_food_s: since food was last offered.
        eager: whether it hunts, has only just eaten, or is fed so often that it waits for more.
        since_fright_s: since the last fright: a startle that trust and habituation had not dulled.
        since_input_s: since the visitor last did anything.
        present_s: how long the pointer has been in the box without a break (0: it is not).
        near: whether the pointer is near the fish.
        lively: 0…1, how lively the pointer moves while staying gentle, over the last seconds.
        since_greeting_s: since it greeted a returning friend.
        since_milestone_s: since a milestone of trust.
        asleep: whether it sleeps.
    """

    valence: float = 0.0
    arousal: float = 0.0
    trust: float = 20.0
    since_food_s: float = float("inf")
    eager: bool = False
    since_fright_s: float = float("inf")
    since_input_s: float = 0.0
    present_s: float = 0.0
    near: bool = False
    lively: float = 0.0
    since_greeting_s: float = float("inf")
    since_milestone_s: float = float("inf")
    asleep: bool = False
