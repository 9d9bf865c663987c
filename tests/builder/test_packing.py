"""Archives, and what is packed for the worker: it comes back through the worker's own decoder."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from builder.cache import sha256
from builder.packing import decoder, pack, read_tree, record_line, unpacked_bytes, zip_bytes
from builder.steps import BuildError, run
from builder.workspace import NODE_MODULES

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


def test_a_record_line_has_the_hash_installers_expect() -> None:
    # The SHA-256 of nothing, in the URL-safe alphabet and without padding, as PEP 427 wants it.
    assert record_line("a.py", b"") == "a.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0"


UNPACK = Path(__file__).with_name("unpack.mjs")
RNG = np.random.default_rng(7)
LARGE = np.repeat(RNG.integers(0, 256, 1_000, dtype=np.uint8), 30_000).tobytes()  # more memory than there is


def unpacked(folder: Path, *packed: bytes) -> list[str]:
    paths = [folder / f"{number}.zst" for number in range(len(packed))]
    for path, data in zip(paths, packed, strict=True):
        path.write_bytes(data)
    (folder / "unpack.wasm").write_bytes(decoder(NODE_MODULES))
    said = run(["node", UNPACK, folder / "unpack.wasm", *paths], what="unpacking")
    return list(json.loads(said.splitlines()[-1]))


def test_it_comes_back_whatever_its_length(tmp_path: Path) -> None:
    plain = [b"f", b"fish" * 1000, LARGE, RNG.bytes(100_000), b"and again"]
    packed = [pack(data) for data in plain]
    assert unpacked(tmp_path, *packed) == [sha256(data) for data in plain]
    assert [unpacked_bytes(data) for data in packed] == [len(data) for data in plain]


def test_damage_is_noticed_and_the_next_file_comes_all_the_same(tmp_path: Path) -> None:
    packed = pack(LARGE[:200_000])
    wrong = [packed[:-9], packed[: len(packed) // 2], b"", b"<!doctype html>", packed[::-1], LARGE[:1000]]
    said = unpacked(tmp_path, *wrong, packed)
    assert said == ["it cannot be unpacked"] * len(wrong) + [sha256(LARGE[:200_000])]


def test_a_package_without_a_decoder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"zstddec\.mjs: No such file"):
        decoder(tmp_path)
    path = tmp_path / "zstddec" / "dist" / "zstddec.mjs"
    path.parent.mkdir(parents=True)
    path.write_text("export const decode = () => {};")
    with pytest.raises(BuildError, match=r"zstddec\.mjs: no WebAssembly"):
        decoder(tmp_path)
