"""Filling the places ``{{…}}`` in the HTML of ``web/``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.steps import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
INLINE = "inline:"


def fill(name: str, text: str, tokens: Mapping[str, str], sources: Mapping[str, bytes]) -> str:
    """The page ``text`` with every token replaced.

    ``{{word}}`` becomes ``tokens[word]``; ``{{inline:file}}`` the contents of that file of
    ``sources``, which are the files beside the page.

    Raises:
        BuildError: a token is unknown or names no file; the message says in which line of ``name``.
    """

    def replacement(match: re.Match[str]) -> str:
        word = match[1]
        if word in tokens:
            return tokens[word]
        file = word.removeprefix(INLINE)
        if word.startswith(INLINE) and file in sources:
            return sources[file].decode()
        line = text.count("\n", 0, match.start()) + 1
        known = ", ".join(sorted(tokens))
        raise BuildError(f"{name}, line {line}: unknown token {match[0]} (known: {known}, {INLINE}<file>)")

    return TOKEN.sub(replacement, text)
