"""`candlefish bench`: how the fish performs in a real browser, with honest statistics and a verdict.

Needs the ``bench`` extra (Playwright) and a Chromium; serving a built site needs the ``service`` extra too.
"""

from __future__ import annotations


class BenchError(Exception):
    """The bench cannot run or continue; the message names the cause and its place."""
