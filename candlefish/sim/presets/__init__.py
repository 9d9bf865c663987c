"""Characters that come with the fish: what each changes of `moods.toml`, one TOML file a preset."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from candlefish.sim.overlay import overlaid, read_tables
from candlefish.sim.params import Tuning, default_tuning
from candlefish.sim.ranges import ParamsError

DIRECTORY = Path(__file__).parent
DEFAULT = "default"


@cache
def names() -> tuple[str, ...]:
    """Return the presets there are; the first changes nothing."""
    return DEFAULT, *sorted(path.stem for path in DIRECTORY.glob("*.toml"))


def preset(name: str) -> Tuning:
    """Return the tuning of a preset.

    Raises:
        ParamsError: there is none of that name.
    """
    if name not in names():
        raise ParamsError(f"mood-preset: expected one of {', '.join(names())}, got {name!r:.60}")
    if name == DEFAULT:
        return default_tuning()
    file = DIRECTORY / f"{name}.toml"
    return overlaid(default_tuning(), read_tables(file.read_text(encoding="utf-8"), file.name), file.name)
