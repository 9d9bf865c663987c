"""Set-up after a memory snapshot is restored: fresh seeds, and the rest of the library on demand."""

from __future__ import annotations

import importlib
import random
import sys
from importlib.machinery import ModuleSpec, PathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

LIBRARY = "/lib/python313.zip"


def refresh(fetch_library: Callable[[str], object]) -> None:
    """Seed every shared generator again, and import the rest of the standard library on demand.

    `fetch_library` puts the standard library's archive at the path it is given.
    """
    reseed()
    sys.meta_path.append(LateLibrary(fetch_library))


def reseed() -> None:
    """Seed every generator shared by the interpreter with fresh randomness from the system."""
    random.seed()
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()
    tempfile = sys.modules.get("tempfile")
    if tempfile is not None:
        vars(tempfile)["_name_sequence"] = None  # holds a generator of its own, made when next needed


class LateLibrary:
    """Finder of standard library modules that are not in the snapshot: the first one fetches the archive."""

    def __init__(self, fetch_library: Callable[[str], object]) -> None:
        self._fetch = fetch_library
        self._is_fetched = False

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a module of the standard library; None for any other, or when it cannot be fetched."""
        if self._is_fetched or name.partition(".")[0] not in sys.stdlib_module_names:
            return None
        self._is_fetched = True
        self._fetch(LIBRARY)
        sys.path_importer_cache.pop(LIBRARY, None)
        importlib.invalidate_caches()
        return PathFinder.find_spec(name, path, target)
