"""The options of a fish: attributes of `<candle-fish>` and arguments of `mount`.

Each is declared once, as a field of `Options`. How the page reads its attribute (`web/protocol.js`), its type
and its entry in the element's manifest are written from there by `builder/protocol.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from candlefish.draw.effects import LEVELS as EFFECT_LEVELS
from candlefish.sim.moods import LEVELS as MOOD_LEVELS

EFFECTS = tuple(EFFECT_LEVELS)
COMPLEXITIES = tuple(MOOD_LEVELS)


@dataclass(frozen=True, slots=True)
class ChoiceOption:
    """One of a few words."""

    words: tuple[str, ...]

    def refused(self, value: object) -> str:
        """What was expected, if `value` is not that; else empty."""
        return "" if value in self.words else f"one of {', '.join(self.words)}"


@dataclass(frozen=True, slots=True)
class WholeOption:
    """A whole number from 0 to 2^53."""

    most: int = 2**53

    def refused(self, value: object) -> str:
        """What was expected, if `value` is not that; else empty."""
        return "" if isinstance(value, int) and 0 <= value <= self.most else "0…2^53"


@dataclass(frozen=True, slots=True)
class FlagOption:
    """True or false; true where the attribute is present."""

    def refused(self, value: object) -> str:
        """What was expected, if `value` is not that; else empty."""
        return "" if isinstance(value, bool) else "true or false"


Kind = ChoiceOption | WholeOption | FlagOption


def option(default: object, kind: Kind, meaning: str, *, attribute: bool = True) -> Any:
    """A field of `Options`; not an `attribute`: the page sets it by other means."""
    return field(default=default, metadata={"kind": kind, "meaning": meaning, "attribute": attribute})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a fish starts.

    Raises:
        ValueError: a value is out of range; says which.
    """

    effects: str = option("standard", ChoiceOption(EFFECTS), "How much is drawn.")
    complexity: str = option(
        "standard", ChoiceOption(COMPLEXITIES), "Three moods, six, or six with learning."
    )
    seed: int = option(
        7, WholeOption(), "Of every random stream: the same seed and the same input give the same life."
    )
    transparent: bool = option(
        False,
        FlagOption(),
        "No water: the fish, its light and what glows around it lie over the page. A picture in the element"
        " should have none either: `static/fallback-transparent.svg`.",
    )
    record: bool = option(False, FlagOption(), "Keep a log of all that enters the world.", attribute=False)

    def __post_init__(self) -> None:
        """Check every value."""
        for name, kind in KINDS.items():
            value = getattr(self, name)
            if expected := kind.refused(value):
                raise ValueError(f"{name}: expected {expected}, got {value!r}")


KINDS: dict[str, Kind] = {each.name: each.metadata["kind"] for each in fields(Options)}
"""The kind of each option."""
