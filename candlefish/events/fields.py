"""The kinds of value a field may hold; each says what is wrong with a value, or that nothing is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

NAME_PATTERN: Final = r"^[a-z][a-z0-9_]{0,31}$"
PHRASE_PATTERN: Final = r"^[a-z][a-z0-9 _,'-]{0,47}$"
CODE_PATTERN: Final = r"^[A-Za-z][A-Za-z0-9_.]{0,63}$"
ID_PATTERN: Final = r"^[A-Za-z0-9_-]{16,64}$"
"""Client and session ids: random, made by the client; 128 bits in any usual spelling."""
_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number within low…high, in `unit`."""

    low: float
    high: float
    unit: str = ""
    help: str = ""
    optional: bool = False

    def problem(self, value: object) -> str | None:
        """What is wrong with a value, or None."""
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not self.low <= value <= self.high
        ):
            return f"expected a number in {self.low:.16g}…{self.high:.16g}, got {shown(value)}"
        return None


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within low…high, in `unit`; 2.0 will do, as JavaScript knows no difference."""

    low: int
    high: int
    unit: str = ""
    help: str = ""
    optional: bool = False

    def problem(self, value: object) -> str | None:
        """What is wrong with a value, or None."""
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not self.low <= value <= self.high
            or value != int(value)
        ):
            return f"expected a whole number in {self.low}…{self.high}, got {shown(value)}"
        return None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]
    help: str = ""
    optional: bool = False

    def problem(self, value: object) -> str | None:
        """What is wrong with a value, or None."""
        if isinstance(value, str) and value in self.words:
            return None
        return f"expected one of {', '.join(self.words)}, got {shown(value)}"


@dataclass(frozen=True, slots=True)
class Text:
    """A short text that matches `pattern` whole: a name or an id, never a sentence."""

    pattern: str
    help: str = ""
    optional: bool = False

    def problem(self, value: object) -> str | None:
        """What is wrong with a value, or None."""
        if isinstance(value, str) and re.fullmatch(self.pattern, value):
            return None
        return f"expected a text like {self.pattern}, got {shown(value)}"


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    help: str = ""
    optional: bool = False

    def problem(self, value: object) -> str | None:
        """What is wrong with a value, or None."""
        return None if isinstance(value, bool) else f"expected true or false, got {shown(value)}"


Field = Number | Whole | Choice | Text | Flag


def shown(value: object) -> str:
    """A value as it may stand in a problem: short, one line, ASCII."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    text = ascii(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
