"""Joining scripts with esbuild: one file for each script that is loaded by its address, with what it imports.

A page that fetches twenty small modules is slow to begin, whatever their size. ``join.mjs`` calls esbuild;
what it knows of the result (which module takes how much of which file, which file loads which) comes back.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from builder.steps import BuildError, run

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

PROGRAM = Path(__file__).with_name("join.mjs")
TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True)
class Script:
    """A script as it is shipped."""

    text: str
    modules: Mapping[str, int]
    """Bytes of it that each module takes, by path in ``web/``."""
    loads: tuple[str, ...]
    """Names of the shipped scripts that it imports, at once or later, or starts as workers."""


def join(
    scripts: Mapping[str, str],
    entries: Collection[str],
    *,
    apart: Iterable[str] = (),
    form: Literal["esm", "iife"] = "esm",
) -> dict[str, Script]:
    """The scripts that are shipped, by file name: ``entries`` (paths), and what these load by address.

    A shipped script is a module of its own for every other. ``apart``: file names of modules that are written
    later and lie beside them; ``form``: "iife" for a script that must run where modules do not.

    Raises:
        BuildError: an import leads nowhere or in a circle, a script is no JavaScript, or two have one name.
    """
    job = {"scripts": dict(scripts), "entries": sorted(entries), "apart": sorted(apart), "format": form}
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "job.json"), Path(folder, "result.json")
        asked.write_text(json.dumps(job), encoding="utf-8")
        run(["node", PROGRAM, asked, answered], what="joining the scripts of web/", timeout_s=TIMEOUT_S)
        found = json.loads(answered.read_text(encoding="utf-8"))
    _require_no_circle(found["imports"])
    return {
        name: Script(script["text"], script["modules"], tuple(script["loads"]))
        for name, script in sorted(found["scripts"].items())
    }


def reached(shipped: Mapping[str, Script], first: Iterable[str]) -> set[str]:
    """The names of those scripts that a page which loads ``first`` may load, written ones among them."""
    found: set[str] = set()
    left = [name for name in first if name in shipped]
    while left:
        name = left.pop()
        found.add(name)
        if name in shipped:
            left += [other for other in shipped[name].loads if other not in found]
    return found


def _require_no_circle(imports: Mapping[str, list[str]]) -> None:
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        raise BuildError(f"a circle of imports in web/: {' → '.join(reversed(error.args[1]))}") from error
