"""Content negotiation of HTTP (RFC 9110): which encoding to send, and whether to send at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

IDENTITY = "identity"
PREFERENCE = ("br", "gzip", IDENTITY)


def choose_encoding(accept_encoding: str | None, available: Collection[str]) -> str:
    """The best of the ``available`` content codings (and identity) for an Accept-Encoding header.

    The highest quality wins; among equals the smallest, which is the order of PREFERENCE. Identity
    is also what a request gets that accepts nothing we have.
    """
    if not accept_encoding:
        return IDENTITY
    qualities = _qualities(accept_encoding)
    offered = [coding for coding in PREFERENCE if coding in available or coding == IDENTITY]
    best = max(offered, key=lambda coding: _quality(coding, qualities))
    return best if _quality(best, qualities) > 0 else IDENTITY


def matches(if_none_match: str | None, etag: str) -> bool:
    """Whether an If-None-Match header names this entity tag, by weak comparison."""
    if if_none_match is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag in tags


def _quality(coding: str, qualities: dict[str, float]) -> float:
    """How much a coding is wanted, 0 to 1; identity is acceptable, but last, unless it is named."""
    if coding in qualities:
        return qualities[coding]
    if coding == IDENTITY:
        return qualities.get("*", 1e-6)
    return qualities.get("*", 0.0)


def _qualities(header: str) -> dict[str, float]:
    """Quality by coding; a weight that is not a number from 0 to 1 counts as 0."""
    result: dict[str, float] = {}
    for item in header.split(","):
        coding, *parameters = (part.strip().lower() for part in item.split(";"))
        weights = [parameter[2:] for parameter in parameters if parameter.startswith("q=")]
        if coding:
            result[coding] = _weight(weights[0]) if weights else 1.0
    return result


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0
