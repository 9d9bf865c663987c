"""`candlefish deploy`, `rollback` and `verify`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from candlefish.ops.errors import Broken, OpsError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from candlefish.ops.deploy import Shell
    from candlefish.ops.engine import Engine

DONE, TAKEN_BACK, COULD_NOT = 0, 1, 3
FAR_TOO_MANY: Final = 1e15


def add_parsers(commands: Any) -> None:
    """Add the commands to argparse's subparsers; each sets `run`: the exit status."""
    deploying = _with_environment(
        commands.add_parser("deploy", help="bring a release to all visitors, blue-green")
    )
    deploying.add_argument("--dist", type=Path, default=Path("dist"), help="the built site (default: ./dist)")
    deploying.add_argument(
        "--package", type=Path, metavar="DIR", help="the service's package (default: this one)"
    )
    deploying.add_argument("--experiments", type=Path, help="a TOML file (default: the package's own)")
    deploying.add_argument("--dry-run", action="store_true", help="print the plan and change nothing")
    deploying.add_argument("--force", action="store_true", help="take over a lock that was left behind")
    deploying.set_defaults(run=lambda options: _tried(_deploy, options))
    rolling = _with_environment(
        commands.add_parser("rollback", help="go back to a release that was live before")
    )
    rolling.add_argument("--to", metavar="RELEASE", help="the release (default: the one before the live one)")
    rolling.add_argument("--force", action="store_true", help="do not ask; take over a lock left behind")
    rolling.add_argument("--without-browser", action="store_true", help="verify over HTTP alone")
    rolling.set_defaults(run=lambda options: _tried(_rollback, options))
    verifying = _with_environment(commands.add_parser("verify", help="measure a deployment from outside"))
    verifying.add_argument("--address", help="any site, instead of an environment")
    verifying.add_argument("--without-browser", action="store_true", help="leave out what needs a browser")
    verifying.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON")
    verifying.add_argument("--junit", type=Path, metavar="FILE", help="write the report as JUnit XML")
    verifying.set_defaults(run=lambda options: _tried(_verify, options))
    telling = _with_environment(
        commands.add_parser("history", help="what was deployed and rolled back, when")
    )
    telling.set_defaults(run=lambda options: _tried(_history, options))
    costing = commands.add_parser("cost", help="what a month costs on AWS, and what breaks first")
    costing.add_argument("--sessions", type=float, default=1e6, help="visits a month (default: 1000000)")
    costing.add_argument("--svg", type=Path, metavar="FILE", help="draw the bill")
    costing.set_defaults(run=lambda options: _tried(_cost, options))
    writing = commands.add_parser(
        "rules", help="print what is generated: the edge's rules, Grafana's dashboard"
    )
    writing.add_argument("what", choices=["edge", "grafana"])
    writing.set_defaults(run=lambda options: _tried(_rules, options))


def _with_environment(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--environment", default="local", help="its name (default: %(default)s)")
    parser.add_argument("--environments", type=Path, metavar="FILE", help="default: deploy/environments.toml")
    return parser


def _tried(command: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    try:
        return command(options)
    except Broken as error:
        print(f"error: {error}", file=sys.stderr)
        return TAKEN_BACK
    except OpsError as error:
        print(f"error: {error}", file=sys.stderr)
        return COULD_NOT


def _engine(options: argparse.Namespace) -> Engine:
    from candlefish.ops.engines import engine_of  # noqa: PLC0415 - other commands start without it
    from candlefish.ops.environments import load_environment  # noqa: PLC0415

    return engine_of(load_environment(options.environment, options.environments))


def _deploy(options: argparse.Namespace) -> int:
    from candlefish.ops.deploy import deploy, plan  # noqa: PLC0415
    from candlefish.ops.release import PACKAGE, Sources, pack  # noqa: PLC0415

    engine = _engine(options)
    sources = Sources(options.dist, options.package or PACKAGE, options.experiments)
    if options.dry_run:
        with tempfile.TemporaryDirectory(prefix="candlefish-") as shelf:
            print("\n".join(plan(engine, pack(sources, Path(shelf)))))
        return DONE
    release = deploy(engine, sources, _shell(), force=options.force)
    print(f"Candlefish {release.version} ({release.id}) is at {engine.address()}/")
    return DONE


def _rollback(options: argparse.Namespace) -> int:
    from candlefish.ops.rollback import rollback, target  # noqa: PLC0415
    from candlefish.ops.verify import verify  # noqa: PLC0415

    engine = _engine(options)
    if not options.force and not _agreed(engine, target(engine.standing(), options.to or None)):
        return COULD_NOT
    rollback(engine, _shell(), wanted=options.to or None, force=options.force)
    report = verify(engine, browser=not options.without_browser)
    print(report.text())
    return report.status


def _agreed(engine: Engine, release: str) -> bool:
    if not sys.stdin.isatty():
        raise OpsError("a rollback must be confirmed: add --force where nobody can be asked")
    return input(f"{engine.environment.name}: go back to {release}? [y/N] ").strip().lower() == "y"


def _verify(options: argparse.Namespace) -> int:
    from candlefish.ops.environments import Limits  # noqa: PLC0415
    from candlefish.ops.report import Report  # noqa: PLC0415
    from candlefish.ops.verify import LOOK_S, look, verify  # noqa: PLC0415

    browser = not options.without_browser
    if options.address:
        checks = look(options.address, Limits(), browser_s=LOOK_S if browser else None, load=True)
        report = Report(options.address, options.address, tuple(checks))
    else:
        report = verify(_engine(options), browser=browser)
    for path, text in ((options.json, report.json), (options.junit, report.junit)):
        if path is not None:
            path.write_text(text(), encoding="utf-8")
    print(report.text())
    return report.status


def _history(options: argparse.Namespace) -> int:
    from candlefish.ops.history import text  # noqa: PLC0415

    engine = _engine(options)
    print(text(engine.standing(), engine.audited()))
    return DONE


def _cost(options: argparse.Namespace) -> int:
    from candlefish.ops import cost  # noqa: PLC0415

    if not 0 < options.sessions < FAR_TOO_MANY:
        raise OpsError(f"--sessions: expected more than 0 and less than {FAR_TOO_MANY:g}")
    visit, prices = cost.load()
    print(cost.text(options.sessions, visit, prices))
    if options.svg is not None:
        options.svg.write_text(cost.svg(options.sessions, visit, prices), encoding="utf-8")
    return DONE


def _rules(options: argparse.Namespace) -> int:
    if options.what == "edge":
        from candlefish.ops.edge import cloudfront_text  # noqa: PLC0415

        print(cloudfront_text(), end="")
        return DONE
    from candlefish.ops.grafana import dashboard  # noqa: PLC0415

    try:
        print(dashboard(), end="")
    except ModuleNotFoundError as error:
        raise OpsError(f"{error.name} is not installed: pip install 'candlefish[ops]'") from error
    return DONE


def _shell() -> Shell:
    from candlefish.ops.deploy import Shell  # noqa: PLC0415
    from candlefish.ops.notice import tell  # noqa: PLC0415

    return Shell(say=lambda line: print(line, flush=True), tell=tell)
