"""Whether a restored interpreter does what a started one does, before it is shipped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from builder.steps import BuildError, run

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent
WORKOUT = HERE.parent / "numpy_wasm" / "workout.py"
TIMEOUT_S = 180.0


def check(work: Path, snapshot: Path, image: str, decoder: str, wheels: Sequence[str]) -> None:
    """Compare both in Node: memory byte for byte, NumPy's workout, four seconds of a fish's life.

    ``work`` holds Pyodide, the wheels and what was recorded, ``snapshot`` what will be shipped, the memory
    ``image`` and the ``decoder`` among it.

    Raises:
        BuildError: the restored one fails, or does anything else than the started one.
    """
    job = {
        "pyodide_dir": str(work),
        "wheels": [str(work / name) for name in wheels],
        "snapshot": str(snapshot),
        "image": image,
        "decoder": decoder,
        "recorded": str(work),
        "workout": WORKOUT.read_text(encoding="utf-8"),
        "witness": (HERE / "witness.py").read_text(encoding="utf-8"),
    }
    path = work / "check.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    said = run(["node", HERE / "check.mjs", path], what="checking the snapshot", timeout_s=TIMEOUT_S)
    report = json.loads(said.splitlines()[-1])
    if report["started"] != report["restored"]:
        raise BuildError(f"a restored interpreter is not like a started one:\n{json.dumps(report, indent=1)}")
