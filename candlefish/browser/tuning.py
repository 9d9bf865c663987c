"""A designer's changes while the fish lives: a preset or a file, and single values on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from candlefish.sim.tuning import default_tuning, overlaid, preset, read_tables

if TYPE_CHECKING:
    from candlefish.browser.messages import Fields
    from candlefish.sim.tuning import Tuning

MOST_TEXT = 65_536
"""Characters of a TOML file; the one we ship has under three thousand."""


class Tuner:
    """What the fish is tuned to.

    Attributes:
        base: the preset or file chosen last.
        tuning: that, with all values set since.
    """

    def __init__(self) -> None:
        """Start with what the package comes with."""
        self.base = self.tuning = default_tuning()

    def take(self, fields: Fields) -> Tuning:
        """Take one change: `preset` (a name), `toml` (text), or `values` (tables; null takes all back).

        Raises:
            ParamsError: a name or value is refused; nothing has changed.
            MessageError: none of the three is there.
        """
        name, text = fields.optional_text("preset"), fields.optional_text("toml")
        if name is not None:
            self.base = self.tuning = preset(name)
        elif text is not None:
            tables = read_tables(text[:MOST_TEXT], "moods.toml")
            self.base = self.tuning = overlaid(default_tuning(), tables, "moods.toml")
        else:
            values = fields.optional_object("values")
            self.tuning = self.base if values is None else overlaid(self.tuning, values, "params")
        return self.tuning
