"""`--peers`: every peer and ours with the same particles, interleaved, as ratios to plain JavaScript."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import threading
from dataclasses import asdict, dataclass, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from candlefish.bench import BenchError, browser, machine
from candlefish.bench.benchmark import refuse_unwritable, write_file
from candlefish.bench.result_text import replace_blocks
from candlefish.bench.rounds import Progress, run_rounds
from candlefish.bench.runs import RunSetup
from candlefish.bench.scenario import load_scenarios
from candlefish.bench.target import has_page, served
from candlefish.bench.verdict import worst_trouble
from candlefish.report.charts import Bar, number
from candlefish.report.page import page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from candlefish.bench.benchmark import BenchOptions
    from candlefish.bench.runs import Run
    from candlefish.bench.scenario import Scenario

PARTICLE_COUNTS = (150, 500, 1000, 2000, 5000, 50_000)
MOST_FOR_LIBRARIES = 5000
"""With more, a library draws less than a frame a second, or takes minutes to load its scene."""
BASELINE = "javascript"
OURS = "candlefish"
SWARM = "swarm"
INSTALL_S = 600.0
DONE = "installed"
PACKAGES = "/node_modules/"


@dataclass(frozen=True, slots=True)
class Peer:
    """One way to draw the particles: name, title, and page with a place for their number."""

    name: str
    title: str
    page: str

    def takes_part(self, count: int) -> bool:
        """Whether this peer is measured with this number of particles."""
        return self.name == BASELINE or count <= MOST_FOR_LIBRARIES


PEERS = (
    Peer(BASELINE, "hand-written JavaScript", "/javascript.html?n={}"),
    Peer("tsparticles", "tsParticles 4", "/tsparticles.html?n={}"),
    Peer("p5-tint", "p5 2, tint()", "/p5.html?n={}"),
    Peer("p5-alpha", "p5 2, globalAlpha", "/p5.html?alpha=context&n={}"),
    Peer("pixi-canvas", "PixiJS 8, canvas", "/pixi.html?renderer=canvas&n={}"),
    Peer("pixi-webgl", "PixiJS 8, WebGL", "/pixi.html?renderer=webgl&n={}"),
    Peer("lottie", "lottie-web 5", "/lottie.html?n={}"),
    Peer("dotlottie", "dotLottie", "/dotlottie.html?n={}"),
)


def peer_title(name: str) -> str:
    """The title of a row; our own is in bold."""
    return next((peer.title for peer in PEERS if peer.name == name), f"**{name}**")


def peer_counts(names: tuple[str, ...]) -> tuple[int, ...]:
    """The numbers of particles of the ``swarm-N`` scenarios that were asked for; all if none was.

    Raises:
        BenchError: another scenario was asked for.
    """
    wanted = {f"{SWARM}-{count}": count for count in PARTICLE_COUNTS}
    strange = [name for name in names if name not in wanted]
    if strange:
        raise BenchError(f"--peers knows the scenarios {', '.join(wanted)}, not {strange[0]!r}")
    return tuple(wanted[name] for name in names) or PARTICLE_COUNTS


def install_packages() -> Path:
    """The directory that holds ``node_modules`` with all peers; installs them the first time.

    Raises:
        BenchError: there is no npm, or it fails.
    """
    wanted = (files("candlefish.bench.peers") / "packages.json").read_bytes()
    directory = cache_directory() / f"peers-{hashlib.sha256(wanted).hexdigest()[:12]}"
    if not (directory / DONE).exists():
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        (directory / "package.json").write_bytes(wanted)
        _install(directory)
        (directory / DONE).touch()
    return directory


def cache_directory() -> Path:
    """The bench's cache directory, whose contents can be fetched again."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "candlefish"


def _install(directory: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise BenchError("npm is needed to install the peers; install CallNode.js 20 or newer")
    command = [
        npm,
        "install",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-package-lock",
        "--loglevel=error",
    ]
    try:
        done = subprocess.run(
            command, cwd=directory, capture_output=True, text=True, check=False, timeout=INSTALL_S
        )
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"npm did not install the peers within {INSTALL_S:g} s") from error
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise BenchError(f"npm could not install the peers: {' '.join(last)}")


class PeersHandler(SimpleHTTPRequestHandler):
    """Serves pages and packages, cross-origin isolated as our own site is, so that clocks are as fine."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".wasm": "application/wasm",
    }

    def __init__(self, *given: object, packages: Path, **named: object) -> None:
        self._packages = packages
        super().__init__(*given, **named)  # type: ignore[arg-type]

    def translate_path(self, path: str) -> str:
        """The file of a path: below the packages, or one of our pages."""
        inside = super().translate_path(path)
        if path.startswith(PACKAGES):
            return str(self._packages / Path(inside).relative_to(self.directory))
        return inside

    def end_headers(self) -> None:
        """Add the headers of cross-origin isolation."""
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log no requests."""


@contextlib.contextmanager
def serve_peers(packages: Path) -> Iterator[str]:
    """The address of the peers' pages, until the context ends; ``packages`` holds ``node_modules``."""
    pages = str(files("candlefish.bench.peers") / "pages")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(PeersHandler, directory=pages, packages=packages))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


DEFAULT_S = 6.0
Runs = dict[str, list["Run"]]
"""Runs by "name-count"."""
TEMPLATE = Path(__file__).with_suffix(".html")


def run_peers(options: BenchOptions) -> int:
    """Measure, print a Markdown table, and write it and the runs where asked. Returns 0.

    A peer that does not run is left out, which is printed.

    Raises:
        BenchError: it could not run.
    """
    for path in (options.json, options.html, options.markdown, *options.readme):
        refuse_unwritable(path)
    runs, environment = _measured(options)
    text = comparison_table(runs, environment)
    print(text)
    write_file(options.markdown, lambda: text + "\n")
    write_file(options.json, lambda: _json(runs, environment))
    write_file(options.html, lambda: comparison_page(runs, environment))
    for path in options.readme:
        write_file(path, partial(replace_blocks, path, {"peers": text}))
    return 0


def _measured(options: BenchOptions) -> tuple[dict[str, list[Run]], dict[str, object]]:
    from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415  # an extra: not always install_packages

    numbers, program, packages = peer_counts(options.scenarios), browser.find_program(), install_packages()
    try:
        with (
            served(options.target) as ours,
            serve_peers(packages) as theirs,
            sync_playwright() as playwright,
        ):
            scenarios = _scenarios(options, numbers, ours, theirs)
            with browser.launched(playwright, program, scenarios[0]) as chromium:
                environment = machine.environment(chromium.version(), program or "Playwright's Chromium")
            setup = RunSetup(playwright, program, theirs, pictures=options.html is not None)
            progress = Progress(quiet=options.quiet)
            return run_rounds(setup, scenarios, options.rounds, progress, go_on=True), environment
    except Error as error:
        raise BenchError(f"the browser failed: {str(error).strip().splitlines()[0]}") from error


def _scenarios(options: BenchOptions, numbers: tuple[int, ...], ours: str, theirs: str) -> list[Scenario]:
    """A scenario for each peer and number; ours, too, if the site has the page for it."""
    known = load_scenarios()
    template = known["idle"].lasting(options.seconds or DEFAULT_S)
    scenarios = []
    for count in numbers:
        for peer in PEERS:
            if peer.takes_part(count):
                path = theirs + peer.page.format(count)
                scenarios.append(replace(template, name=f"{peer.name}-{count}", title=peer.title, path=path))
        swarm = known[f"{SWARM}-{count}"]
        if has_page(ours, swarm.path):
            lasting = swarm.lasting(options.seconds or DEFAULT_S)
            scenarios.append(replace(lasting, name=f"{OURS}-{count}", title=OURS, path=ours + swarm.path))
    if not any(one.name.startswith(OURS) for one in scenarios):
        print("ours is left out: the site has no swarm.html", flush=True)
    return scenarios


def _json(runs: dict[str, list[Run]], environment: dict[str, object]) -> str:
    plain = {name: [asdict(run) for run in of_peer] for name, of_peer in runs.items()}
    return json.dumps({"environment": environment, "peers": plain})


def ratios(runs: Sequence[Run], baseline: Sequence[Run]) -> list[float]:
    """CPU a frame over the baseline's of the same round."""
    base = {run.round: run.values["cpu_ms"] for run in baseline if "cpu_ms" in run.values}
    return [
        run.values["cpu_ms"] / base[run.round] for run in runs if run.round in base and "cpu_ms" in run.values
    ]


def comparison_table(runs: Runs, environment: Mapping[str, object]) -> str:
    """CPU a frame over all processes as a multiple of plain JavaScript's, with frames a second, by number."""
    sizes = _sizes(runs)
    lines = ["| | " + " | ".join(f"N = {size:,}" for size in sizes) + " |", "|---" * (len(sizes) + 1) + "|"]
    for name in _names(runs):
        cells = [_cell(name, runs.get(f"{name}-{size}"), runs[f"{BASELINE}-{size}"]) for size in sizes]
        lines.append(f"| {peer_title(name)} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", footnote(runs, environment)])


def footnote(runs: Runs, environment: Mapping[str, object]) -> str:
    """The footnote: the unit of the numbers, the machine, and how quiet it was."""
    rounds = max(len(of_peer) for of_peer in runs.values())
    where = f"{environment['browser']}, {environment['processor']}, {environment['cores']} cores, 1280×720"
    trouble = worst_trouble(runs.values())
    noise = f" Not quiet: {trouble}." if trouble else ""
    return (
        "CPU a frame over all processes as a multiple of hand-written JavaScript (its own in ms), and frames "
        f"a second; median of {rounds} interleaved round{'' if rounds == 1 else 's'}. {where}.{noise}"
    )


def comparison_page(runs: Runs, environment: Mapping[str, object]) -> str:
    """The comparison as one self-contained page."""
    sections = []
    for size in _sizes(runs):
        there = {name: runs[f"{name}-{size}"] for name in _names(runs) if runs.get(f"{name}-{size}")}
        sections.append({"size": size, "bars": _bars(there), "shots": _shots(there)})
    return page(TEMPLATE, footnote=footnote(runs, environment), sections=sections)


def _bars(there: Mapping[str, list[Run]]) -> list[Bar]:
    """CPU a frame of each as a bar, with its ratio and its frames a second."""
    bars = []
    for name, runs in there.items():
        ms = median([run.values["cpu_ms"] for run in runs])
        text = f"{number(ms)} ms"
        if name != BASELINE:
            text += f", {median(ratios(runs, there[BASELINE])):.2f}×"
        fps = median([run.values["fps"] for run in runs])
        css = "c1" if name == BASELINE else "c0" if peer_title(name).startswith("*") else "c2"
        bars.append(Bar(peer_title(name).strip("*"), ms, f"{text}, {fps:.0f} fps", css))
    return bars


def _shots(there: Mapping[str, list[Run]]) -> list[tuple[str, str]]:
    """Name and last screenshot of each that has one."""
    pictures: list[tuple[str, str]] = []
    for name, runs in there.items():
        shots: list[dict[str, str]] = next(
            (run.series["shots"] for run in runs if run.series.get("shots")), []
        )
        pictures += [(peer_title(name).strip("*"), shot["jpeg"]) for shot in shots[-1:]]
    return pictures


def _cell(name: str, runs: list[Run] | None, baseline: list[Run]) -> str:
    if runs is None:
        return "–"
    if not runs or not baseline:
        return "did not run"
    fps = median([run.values["fps"] for run in runs])
    if name == BASELINE:
        return f"{number(median([run.values['cpu_ms'] for run in runs]))} ms, {fps:.0f} fps"
    multiples = ratios(runs, baseline)
    return f"{median(multiples):.2f}×, {fps:.0f} fps" if multiples else f"{fps:.0f} fps"


def _names(runs: Runs) -> list[str]:
    return list(dict.fromkeys(key.rpartition("-")[0] for key in runs))


def _sizes(runs: Runs) -> list[int]:
    return sorted({int(name.rpartition("-")[2]) for name in runs})
