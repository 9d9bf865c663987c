"""``build.py test``: lint, types and every test, against a fresh ``dist`` and a real browser."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from builder import node, prerequisites
from builder.pipeline import USED_PACKAGES, build
from builder.steps import step
from builder.workspace import NODE_MODULES, ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

CHROMIUM_VARIABLE = "CANDLEFISH_CHROMIUM"
MOST_WORKERS = 4
IN_WORKERS = ("--dist", "loadscope", "--no-loadscope-reorder", "--durations", "20", "--durations-min", "1")
QUICK_PARTS = ("sim", "draw", "events", "experiments", "studio")
QUICK = ("-m", "not slow and not browser", *(f"tests/{part}" for part in QUICK_PARTS))

Check = tuple[str, list[str]]
"""The name and the command of a check."""


class Outcome(NamedTuple):
    """How one check ended."""

    name: str
    passed: bool
    took_s: float


def test(pytest_arguments: Sequence[str], *, long: bool = False) -> int:
    """Run every check to its end, then say how each went. Returns 0 if all passed, else 1."""
    with step("browser") as current:
        browser, origin = prerequisites.find_chromium()
        current.note = f"{browser} ({origin})"
    with step("system packages") as current:
        current.note = prerequisites.find_packages()
    build()
    environment = os.environ | {CHROMIUM_VARIABLE: str(browser)}
    everything = [*(["--long"] if long else []), *pytest_arguments]
    return _run([*static_checks(), ("tests", tests(everything))], environment)


def quick(pytest_arguments: Sequence[str]) -> int:
    """Run what takes less than a minute between two edits. Returns 0 if all passed, else 1."""
    with step("npm packages"):
        node.install_packages(ROOT, USED_PACKAGES)
    return _run([*static_checks(), ("tests", tests([*QUICK, *pytest_arguments]))], dict(os.environ))


def static_checks() -> list[Check]:
    """Lint, format and types of Python; lint, format and units of JavaScript (its types: tests/package)."""
    module = [sys.executable, "-m"]
    units = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "tests/javascript").glob("*.test.mjs"))]
    return [
        ("lint", [*module, "ruff", "check", "."]),
        ("format", [*module, "ruff", "format", "--check", "."]),
        ("types", [*module, "mypy"]),
        ("JavaScript lint and format", [str(NODE_MODULES / ".bin/biome"), "ci"]),
        ("JavaScript units", ["node", "--test", *units]),
    ]


def tests(pytest_arguments: Sequence[str]) -> list[str]:
    """The command that runs tests: a file at a time in each of a few processes."""
    workers = min(MOST_WORKERS, max(2, os.cpu_count() or 1))
    return [sys.executable, "-m", "pytest", "-n", str(workers), *IN_WORKERS, *pytest_arguments]


def _run(checks: Sequence[Check], environment: dict[str, str]) -> int:
    outcomes = [run_check(name, command, environment) for name, command in checks]
    print("\n" + summary(outcomes), flush=True)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def run_check(name: str, command: Sequence[str], environment: dict[str, str]) -> Outcome:
    """Run one check, its output going straight to ours."""
    print(f"\n-- {name}: {' '.join(command)}", flush=True)
    start_s = time.monotonic()
    status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    return Outcome(name, status == 0, time.monotonic() - start_s)


def summary(outcomes: Sequence[Outcome]) -> str:
    """One line a check."""
    return "\n".join(
        f"  {outcome.took_s:6.1f} s  {outcome.name}: {'passed' if outcome.passed else 'FAILED'}"
        for outcome in outcomes
    )
