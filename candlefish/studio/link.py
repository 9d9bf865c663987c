"""Link codec: the values that differ from the default, as deflated JSON in characters a URL may hold."""

from __future__ import annotations

import binascii
import json
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_CHARACTERS = 8_192
MOST_BYTES = 65_536
_VERSION = "1"
_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")


class LinkError(ValueError):
    """A link that cannot be decoded."""


def encode_link(changes: Mapping[str, Mapping[str, Any]]) -> str:
    """Return changes by table and name as a short text of letters, digits, `-` and `_`."""
    data = json.dumps(changes, separators=(",", ":"), sort_keys=True).encode()
    packer = zlib.compressobj(9, wbits=-15)
    deflated = packer.compress(data) + packer.flush()
    return _VERSION + binascii.b2a_base64(deflated, newline=False).translate(_TO_URL, b"=").decode()


def decode_link(text: str) -> dict[str, dict[str, Any]]:
    """Return the changes in a text made by `encode_link`.

    Raises:
        LinkError: it is not one, or was cut short.
    """
    if len(text) > MOST_CHARACTERS or not text.startswith(_VERSION):
        raise LinkError("the link holds no character of a fish")
    try:
        digits = text[1:].encode("ascii").translate(_FROM_URL)
        deflated = binascii.a2b_base64(digits + b"=" * (-len(digits) % 4), strict_mode=True)
        unpacker = zlib.decompressobj(wbits=-15)
        data = unpacker.decompress(deflated, MOST_BYTES)
        changes = json.loads(data) if unpacker.eof else None
    except (UnicodeError, binascii.Error, zlib.error, ValueError, RecursionError) as error:
        raise LinkError("the link is damaged: was it cut short?") from error
    if not isinstance(changes, dict) or not all(isinstance(table, dict) for table in changes.values()):
        raise LinkError("the link holds no character of a fish")
    return changes
