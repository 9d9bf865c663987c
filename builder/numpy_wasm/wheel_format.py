"""What makes a set of files a wheel: its ``.dist-info`` directory."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def with_record(
    name: str, version: str, tag: str, files: Mapping[str, bytes], metadata: Mapping[str, bytes]
) -> dict[str, bytes]:
    """The files of a wheel for one platform, with ``metadata``, WHEEL and RECORD in its ``.dist-info``.

    ``files`` are by path below site-packages, ``metadata`` by name in the ``.dist-info`` directory.
    """
    info = f"{name}-{version}.dist-info"
    described = f"Wheel-Version: 1.0\nGenerator: candlefish\nRoot-Is-Purelib: false\nTag: {tag}\n"
    inside = {**metadata, "WHEEL": described.encode()}
    everything = {**files, **{f"{info}/{key}": data for key, data in inside.items()}}
    record = [record_line(path, data) for path, data in sorted(everything.items())]
    return everything | {f"{info}/RECORD": "\n".join([*record, f"{info}/RECORD,,", ""]).encode()}


def record_line(path: str, data: bytes) -> str:
    """One line of RECORD: path, hash and size of a file."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(data)}"
