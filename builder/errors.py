"""The one error a build step raises when it cannot go on (standard library only)."""

from __future__ import annotations

import errno

from builder.paths import ROOT

REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class BuildError(Exception):
    """Says what is wrong, where, and what to do about it; shown without a traceback."""


def explained(error: OSError) -> str | None:
    """What to do about a file system that may not be written to or is full; None for any other error."""
    where = f"cannot write {error.filename or ROOT} ({error.strerror})"
    if error.errno in REFUSED:
        return f"{where}: make {ROOT} writable for this account, or clone elsewhere"
    if error.errno in FULL:
        return f"{where}: free some space on that disk, and run this again"
    return None
