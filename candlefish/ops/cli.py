"""`candlefish deploy`, `rollback`, `verify`, `history`, `cost` and `rules`."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from candlefish.ops import BrokenReleaseError, OpsError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from candlefish.ops.deploy import DeploymentHooks
    from candlefish.ops.deployment import DeploymentEngine, DeploymentState
    from candlefish.ops.environments import Environment

DONE, TAKEN_BACK, COULD_NOT = 0, 1, 3
FAR_TOO_MANY: Final = 1e15


def add_parsers(commands: Any) -> None:
    """Add the commands to argparse's subparsers; each sets `run`: the exit status."""
    deploy_parser = _with_environment(
        commands.add_parser("deploy", help="bring a release to all visitors, blue-green")
    )
    deploy_parser.add_argument(
        "--dist", type=Path, default=Path("dist"), help="the built site (default: ./dist)"
    )
    deploy_parser.add_argument(
        "--package", type=Path, metavar="DIR", help="the service's package (default: this one)"
    )
    deploy_parser.add_argument("--experiments", type=Path, help="a TOML file (default: the package's own)")
    deploy_parser.add_argument("--dry-run", action="store_true", help="print the plan and change nothing")
    deploy_parser.add_argument("--force", action="store_true", help="take over a lock that was left behind")
    deploy_parser.set_defaults(run=lambda options: _run(_deploy, options))
    rollback_parser = _with_environment(
        commands.add_parser("rollback", help="go back to a release that was live before")
    )
    rollback_parser.add_argument(
        "--to", metavar="RELEASE", help="the release (default: the one before the live one)"
    )
    rollback_parser.add_argument(
        "--force", action="store_true", help="do not ask; take over a lock left behind"
    )
    rollback_parser.add_argument("--without-browser", action="store_true", help="verify over HTTP alone")
    rollback_parser.set_defaults(run=lambda options: _run(_rollback, options))
    verify_parser = _with_environment(commands.add_parser("verify", help="measure a deployment from outside"))
    verify_parser.add_argument("--address", help="any site, instead of an environment")
    verify_parser.add_argument(
        "--without-browser", action="store_true", help="leave out what needs a browser"
    )
    verify_parser.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON")
    verify_parser.add_argument("--junit", type=Path, metavar="FILE", help="write the report as JUnit XML")
    verify_parser.set_defaults(run=lambda options: _run(_verify, options))
    history_parser = _with_environment(
        commands.add_parser("history", help="what was deployed and rolled back, when")
    )
    history_parser.set_defaults(run=lambda options: _run(_history, options))
    cost_parser = commands.add_parser("cost", help="what a month costs on AWS, and what breaks first")
    cost_parser.add_argument("--sessions", type=float, default=1e6, help="visits a month (default: 1000000)")
    cost_parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the bill")
    cost_parser.set_defaults(run=lambda options: _run(_cost, options))
    rules_parser = commands.add_parser(
        "rules", help="print what is generated: the edge's rules, Grafana's dashboard"
    )
    rules_parser.add_argument("what", choices=["edge", "grafana"])
    rules_parser.set_defaults(run=lambda options: _run(_rules, options))


def _with_environment(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--environment", default="local", help="its name (default: %(default)s)")
    parser.add_argument("--environments", type=Path, metavar="FILE", help="default: deploy/environments.toml")
    return parser


def _run(command: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    try:
        return command(options)
    except BrokenReleaseError as error:
        print(f"error: {error}", file=sys.stderr)
        return TAKEN_BACK
    except OpsError as error:
        print(f"error: {error}", file=sys.stderr)
        return COULD_NOT


def _engine(options: argparse.Namespace) -> DeploymentEngine:
    from candlefish.ops.environments import load_environment  # noqa: PLC0415

    return engine_of(load_environment(options.environment, options.environments))


def _deploy(options: argparse.Namespace) -> int:
    from candlefish.ops.deploy import deploy, plan  # noqa: PLC0415
    from candlefish.ops.release import PACKAGE, Sources, pack  # noqa: PLC0415

    engine = _engine(options)
    sources = Sources(options.dist, options.package or PACKAGE, options.experiments)
    if options.dry_run:
        with tempfile.TemporaryDirectory(prefix="candlefish-") as directory:
            print("\n".join(plan(engine, pack(sources, Path(directory)))))
        return DONE
    release = deploy(engine, sources, _hooks(), force=options.force)
    print(f"Candlefish {release.version} ({release.id}) is at {engine.address()}/")
    return DONE


def _rollback(options: argparse.Namespace) -> int:
    from candlefish.ops.deploy import rollback, target  # noqa: PLC0415
    from candlefish.ops.verify import verify  # noqa: PLC0415

    engine = _engine(options)
    if not options.force and not _confirmed(engine, target(engine.state(), options.to or None)):
        return COULD_NOT
    rollback(engine, _hooks(), wanted=options.to or None, force=options.force)
    report = verify(engine, browser=not options.without_browser)
    print(report.text())
    return report.status


def _confirmed(engine: DeploymentEngine, release: str) -> bool:
    if not sys.stdin.isatty():
        raise OpsError("a rollback must be confirmed: add --force where nobody can be asked")
    return input(f"{engine.environment.name}: go back to {release}? [y/N] ").strip().lower() == "y"


def _verify(options: argparse.Namespace) -> int:
    from candlefish.ops.checks import CheckReport  # noqa: PLC0415
    from candlefish.ops.environments import Limits  # noqa: PLC0415
    from candlefish.ops.verify import LOOK_S, run_checks, verify  # noqa: PLC0415

    browser = not options.without_browser
    if options.address:
        checks = run_checks(options.address, Limits(), browser_s=LOOK_S if browser else None, load=True)
        report = CheckReport(options.address, options.address, tuple(checks))
    else:
        report = verify(_engine(options), browser=browser)
    for path, text in ((options.json, report.json), (options.junit, report.junit)):
        if path is not None:
            path.write_text(text(), encoding="utf-8")
    print(report.text())
    return report.status


def _history(options: argparse.Namespace) -> int:
    engine = _engine(options)
    print(_history_text(engine.state(), engine.audit_log()))
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
    from candlefish.ops.monitoring import dashboard  # noqa: PLC0415

    try:
        print(dashboard(), end="")
    except ModuleNotFoundError as error:
        raise OpsError(f"{error.name} is not installed: pip install 'candlefish[ops]'") from error
    return DONE


def _hooks() -> DeploymentHooks:
    from candlefish.ops.deploy import DeploymentHooks  # noqa: PLC0415

    return DeploymentHooks(log=lambda line: print(line, flush=True), notify=notify)


def engine_of(environment: Environment) -> DeploymentEngine:
    """The engine an environment names. Raises `OpsError` if what it needs is not installed."""
    if environment.engine == "local":
        from candlefish.ops.local.engine import LocalEngine  # noqa: PLC0415 - only what is used

        return LocalEngine(environment)
    try:
        from candlefish.ops.aws.engine import AwsEngine  # noqa: PLC0415 - only what is used
    except ModuleNotFoundError as error:
        hint = "pip install 'candlefish[deploy]'"
        raise OpsError(f"{environment.name}: {error.name} is not installed: {hint}") from error
    return AwsEngine(environment)


def _history_text(state: DeploymentState, entries: Sequence[dict[str, Any]]) -> str:
    """The state, and a line for each entry of the audit log."""
    shares = ", ".join(
        f"{colour} {release} has {state.shares[colour]} %" for colour, release in state.releases.items()
    )
    return "\n".join(
        [
            f"live: {state.live_release or 'nothing'} ({shares or 'nothing is placed'})",
            *map(_history_line, entries),
        ]
    )


def _history_line(entry: dict[str, Any]) -> str:
    at = datetime.fromtimestamp(entry["at_s"], UTC)
    known = {"at_s", "event", "release", "by"}
    more = " ".join(
        f"{name}={value}" for name, value in entry.items() if name not in known and value is not None
    )
    return f"{at:%Y-%m-%d %H:%M:%S} {entry['event']:10} {entry['release']} {more}".rstrip()


WEBHOOK: Final = "SLACK_WEBHOOK_URL"
TIMEOUT_S: Final = 5.0


def notify(text: str) -> str:
    """Send a message. Returns the outcome in words; a message that cannot be sent raises nothing."""
    address = os.environ.get(WEBHOOK)
    if not address:
        return f"nobody was told: {WEBHOOK} is not set"
    if not address.startswith(("https://", "http://127.0.0.1:")):
        return f"nobody was told: {WEBHOOK} is not an https address"
    body = json.dumps({"text": text}).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return f"the team was told ({answer.status})"
    except (OSError, ValueError) as error:
        # The address is a secret: errors of urllib do not hold it, and neither does this.
        return f"nobody was told: {type(error).__name__}"
