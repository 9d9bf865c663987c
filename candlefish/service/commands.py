"""The commands of the service: run it, load it, look at its experiments."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from candlefish.experiments import report
from candlefish.experiments.definition import DefinitionError, Status
from candlefish.service import load, results, runner, serving, switches, tracing
from candlefish.service.api import service
from candlefish.service.assets import MANIFEST, SiteError
from candlefish.service.clock import now_ms
from candlefish.service.configuration import load_experiments
from candlefish.service.listening import listen
from candlefish.service.settings import ADMIN_TOKEN, TOKEN_FILE, SettingsError, for_directory
from candlefish.service.site import site
from candlefish.service.state import State
from candlefish.service.store.base import StoreError
from candlefish.service.store.sqlite import SQLiteStore

if TYPE_CHECKING:
    import argparse
    import socket
    from collections.abc import Sequence

    from starlette.types import ASGIApp

    from candlefish.experiments.definition import Experiment
    from candlefish.service.store.base import Store

STORE_FILE: Final = "candlefish.sqlite3"
DIST: Final = Path("dist")
LOOPBACK: Final = "127.0.0.1"


class CommandError(Exception):
    """A command cannot do what it was asked; the message says why."""


def run(options: argparse.Namespace) -> int:
    """Run the command that `options.command` names. Returns the exit status. Raises `CommandError`."""
    command = {"service": _serve, "load": _load, "experiments": _experiments}[options.command]
    try:
        return command(options)
    except (DefinitionError, SettingsError, SiteError, StoreError, runner.PortError, OSError) as error:
        raise CommandError(str(error)) from error


def _serve(options: argparse.Namespace) -> int:
    experiments = load_experiments(options.experiments)
    settings = for_directory(options.data, os.environ)
    pages = _pages(options.dist)
    store = SQLiteStore(options.data / STORE_FILE)
    try:
        sock = _listen(options)
        app = service(State(settings, store, experiments), pages)
        with tracing.traced(app, os.environ) as served:
            serving.run(served, sock, partial(_announce, options.data, runner.address(sock), pages))
    finally:
        store.close()
    return 0


def _announce(data: Path, address: str, pages: ASGIApp | None) -> None:
    """Print where everything is."""
    what = "The service" if pages is None else "Candlefish"
    print(f"{what} is at {address}  (Ctrl-C stops it)", flush=True)
    print(f"Its dashboard is at {address}dashboard  (token: {_token_source(data)})", flush=True)
    if pages is not None:
        print(f"The studio is at {address}studio.html", flush=True)


def _listen(options: argparse.Namespace) -> socket.socket:
    if options.socket is not None:
        return runner.listen_local(options.socket)
    return runner.listen(options.host, options.port)


def _pages(dist: Path | None) -> ASGIApp | None:
    """The site of a directory; without one, that of ./dist if it was built."""
    if dist is None and not (DIST / MANIFEST).is_file():
        return None
    return site(dist or DIST, connected=True)


def _token_source(data: Path) -> str:
    return f"${ADMIN_TOKEN}" if os.environ.get(ADMIN_TOKEN) else f"in {data / TOKEN_FILE}"


def _load(options: argparse.Namespace) -> int:
    if options.live is not None:
        return _listening(options)
    sending = load.load(
        LOOPBACK,
        options.port,
        seconds=options.seconds,
        connections=options.connections,
        rate=options.rate,
    )
    outcome = asyncio.run(sending)
    print(outcome.text())
    return 0 if outcome.acknowledged and not outcome.failed else 1


def _listening(options: argparse.Namespace) -> int:
    token = os.environ.get(ADMIN_TOKEN, "")
    if not token or options.live < 1:
        raise CommandError(f"--live: needs at least 1 client, and the service's token in ${ADMIN_TOKEN}")
    heard = asyncio.run(listen(LOOPBACK, options.port, token, clients=options.live, seconds=options.seconds))
    print(heard.text())
    return 0 if heard.messages and not heard.failed else 1


def _experiments(options: argparse.Namespace) -> int:
    defined = load_experiments(options.experiments)
    store = _existing(options.data)
    try:
        current = switches.applied(defined, switches.load(store))
        if options.action == "status":
            _print_status(current, switches.load(store))
        elif options.action == "report":
            chosen = current if options.name is None else [_named(current, options.name)]
            _report(store, chosen, options.html)
        else:
            status = Status.RUNNING if options.action == "start" else Status.STOPPED
            name = _named(current, options.name).name
            switches.set_status(store, name, status, options.reason, now_ms())
            print(f"{name} is {status}; a running service takes it over within a minute")
    finally:
        store.close()
    return 0


def _report(store: Store, experiments: Sequence[Experiment], page: Path | None) -> None:
    """Print the results as JSON, or write them as a page."""
    found = [results.plain(each, results.report(store, each)) for each in experiments]
    if page is None:
        print(json.dumps(found, indent=2))
        return
    made = datetime.fromtimestamp(now_ms() / 1000, UTC)
    page.write_text(report.html(found, f"Made on {made:%Y-%m-%d at %H:%M} UTC"), encoding="utf-8")
    print(f"The report is in {page}")


def _existing(data: Path) -> SQLiteStore:
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


def _print_status(experiments: Sequence[Experiment], known: dict[str, switches.Switch]) -> None:
    for experiment in experiments:
        shares = " / ".join(f"{variant.name} {variant.share / 100:g}" for variant in experiment.variants)
        switch = known.get(experiment.name)
        reason = f" ({switch.reason})" if switch and switch.reason else ""
        print(f"{experiment.name}: {experiment.status}{reason}: {shares}")
        for variant, why in (switch.stopped if switch else {}).items():
            print(f"  {variant} was stopped: {why}")
