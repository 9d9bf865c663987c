"""Writing dist, and the precompressed forms in it."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import brotli
import pytest

from builder import output
from builder.cache import Cache, sha256
from builder.output import Compressed, compress_all
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
TEXT = b"export const glow = 1;\n" * 50


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
    folder = tmp_path / "dist"
    assert output.write(folder, {"old/gone.js": b"1", "kept.js": b"2"})
    assert output.write(folder, FILES)
    assert read_tree(folder) == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["dist"]


def test_a_dist_that_is_right_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "dist"
    output.write(folder, FILES)
    before = (folder / "index.html").stat().st_ino
    assert not output.write(folder, FILES)
    assert (folder / "index.html").stat().st_ino == before


def test_a_damaged_dist_is_written_again(tmp_path: Path) -> None:
    folder = tmp_path / "dist"
    output.write(folder, FILES)
    (folder / "py-0" / "f.whl").write_bytes(b"")
    assert output.write(folder, FILES)
    assert read_tree(folder) == FILES


def test_a_failure_leaves_the_old_dist_whole(tmp_path: Path) -> None:
    folder = tmp_path / "dist"
    output.write(folder, FILES)
    with pytest.raises(OSError, match="dist"):
        output.write(folder, {"a": b"1", "a/bad": b"2"})
    assert read_tree(folder) == FILES


def test_what_an_interrupted_build_left_is_cleared(tmp_path: Path) -> None:
    (tmp_path / "dist.tmp").mkdir()
    (tmp_path / "dist.tmp" / "stray.js").write_text("1")
    output.write(tmp_path / "dist", FILES)
    assert read_tree(tmp_path / "dist") == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["dist"]


def test_both_forms_give_the_file_back(tmp_path: Path) -> None:
    forms = compress_all({"a.js": TEXT}, Cache(tmp_path))["a.js"]
    assert forms.br is not None
    assert forms.gz is not None
    assert brotli.decompress(forms.br) == gzip.decompress(forms.gz) == TEXT
    assert len(forms.br) < len(forms.gz) < len(TEXT)


def test_a_form_that_is_not_smaller_is_left_out(tmp_path: Path) -> None:
    forms = compress_all({"a.js": b"1"}, Cache(tmp_path))["a.js"]
    assert (forms.br, forms.gz) == (None, None)


def test_only_types_that_compress_are_compressed(tmp_path: Path) -> None:
    assert list(compress_all({"a.png": TEXT, "a.js": TEXT}, Cache(tmp_path))) == ["a.js"]


def test_two_runs_give_the_same_bytes_without_each_others_help(tmp_path: Path) -> None:
    runs = [compress_all({"a.js": TEXT, "b.js": TEXT[::-1]}, Cache(tmp_path / name)) for name in "12"]
    assert runs[0] == runs[1]
