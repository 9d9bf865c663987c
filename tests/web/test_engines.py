"""One list of cases for every browser engine; `docs/browsers.md` is written from how they went.

``.venv/bin/python -m tests.web.browsers > docs/browsers.md`` after ``build.py test`` writes it anew.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from builder.prerequisites import find_firefox
from tests.web import faults, firefox, webkit
from tests.web.artefact import record
from tests.web.browsers import ENGINES, title
from tests.web.engines import Chromium, Engine, wait
from tests.web.pdf import page_image
from tests.web.pixels import Picture
from tests.web.site import RecordedSite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

MISSING = {
    "Firefox": "no Firefox: install firefox-esr, or name one in CANDLEFISH_FIREFOX",
    "WebKit": "no WebKit: install webkit2gtk-driver and xvfb",
}
FISH = "document.querySelector('candle-fish')"
STATE = f"Promise.resolve({FISH}?.getState?.() ?? {{}})"
PICTURE = "getComputedStyle(document.querySelector('candle-fish > svg'))"
PICTURE_ONLY = f"""{PICTURE}.display !== 'none' && !{FISH}.shadowRoot.querySelector('canvas')"""
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
TAB, ENTER, ESCAPE, RIGHT = "\ue004", "\ue007", "\ue00c", "\ue014"
FALLBACK = Path(__file__).resolve().parents[2] / "static" / "fallback.svg"
AMBER = (255, 179, 71)
BROWSERS_PAGE = FALLBACK.parents[1] / "docs" / "browsers.md"
ADMIN = "admin-token-of-the-tests"


def event(name: str, count: int = 1) -> str:
    """An expression: the detail of an event that has come so often, else false."""
    return f"(recorded.filter((one) => one.name === '{name}').map((one) => one.detail)[{count - 1}] ?? false)"


@pytest.fixture(scope="module", params=ENGINES)
def engine(
    request: pytest.FixtureRequest, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """A browser of each engine."""
    with start(request.param, chromium, tmp_path_factory) as browser:
        yield browser


@contextmanager
def start(
    name: str, chromium: Browser, folders: pytest.TempPathFactory, *, calm: bool = False
) -> Iterator[Engine]:
    """A browser of an engine, with a fresh profile; ``calm``: its visitor prefers reduced motion."""
    if name == "Chromium":
        page = Chromium(chromium, reduced_motion="reduce" if calm else "no-preference")
        yield page
        page.close()
        return
    program = {"Firefox": find_firefox, "WebKit": webkit.program}[name]()
    if program is None:
        pytest.skip(MISSING[name])
    profile = folders.mktemp(name)
    if name == "Firefox":
        with firefox.running(program, profile, {"ui.prefersReducedMotion": int(calm)}) as fox:
            yield fox
    else:
        with webkit.running(program, profile, calm=calm) as kit:
            yield kit


@pytest.fixture
def site(dist: Path, engine: Engine) -> Iterator[RecordedSite]:
    """The built site at an origin no browser has been to; no page of it may have an error in the end."""
    engine.renew()
    served = RecordedSite(dist)
    try:
        yield served
        assert engine.evaluate("globalThis.trouble ?? []") == []
        engine.open("about:blank")
    finally:
        served.stop()


def visit(engine: Engine, site: RecordedSite, path: str = "/") -> None:
    """Open a page, and wait for its living fish."""
    engine.open(site.address + path)
    wait_alive(engine)


def wait_alive(engine: Engine) -> dict[str, Any]:
    """Wait until a fish draws; return what `ready` said."""
    ready: dict[str, Any] = wait(engine, f"{event('ready')} || {event('fallback')}")
    assert "timeline" in ready, (ready, engine.evaluate("recorded"))
    wait(engine, f"{STATE}.then((state) => state.frames > 5)")
    return ready


@pytest.fixture(scope="module")
def demo(dist: Path, engine: Engine) -> Iterator[RecordedSite]:
    """A site whose first page is open already: one visit for all of ``TestAlive``."""
    served = RecordedSite(dist)
    engine.open(served.address + "/")
    yield served
    engine.open("about:blank")
    served.stop()


class TestAlive:
    """The main path, in one visit."""

    def test_the_picture_is_there_first(self, engine: Engine, demo: RecordedSite) -> None:
        assert engine.evaluate(f"{PICTURE}.display !== 'none'")
        wait_alive(engine)
        ready_ms = engine.evaluate("recorded.find((one) => one.name === 'ready').at_ms")
        assert 0 < engine.evaluate(FIRST_PAINT) < ready_ms

    def test_it_lives_in_a_worker(self, engine: Engine, demo: RecordedSite) -> None:
        state = wait(engine, f"{STATE}.then((state) => state.frames > 30 && state)")
        assert (state["thread"], state["mood"]) == ("worker", "curious")
        record(f"frames in {engine.name}", {name: state[name] for name in ("fps", "frames", "detail")})

    def test_it_is_restored_from_the_snapshot(self, engine: Engine, demo: RecordedSite) -> None:
        assert "restored" in wait_alive(engine)["timeline"]
        assert engine.evaluate("recorded.filter((one) => one.name === 'error')") == []

    def test_a_click_feeds(self, engine: Engine, demo: RecordedSite) -> None:
        fed = engine.evaluate("recorded.filter((one) => one.name === 'fed').length")
        engine.click(700, 300)
        wait(engine, event("fed", fed + 1))

    def test_a_tap_feeds(self, engine: Engine, demo: RecordedSite) -> None:
        fed = engine.evaluate("recorded.filter((one) => one.name === 'fed').length")
        engine.tap(600, 330)
        wait(engine, event("fed", fed + 1))

    def test_the_keyboard_moves_feeds_and_leaves(self, engine: Engine, demo: RecordedSite) -> None:
        focused = f"{FISH}.shadowRoot.activeElement?.className ?? ''"
        engine.evaluate(f"{FISH}.shadowRoot.querySelector('.stage').focus()")
        assert "stage" in engine.evaluate(focused)
        engine.press(RIGHT)
        wait(engine, f"!{FISH}.shadowRoot.querySelector('.cursor').hidden")
        fed = engine.evaluate("recorded.filter((one) => one.name === 'fed').length")
        engine.press(ENTER)
        wait(engine, event("fed", fed + 1))
        engine.press(ESCAPE)
        wait(engine, f"({focused}) === ''")

    def test_moods_and_trust_are_told_as_events(self, engine: Engine, demo: RecordedSite) -> None:
        wait(engine, event("trustchange"))
        wait(engine, event("moodchange"))

    def test_the_console_is_silent(self, engine: Engine, demo: RecordedSite) -> None:
        assert engine.evaluate("trouble") == []


def test_memory_outlives_a_reload_and_is_shared_by_two_windows(engine: Engine, site: RecordedSite) -> None:
    visit(engine, site)
    engine.click(700, 300)
    wait(engine, event("fed"))
    trust = engine.evaluate(STATE)["trust"]
    assert trust > 21
    wait(engine, "(JSON.parse(localStorage.getItem('candlefish_memory') ?? '{}').trust !== undefined)")
    engine.open(site.address + "/manifest.json")  # what waits is written when the page goes
    visit(engine, site)
    again = engine.evaluate(STATE)["trust"]
    assert again == pytest.approx(trust, abs=1.0)
    with engine.second_window():
        visit(engine, site)
        assert engine.evaluate(STATE)["trust"] > again - 1.0, "it may have grown meanwhile"


KEPT = """(async () => {
  for (const name of await caches.keys()) {
    const kept = name === "candlefish" && await (await caches.open(name)).match("/release");
    if (kept) return true;
  }
  return false;
})()"""


def test_the_second_visit_needs_no_network(engine: Engine, dist: Path) -> None:
    engine.renew()
    served = RecordedSite(dist, recorded=False)
    engine.open(served.address + "/")
    wait(engine, f"{STATE}.then((state) => state.frames > 5)")
    wait(engine, f"navigator.serviceWorker.controller !== null && {KEPT}")
    served.stop()
    engine.open(served.address + "/")
    assert wait(engine, f"{STATE}.then((state) => state.frames > 5 && state)")["thread"] == "worker"
    engine.open("about:blank")


def test_less_motion_is_honoured(
    request: pytest.FixtureRequest,
    engine: Engine,
    site: RecordedSite,
    chromium: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with start(engine.name, chromium, tmp_path_factory, calm=True) as calm:
        calm.open(site.address + "/")
        assert wait(calm, event("fallback"))["reason"] == "reduced-motion"
        assert calm.evaluate(PICTURE_ONLY)


ELEMENT = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>an element</title>
<link rel="icon" href="data:,"><script type="module" src="./candle-fish.js"></script>
<style>body {{ margin: 0; background: #f00 }} candle-fish {{ display: block; height: 500px }}</style>
</head><body><candle-fish {attributes}>{inner}</candle-fish></body></html>"""


def element(site: RecordedSite, attributes: str, inner: str = "") -> str:
    """A page with one element; its path."""
    site.serve("/element.html", ELEMENT.format(attributes=attributes, inner=inner))
    return "/element.html"


def test_static_is_a_picture_told_of_once(engine: Engine, site: RecordedSite) -> None:
    engine.open(site.address + element(site, "static"))
    assert wait(engine, event("fallback"))["reason"] == "static"
    assert not engine.evaluate(f"!!{FISH}.shadowRoot.querySelector('canvas')")
    assert not engine.evaluate(event("fallback", 2))


def test_transparent_shows_the_page_behind(engine: Engine, site: RecordedSite) -> None:
    visit(engine, site, element(site, "transparent"))
    background = f"getComputedStyle({FISH}.shadowRoot.querySelector('.stage')).backgroundColor"
    assert engine.evaluate(background) in {"rgba(0, 0, 0, 0)", "transparent"}


@pytest.mark.parametrize("attributes", ["", "transparent"], ids=["opaque", "transparent"])
def test_printed_it_is_a_picture(engine: Engine, site: RecordedSite, attributes: str) -> None:
    picture = FALLBACK.read_text(encoding="utf-8")
    visit(engine, site, element(site, attributes, picture))
    paper = engine.print_pdf()
    if paper is None:
        pytest.skip(f"the driver of {engine.name} cannot print")
    assert Picture(page_image(paper)).share_near(AMBER, within=110) > 0.0003


def test_the_page_itself_draws_without_an_offscreen_canvas(engine: Engine, site: RecordedSite) -> None:
    site.preload = "delete globalThis.OffscreenCanvas;"
    visit(engine, site)
    assert engine.evaluate(STATE)["thread"] == "page"


@pytest.mark.parametrize(
    ("reason", "script"),
    [
        ("no-webassembly", "delete globalThis.WebAssembly"),
        ("save-data", faults.SAVE_DATA),
        ("error", faults.CLASSIC_WORKERS),
    ],
    ids=["no WebAssembly", "Save-Data", "no module workers"],
)
def test_the_picture_stays(engine: Engine, site: RecordedSite, reason: str, script: str) -> None:
    site.preload = script
    engine.open(site.address + "/")
    assert wait(engine, event("fallback"))["reason"] == reason
    assert wait(engine, PICTURE_ONLY)
    engine.evaluate("void (trouble.length = 0)")  # the browser says in its own words what is missing


@pytest.mark.parametrize(
    ("reason", "script"),
    [("denied", faults.STORAGE_DENIED), ("full", faults.STORAGE_FULL), ("damaged", faults.STORAGE_TAMPERED)],
    ids=["denied", "full", "damaged"],
)
def test_storage_that_fails_costs_the_memory_alone(
    engine: Engine, site: RecordedSite, reason: str, script: str
) -> None:
    site.preload = script
    visit(engine, site)
    engine.click(700, 300)
    wait(engine, event("fed"))
    assert wait(engine, event("storage"))["reason"] == reason


def test_the_studio_shows_a_fish_and_its_numbers(engine: Engine, site: RecordedSite) -> None:
    engine.open(site.address + "/studio.html")
    wait(
        engine,
        "document.querySelector('#tank canvas') && document.querySelectorAll('[data-key]').length > 40",
    )
    wait(engine, "document.querySelectorAll('#tank canvas').length > 0")


def test_pyscript_mounts_it(engine: Engine, site: RecordedSite) -> None:
    engine.open(site.address + "/pyscript.html")
    wait(engine, "document.querySelector('#mood').textContent === 'curious'")


@pytest.fixture
def service(dist: Path, tmp_path: Path) -> Iterator[str]:
    """The service, as its command runs it; its address."""
    command = [sys.executable, "-m", "candlefish", "service", "--port", "0", "--data", str(tmp_path)]
    environment = os.environ | {"CANDLEFISH_ADMIN_TOKEN": ADMIN}
    with subprocess.Popen(
        [*command, "--dist", str(dist)], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found
        yield found[0]
        process.terminate()


def test_the_dashboard_opens_for_who_has_the_token(engine: Engine, service: str) -> None:
    engine.open(service + "/dashboard")
    engine.evaluate(f"void (document.querySelector('#token').value = '{ADMIN}')")
    engine.evaluate("document.querySelector('button').click()")
    wait(engine, "document.querySelectorAll('#tiles .tile').length > 3")
    wait(engine, "document.querySelector('#link').textContent === 'live'")
    engine.open("about:blank")


FED_AT = f"""{FISH}.recording().then(({{ text }}) => text.split("\\n").filter(Boolean).map(JSON.parse)
  .filter(({{ kind }}) => kind === "FEED").map(({{ x, y }}) => [x, y].map(Math.round)).at(-1) ?? null)"""
BOX = "position: absolute; top: 0; left: 0; width: 1200px; height: 400px; transform-origin: 0 0;"


@pytest.mark.parametrize(
    ("style", "x", "y"),
    [
        ("transform: scale(.5)", 450, 50),
        ("zoom: .5", 450, 50),
        ("transform: translate(400px) rotate(90deg) scale(.5)", 350, 450),
    ],
    ids=["scaled", "zoomed", "rotated"],
)
def test_a_click_is_where_it_is_in_any_box(
    engine: Engine, site: RecordedSite, style: str, x: int, y: int
) -> None:
    visit(engine, site, element(site, f'style="{BOX} {style}"') + "?record")
    engine.click(x, y)
    assert wait(engine, FED_AT) == [900, 100]


def test_trusted_types_are_met_by_a_named_policy(engine: Engine, site: RecordedSite) -> None:
    site.policy = "require-trusted-types-for 'script'; trusted-types candlefish"
    visit(engine, site, element(site, ""))
    assert engine.evaluate(STATE)["thread"] == "worker"


def test_it_starts_once_there_is_a_network(engine: Engine, site: RecordedSite) -> None:
    site.preload = "Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => false });"
    site.closed = ("/worker.js",)
    engine.open(site.address + element(site, ""))
    wait(engine, event("fallback"))
    site.closed = ()
    engine.evaluate("void (delete navigator.onLine, dispatchEvent(new Event('online')))")
    wait(engine, event("ready"))
    engine.evaluate("void (trouble.length = 0)")  # of the file that did not come


def test_at_no_height_nothing_is_drawn_until_there_is_some(engine: Engine, site: RecordedSite) -> None:
    engine.open(site.address + element(site, 'style="height: 0"'))
    assert engine.evaluate("new Promise((done) => setTimeout(() => done(recorded.length), 1500))") == 0
    engine.evaluate(f"void ({FISH}.style.height = '300px')")
    wait_alive(engine)


def test_the_page_about_browsers_has_every_case(request: pytest.FixtureRequest) -> None:
    rows = re.findall(r"^\| ([A-Z][^|]+) \|", BROWSERS_PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    cases = [
        item.name for item in request.session.items if item.nodeid.startswith("tests/web/test_engines.py")
    ]
    assert {title(case) for case in cases if any(engine in case for engine in ENGINES)} <= set(rows)
