"""The ten types of event and their fields, version 1.

The browser checks events by this table before it sends them; the server makes its decoder and the API
description from it, the build the documentation. No field holds free text, an address or a user agent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


NAME_PATTERN: Final = r"^[a-z][a-z0-9_]{0,31}$"
PHRASE_PATTERN: Final = r"^[a-z][a-z0-9 _,'-]{0,47}$"
CODE_PATTERN: Final = r"^[A-Za-z][A-Za-z0-9_.]{0,63}$"
ID_PATTERN: Final = r"^[A-Za-z0-9_-]{16,64}$"
"""Client and session ids: random, made by the client; 128 bits in any usual spelling."""
_PREVIEW_LENGTH: Final = 40


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number within low…high, in `unit`."""

    low: float
    high: float
    unit: str = ""
    help: str = ""
    optional: bool = False

    def problem(self, value: object) -> str | None:
        """The problem of a value, or None."""
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not self.low <= value <= self.high
        ):
            return f"expected a number in {self.low:.16g}…{self.high:.16g}, got {preview(value)}"
        return None


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within low…high, in `unit`; 2.0 is accepted, since JavaScript has one number type."""

    low: int
    high: int
    unit: str = ""
    help: str = ""
    optional: bool = False

    def problem(self, value: object) -> str | None:
        """The problem of a value, or None."""
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not self.low <= value <= self.high
            or value != int(value)
        ):
            return f"expected a whole number in {self.low}…{self.high}, got {preview(value)}"
        return None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]
    help: str = ""
    optional: bool = False

    def problem(self, value: object) -> str | None:
        """The problem of a value, or None."""
        if isinstance(value, str) and value in self.words:
            return None
        return f"expected one of {', '.join(self.words)}, got {preview(value)}"


@dataclass(frozen=True, slots=True)
class Text:
    """A short text that matches the whole of `pattern`: a name or an id, never a sentence."""

    pattern: str
    help: str = ""
    optional: bool = False

    def problem(self, value: object) -> str | None:
        """The problem of a value, or None."""
        if isinstance(value, str) and re.fullmatch(self.pattern, value):
            return None
        return f"expected a text like {self.pattern}, got {preview(value)}"


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    help: str = ""
    optional: bool = False

    def problem(self, value: object) -> str | None:
        """The problem of a value, or None."""
        return None if isinstance(value, bool) else f"expected true or false, got {preview(value)}"


FieldType = Number | Whole | Choice | Text | Flag


def preview(value: object) -> str:
    """A value for an error message: short, one line, ASCII."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    text = ascii(value)
    return text if len(text) <= _PREVIEW_LENGTH else f"{text[:_PREVIEW_LENGTH]}…"


VERSION: Final = 1
TIME_MAX_MS: Final = 8_640_000_000_000_000
"""The last instant of an ECMAScript date."""
SEQ_MAX: Final = 8191
"""Largest sequence number of a session; after it the client starts a new session."""

MOODS: Final = ("curious", "playful", "shy", "excited", "trusting", "lonely")
MILESTONES: Final = ("first_feed", "comfortable", "trusting", "bonded")
DEVICES: Final = ("desktop", "tablet", "phone")
EFFECTS: Final = ("minimal", "standard", "rich")
COMPLEXITIES: Final = ("basic", "standard", "advanced")
CAUSES: Final = ("presence", "feeding", "visit", "startle", "absence", "other")
ENDINGS: Final = ("hidden", "closed", "disabled", "failed")

_TRUST: Final = Number(0, 100, "points", "trust after the event")


@dataclass(frozen=True, slots=True)
class EventType:
    """One type of event: its description, and its own fields by name."""

    name: str
    help: str
    fields: Mapping[str, FieldType]


COMMON: Final[Mapping[str, FieldType]] = MappingProxyType(
    {
        "seq": Whole(0, SEQ_MAX, help="number of the event in its session; with it, the event's id"),
        "at_ms": Whole(0, TIME_MAX_MS, "ms", "when it happened, by the client's clock, since 1970"),
    }
)
"""Fields of every event, besides `type`."""

ENVELOPE: Final[Mapping[str, FieldType]] = MappingProxyType(
    {
        "v": Whole(VERSION, VERSION, help="version of this schema"),
        "client": Text(ID_PATTERN, "random id of this browser"),
        "session": Text(ID_PATTERN, "random id of this visit"),
        "sent_ms": Whole(0, TIME_MAX_MS, "ms", "when the batch was sent, by the client's clock"),
    }
)
"""Fields of a batch, besides `events`."""

_TYPES: Final = (
    EventType(
        "session_start",
        "A fish began to live in a page.",
        {
            "device": Choice(DEVICES, "class of device, from the viewport"),
            "effects": Choice(EFFECTS),
            "complexity": Choice(COMPLEXITIES),
            "returning": Flag("the browser remembers an earlier visit"),
            "trust": _TRUST,
            "seed": Whole(0, 2**32 - 1, help="seed of the world", optional=True),
            "load_ms": Number(0, 600_000, "ms", "navigation to Python's first frame", optional=True),
        },
    ),
    EventType(
        "session_end",
        "The visit is over, or the page was hidden.",
        {
            "duration_s": Number(0, 604_800, "s"),
            "interactions": Whole(0, 10_000_000),
            "trust": _TRUST,
            "trust_gained": Number(-100, 100, "points", "since the session began"),
            "reason": Choice(ENDINGS),
        },
    ),
    EventType(
        "mood_transition",
        "The fish changed its mood.",
        {
            "before": Choice(MOODS),
            "after": Choice(MOODS),
            "reason": Text(PHRASE_PATTERN, "why, as the model says it"),
            "dwell_s": Number(0, 604_800, "s", "how long the mood before had lasted"),
            "trust": _TRUST,
        },
    ),
    EventType(
        "trust_level_change",
        "Trust moved by a whole point or more.",
        {
            "trust": _TRUST,
            "change": Number(-100, 100, "points"),
            "cause": Choice(CAUSES),
        },
    ),
    EventType(
        "milestone",
        "Something happened for the first time.",
        {"name": Choice(MILESTONES), "trust": _TRUST},
    ),
    EventType(
        "feeding_interaction",
        "Food was offered.",
        {
            "x": Number(0, 1, help="place in the tank, from the left"),
            "y": Number(0, 1, help="place in the tank, from the top"),
            "eaten": Flag("the piece was eaten in time"),
            "trust": _TRUST,
        },
    ),
    EventType(
        "performance_metrics",
        "How the last window of frames went.",
        {
            "window_s": Number(0, 3_600, "s", "length of the window"),
            "fps": Number(0, 1_000, "Hz", "median"),
            "frame_p99_ms": Number(0, 60_000, "ms"),
            "dropped": Number(0, 1, help="share of frames dropped"),
            "memory_mb": Number(0, 65_536, "MB", "JavaScript, WebAssembly and canvas"),
            "effects": Choice(EFFECTS, "as the governor had set them"),
        },
    ),
    EventType(
        "error",
        "Something failed. A code, never a message: messages hold addresses and names.",
        {
            "code": Text(CODE_PATTERN, "class of the error, e.g. ImportError or canvas.lost"),
            "where": Text(CODE_PATTERN, "the part that failed"),
            "fatal": Flag("the still picture came back"),
        },
    ),
    EventType(
        "exposure",
        "A variant of an experiment took effect.",
        {"experiment": Text(NAME_PATTERN), "variant": Text(NAME_PATTERN)},
    ),
    EventType(
        "ab_test_conversion",
        "A metric of an experiment was reached or measured; counted once per event.",
        {
            "experiment": Text(NAME_PATTERN),
            "variant": Text(NAME_PATTERN),
            "metric": Text(NAME_PATTERN),
            "value": Number(-1e9, 1e9, help="1 for a conversion; the measured value for a mean"),
        },
    ),
)

EVENTS: Final[Mapping[str, EventType]] = MappingProxyType({kind.name: kind for kind in _TYPES})
"""Every type of event by its name."""
