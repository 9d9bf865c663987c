"""Writing dist, and the table of sizes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from builder import output, sizes
from builder.cache import sha256
from builder.compress import Compressed
from builder.packing import read_tree

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "index.html": b"page" * 100,
    "app-0/a.js": b"1",
    "pyodide-1-0/p.wasm": b"w" * 1000,
    "py-0/f.whl": b"f" * 2000,
}
FORMS = {"index.html": Compressed(b"br", b"gzip"), "app-0/a.js": Compressed(None, None)}


def test_compressed_forms_lie_beside_their_files() -> None:
    everything = output.with_compressed(FILES, FORMS)
    assert everything["index.html.br"] == b"br"
    assert everything["index.html.gz"] == b"gzip"
    assert everything.keys() - FILES.keys() == {"index.html.br", "index.html.gz"}


def test_the_manifest_says_what_is_there() -> None:
    manifest = json.loads(output.manifest_bytes(output.manifest(FILES, FORMS, "1.2.3")))
    assert manifest["version"] == "1.2.3"
    assert manifest["files"].keys() == FILES.keys()
    assert manifest["files"]["index.html"] == {
        "bytes": 400,
        "sha256": sha256(FILES["index.html"]),
        "br": 2,
        "gz": 4,
    }
    assert manifest["files"]["app-0/a.js"]["br"] is None


def test_dist_holds_exactly_what_it_should(tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    assert output.write(dist, {"old/gone.js": b"1", "kept.js": b"2"})
    assert output.write(dist, FILES)
    assert read_tree(dist) == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["dist"]


def test_a_dist_that_is_right_is_left_alone(tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    output.write(dist, FILES)
    before = (dist / "index.html").stat().st_ino
    assert not output.write(dist, FILES)
    assert (dist / "index.html").stat().st_ino == before


def test_a_damaged_dist_is_written_again(tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    output.write(dist, FILES)
    (dist / "py-0" / "f.whl").write_bytes(b"")
    assert output.write(dist, FILES)
    assert read_tree(dist) == FILES


def test_a_failure_leaves_the_old_dist_whole(tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    output.write(dist, FILES)
    with pytest.raises(OSError, match="dist"):
        output.write(dist, {"a": b"1", "a/bad": b"2"})
    assert read_tree(dist) == FILES


def test_what_an_interrupted_build_left_is_cleared(tmp_path: Path) -> None:
    (tmp_path / "dist.tmp").mkdir()
    (tmp_path / "dist.tmp" / "stray.js").write_text("1")
    output.write(tmp_path / "dist", FILES)
    assert read_tree(tmp_path / "dist") == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["dist"]


def test_the_table_adds_up() -> None:
    lines = sizes.table(output.manifest(FILES, FORMS, "1")).splitlines()
    rows = {line[:20].strip(): line[20:].split() for line in lines[1:]}
    assert rows["pages and scripts"] == ["2", "0.4", "0.0"]
    assert rows["Pyodide"] == ["1", "1.0", "1.0"]
    assert rows["Python wheels"] == ["1", "2.0", "2.0"]
    assert rows["PyScript"] == ["0", "0.0", "0.0"]
    assert rows["all"] == ["4", "3.4", "3.0"]
