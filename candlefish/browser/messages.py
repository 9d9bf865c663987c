"""Messages of the page, parsed at the edge: each is accepted or refused whole.

Control messages cross the boundary as JSON text, so no proxy can be left behind. Their shapes are declared in
`protocol`.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from candlefish.browser.options import KINDS, ChoiceOption, FlagOption, Options, WholeOption
from candlefish.sim.inputs import PLACED, InputKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from candlefish.browser.options import Kind

FIELDS = 4
"""Numbers per input: kind, x, y (CSS px in the box), time (epoch ms)."""


class MessageError(ValueError):
    """A message of the page that does not have the agreed shape; names the field and its value."""


class Fields:
    """The fields of one message; reading one checks it.

    Attributes:
        content: all fields, unchecked.
        type: of the message.
    """

    def __init__(self, text: str) -> None:
        """Parse the JSON text of an object with a `type`."""
        try:
            content = json.loads(text)
        except ValueError as error:
            raise MessageError(f"message: not JSON: {error}") from error
        if not isinstance(content, dict):
            raise MessageError(f"message: expected an object, got {type(content).__name__}")
        self.content: dict[str, object] = content
        self.type = self.text("type")

    def text(self, key: str) -> str:
        """A string."""
        value = self.content.get(key)
        if isinstance(value, str):
            return value
        raise self._error(key, "a string", value)

    def optional_text(self, key: str) -> str | None:
        """A string or null."""
        return None if self.content.get(key) is None else self.text(key)

    def optional_object(self, key: str) -> dict[str, object] | None:
        """An object or null."""
        value = self.content.get(key)
        if value is None or isinstance(value, dict):
            return value
        raise self._error(key, "an object or null", value)

    def choice(self, key: str, choices: Sequence[str]) -> str:
        """One of a few strings."""
        value = self.text(key)
        if value in choices:
            return value
        raise self._error(key, f"one of {', '.join(choices)}", value)

    def number(self, key: str, low: float, high: float) -> float:
        """A finite number within low…high."""
        value = self.content.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
            return float(value)
        raise self._error(key, f"a number in {low:g}…{high:g}", value)

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self.content.get(key)
        if isinstance(value, bool):
            return value
        raise self._error(key, "true or false", value)

    def optional_flag(self, key: str) -> bool:
        """True or false; false when it is left out."""
        return self.content.get(key) is not None and self.flag(key)

    def objects(self, key: str) -> list[Fields]:
        """A list of messages without a type."""
        value = self.content.get(key)
        if not isinstance(value, list):
            raise self._error(key, "a list", value)
        return [Fields(json.dumps({"type": key, **item})) for item in value if isinstance(item, dict)]

    def _error(self, key: str, expected: str, value: object) -> MessageError:
        name = self.content.get("type") if isinstance(self.content.get("type"), str) else "message"
        return MessageError(f"{name}.{key}: expected {expected}, got {value!r:.60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(Options):
    """The `init` message: the options, and these.

    Attributes:
        width_px: width of the box, CSS px.
        height_px: height of the box, CSS px.
        dpr: device px per CSS px.
        paused: start paused.
        now_ms: the visitor's local time, ms since 1970.
        device: id for a visitor without memory.
        memory: the stored text.
        pending: pairs (base, text to save) that a closed page could not merge.
        study: the visitor's part in analytics and experiments, as JSON (see `experiments`), or None.
    """

    width_px: float
    height_px: float
    dpr: float
    paused: bool
    now_ms: float
    device: str
    memory: str | None
    pending: tuple[tuple[str | None, str], ...]
    study: str | None = None


def parse_start(text: str) -> Start:
    """Read an `init` message.

    Raises:
        MessageError: a field is missing, of the wrong type, or out of range.
    """
    fields = Fields(text)
    options: dict[str, Any] = {name: _option(fields, name, kind) for name, kind in KINDS.items()}
    return Start(
        **options,
        width_px=fields.number("width", 0, 65536),
        height_px=fields.number("height", 0, 65536),
        dpr=fields.number("dpr", 0.1, 8),
        paused=fields.flag("paused"),
        now_ms=fields.number("now_ms", 0, 8.64e15),
        device=fields.text("device"),
        memory=fields.optional_text("memory"),
        pending=tuple((item.optional_text("base"), item.text("mine")) for item in fields.objects("pending")),
        study=fields.optional_text("study"),
    )


def _option(fields: Fields, name: str, kind: Kind) -> object:
    match kind:
        case ChoiceOption(words):
            return fields.choice(name, words)
        case WholeOption(most):
            return int(fields.number(name, 0, most))
        case FlagOption():
            return fields.optional_flag(name)


def inputs_in(values: Sequence[float]) -> Iterator[tuple[InputKind, float, float, float]]:
    """Yield (kind, x px, y px, epoch ms) for each input in a flat array.

    Raises:
        MessageError: not a whole number of inputs, an unknown kind, a time or needed place not finite.
    """
    if len(values) % FIELDS:
        raise MessageError(f"input.events: expected a multiple of {FIELDS} numbers, got {len(values)}")
    for at in range(0, len(values), FIELDS):
        code, x, y, epoch_ms = values[at : at + FIELDS]
        if code not in InputKind.__members__.values():
            raise MessageError(f"input.events[{at}]: expected a kind in 0…{max(InputKind):d}, got {code!r}")
        kind = InputKind(int(code))
        if not math.isfinite(epoch_ms) or (kind in PLACED and not math.isfinite(x + y)):
            raise MessageError(f"input.events[{at}]: {kind.name} with ({x!r}, {y!r}) px at {epoch_ms!r} ms")
        yield kind, x, y, epoch_ms
