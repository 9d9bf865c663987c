"""The snapshot: its packing, the little that is read of WebAssembly, and what is imported inside it."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.snapshot import image
from builder.snapshot.recording import data_files, module_names
from builder.steps import BuildError

HEADER = b"\0asm\1\0\0\0"
words = st.lists(st.sampled_from([0, 0, 0, 1, 0xFFFFFFFF]), min_size=64, max_size=300)


def section(kind: int, contents: bytes) -> bytes:
    return bytes([kind, len(contents)]) + contents


def wheel(*names: str) -> tuple[str, bytes]:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, name)
    return "some.whl", buffer.getvalue()


@given(words, words, st.integers(0, 64))
def test_what_is_packed_comes_back(memory: list[int], fresh: list[int], cut: int) -> None:
    before, after = (np.array(one, "<u4").tobytes() for one in (fresh, memory))
    packed = image.pack(after, before, cut * image.WORD)
    assert image.unpack(packed, before, cut * image.WORD, len(after)) == after


def test_what_a_fresh_instance_has_costs_nothing() -> None:
    static, heap = np.arange(1000, dtype="<u4"), np.zeros(100_000, "<u4")
    memory = np.concatenate([static, heap])
    memory[500] = memory[50_000] = 7
    packed = image.pack(memory.tobytes(), static.tobytes(), static.nbytes)
    assert len(packed) == 4 + 2 * 8 + 2 * 4


def test_a_side_module_loses_its_data_and_keeps_its_code() -> None:
    code, names = section(10, b"\0"), section(0, b"\4name")
    module = HEADER + names + section(12, b"\1") + code + section(11, b"data")
    assert image.without_data(module) == HEADER + code


def test_where_static_data_ends() -> None:
    segment = b"\x01\x00\x23\x00\x0b" + b"\xac\x02" + bytes(300)
    module = HEADER + b"\x0b" + bytes([len(segment) & 0x7F | 0x80, len(segment) >> 7]) + segment
    assert image.data_end(module) == 1024 + 300


@pytest.mark.parametrize(
    ("module", "problem"),
    [
        (b"<!doctype html>", "not a WebAssembly module"),
        (HEADER + b"\x0a\x7f\0", "cut short"),
        (HEADER + section(10, b"\0"), "no data section"),
        (HEADER + section(11, b"\x02\x00\x41\x00\x0b\x00"), "not one segment"),
    ],
)
def test_what_is_not_such_a_module_is_refused(module: bytes, problem: str) -> None:
    with pytest.raises(BuildError, match=problem):
        image.data_end(module)


def test_every_module_of_the_wheels_is_imported() -> None:
    wheels = [
        wheel("fish/__init__.pyc", "fish/sim/__init__.pyc", "fish/sim/mood.pyc", "fish-1.dist-info/RECORD")
    ]
    assert module_names(wheels) == ["fish", "fish.sim", "fish.sim.mood"]


def test_data_files_go_along_because_memory_holds_no_files() -> None:
    path = "/lib/python3.13/site-packages/fish/moods.toml"
    assert data_files([wheel("fish/__init__.pyc", "fish/moods.toml")]) == {path: "fish/moods.toml"}
