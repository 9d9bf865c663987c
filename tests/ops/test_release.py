"""Releases: named by their contents, and refused where a site is not whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from candlefish.ops import OpsError
from candlefish.ops.release import check_site, pack, read
from tests.ops.places import sources

if TYPE_CHECKING:
    from pathlib import Path


def test_a_release_is_named_by_its_contents(tmp_path: Path) -> None:
    first = pack(sources(tmp_path / "a", "one"), tmp_path / "shelf")
    again = pack(sources(tmp_path / "b", "one"), tmp_path / "shelf")
    other = pack(sources(tmp_path / "a", "two"), tmp_path / "shelf")
    assert first.id == again.id != other.id
    assert read(first.directory).changed_files() == []


def test_configuration_and_code_are_part_of_a_release(tmp_path: Path) -> None:
    what = sources(tmp_path, "one")
    first = pack(what, tmp_path / "shelf")
    experiments = tmp_path / "experiments.toml"
    experiments.write_text(
        what.experiments_file.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8"
    )
    assert pack(replace(what, experiments=experiments), tmp_path / "shelf").id != first.id
    (what.package / "more.py").touch()
    assert pack(what, tmp_path / "shelf").id != first.id


def test_equal_files_have_equal_times_and_changed_ones_others(tmp_path: Path) -> None:
    """nginx makes entity tags of a file's time and length."""
    one, two = (pack(sources(tmp_path, mark), tmp_path / "shelf").site for mark in ("one", "two"))
    assert (one / "candle-fish.js").stat().st_mtime == (two / "candle-fish.js").stat().st_mtime
    assert (one / "index.html").stat().st_size == (two / "index.html").stat().st_size
    assert (one / "index.html").stat().st_mtime != (two / "index.html").stat().st_mtime


@pytest.mark.parametrize("damage", ["remove", "change", "compressed"])
def test_a_site_that_is_not_whole_is_no_release(tmp_path: Path, damage: str) -> None:
    dist = sources(tmp_path, "one").dist
    file = dist / "app-0123456789ab" / "candle-fish.js"
    if damage == "change":
        file.write_text("changed", encoding="utf-8")
    else:
        (file if damage == "remove" else file.with_name(file.name + ".br")).unlink()
    with pytest.raises(OpsError, match=r"app-0123456789ab/candle-fish\.js missing or changed"):
        check_site(dist)
