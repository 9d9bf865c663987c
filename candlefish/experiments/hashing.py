"""FNV-1a and the buckets made from it, as GrowthBook's hash versions 1 and 2 define them."""

from __future__ import annotations

from typing import Final

_OFFSET: Final = 0x811C9DC5
_PRIME: Final = 0x01000193


def fnv1a32(text: str) -> int:
    """The 32-bit FNV-1a hash of a text's UTF-8 bytes."""
    value = _OFFSET
    for byte in text.encode():
        value = ((value ^ byte) * _PRIME) & 0xFFFFFFFF
    return value


def bucket(seed: str, unit: str) -> int:
    """The bucket of a unit for a seed, 0…9999: hash version 2, which has no bias between seeds."""
    return fnv1a32(str(fnv1a32(seed + unit))) % 10_000


def namespace_bucket(name: str, unit: str) -> int:
    """The bucket of a unit in a namespace, 0…999: hash version 1 with the seed `__name`."""
    return fnv1a32(f"{unit}__{name}") % 1_000
