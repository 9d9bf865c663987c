"""The files of a built site, as its ``manifest.json`` lists them: what may be served, and how."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from candlefish.service.policy import content_security_policy, style_hashes

if TYPE_CHECKING:
    from collections.abc import Mapping

MANIFEST = "manifest.json"
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


class SiteError(Exception):
    """A directory is not a site that ``build.py`` made; the message says why."""


@dataclass(frozen=True)
class Asset:
    """One file of the site and the headers it is served with."""

    path: Path
    digest: str  # SHA-256 of the file's contents, hexadecimal
    media_type: str
    cache_control: str
    policy: str  # content security policy
    codings: tuple[str, ...] = field(default=())  # content codings that lie beside the file

    def file(self, coding: str) -> Path:
        """The file that holds this asset in a content coding."""
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
