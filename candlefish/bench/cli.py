"""The command line of ``candlefish bench``; heavy imports wait until a command runs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence

COULD_NOT_RUN = 3
REPORTS = ("compare", "json", "html", "markdown", "history", "readme")
IGNORED = {
    "self_test": ("seconds", *REPORTS),
    "peers": ("budgets", "compare", "history"),
    "trace": ("budgets", *REPORTS),
}
"""What each mode does not use."""
EPILOGUE = """exit status: 0 within all budgets, 1 broken, 2 can't tell, 3 could not run.
The Chromium is CANDLEFISH_CHROMIUM, else one on the PATH, else Playwright's."""


def main(arguments: Sequence[str]) -> int:
    """Run ``candlefish bench`` with the arguments after its name. Returns the exit status."""
    options = parser().parse_args(arguments)
    try:
        return _run(options)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("candlefish"):
            raise
        return _fail(f"{error.name} is not installed: pip install 'candlefish[bench,service]'")
    except KeyboardInterrupt:
        return _fail("interrupted")


def parser() -> argparse.ArgumentParser:
    """The parser; a wrong argument ends with the status for a bench that could not run."""
    top = _Parser(
        prog="candlefish bench",
        description="Measure the fish in a real browser, and judge it.",
        epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = top.add_argument
    add("target", nargs="?", default="dist", help="a built site or its address (default: ./dist)")
    add(
        "--scenario",
        action="append",
        default=[],
        metavar="NAME",
        help="again for more; default, all, or see --list (of --self-test: a fault's name, or clean)",
    )
    add("--seconds", type=_positive, metavar="S", help="length of each window (default: the scenario's own)")
    add(
        "--rounds",
        type=_count,
        default=3,
        metavar="R",
        help="runs of each scenario, interleaved (default: 3)",
    )
    add("--budgets", type=Path, metavar="FILE", help="limits to judge by (default: our own)")
    add("--compare", type=Path, metavar="BASE.json", help="an earlier --json to compare with")
    add("--json", type=Path, metavar="FILE", help="write everything that was measured")
    add("--html", type=Path, metavar="FILE", help="write a report with pictures")
    add("--markdown", type=Path, metavar="FILE", help="write a summary")
    add(
        "--history",
        type=Path,
        metavar="FILE",
        help="add the medians to this file; the report then shows the trend",
    )
    add(
        "--readme",
        type=Path,
        action="append",
        metavar="FILE",
        help="again for more; write the tables of costs (or of peers) between their marks in this file",
    )
    add("--quiet", action="store_true", help="no progress")
    add("--list", action="store_true", help="list the scenarios")
    add("--self-test", action="store_true", help="plant faults and see whether each is found")
    add("--peers", action="store_true", help="the same particles in other libraries (installed from npm)")
    add(
        "--trace",
        type=Path,
        metavar="DIR",
        help="save a DevTools trace, a Python profile and its flame graph",
    )
    return top


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(COULD_NOT_RUN, f"error: {message}\n")


def _run(given: argparse.Namespace) -> int:
    from candlefish.bench import BenchError  # noqa: PLC0415

    try:
        return _chosen(given)
    except BenchError as error:
        return _fail(str(error))


def _chosen(given: argparse.Namespace) -> int:
    from candlefish.bench.benchmark import BenchOptions, run_bench  # noqa: PLC0415

    if given.list:
        return _list()
    _refuse_ignored(given)
    options = BenchOptions(
        target=given.target,
        scenarios=tuple(given.scenario),
        seconds=given.seconds,
        rounds=given.rounds,
        budgets=given.budgets,
        compare=given.compare,
        json=given.json,
        html=given.html,
        markdown=given.markdown,
        history=given.history,
        readme=tuple(given.readme or ()),
        quiet=given.quiet,
    )
    if given.self_test:
        from candlefish.bench.self_test import run_self_test  # noqa: PLC0415

        return run_self_test(options)
    if given.peers:
        from candlefish.bench.peers.comparison import run_peers  # noqa: PLC0415

        return run_peers(options)
    if given.trace:
        from candlefish.bench.trace import run_trace  # noqa: PLC0415

        return run_trace(options, given.trace)
    return run_bench(options)


def _refuse_ignored(given: argparse.Namespace) -> None:
    """Refuse options that the chosen mode ignores."""
    from candlefish.bench import BenchError  # noqa: PLC0415

    modes = [name for name in IGNORED if getattr(given, name)]
    if len(modes) > 1:
        raise BenchError("choose one of " + ", ".join("--" + name.replace("_", "-") for name in modes))
    for name in IGNORED[modes[0]] if modes else ():
        if getattr(given, name) is not None:
            raise BenchError(f"--{modes[0].replace('_', '-')} does not use --{name}")


def _list() -> int:
    from candlefish.bench.scenario import ScenarioKind, load_scenarios  # noqa: PLC0415

    for name, one in load_scenarios().items():
        length = f"{one.duration_s:g} s" if one.kind is ScenarioKind.FRAMES else "a load"
        print(f"{name:20} {one.title}, {length}{' (default)' if one.in_default else ''}")
    return 0


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if 1.0 <= value <= 3600.0:
        return value
    message = f"{text!r} is not a length from 1 to 3600 seconds"
    raise argparse.ArgumentTypeError(message)


def _count(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 100:
        return int(text)
    message = f"{text!r} is not a number of rounds from 1 to 100"
    raise argparse.ArgumentTypeError(message)


def _fail(message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return COULD_NOT_RUN
