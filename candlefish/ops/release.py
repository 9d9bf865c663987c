"""Releases: the site, the service and their configuration, named by the digest of their contents.

    <id>/release.json    what it is made of, each file with its SHA-256
    <id>/site            the built site, its index page connected to the service
    <id>/code            the package the service runs from
    <id>/configuration   experiments.toml

The same contents always have the same name, so packing twice is harmless and a name cannot be reused.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from candlefish.ops import OpsError
from candlefish.service.assets import INDEX, MANIFEST
from candlefish.service.static_site import CONNECTED, FISH

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE: Final = "release.json"
SITE: Final = "site"
CODE: Final = "code"
CONFIGURATION: Final = "configuration"
EXPERIMENTS: Final = "experiments.toml"
PACKAGE: Final = Path(__file__).resolve().parent.parent
ID: Final = re.compile(r"[0-9a-f]{12}\Z")
FORMS: Final = {"br": ".br", "gz": ".gz"}
OLDEST_S: Final = 946_684_800
_LEFT_OUT: Final = ("__pycache__", "*.pyc")


@dataclass(frozen=True, slots=True)
class Sources:
    """What a release is made of: the built site, the service's package, and its experiments."""

    dist: Path
    package: Path = PACKAGE
    experiments: Path | None = None

    @property
    def experiments_file(self) -> Path:
        """The experiments: the file given, else the package's own."""
        return self.experiments or self.package / "experiments" / EXPERIMENTS


@dataclass(frozen=True, slots=True)
class Release:
    """A packed release in a directory."""

    id: str
    directory: Path
    content: Mapping[str, Any]

    @property
    def version(self) -> str:
        """The version the site was built as."""
        return str(self.content["version"])

    @property
    def site(self) -> Path:
        """The directory of the site."""
        return self.directory / SITE

    @property
    def pages(self) -> list[str]:
        """The names of the site's pages."""
        return [name for name in self.content["files"]["site"] if name.endswith(".html")]

    def changed_files(self) -> list[str]:
        """Files that differ from when the release was packed."""
        files = self.content["files"]
        return [
            f"{part}/{name}"
            for part, names in files.items()
            for name, digest in names.items()
            if _digest_of(self.directory / part / name) != digest
        ]


def pack(sources: Sources, directory: Path) -> Release:
    """Pack a release into a directory, under its own name; one that is there already stays.

    Raises:
        OpsError: the site is not whole, or something cannot be read or written.
    """
    check_site(sources.dist)
    directory.mkdir(parents=True, exist_ok=True)
    draft = directory / f".draft-{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    try:
        _copy(sources, draft)
        content = _content(draft)
        name = identifier(content)
        (draft / FILE).write_text(json.dumps({"id": name, **content}, indent=1) + "\n", encoding="utf-8")
        place = directory / name
        if place.exists() and not read(place).changed_files():
            shutil.rmtree(draft)
        else:
            shutil.rmtree(place, ignore_errors=True)
            draft.rename(place)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise OpsError(f"the release cannot be packed: {error}") from error
    return read(place)


def read(directory: Path) -> Release:
    """A release that was packed. Raises `OpsError`."""
    try:
        content = json.loads((directory / FILE).read_text(encoding="utf-8"))
        return Release(content["id"], directory, content)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise OpsError(f"{directory} is not a release: {error}") from error


def identifier(content: Mapping[str, Any]) -> str:
    """The name of a release: the first 12 hexadecimal digits of the SHA-256 of its contents."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def check_site(dist: Path) -> None:
    """Check a built site against its manifest. Raises `OpsError` naming files missing or changed."""
    try:
        files = json.loads((dist / MANIFEST).read_text(encoding="utf-8"))["files"]
        wrong = [name for name, entry in files.items() if not _whole(dist / name, entry)]
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise OpsError(f"{dist} is not a built site: {error!r}; run `python3 build.py build`") from error
    if wrong:
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise OpsError(f"{dist} is not whole: {', '.join(sorted(wrong)[:3])}{more} missing or changed")


def _whole(path: Path, entry: Mapping[str, Any]) -> bool:
    forms = (path.with_name(path.name + suffix) for form, suffix in FORMS.items() if entry[form] is not None)
    return _digest_of(path) == entry["sha256"] and all(form.is_file() for form in forms)


def _copy(sources: Sources, draft: Path) -> None:
    shutil.copytree(sources.dist, draft / SITE)
    left_out = shutil.ignore_patterns(*_LEFT_OUT)
    shutil.copytree(sources.package, draft / CODE / "candlefish", ignore=left_out)
    (draft / CONFIGURATION).mkdir()
    shutil.copyfile(sources.experiments_file, draft / CONFIGURATION / EXPERIMENTS)
    _connect(draft / SITE)
    _stamp(draft / SITE)


def _connect(site: Path) -> None:
    """Give the index page's fish its `analytics` attribute, as `candlefish service --dist` does."""
    index, manifest = site / INDEX, site / MANIFEST
    page = index.read_bytes().replace(FISH, CONNECTED)
    index.write_bytes(page)
    content = json.loads(manifest.read_text(encoding="utf-8"))
    packed = gzip.compress(page, 9, mtime=0)
    index.with_name(f"{INDEX}.gz").write_bytes(packed)
    index.with_name(f"{INDEX}.br").unlink(missing_ok=True)
    digest = hashlib.sha256(page).hexdigest()
    content["files"][INDEX] = {"bytes": len(page), "br": None, "gz": len(packed), "sha256": digest}
    manifest.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _stamp(site: Path) -> None:
    """Give every file a time made of its contents: nginx makes entity tags of time and length.

    So a tag changes with the contents, and is the same on both colours and on every machine.
    """
    for path in _files(site):
        time_s = OLDEST_S + int(_digest_of(path)[:7], 16)
        os.utime(path, (time_s, time_s))


def _content(draft: Path) -> dict[str, Any]:
    version = json.loads((draft / SITE / MANIFEST).read_text(encoding="utf-8"))["version"]
    files = {
        part: {path.relative_to(draft / part).as_posix(): _digest_of(path) for path in _files(draft / part)}
        for part in (SITE, CODE, CONFIGURATION)
    }
    return {"version": version, "files": files}


def _files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*") if path.is_file())


def _digest_of(path: Path) -> str:
    """The SHA-256 of a file; empty for one that is not there."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
