"""Files of a built site, as its ``manifest.json`` lists them, and the headers they are served with.

Standard library only: deployment checks read it too.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from candlefish.service import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


STYLE_BLOCK = re.compile(r"<style(?:\s[^>]*)?>(.*?)</style\s*>", re.DOTALL | re.IGNORECASE)

ISOLATION = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
MANIFEST = "manifest.json"
INDEX = "index.html"
WITH_STYLES = {".html", ".svg"}
# PyScript makes functions out of text; no other page may.
SCRIPT_SOURCES = dict.fromkeys(("pyscript.html", "examples/pyscript.html"), ("'unsafe-eval'",))
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".toml": "application/toml",
    ".wasm": "application/wasm",
    ".whl": "application/zip",
    ".zip": "application/zip",
}
UNKNOWN_TYPE = "application/octet-stream"
IMMUTABLE_DIRECTORY = re.compile(r"[^/]+-[0-9a-f]{12}/")
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
SUFFIX_OF_CODING = MappingProxyType({"br": ".br", "gzip": ".gz"})


def style_hashes(page: str) -> list[str]:
    """The CSP sources (``'sha256-…'``) that allow exactly the inline style blocks of an HTML page."""
    digests = (hashlib.sha256(style.encode()).digest() for style in STYLE_BLOCK.findall(page))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def content_security_policy(
    style_sources: Iterable[str] = (),
    script_sources: Iterable[str] = (),
    connect_sources: Iterable[str] = (),
) -> str:
    """The content security policy of a page: its own origin, WebAssembly, and the given sources.

    ``style_sources``, ``script_sources`` and ``connect_sources`` are added to these directives.
    """
    scripts = " ".join(["'self'", "'wasm-unsafe-eval'", *script_sources])
    styles = " ".join(["'self'", *style_sources])
    directives = {
        "default-src": "'none'",
        "script-src": scripts,
        "style-src": styles,
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": " ".join(["'self'", *connect_sources]),
        "worker-src": "'self'",
        "frame-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


class SiteError(ServiceError):
    """A directory is not a built site; the message says why."""


@dataclass(frozen=True)
class Asset:
    """One file of the site, and the values of its headers."""

    path: Path
    digest: str  # SHA-256 of the file's contents, hexadecimal
    media_type: str
    cache_control: str
    policy: str  # content security policy
    codings: tuple[str, ...] = field(default=())  # content codings that lie beside the file

    def file(self, coding: str) -> Path:
        """The file of this asset in a content coding."""
        return self.path.with_name(self.path.name + SUFFIX_OF_CODING.get(coding, ""))

    def etag(self, coding: str) -> str:
        """The strong entity tag of this asset in a content coding."""
        return f'"{self.digest[:32]}{SUFFIX_OF_CODING.get(coding, "").replace(".", "-")}"'


def load_assets(dist: Path) -> dict[str, Asset]:
    """The assets of a built site by their path in it.

    Only what the manifest names is there, so that no request can lead outside of ``dist``.

    Raises:
        SiteError: there is no manifest, it cannot be read, or a file it names is missing.
    """
    manifest = dist / MANIFEST
    try:
        content = json.loads(manifest.read_text(encoding="utf-8"))
        return {name: _asset(dist, name, entry) for name, entry in content["files"].items()}
    except FileNotFoundError as error:
        raise SiteError(
            f"{error.filename} is missing: build the site with `python3 build.py build`"
        ) from error
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise SiteError(f"{manifest} cannot be used: {error!r}") from error


def _asset(dist: Path, name: str, entry: Mapping[str, Any]) -> Asset:
    path = dist / name
    suffix = PurePosixPath(name).suffix
    styles = style_hashes(path.read_text(encoding="utf-8")) if suffix in WITH_STYLES else []
    path.stat()
    return Asset(
        path=path,
        digest=entry["sha256"],
        media_type=MEDIA_TYPES.get(suffix, UNKNOWN_TYPE),
        cache_control=IMMUTABLE if IMMUTABLE_DIRECTORY.match(name) else REVALIDATE,
        policy=content_security_policy(styles, SCRIPT_SOURCES.get(name, ())),
        codings=tuple(coding for coding, form in (("br", "br"), ("gzip", "gz")) if entry[form] is not None),
    )


class AssetCatalog:
    """Catalogue of the assets of a directory, read again when its manifest has changed."""

    def __init__(self, dist: Path) -> None:
        self._dist = dist
        self._assets = load_assets(dist)
        self._version = self._manifest_version()

    def find(self, path: str) -> Asset:
        """The asset at a path of the site; "" and a path with a final slash are a directory's index page.

        Raises:
            KeyError: the site has no such file.
        """
        version = self._manifest_version()
        if version not in {self._version, None}:
            self._renew(version)
        return self._assets[f"{path}{INDEX}" if path == "" or path.endswith("/") else path]

    def is_directory(self, path: str) -> bool:
        """Whether a path without a final slash names a directory with an index page."""
        return f"{path}/{INDEX}" in self._assets

    def _renew(self, version: tuple[int, int] | None) -> None:
        """Load a new build; keep the old one if the new one is incomplete."""
        with suppress(SiteError):
            self._assets, self._version = load_assets(self._dist), version

    def _manifest_version(self) -> tuple[int, int] | None:
        """Modification time and inode of the manifest; None while it is being replaced."""
        try:
            status = (self._dist / MANIFEST).stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino
