"""A character in an address: what differs from the default, as deflated JSON in letters it may hold."""

from __future__ import annotations

import binascii
import json
import zlib
from typing import TYPE_CHECKING, Any

from candlefish.studio.document import DocumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_LETTERS = 8_192
MOST_BYTES = 65_536
_VERSION = "1"
_TO_ADDRESS = bytes.maketrans(b"+/", b"-_")
_FROM_ADDRESS = bytes.maketrans(b"-_", b"+/")


def packed(changes: Mapping[str, Mapping[str, Any]]) -> str:
    """Return changes by table and name as a short text of letters, digits, `-` and `_`."""
    data = json.dumps(changes, separators=(",", ":"), sort_keys=True).encode()
    packer = zlib.compressobj(9, wbits=-15)
    deflated = packer.compress(data) + packer.flush()
    return _VERSION + binascii.b2a_base64(deflated, newline=False).translate(_TO_ADDRESS, b"=").decode()


def unpacked(text: str) -> dict[str, dict[str, Any]]:
    """Return the changes in a text made by `packed`.

    Raises:
        DocumentError: it is not one, or was cut short.
    """
    if len(text) > MOST_LETTERS or not text.startswith(_VERSION):
        raise DocumentError("the link holds no character of a fish")
    try:
        letters = text[1:].encode("ascii").translate(_FROM_ADDRESS)
        deflated = binascii.a2b_base64(letters + b"=" * (-len(letters) % 4), strict_mode=True)
        unpacker = zlib.decompressobj(wbits=-15)
        data = unpacker.decompress(deflated, MOST_BYTES)
        found = json.loads(data) if unpacker.eof else None
    except (UnicodeError, binascii.Error, zlib.error, ValueError, RecursionError) as error:
        raise DocumentError("the link is damaged: was it cut short?") from error
    if not isinstance(found, dict) or not all(isinstance(table, dict) for table in found.values()):
        raise DocumentError("the link holds no character of a fish")
    return found
