"""The docs site: made from data, without a script, and every link of it leads somewhere."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import urljoin, urlsplit

import pytest

from builder.docs import docs_files, element_page, moods_page
from builder.steps import BuildError
from builder.workspace import WEB
from candlefish.sim.moods import Mood
from candlefish.sim.tuning import default_tuning

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = {
    "schemaVersion": "2.1.0",
    "modules": [
        {
            "kind": "javascript-module",
            "path": "lamp.js",
            "declarations": [
                {"kind": "function", "name": "light"},
                {
                    "kind": "class",
                    "name": "Lamp",
                    "tagName": "a-lamp",
                    "customElement": True,
                    "description": "It shines.",
                    "attributes": [
                        {"name": "hue", "type": {"text": '"red" | "blue"'}, "default": '"red"'},
                    ],
                    "members": [
                        {"kind": "field", "name": "hue", "type": {"text": "string"}},
                        {"kind": "field", "name": "secret", "privacy": "private"},
                        {"kind": "method", "name": "dim", "parameters": [{"name": "by"}, {"name": "ms"}]},
                    ],
                    "events": [{"name": "a:lit", "type": {"text": "CustomEvent<{ by }>"}}],
                    "cssParts": [{"name": "bulb", "description": "The bulb."}],
                },
            ],
        }
    ],
}


class Links(HTMLParser):
    """What a page links to, the anchors it has, and its scripts and inline styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.anchors: set[str] = set()
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"href", "src"} and value:
                self.targets.append(value)
            if name == "id" and value:
                self.anchors.add(value)
            if name == "style" or name.startswith("on"):
                self.inline.append(f"{tag} {name}")
        if tag in {"script", "style"}:
            self.inline.append(tag)


@pytest.fixture(scope="module")
def site() -> dict[str, bytes]:
    return docs_files(ROOT)


@pytest.fixture(scope="module")
def pages(site: dict[str, bytes]) -> dict[str, Links]:
    return {name: Links(data.decode()) for name, data in site.items() if name.endswith(".html")}


def test_every_page_is_there(site: dict[str, bytes]) -> None:
    names = "index embedding element moods fallbacks browsers performance privacy troubleshooting"
    assert {f"{name}.html" for name in names.split()} <= site.keys()


def test_no_page_has_anything_a_strict_policy_forbids(pages: dict[str, Links]) -> None:
    assert {name: page.inline for name, page in pages.items() if page.inline} == {}


def test_every_link_leads_somewhere(pages: dict[str, Links], site: dict[str, bytes]) -> None:
    found = [
        f"{name}: {target}: {trouble}"
        for name, page in pages.items()
        for target in page.targets
        if (trouble := what_is_wrong(name, target, pages, site))
    ]
    assert found == []


def what_is_wrong(name: str, target: str, pages: dict[str, Links], site: dict[str, bytes]) -> str:
    """Why a link of a page leads nowhere; "" where it leads somewhere."""
    parts = urlsplit(urljoin(f"/docs/{name}", target))
    if parts.scheme or parts.netloc:
        return "" if parts.scheme == "data" else "leads to another site"
    path = PurePosixPath(parts.path.removeprefix("/"))
    if path.parts[0] != "docs":
        there = (ROOT / path).is_file() if path.parts[0] == "examples" else list(WEB.rglob(path.name))
        return "" if there else "no such page of the site"
    page = str(path.relative_to("docs"))
    if page not in site:
        return "no such page"
    return "no such heading" if parts.fragment and parts.fragment not in pages[page].anchors else ""


def test_a_link_to_nowhere_is_seen(pages: dict[str, Links], site: dict[str, bytes]) -> None:
    wrong = {
        "none.html": "no such page",
        "moods.html#none": "no such heading",
        "../none.html": "no such page of the site",
        "../examples/none.html": "no such page of the site",
        "https://elsewhere.example/": "leads to another site",
        "moods.html": "",
        "../index.html": "",
    }
    assert {target: what_is_wrong("index.html", target, pages, site) for target in wrong} == wrong


def test_every_page_can_be_reached_from_every_other(pages: dict[str, Links]) -> None:
    for name in ("index.html", "element.html", "fallbacks.html"):
        assert {"embedding.html", "moods.html", "privacy.html"} <= set(pages[name].targets)


def test_the_reference_says_what_the_manifest_says() -> None:
    text = element_page(MANIFEST)
    assert text.startswith("# `<a-lamp>`\n\nIt shines.")
    assert '<code>hue</code> | <code>"red" &#124; "blue"</code> | <code>"red"</code>' in text
    assert "<code>dim(by, ms)</code>" in text
    assert "<code>a:lit</code>" in text
    assert "## Parts" in text
    assert "secret" not in text
    assert "## Slots" not in text


def test_a_manifest_without_an_element_is_refused() -> None:
    with pytest.raises(BuildError, match="declares no custom element"):
        element_page({"schemaVersion": "2.1.0", "modules": []})


def test_the_manifest_of_the_element_is_of_the_schema_this_reads() -> None:
    manifest = json.loads((ROOT / "web" / "package" / "custom-elements.json").read_text(encoding="utf-8"))
    assert manifest["schemaVersion"].startswith("2.")
    page = element_page(manifest)
    for heading in ("Attributes", "Methods", "Events"):
        assert f"## {heading}" in page


def test_the_moods_page_has_every_mood_and_every_number() -> None:
    tuning = default_tuning()
    text = moods_page(tuning)
    assert all(mood.value in text for mood in Mood)
    assert "<code>#ffb347</code>" in text
    assert "<code>speed_px_s</code> | 20 | 600 | px/s" in text
    assert "<code>min_dwell_s</code> | 1.5 | 5 | s" in text
