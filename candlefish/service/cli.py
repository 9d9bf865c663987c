"""Commands of the service: `serve`, `service`, `load` and `experiments`.

Parsers need no extra; each command imports what it needs of the extra `service` when it runs.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from candlefish.experiments.definition import DefinitionError, Status
from candlefish.service import ServiceError

if TYPE_CHECKING:
    import argparse
    import socket
    from collections.abc import Callable, Sequence

    from starlette.types import ASGIApp

    from candlefish.experiments.definition import Experiment
    from candlefish.service.experiments import Override
    from candlefish.service.store.base import EventStore
    from candlefish.service.store.sqlite import SQLiteStore

STORE_FILE: Final = "candlefish.sqlite3"
DIST: Final = Path("dist")
LOOPBACK: Final = "127.0.0.1"


class CommandError(ServiceError):
    """The arguments of a command are wrong; the message says why."""


def add_serve_parser(commands: Any, port: Callable[[str], int]) -> None:
    """Add `serve` to argparse's subparsers; sets `run`: the exit status."""
    parser = commands.add_parser("serve", help="serve a built site")
    parser.add_argument("dist", nargs="?", type=Path, default=DIST, help="default: ./dist")
    parser.add_argument("--port", type=port, help="default: 8000, or the next free")
    parser.add_argument("--host", default=LOOPBACK, help="address to listen on (default: %(default)s)")
    parser.set_defaults(run=partial(_run, _serve_site))


def add_parsers(commands: Any, port: Callable[[str], int]) -> None:
    """Add `service`, `load` and `experiments` to argparse's subparsers; each sets `run`: the exit status."""
    running = commands.add_parser("service", help="run the service: analytics, experiments, memories, live")
    running.add_argument("--data", type=Path, default=Path("data"), help="its directory (default: ./data)")
    running.add_argument(
        "--dist", type=Path, help="a built site to serve too (default: ./dist, if it is there)"
    )
    running.add_argument("--experiments", type=Path, help="a TOML file (default: the package's own)")
    running.add_argument("--port", type=port, help="default: 8000, or the next free")
    running.add_argument("--host", default=LOOPBACK, help="address to listen on (default: %(default)s)")
    running.add_argument(
        "--socket", type=Path, metavar="PATH", help="listen at this path instead, for a proxy on this machine"
    )
    running.set_defaults(run=partial(_run, _serve))
    loading = commands.add_parser("load", help="send batches to a service on this machine, and measure")
    loading.add_argument("--port", type=port, required=True)
    loading.add_argument("--seconds", type=float, default=10.0, help="default: %(default)s")
    loading.add_argument("--connections", type=int, default=64, help="default: %(default)s")
    loading.add_argument("--rate", type=float, help="batches/s, open loop (default: as fast as answered)")
    loading.add_argument(
        "--live", type=int, metavar="N", help="let N clients listen instead; needs CANDLEFISH_ADMIN_TOKEN"
    )
    loading.set_defaults(run=partial(_run, _load))
    trying = commands.add_parser("experiments", help="look at experiments, start and stop them")
    trying.add_argument("action", choices=["status", "start", "stop", "report"])
    trying.add_argument("name", nargs="?", help="the experiment (report: all without it)")
    trying.add_argument("--data", type=Path, default=Path("data"), help="default: ./data")
    trying.add_argument("--experiments", type=Path, help="a TOML file (default: the package's own)")
    trying.add_argument("--html", type=Path, metavar="FILE", help="write the report as a page with plots")
    trying.add_argument("--reason", default="by hand", help="why (default: %(default)s)")
    trying.set_defaults(run=partial(_run, _experiments))


def _run(command: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    """Run a command; an error is printed. Returns the exit status."""
    try:
        return command(options)
    except ModuleNotFoundError as error:
        return _fail(f"{error.name} is not installed: pip install 'candlefish[report,service]'")
    except (DefinitionError, ServiceError, OSError) as error:
        return _fail(str(error))


def _serve_site(options: argparse.Namespace) -> int:
    """Serve the built site in `options.dist` until interrupted."""
    from candlefish.service import server
    from candlefish.service.static_site import site

    app = site(options.dist)
    sock = server.listen(options.host, options.port)
    line = f"Candlefish is at {server.address(sock)}  (Ctrl-C stops it)"
    server.run_site(app, sock, lambda: print(line, flush=True))
    return 0


def _serve(options: argparse.Namespace) -> int:
    """Run the service until interrupted."""
    from candlefish.service import server
    from candlefish.service.app import create_app
    from candlefish.service.app_state import AppState
    from candlefish.service.experiments import load_experiments
    from candlefish.service.settings import for_directory
    from candlefish.service.store.sqlite import SQLiteStore
    from candlefish.service.tracing import traced

    experiments = load_experiments(options.experiments)
    settings = for_directory(options.data, os.environ)
    pages = _pages(options.dist)
    store = SQLiteStore(options.data / STORE_FILE)
    try:
        sock = _listen(options)
        app = create_app(AppState(settings, store, experiments), pages)
        with traced(app, os.environ) as served:
            server.run_service(served, sock, partial(_announce, options.data, server.address(sock), pages))
    finally:
        store.close()
    return 0


def _announce(data: Path, address: str, pages: ASGIApp | None) -> None:
    """Print the addresses of the service."""
    what = "The service" if pages is None else "Candlefish"
    print(f"{what} is at {address}  (Ctrl-C stops it)", flush=True)
    print(f"Its dashboard is at {address}dashboard  (token: {_token_source(data)})", flush=True)
    if pages is not None:
        print(f"The studio is at {address}studio.html", flush=True)


def _listen(options: argparse.Namespace) -> socket.socket:
    from candlefish.service import server

    if options.socket is not None:
        return server.listen_local(options.socket)
    return server.listen(options.host, options.port)


def _pages(dist: Path | None) -> ASGIApp | None:
    """The site of a directory; without one, that of ./dist if it was built."""
    from candlefish.service.assets import MANIFEST
    from candlefish.service.static_site import site

    if dist is None and not (DIST / MANIFEST).is_file():
        return None
    return site(dist or DIST, connected=True)


def _token_source(data: Path) -> str:
    from candlefish.service.settings import ADMIN_TOKEN, TOKEN_FILE

    return f"${ADMIN_TOKEN}" if os.environ.get(ADMIN_TOKEN) else f"in {data / TOKEN_FILE}"


def _load(options: argparse.Namespace) -> int:
    """Measure ingestion under load, or with `--live` the live messages."""
    import asyncio

    from candlefish.service.load import send_batches

    if options.live is not None:
        return _load_live(options)
    sending = send_batches(
        LOOPBACK,
        options.port,
        seconds=options.seconds,
        connections=options.connections,
        rate=options.rate,
    )
    result = asyncio.run(sending)
    print(result.text())
    return 0 if result.acknowledged and not result.failed else 1


def _load_live(options: argparse.Namespace) -> int:
    import asyncio

    from candlefish.service.load import measure_live
    from candlefish.service.settings import ADMIN_TOKEN

    token = os.environ.get(ADMIN_TOKEN, "")
    if not token or options.live < 1:
        raise CommandError(f"--live: needs at least 1 client, and the service's token in ${ADMIN_TOKEN}")
    measuring = measure_live(LOOPBACK, options.port, token, clients=options.live, seconds=options.seconds)
    result = asyncio.run(measuring)
    print(result.text())
    return 0 if result.messages and not result.failed else 1


def _experiments(options: argparse.Namespace) -> int:
    """Print the status or the results of experiments, or start or stop one."""
    from candlefish.service import experiments
    from candlefish.service.app_state import now_ms

    defined = experiments.load_experiments(options.experiments)
    store = _existing(options.data)
    try:
        current = experiments.apply_overrides(defined, experiments.load_overrides(store))
        if options.action == "status":
            _print_status(current, experiments.load_overrides(store))
        elif options.action == "report":
            chosen = current if options.name is None else [_named(current, options.name)]
            _report(store, chosen, options.html)
        else:
            status = Status.RUNNING if options.action == "start" else Status.STOPPED
            name = _named(current, options.name).name
            experiments.set_status(store, name, status, options.reason, now_ms())
            print(f"{name} is {status}; a running service takes it over within a minute")
    finally:
        store.close()
    return 0


def _report(store: EventStore, experiments: Sequence[Experiment], page: Path | None) -> None:
    """Print the results as JSON, or write them as a page."""
    from candlefish.experiments import report_page
    from candlefish.service.app_state import now_ms
    from candlefish.service.experiments import experiment_report, report_json

    reports = [report_json(each, experiment_report(store, each)) for each in experiments]
    if page is None:
        print(json.dumps(reports, indent=2))
        return
    made = datetime.fromtimestamp(now_ms() / 1000, UTC)
    page.write_text(report_page.html(reports, f"Made on {made:%Y-%m-%d at %H:%M} UTC"), encoding="utf-8")
    print(f"The report is in {page}")


def _existing(data: Path) -> SQLiteStore:
    from candlefish.service.store.sqlite import SQLiteStore

    path = data / STORE_FILE
    if not path.exists():
        raise CommandError(f"{path} is missing: is this the service's --data directory?")
    return SQLiteStore(path)


def _named(experiments: Sequence[Experiment], name: str | None) -> Experiment:
    for experiment in experiments:
        if experiment.name == name:
            return experiment
    known = ", ".join(experiment.name for experiment in experiments)
    raise CommandError(f"there is no experiment {name!r}; there are {known}")


def _print_status(experiments: Sequence[Experiment], overrides: dict[str, Override]) -> None:
    for experiment in experiments:
        shares = " / ".join(f"{variant.name} {variant.share / 100:g}" for variant in experiment.variants)
        override = overrides.get(experiment.name)
        reason = f" ({override.reason})" if override and override.reason else ""
        print(f"{experiment.name}: {experiment.status}{reason}: {shares}")
        for variant, why in (override.stopped if override else {}).items():
            print(f"  {variant} was stopped: {why}")


def _fail(message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return 1
