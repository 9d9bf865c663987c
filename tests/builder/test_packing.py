"""What is packed for the worker: it comes back through the worker's own decoder, and damage is noticed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from builder.cache import sha256
from builder.packing import decoder, pack, unpacked_bytes
from builder.steps import BuildError, run
from builder.workspace import NODE_MODULES

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
