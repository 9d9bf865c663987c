"""Checked TOML tables: fields have a type and a range; an error names file, field and value."""

from __future__ import annotations

import math
import tomllib
from typing import TYPE_CHECKING

from candlefish.bench.errors import BenchError

if TYPE_CHECKING:
    from pathlib import Path


def read_toml(path: Path) -> TomlTable:
    """A TOML file as a table.

    Raises:
        BenchError: it cannot be read or is no TOML.
    """
    try:
        return TomlTable(str(path), tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise BenchError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BenchError(f"{path}: not TOML: {error}") from error


class TomlTable:
    """A table whose fields are taken one by one; ``end`` refuses the rest."""

    def __init__(self, where: str, found: dict[str, object]) -> None:
        self.where = where
        self._left = dict(found)

    def text(self, name: str, default: str | None = None) -> str:
        """A string."""
        value = self._take(name, default)
        if isinstance(value, str):
            return value
        raise self.wrong(name, "a string", value)

    def number(
        self, name: str, default: float | None = None, low: float = -math.inf, high: float = math.inf
    ) -> float:
        """A finite number from ``low`` to ``high``."""
        value = self._take(name, default)
        if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
            return float(value)
        raise self.wrong(name, f"a number from {low:g} to {high:g}", value)

    def whole(self, name: str, default: int | None = None, low: int = 0, high: int = 2**53) -> int:
        """A whole number from ``low`` to ``high``."""
        value = self._take(name, default)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        raise self.wrong(name, f"a whole number from {low} to {high}", value)

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self._take(name, default)
        if isinstance(value, bool):
            return value
        raise self.wrong(name, "true or false", value)

    def pair(self, name: str, default: tuple[int, int]) -> tuple[int, int]:
        """Two whole numbers above 0."""
        value = self._take(name, list(default))
        if isinstance(value, list) and len(value) == 2 and all(isinstance(n, int) and n > 0 for n in value):
            return value[0], value[1]
        raise self.wrong(name, "two whole numbers above 0", value)

    def tables(self, name: str) -> list[TomlTable]:
        """An array of tables; none where it is missing."""
        value = self._take(name, [])
        if isinstance(value, list) and all(isinstance(one, dict) for one in value):
            return [TomlTable(f"{self.where}: {name}[{i}]", one) for i, one in enumerate(value)]
        raise self.wrong(name, "an array of tables", value)

    def names(self) -> list[str]:
        """The fields that are left."""
        return list(self._left)

    def table(self, name: str) -> TomlTable:
        """A table inside this one."""
        value = self._take(name, {})
        if isinstance(value, dict):
            return TomlTable(f"{self.where}: {name}", value)
        raise self.wrong(name, "a table", value)

    def end(self) -> None:
        """Refuse unknown fields: those that were not taken.

        Raises:
            BenchError: there are some.
        """
        if self._left:
            raise BenchError(f"{self.where}: unknown field {min(self._left)!r}")

    def wrong(self, name: str, wanted: str, found: object) -> BenchError:
        """The error for a field that is not as it should be."""
        return BenchError(f"{self.where}: {name}: expected {wanted}, found {found!r:.60}")

    def _take(self, name: str, default: object) -> object:
        if name not in self._left and default is None:
            raise BenchError(f"{self.where}: {name} is missing")
        return self._left.pop(name, default)
