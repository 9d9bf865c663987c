"""`--peers`: every peer and ours with the same particles, interleaved, as ratios to plain JavaScript."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from candlefish.bench import browser, machine
from candlefish.bench.errors import BenchError
from candlefish.bench.judge import quietness
from candlefish.bench.peers.install import installed
from candlefish.bench.peers.serving import peers_served
from candlefish.bench.progress import Progress
from candlefish.bench.report.numbers import number
from candlefish.bench.rounds import run_rounds
from candlefish.bench.run import Bench
from candlefish.bench.scenario import load_scenarios
from candlefish.bench.stats import median
from candlefish.bench.target import has_page, served

if TYPE_CHECKING:
    from candlefish.bench.command import Options
    from candlefish.bench.run import Run
    from candlefish.bench.scenario import Scenario

DEFAULT_S = 6.0
COUNTS = (150, 500, 1000, 2000, 5000)
BASELINE = "javascript"
OURS = "candlefish"
SWARM = "swarm"


@dataclass(frozen=True, slots=True)
class Peer:
    """One way to draw the particles: its name, its title, and its page with a place for their number."""

    name: str
    title: str
    page: str


PEERS = (
    Peer(BASELINE, "hand-written JavaScript", "/javascript.html?n={}"),
    Peer("tsparticles", "tsParticles 4", "/tsparticles.html?n={}"),
    Peer("p5", "p5 2", "/p5.html?n={}"),
    Peer("pixi-canvas", "PixiJS 8, canvas", "/pixi.html?renderer=canvas&n={}"),
    Peer("pixi-webgl", "PixiJS 8, WebGL", "/pixi.html?renderer=webgl&n={}"),
    Peer("lottie", "lottie-web 5", "/lottie.html?n={}"),
    Peer("dotlottie", "dotLottie", "/dotlottie.html?n={}"),
)


def peers(options: Options) -> int:
    """Measure, print a Markdown table, and write it and the runs where asked. Returns 0.

    Raises:
        BenchError: it could not run.
    """
    from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415  # an extra: not always installed

    program, packages = browser.find_program(), installed()
    try:
        with (
            served(options.target) as ours,
            peers_served(packages) as theirs,
            sync_playwright() as playwright,
        ):
            scenarios = _scenarios(options, ours, theirs)
            with browser.launched(playwright, program, scenarios[0]) as chromium:
                environment = machine.environment(chromium.version(), program or "Playwright's Chromium")
            setup = Bench(playwright, program, theirs)
            runs = run_rounds(setup, scenarios, options.rounds, Progress(quiet=options.quiet))
    except Error as error:
        raise BenchError(f"the browser failed: {str(error).strip().splitlines()[0]}") from error
    text = table(runs, environment)
    print(text)
    if options.markdown:
        options.markdown.write_text(text + "\n", encoding="utf-8")
    if options.json:
        plain = {name: [asdict(run) for run in found] for name, found in runs.items()}
        options.json.write_text(json.dumps({"environment": environment, "peers": plain}), encoding="utf-8")
    return 0


def _scenarios(options: Options, ours: str, theirs: str) -> list[Scenario]:
    """A scenario for each peer and number; ours, too, if the site has the page for it."""
    known = load_scenarios()
    template = known["idle"].lasting(options.seconds or DEFAULT_S)
    found = []
    for count in counts(options.scenarios):
        for peer in PEERS:
            path = theirs + peer.page.format(count)
            found.append(replace(template, name=f"{peer.name}-{count}", title=peer.title, path=path))
        swarm = known[f"{SWARM}-{count}"]
        if has_page(ours, swarm.path):
            lasting = swarm.lasting(options.seconds or DEFAULT_S)
            found.append(replace(lasting, name=f"{OURS}-{count}", title="candlefish", path=ours + swarm.path))
    if not any(one.name.startswith(OURS) for one in found):
        print("ours is left out: the site has no swarm.html", flush=True)
    return found


def counts(names: tuple[str, ...]) -> tuple[int, ...]:
    """The numbers of particles of the ``swarm-N`` scenarios that were asked for; all if none was.

    Raises:
        BenchError: another scenario was asked for.
    """
    wanted = {f"{SWARM}-{count}": count for count in COUNTS}
    strange = [name for name in names if name not in wanted]
    if strange:
        raise BenchError(f"--peers knows the scenarios {', '.join(wanted)}, not {strange[0]!r}")
    return tuple(wanted[name] for name in names) or COUNTS


def ratios(runs: list[Run], baseline: list[Run]) -> list[float]:
    """CPU a frame over the baseline's of the same round."""
    pairs = zip(runs, baseline, strict=True)
    return [run.values["cpu_ms"] / base.values["cpu_ms"] for run, base in pairs]


def table(runs: dict[str, list[Run]], environment: dict[str, object]) -> str:
    """CPU a frame over all processes as a multiple of plain JavaScript's, with frames a second, by number."""
    sizes = sorted({int(name.rpartition("-")[2]) for name in runs})
    lines = ["| | " + " | ".join(f"N = {size:,}" for size in sizes) + " |", "|---" * (len(sizes) + 1) + "|"]
    for name in dict.fromkeys(key.rpartition("-")[0] for key in runs):
        cells = [_cell(name, runs.get(f"{name}-{size}"), runs[f"{BASELINE}-{size}"]) for size in sizes]
        lines.append(f"| {_title(name)} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", _footnote(runs, environment)])


def _footnote(runs: dict[str, list[Run]], environment: dict[str, object]) -> str:
    rounds = max(len(found) for found in runs.values())
    where = f"{environment['browser']}, {environment['processor']}, {environment['cores']} cores, 1280×720"
    troubles = {trouble for found in runs.values() if (trouble := quietness(found).trouble)}
    said = f" Not quiet: {min(troubles)}." if troubles else ""
    return (
        "CPU a frame over all processes as a multiple of hand-written JavaScript (its own in ms), and frames "
        f"a second; median of {rounds} interleaved rounds. {where}.{said}"
    )


def _cell(name: str, runs: list[Run] | None, baseline: list[Run]) -> str:
    if runs is None:
        return "–"
    fps = median([run.values["fps"] for run in runs])
    if name == BASELINE:
        return f"{number(median([run.values['cpu_ms'] for run in runs]))} ms, {fps:.0f} fps"
    return f"{median(ratios(runs, baseline)):.2f}×, {fps:.0f} fps"


def _title(name: str) -> str:
    return next((peer.title for peer in PEERS if peer.name == name), f"**{name}**")
