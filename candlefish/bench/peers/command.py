"""`--peers`: every peer and ours with the same particles, interleaved, as ratios to plain JavaScript."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING

from candlefish.bench import browser, machine
from candlefish.bench.command import refuse_unwritable, write
from candlefish.bench.errors import BenchError
from candlefish.bench.peers.entrants import OURS, PEERS, SWARM, counts
from candlefish.bench.peers.install import installed
from candlefish.bench.peers.serving import peers_served
from candlefish.bench.peers.table import html, table
from candlefish.bench.progress import Progress
from candlefish.bench.report.readme import rewritten
from candlefish.bench.rounds import run_rounds
from candlefish.bench.run import Bench
from candlefish.bench.scenario import load_scenarios
from candlefish.bench.target import has_page, served

if TYPE_CHECKING:
    from candlefish.bench.command import Options
    from candlefish.bench.run import Run
    from candlefish.bench.scenario import Scenario

DEFAULT_S = 6.0


def peers(options: Options) -> int:
    """Measure, print a Markdown table, and write it and the runs where asked. Returns 0.

    A peer that does not run is left out, and said so.

    Raises:
        BenchError: it could not run.
    """
    for path in (options.json, options.html, options.markdown, *options.readme):
        refuse_unwritable(path)
    runs, environment = _measured(options)
    text = table(runs, environment)
    print(text)
    write(options.markdown, lambda: text + "\n")
    write(options.json, lambda: _json(runs, environment))
    write(options.html, lambda: html(runs, environment))
    for path in options.readme:
        write(path, partial(rewritten, path, {"peers": text}))
    return 0


def _measured(options: Options) -> tuple[dict[str, list[Run]], dict[str, object]]:
    from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415  # an extra: not always installed

    numbers, program, packages = counts(options.scenarios), browser.find_program(), installed()
    try:
        with (
            served(options.target) as ours,
            peers_served(packages) as theirs,
            sync_playwright() as playwright,
        ):
            scenarios = _scenarios(options, numbers, ours, theirs)
            with browser.launched(playwright, program, scenarios[0]) as chromium:
                environment = machine.environment(chromium.version(), program or "Playwright's Chromium")
            setup = Bench(playwright, program, theirs, pictures=options.html is not None)
            progress = Progress(quiet=options.quiet)
            return run_rounds(setup, scenarios, options.rounds, progress, go_on=True), environment
    except Error as error:
        raise BenchError(f"the browser failed: {str(error).strip().splitlines()[0]}") from error


def _scenarios(options: Options, numbers: tuple[int, ...], ours: str, theirs: str) -> list[Scenario]:
    """A scenario for each peer and number; ours, too, if the site has the page for it."""
    known = load_scenarios()
    template = known["idle"].lasting(options.seconds or DEFAULT_S)
    found = []
    for count in numbers:
        for peer in PEERS:
            if peer.takes_part(count):
                path = theirs + peer.page.format(count)
                found.append(replace(template, name=f"{peer.name}-{count}", title=peer.title, path=path))
        swarm = known[f"{SWARM}-{count}"]
        if has_page(ours, swarm.path):
            lasting = swarm.lasting(options.seconds or DEFAULT_S)
            found.append(replace(lasting, name=f"{OURS}-{count}", title=OURS, path=ours + swarm.path))
    if not any(one.name.startswith(OURS) for one in found):
        print("ours is left out: the site has no swarm.html", flush=True)
    return found


def _json(runs: dict[str, list[Run]], environment: dict[str, object]) -> str:
    plain = {name: [asdict(run) for run in found] for name, found in runs.items()}
    return json.dumps({"environment": environment, "peers": plain})
