"""Results kept by the hash of what they were made from, and hashed again before they are used."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from builder.digest import tree_digests

if TYPE_CHECKING:
    from collections.abc import Callable

RECEIPT = "receipt.json"
FILES = "files"
UNUSED_DAYS = 30
DAY_S = 86400.0


class Result(NamedTuple):
    """A directory of made files, and whether they were taken from the cache."""

    path: Path
    from_cache: bool


class Cache:
    """Directories of files under ``root``, one for each (kind, key).

    An entry is written whole or not at all, and its files are compared with the digests recorded
    when it was made every time it is asked for, so a damaged entry is made again.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def get(self, kind: str, key: str, make: Callable[[Path], None]) -> Result:
        """The files of an entry; ``make`` writes them into an empty directory when there are none."""
        entry = self._root / kind / key
        if _is_whole(entry):
            os.utime(entry)
            return Result(entry / FILES, from_cache=True)
        shutil.rmtree(entry, ignore_errors=True)
        entry.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=entry.parent, prefix=".making-") as folder:
            making = Path(folder, "entry")
            (making / FILES).mkdir(parents=True)
            make(making / FILES)
            (making / RECEIPT).write_text(json.dumps(tree_digests(making / FILES), indent=1))
            making.rename(entry)
        return Result(entry / FILES, from_cache=False)

    def prune(self, kind: str, unused_days: float = UNUSED_DAYS) -> int:
        """Delete the entries of a kind that nothing has asked for lately; returns how many."""
        oldest_s = time.time() - unused_days * DAY_S
        stale = [entry for entry in (self._root / kind).glob("*") if entry.stat().st_mtime < oldest_s]
        for entry in stale:
            shutil.rmtree(entry)
        return len(stale)


def _is_whole(entry: Path) -> bool:
    """Whether an entry's files are exactly those its receipt names."""
    try:
        receipt = json.loads((entry / RECEIPT).read_text())
    except (OSError, ValueError):
        return False
    return bool(tree_digests(entry / FILES) == receipt)
