"""The verified cache of build results."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from builder.cache import Cache

if TYPE_CHECKING:
    from pathlib import Path


class Maker:
    """Writes one file and counts how often it was asked to."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self, out: Path) -> None:
        self.runs += 1
        (out / "made").write_text("made")


def test_a_result_is_made_once(tmp_path: Path) -> None:
    make = Maker()
    first = Cache(tmp_path).get("kind", "key", make)
    second = Cache(tmp_path).get("kind", "key", make)
    assert (first.from_cache, second.from_cache) == (False, True)
    assert make.runs == 1
    assert (second.path / "made").read_text() == "made"


def test_another_key_is_another_result(tmp_path: Path) -> None:
    make = Maker()
    Cache(tmp_path).get("kind", "a", make)
    assert not Cache(tmp_path).get("kind", "b", make).from_cache


@pytest.mark.parametrize("damage", ["change", "delete", "add", "receipt", "no receipt"])
def test_a_damaged_result_is_made_again(tmp_path: Path, damage: str) -> None:
    make = Maker()
    path = Cache(tmp_path).get("kind", "key", make).path
    receipt = path.parent / "receipt.json"
    match damage:
        case "change":
            (path / "made").write_text("mad")
        case "delete":
            (path / "made").unlink()
        case "add":
            (path / "more").write_text("")
        case "receipt":
            receipt.write_text("{")
        case _:
            receipt.unlink()
    again = Cache(tmp_path).get("kind", "key", make)
    assert not again.from_cache
    assert sorted(file.name for file in again.path.iterdir()) == ["made"]
    assert (again.path / "made").read_text() == "made"


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail(out: Path) -> None:
        (out / "half").write_text("half")
        raise ValueError

    with pytest.raises(ValueError):
        Cache(tmp_path).get("kind", "key", fail)
    assert not list((tmp_path / "kind").iterdir())


def test_only_what_was_not_used_for_long_is_pruned(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for key in ("old", "new"):
        cache.get("kind", key, Maker())
    long_ago_s = time.time() - 40 * 86400
    for key in ("old", "new"):
        os.utime(tmp_path / "kind" / key, (long_ago_s, long_ago_s))
    assert cache.get("kind", "new", Maker()).from_cache
    assert cache.prune("kind") == 1
    assert [path.name for path in (tmp_path / "kind").iterdir()] == ["new"]
