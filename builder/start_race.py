"""How fast the fish wakes, against stock Pyodide with NumPy.

``python -m builder.start_race [rounds] [networks]``

Both are served as the site is (Brotli, hashed names), from this machine, to one Chromium, in turns. Each
round opens each in a fresh profile (cold) and again in the same profile (repeat), in a tab that has been open
for a second: what opening it costs the browser is not the page's. Ours is timed from
navigation to Python's first frame; stock from navigation to a result of NumPy in the same kind of worker,
with the same versions: Pyodide's own files from npm, and the whole NumPy wheel from the build's cache.
Networks (``unlimited``, ``5``, ``20``, ``100``: Mbit/s down) hold for the page and its workers.
"""

from __future__ import annotations

import json
import shutil
import socket
import statistics
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from playwright.sync_api import sync_playwright

from builder import output, prerequisites
from builder.cache import Cache
from builder.steps import BuildError
from builder.workspace import CACHE, DIST, NODE_MODULES
from candlefish.bench.browser import WorkerSessions, launch
from candlefish.bench.fish_page import FishPage
from candlefish.service.static_site import site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

ROUNDS = 5
STOCK = "stock-000000000000"  # an immutable directory, by its name
FILES = ("pyodide.asm.js", "pyodide.asm.wasm", "pyodide.mjs", "pyodide-lock.json", "python_stdlib.zip")
PATIENCE_MS = 60_000
TAB_OPENS_MS = 1000
UNLIMITED = "unlimited"
NETWORKS = {"5": (28, 5_000_000), "20": (20, 20_000_000), "100": (10, 100_000_000)}
"""Round trip (ms) and throughput down (bit/s) by name."""
BETWEEN_VISITS_MS = (
    6000  # a visitor stays a moment: what keeps files, browser or service worker, has then done so
)
PAGE = f"""<!doctype html><title>stock</title><link rel="icon" href="data:,">
<script type="module" src="./{STOCK}/page.js"></script>"""
PAGE_JS = """const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
worker.onmessage = ({ data }) => { globalThis.result = { ...data, ms: performance.now() }; };"""
WORKER_JS = """import { loadPyodide } from "./pyodide.mjs";
try {
  const pyodide = await loadPyodide();
  await pyodide.loadPackage(new URL("./NUMPY", import.meta.url).href);
  postMessage({ sum: pyodide.runPython("import numpy as np; int(np.arange(10).sum())") });
} catch (error) {
  postMessage({ problem: String(error) });
}"""


def stock_site(folder: Path) -> None:
    """A site of stock Pyodide and the whole NumPy wheel.

    Raises:
        BuildError: nothing has been built yet.
    """
    wheel = next((CACHE / "numpy").glob("*/numpy-*.whl"), None)
    if wheel is None:
        raise BuildError("no NumPy wheel in the cache: run `python3 build.py build` first")
    files = {f"{STOCK}/{name}": (NODE_MODULES / "pyodide" / name).read_bytes() for name in FILES}
    files |= {
        "index.html": PAGE.encode(),
        f"{STOCK}/page.js": PAGE_JS.encode(),
        f"{STOCK}/worker.js": WORKER_JS.replace("NUMPY", wheel.name).encode(),
        f"{STOCK}/{wheel.name}": wheel.read_bytes(),
    }
    compressed = output.compress_all(files, Cache(CACHE))
    everything = output.with_compressed(files, compressed)
    everything[output.MANIFEST] = output.manifest_bytes(output.manifest(files, compressed, "stock"))
    output.write(folder, everything)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address a site is served at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(site(folder), log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        server.should_exit = True
        thread.join()


def slow_down(page: Page, network: str) -> None:
    """Let a network carry what the page and its workers fetch."""
    if network == UNLIMITED:
        return
    latency_ms, bit_s = NETWORKS[network]
    throughput = {"downloadThroughput": bit_s / 8, "uploadThroughput": bit_s / 8}
    conditions = {"offline": False, "latency": latency_ms, **throughput}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", conditions)
    commands = [("Network.enable", {}), ("Network.emulateNetworkConditions", conditions)]
    WorkerSessions(page, session, at_start=commands)


def stock_ms(page: Page, address: str) -> float:
    """Milliseconds from navigation to the result of NumPy.

    Raises:
        BuildError: there was none.
    """
    page.goto(address)
    page.wait_for_function("() => globalThis.result", timeout=PATIENCE_MS)
    result: dict[str, Any] = page.evaluate("() => globalThis.result")
    if "problem" in result:
        raise BuildError(f"{address} did not start: {result['problem']}")
    return float(result["ms"])


def ours_ms(page: Page, address: str) -> float:
    """Milliseconds from navigation to Python's first frame. Raises `BenchError` where there is none."""
    visit = FishPage(page, address)
    visit.open("")
    visit.wait_awake(PATIENCE_MS / 1000)
    return float(visit.recorded("ready")[0]["at_ms"])


def one_round(
    browser: Browser, addresses: dict[str, str], network: str, times: dict[str, list[float]]
) -> None:
    """A cold and a repeat visit to each."""
    for name, address in addresses.items():
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        for kind in ("cold", "repeat"):
            page = context.new_page()
            page.wait_for_timeout(TAB_OPENS_MS)
            slow_down(page, network)
            spent_ms = ours_ms(page, address) if name == "ours" else stock_ms(page, address)
            times.setdefault(f"{name} {kind}", []).append(spent_ms)
            page.wait_for_timeout(BETWEEN_VISITS_MS)
            page.close()
        context.close()


def race(rounds: int, network: str) -> dict[str, list[float]]:
    """All times over a network, ms, by who and which visit."""
    program, _ = prerequisites.find_chromium()
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        stock = Path(folder, "stock")
        stock_site(stock)
        with served(DIST) as ours, served(stock) as theirs, sync_playwright() as playwright:
            browser = launch(playwright, program)
            for _ in range(rounds):
                one_round(browser, {"ours": ours, "stock": theirs}, network, times)
            browser.close()
        shutil.rmtree(stock)
    return times


def report(times: dict[str, list[float]]) -> dict[str, Any]:
    """Medians, and ours as a share of stock's."""
    found: dict[str, Any] = {
        name: {"median_ms": round(statistics.median(all_ms)), "all_ms": [round(one) for one in all_ms]}
        for name, all_ms in times.items()
    }
    for kind in ("cold", "repeat"):
        ratio = found[f"ours {kind}"]["median_ms"] / found[f"stock {kind}"]["median_ms"]
        found[f"ratio {kind}"] = round(ratio, 3)
    return found


def main() -> None:
    """Race over each network, and print medians and ratios as JSON."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    networks = sys.argv[2:] or [UNLIMITED]
    if unknown := set(networks) - {UNLIMITED, *NETWORKS}:
        sys.exit(f"no network {', '.join(unknown)}; there are {UNLIMITED}, {', '.join(NETWORKS)}")
    print(json.dumps({network: report(race(rounds, network)) for network in networks}, indent=1))


if __name__ == "__main__":
    main()
