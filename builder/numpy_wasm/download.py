"""Fetching one file over HTTP, with a short wait for a host that does not answer."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from builder.cache import sha256

if TYPE_CHECKING:
    from collections.abc import Callable

    Fetch = Callable[[str, float], bytes]

TIMEOUT_S = 5.0


class DownloadError(Exception):
    """A file could not be had, or was not the one that was expected."""


def fetch(url: str, timeout_s: float = TIMEOUT_S) -> bytes:
    """The contents at a URL; each wait for the network ends after ``timeout_s``.

    Raises:
        DownloadError: no answer, or an answer other than the file.
    """
    try:
        with urllib.request.urlopen(url, timeout=timeout_s) as response:
            return bytes(response.read())
    except urllib.error.HTTPError as error:
        raise DownloadError(f"HTTP {error.code}") from error
    except (OSError, http.client.HTTPException) as error:
        raise DownloadError(str(getattr(error, "reason", error))) from error


def verified(data: bytes, expected_sha256: str) -> bytes:
    """The same ``data``, once its SHA-256 is known to be the expected one.

    Raises:
        DownloadError: it is another; the message gives both.
    """
    actual = sha256(data)
    if actual != expected_sha256:
        raise DownloadError(f"its SHA-256 is {actual}, expected {expected_sha256}: refused")
    return data
