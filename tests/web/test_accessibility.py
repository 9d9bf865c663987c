"""For everyone: axe in every state, what a screen reader says, and the way through the page by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from candlefish.bench.fish_page import PATIENCE_S
from tests.web.axe import axe

if TYPE_CHECKING:
    from tests.web.visit import Visit, Visits

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Our shop</title>
<link rel="icon" href="data:,"><script type="module" src="./candle-fish.js"></script></head>
<body><main><h1>Our shop</h1><candle-fish height="300"></candle-fish><p>Open every day.</p>
<a href="#more">More</a></main></body></html>"""
SHADOW = "document.querySelector('candle-fish').shadowRoot"
# What has the focus, also inside of the element, and how it shows it.
FOCUSED = """() => {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  if (one === null || one === document.body) return null;
  const style = getComputedStyle(one);
  const { left, top, width, height } = one.getBoundingClientRect();
  const root = one.getRootNode();
  const at = root.elementsFromPoint(left + width / 2, Math.min(top + height / 2, innerHeight - 1));
  return {
    name: one.getAttribute("aria-label") ?? one.textContent.trim(),
    role: one.getAttribute("role") ?? one.localName,
    width, height, inFish: root instanceof ShadowRoot, seen: at.includes(one),
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
  };
}"""


def transcript(visit: Visit) -> list[str]:
    """What a screen reader says on its way through the page: role and name of each node not ignored."""
    session = visit.page.context.new_cdp_session(visit.page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}
    said: list[str] = []

    def walk(node: dict[str, Any]) -> None:
        role, name = (node.get(key, {}).get("value", "") for key in ("role", "name"))
        silent = {"", "none", "generic", "InlineTextBox", "RootWebArea", "main"}
        if not node.get("ignored") and role not in silent:
            said.append(f"{role}: {name}".removesuffix(": "))
        for child in node.get("childIds", []):
            if child in by_id:
                walk(by_id[child])

    walk(nodes[0])
    session.detach()
    return said


def test_axe_finds_nothing_while_it_lives_is_focused_or_paused(awake: Visit) -> None:
    found = {"alive": axe(awake)}
    awake.page.keyboard.press("Tab")
    awake.page.keyboard.press("Tab")
    awake.page.keyboard.press("ArrowRight")
    found["focused"] = axe(awake)
    awake.page.evaluate("document.querySelector('candle-fish').pause()")
    found["paused"] = axe(awake)
    awake.page.set_viewport_size({"width": 390, "height": 844})
    found["narrow"] = axe(awake)
    awake.page.emulate_media(forced_colors="active")
    found["forced colours"] = axe(awake, forced_colours=True)
    awake.page.emulate_media(reduced_motion="reduce", forced_colors="none")
    awake.wait_event("fallback")
    found["still"] = axe(awake)
    assert [f"{state}: {line}" for state, lines in found.items() for line in lines] == []


def test_axe_finds_nothing_on_a_page_without_styles_of_its_own(visit: Visit) -> None:
    visit.serve("/shop.html", PAGE)
    visit.open("/shop.html")
    visit.wait_awake()
    assert axe(visit) == []


def test_axe_would_find_something(visit: Visit) -> None:
    visit.serve("/shop.html", PAGE.replace("<main>", "<main><img src='data:,'>"))
    visit.open("/shop.html")
    assert any("image-alt" in line for line in axe(visit))


def test_what_a_screen_reader_says(visit: Visit) -> None:
    visit.serve("/shop.html", PAGE.replace("<candle-fish", "<candle-fish label='Our mascot, a fish'"))
    visit.open("/shop.html")
    visit.wait_awake()
    said = transcript(visit)
    assert said[:2] == ["heading: Our shop", "StaticText: Our shop"]
    fish = [line for line in said if "Our mascot" in line]
    assert fish == ["application: Our mascot, a fish"], "one thing with one name"
    assert "button: Pause the fish" in said
    assert said.index(fish[0]) < said.index("paragraph") < said.index("link: More")
    assert not [line for line in said if line.lower() in {"image", "button", "canvas", "link"}], "nameless"
    visit.page.mouse.click(600, 150)
    visit.wait_event("moodchange")
    visit.page.wait_for_function(f"() => {SHADOW}.querySelector('[role=status]').textContent !== ''")
    told = [line for line in transcript(visit) if line.startswith("StaticText: The fish")]
    assert told == ["StaticText: The fish is excited."]


def test_what_a_screen_reader_says_of_the_picture(visits: Visits) -> None:
    visit = visits.new(reduced_motion="reduce")
    visit.serve("/shop.html", PAGE)
    visit.open("/shop.html")
    visit.wait_event("fallback")
    said = transcript(visit)
    assert len([line for line in said if line.startswith("image: ") and "candlefish" in line]) == 1
    assert not [line for line in said if line.startswith("button")], "a control with nothing to control"


def test_the_way_through_the_page_by_keyboard(awake: Visit) -> None:
    awake.page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    stops = []
    for _ in range(30):
        awake.page.keyboard.press("Tab")
        awake.page.wait_for_timeout(60)
        stop = awake.page.evaluate(FOCUSED)
        if stop is None:
            break
        stops.append(stop)
    names = [stop["name"] for stop in stops]
    assert len(stops) < 30, f"the focus does not leave the page: {names}"
    assert stops[0]["name"].startswith("Skip"), names
    assert any(stop["inFish"] and stop["role"] == "application" for stop in stops), names
    assert "Pause" in names
    assert [stop for stop in stops if not stop["outlined"]] == [], "focus that cannot be seen"
    assert [stop for stop in stops if not stop["seen"]] == [], "focus that is covered"
    buttons = [stop for stop in stops if stop["role"] == "button"]
    assert buttons
    assert [stop for stop in buttons if min(stop["width"], stop["height"]) < 24] == [], "targets too small"


def test_escape_leaves_the_fish_and_tab_goes_on_from_there(awake: Visit) -> None:
    awake.page.keyboard.press("Tab")
    awake.page.keyboard.press("Tab")
    assert awake.page.evaluate(FOCUSED)["inFish"]
    awake.page.keyboard.press("Enter")
    awake.wait_event("fed", wait_s=PATIENCE_S)
    awake.page.keyboard.press("Escape")
    assert awake.page.evaluate(FOCUSED) is None
    awake.page.keyboard.press("Tab")
    after = awake.page.evaluate(FOCUSED)
    assert after is not None
    assert not after["name"].startswith("Skip"), "back at the start of the page"


def test_focus_can_be_seen_when_colours_are_forced(visits: Visits) -> None:
    visit = visits.new(forced_colors="active")
    visit.open()
    visit.wait_awake()
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("ArrowDown")
    assert visit.page.evaluate(FOCUSED)["outlined"]
    cursor = visit.page.evaluate(
        f"""() => {{
          const {{ borderTopColor, borderTopStyle }} = getComputedStyle({SHADOW}.querySelector('.cursor'));
          return [borderTopColor, borderTopStyle];
        }}"""
    )
    assert cursor[1] == "solid"
    assert cursor[0] != "rgba(0, 0, 0, 0)"
