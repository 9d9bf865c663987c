"""An element that is taken out of the page leaves nothing behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.web.artefact import record

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.web.visit import Visit

pytestmark = pytest.mark.browser

MB = 1e6
WEIGH = "() => performance.measureUserAgentSpecificMemory()"
# What the page holds on to, seen from the element: gone when nothing else refers to it.
HOLD = """() => {
  const fish = document.querySelector("candle-fish");
  globalThis.held = { element: new WeakRef(fish), tank: new WeakRef(fish.tank),
    canvas: new WeakRef(fish.tank.canvases.canvas), water: new WeakRef(fish.tank.canvases.water) };
}"""
LEFT = "() => Object.keys(held).filter((name) => held[name].deref() !== undefined)"
ADD = "() => document.body.append(Object.assign(document.createElement('candle-fish'), { id: 'fish' }))"
BARE = """<!doctype html><title>bare</title><link rel="icon" href="data:,">
<script type="module" src="./candle-fish.js"></script><body></body>"""


@pytest.fixture(scope="module")
def chromium(whole_chromium: Browser) -> Browser:
    """Chromium as visitors have it: its headless shell does not tell of memory."""
    return whole_chromium


def weigh(visit: Visit) -> tuple[float, list[str]]:
    """JavaScript's memory over the page and its workers, MB, and the kinds of scopes that have some."""
    collect(visit)
    found: dict[str, Any] = visit.page.evaluate(WEIGH)
    scopes = [scope["scope"] for part in found["breakdown"] for scope in part["attribution"]]
    return found["bytes"] / MB, scopes


def collect(visit: Visit) -> None:
    session = visit.page.context.new_cdp_session(visit.page)
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
    session.detach()


def live_and_leave(visit: Visit, lives: int) -> None:
    """Put a fish in, let it live, take it out, and wait until its worker is gone."""
    visit.page.evaluate(ADD)
    visit.wait_event("ready", after=lives)
    visit.wait_state(lambda state: state["frames"] > 5)
    visit.page.evaluate(HOLD)
    visit.page.evaluate("document.querySelector('candle-fish').remove()")
    visit.wait_threads(0)


def test_worker_canvas_and_memory_go_with_the_element(visit: Visit) -> None:
    visit.serve("/bare.html", BARE)
    visit.open("/bare.html")
    visit.page.wait_for_function("customElements.get('candle-fish') !== undefined")
    before_mb, _ = weigh(visit)
    after: list[float] = []
    for lives in range(3):
        live_and_leave(visit, lives)
        mb, scopes = weigh(visit)
        after.append(mb)
        assert "DedicatedWorkerGlobalScope" not in scopes
        assert visit.page.evaluate(LEFT) == []
    record("left_after_removal_mb", [round(mb - before_mb, 2) for mb in after])
    assert after[-1] - before_mb < 2.0
    assert after[-1] - after[0] < 0.5, "and it is no more each time"
