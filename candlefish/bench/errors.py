"""Why a bench could not run."""

from __future__ import annotations


class BenchError(Exception):
    """The bench cannot run, or not go on; the message says what is wrong and where."""
