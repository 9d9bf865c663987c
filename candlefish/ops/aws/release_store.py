"""Releases in the bucket: hashed directories once for all, everything else by release.

    hashed/<directory>/<file>{,.br,.gz}        never change, are shared by releases
    releases/<id>/site/<page>{,.br,.gz}        what leads to them
    releases/<id>/release.json                 what it is made of: the last to be written
    releases/<id>/code.zip                     the service's package and its configuration
    releases/<id>/service.zip                  the same with what it depends on, for Lambda
    audit/<time>-<id>.json                     what was done

Every file of the site lies there in each form; where there is no smaller one, the form is the file itself.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from candlefish.ops import OpsError, edge
from candlefish.ops.release import CODE, CONFIGURATION, EXPERIMENTS, FILE, FORMS, ID, SITE, Release, read
from candlefish.service.assets import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterator

CODINGS: Final = {".br": "br", ".gz": "gzip"}
THREADS: Final = 8
OWN_EXPERIMENTS: Final = f"candlefish/experiments/{EXPERIMENTS}"
DATE: Final = (2000, 1, 1, 0, 0, 0)
_HASHED: Final = re.compile(edge.HASHED)
_NONE: Final = frozenset({"404", "NoSuchKey", "NotFound"})


class S3ReleaseStore:
    """The releases in a bucket; `cache`: a local directory for those that were fetched."""

    def __init__(self, s3: Any, bucket: str, cache: Path) -> None:
        self._s3, self._bucket, self._cache = s3, bucket, cache

    def put(self, release: Release, dependencies: Path) -> None:
        """Upload what is not there; the release is kept once its last file is. Raises `OpsError`."""
        if self.has(f"releases/{release.id}/{FILE}"):
            return
        there = set(self.keys("hashed/"))
        wanted = [one for one in _objects(release) if one["Key"] not in there]
        with ThreadPoolExecutor(THREADS) as pool:
            for _ in pool.map(self._upload, wanted):
                pass
        self._put(f"releases/{release.id}/code.zip", _code(release))
        self._put(f"releases/{release.id}/service.zip", _service(release, dependencies))
        self._put(f"releases/{release.id}/{FILE}", (release.directory / FILE).read_bytes())

    def _upload(self, one: dict[str, Any]) -> None:
        self._s3.put_object(Bucket=self._bucket, **{**one, "Body": one["Body"].read_bytes()})

    def _put(self, key: str, body: bytes) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=body)

    def names(self) -> list[str]:
        """The kept releases."""
        releases = {key.split("/")[1] for key in self.keys("releases/") if key.endswith(f"/{FILE}")}
        return sorted(name for name in releases if ID.match(name))

    def fetch(self, name: str) -> Release:
        """A kept release, here. Raises `OpsError`."""
        place = self._cache / name
        if place.exists() and not read(place).changed_files():
            return read(place)
        shutil.rmtree(place, ignore_errors=True)
        draft = self._cache / f".draft-{name}"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        (draft / FILE).write_bytes(self.get(f"releases/{name}/{FILE}"))
        self._fetch_site(name, read(draft))
        with zipfile.ZipFile(io.BytesIO(self.get(f"releases/{name}/code.zip"))) as file:
            file.extractall(draft)
        draft.rename(place)
        return read(place)

    def _fetch_site(self, name: str, draft: Release) -> None:
        paths = list(draft.content["files"][SITE])
        with ThreadPoolExecutor(THREADS) as pool:
            bodies = pool.map(lambda path: self.get(_key(name, path)), paths)
            for path, body in zip(paths, bodies, strict=True):
                target = draft.site / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(body)

    def remove(self, name: str, kept: list[str]) -> None:
        """Remove a release, and the hashed directories that none of the `kept` has."""
        used = {_directory(path) for each in kept for path in self._files(each)}
        own = {_directory(path) for path in self._files(name)} - used
        self._delete(key for directory in own if directory for key in self.keys(f"hashed/{directory}/"))
        self._delete([f"releases/{name}/{FILE}"])  # from here on it is not kept
        self._delete(self.keys(f"releases/{name}/"))

    def _files(self, name: str) -> list[str]:
        content = json.loads(self.get(f"releases/{name}/{FILE}"))
        return list(content["files"][SITE])

    def _delete(self, keys: Iterator[str] | list[str]) -> None:
        for key in list(keys):
            self._s3.delete_object(Bucket=self._bucket, Key=key)

    def has(self, key: str) -> bool:
        """Whether an object exists."""
        try:
            self._s3.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _NONE:
                return False
            raise OpsError(f"s3://{self._bucket}/{key}: {error}") from error
        return True

    def get(self, key: str) -> bytes:
        """An object. Raises `OpsError`."""
        try:
            return bytes(self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read())
        except ClientError as error:
            raise OpsError(f"s3://{self._bucket}/{key}: {error}") from error

    def keys(self, prefix: str) -> Iterator[str]:
        """The names of all objects that begin so."""
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
            for one in page.get("Contents", []):
                yield one["Key"]

    def append_audit(self, key: str, entry: dict[str, Any]) -> None:
        """Write one entry of the audit log."""
        self._put(f"audit/{key}.json", json.dumps(entry).encode())

    def audit_log(self) -> list[dict[str, Any]]:
        """The audit log, oldest first."""
        return [json.loads(self.get(key)) for key in sorted(self.keys("audit/"))]


def _directory(path: str) -> str:
    """The hashed directory a file of the site lies in; empty for none."""
    return path.split("/", maxsplit=1)[0] if _HASHED.match(f"/{path}") else ""


def _key(release: str, path: str) -> str:
    return f"hashed/{path}" if _directory(path) else f"releases/{release}/site/{path}"


def _objects(release: Release) -> Iterator[dict[str, Any]]:
    """Every file of the site in each encoding, with its headers at the edge."""
    files = json.loads((release.site / MANIFEST).read_text(encoding="utf-8"))["files"]
    policies = edge.policies(release)
    for path in [*files, MANIFEST]:
        hashed = bool(_directory(path))
        metadata = {} if hashed else {"release": release.id}
        if policy := policies.get(f"/{path}"):
            metadata["policy"] = policy
        headers = {
            "ContentType": edge.TYPES.get(Path(path).suffix, "application/octet-stream"),
            "CacheControl": edge.IMMUTABLE if hashed else edge.REVALIDATE,
            "Metadata": metadata,
        }
        plain = release.site / path
        yield {"Key": _key(release.id, path), "Body": plain, **headers}
        for form in FORMS.values():
            packed = plain.with_name(plain.name + form)
            coding = {"ContentEncoding": CODINGS[form]} if packed.is_file() else {}
            body = packed if packed.is_file() else plain
            yield {"Key": _key(release.id, path) + form, "Body": body, **coding, **headers}


def _code(release: Release) -> bytes:
    """The service's package and its configuration, as they lie in a release."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for part in (CODE, CONFIGURATION):
            for name in release.content["files"][part]:
                _write(file, f"{part}/{name}", (release.directory / part / name).read_bytes())
    return out.getvalue()


def _service(release: Release, dependencies: Path) -> bytes:
    """The zip file that Lambda runs: dependencies, the service's package, and the release's experiments."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        _copy_dependencies(dependencies, file)
        for name in release.content["files"][CODE]:
            chosen = release.directory / CONFIGURATION / EXPERIMENTS
            path = chosen if name == OWN_EXPERIMENTS else release.directory / CODE / name
            _write(file, name, path.read_bytes())
    return out.getvalue()


def _copy_dependencies(dependencies: Path, into: zipfile.ZipFile) -> None:
    try:
        with zipfile.ZipFile(dependencies) as file:
            for name in file.namelist():
                if not name.startswith("candlefish/"):
                    _write(into, name, file.read(name))
    except (OSError, zipfile.BadZipFile) as error:
        hint = "`python3 build.py lambda` writes one"
        raise OpsError(f"{dependencies}: not the service's artefact ({error}); {hint}") from error


def _write(file: zipfile.ZipFile, name: str, body: bytes) -> None:
    entry = zipfile.ZipInfo(name, DATE)
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    file.writestr(entry, body)
