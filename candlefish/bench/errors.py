"""Errors of the bench."""

from __future__ import annotations


class BenchError(Exception):
    """The bench cannot run or continue; the message names the cause and its place."""
