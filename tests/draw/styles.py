"""Other values for what a style holds, for tests that each of them shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from candlefish.sim.style import Spec


def others(value: Any, spec: Spec) -> list[Any]:
    """Values clearly others, within the range."""
    match spec.kind:
        case "colour":
            return [tuple(255.0 - channel for channel in value)]
        case "numbers":
            above = (*value[1:], spec.high)
            return [tuple(v + 0.3 * (after - v) for v, after in zip(value, above, strict=True))]
        case "count":
            return [int(spec.high), int(spec.low)]
        case _:
            return [0.5 * (value + spec.high), 0.5 * (value + spec.low)]
