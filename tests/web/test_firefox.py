"""The main path, the keyboard, the ladder and storage in Firefox; skipped where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builder.prerequisites import find_firefox
from candlefish.bench.fish_page import RECORDER
from tests.web import faults
from tests.web.artefact import record
from tests.web.firefox import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.web.firefox import Firefox

PROGRAM = find_firefox()
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        PROGRAM is None, reason="no Firefox: install firefox-esr, or name one in CANDLEFISH_FIREFOX"
    ),
]

FISH = "document.querySelector('candle-fish')"
STATE = f"{FISH}.getState()"
PICTURE_ONLY = f"""getComputedStyle(document.querySelector('candle-fish > svg')).display !== 'none'
  && !{FISH}.shadowRoot.querySelector('canvas')"""
TAB, ENTER, ESCAPE, RIGHT = "\ue004", "\ue007", "\ue00c", "\ue014"
# Pixels of what the canvas shows can be had from a page only where the page itself draws.
LIT = f"""(() => {{
  const canvas = {FISH}.shadowRoot.querySelector("canvas:last-of-type");
  const copy = Object.assign(document.createElement("canvas"), {{ width: 160, height: 90 }});
  const context = copy.getContext("2d");
  context.drawImage(canvas, 0, 0, 160, 90);
  const {{ data }} = context.getImageData(0, 0, 160, 90);
  let lit = 0;
  for (let i = 0; i < data.length; i += 4) lit += data[i] > 120;
  return lit;
}})()"""


def said(name: str, count: int = 1) -> str:
    """An expression: the detail of an event that has come so often, else false."""
    return f"(recorded.filter((one) => one.name === '{name}').map((one) => one.detail)[{count - 1}] ?? false)"


@pytest.fixture(scope="module")
def firefox(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """A Firefox; `chromium` only puts these tests last, where the other browser tests are."""
    assert PROGRAM is not None
    with running(PROGRAM, tmp_path_factory.mktemp("firefox")) as browser:
        yield browser


def visit(firefox: Firefox, address: str, *scripts: str, awake: bool = True) -> None:
    firefox.fresh_tab(RECORDER, *scripts)
    firefox.open(address)
    if awake:
        assert not firefox.wait(f"{said('ready')} || {said('fallback')}").get("reason"), firefox.evaluate(
            "recorded"
        )


def test_it_lives_in_a_worker_eats_and_remembers(firefox: Firefox, address: str) -> None:
    visit(firefox, address)
    state = firefox.wait(f"{STATE}.then((state) => state.frames > 30 && state)")
    assert (state["thread"], state["mood"]) == ("worker", "curious")
    assert firefox.wait(f"{LIT} > 20")
    firefox.click(700, 300)
    firefox.wait(said("fed"))
    trust = firefox.evaluate(STATE)["trust"]
    assert trust > 21
    firefox.wait("localStorage.getItem('candlefish_memory') !== null")
    firefox.wait(f"{STATE}.then((state) => state.memory_saved)")
    firefox.wait("JSON.parse(localStorage.getItem('candlefish_memory')).trust !== undefined")
    firefox.open(address + "/404")  # what waits is written when the page goes
    visit(firefox, address)
    assert firefox.evaluate(STATE)["trust"] == pytest.approx(trust, abs=1.0)
    record("firefox", firefox.evaluate(f"{STATE}.then(({{ fps, frames }}) => ({{ fps, frames }}))"))
    firefox.evaluate("localStorage.clear()")


def test_the_keyboard_moves_feeds_and_leaves(firefox: Firefox, address: str) -> None:
    visit(firefox, address)
    focused = f"{FISH}.shadowRoot.activeElement?.className ?? ''"
    firefox.press(TAB)
    firefox.press(TAB)
    assert "stage" in firefox.evaluate(focused)
    firefox.press(RIGHT)
    assert firefox.evaluate(f"!{FISH}.shadowRoot.querySelector('.cursor').hidden")
    firefox.press(ENTER)
    firefox.wait(said("fed"))
    firefox.press(ESCAPE)
    assert firefox.evaluate(focused) == ""


def test_without_an_offscreen_canvas_it_lives_on_the_page(firefox: Firefox, address: str) -> None:
    visit(firefox, address, "delete globalThis.OffscreenCanvas")
    state = firefox.wait(f"{STATE}.then((state) => state.frames > 10 && state)")
    assert state["thread"] == "page"
    assert firefox.wait(f"{LIT} > 20")


@pytest.mark.parametrize(
    ("reason", "script"),
    [
        ("no-webassembly", "delete globalThis.WebAssembly"),
        ("save-data", faults.SAVE_DATA),
        ("error", faults.CLASSIC_WORKERS),
    ],
    ids=["no WebAssembly", "Save-Data", "no module workers"],
)
def test_the_picture_stays(firefox: Firefox, address: str, reason: str, script: str) -> None:
    visit(firefox, address, script, awake=False)
    assert firefox.wait(said("fallback"))["reason"] == reason
    assert firefox.wait(PICTURE_ONLY)


@pytest.mark.parametrize(
    ("reason", "script"),
    [("denied", faults.STORAGE_DENIED), ("full", faults.STORAGE_FULL), ("damaged", faults.STORAGE_TAMPERED)],
    ids=["denied", "full", "damaged"],
)
def test_storage_that_does_not_want_to(firefox: Firefox, address: str, reason: str, script: str) -> None:
    visit(firefox, address, script)
    firefox.click(700, 300)
    firefox.wait(said("fed"))
    assert firefox.wait(said("storage"))["reason"] == reason


@pytest.fixture(autouse=True)
def forgotten(firefox: Firefox, address: str) -> None:
    """No test finds what another has left in storage."""
    firefox.fresh_tab()
    firefox.open(address + "/manifest.json")
    firefox.evaluate("localStorage.clear()")


def test_less_motion_is_honoured(
    chromium: Browser, address: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert PROGRAM is not None
    with running(PROGRAM, tmp_path_factory.mktemp("calm"), {"ui.prefersReducedMotion": 1}) as calm:
        visit(calm, address, awake=False)
        assert calm.wait(said("fallback"))["reason"] == "reduced-motion"
        assert calm.evaluate(PICTURE_ONLY)
