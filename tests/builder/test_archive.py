"""Reproducible zip archives."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from builder.archive import read_tree, zip_bytes

if TYPE_CHECKING:
    from pathlib import Path

FILES = {"b/c.txt": b"c" * 500, "a.txt": b"a"}


@pytest.mark.parametrize("deflate", [True, False])
def test_an_archive_holds_its_files_in_order(*, deflate: bool) -> None:
    with zipfile.ZipFile(io.BytesIO(zip_bytes(FILES, deflate=deflate))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["a.txt", "b/c.txt"]
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
        methods = {entry.compress_type for entry in archive.infolist()}
    assert methods == {zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED}


def test_the_same_files_are_the_same_bytes_in_any_order() -> None:
    assert zip_bytes(FILES) == zip_bytes(dict(reversed(FILES.items())))


def test_a_tree_is_read_by_posix_path(tmp_path: Path) -> None:
    for name, data in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert list(read_tree(tmp_path)) == ["a.txt", "b/c.txt"]
    assert read_tree(tmp_path) == FILES
