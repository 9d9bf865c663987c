"""The docs site: MkDocs with a theme of our own, which has no script at all.

MkDocs loads this file as its hook too, and is given the pages that are written from data: the element's
reference from ``custom-elements.json`` (schema 2.1), and the moods from ``moods.toml``.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.steps import BuildError, run
from builder.workspace import WEB
from candlefish.sim.moods import Thresholds
from candlefish.sim.tuning import MoodParams, default_tuning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

    from candlefish.sim.tuning import Tuning

SUFFIXES = frozenset({".css", ".html", ".jpg", ".png", ".svg"})
MANIFEST = WEB / "package" / "custom-elements.json"
Item = dict[str, Any]

MOODS_INTRODUCTION = """\
Affect – how good and how awake it feels – follows from what the visitor does, and fades; the mood follows
from affect and trust. The numbers are those of `candlefish/sim/moods.toml`: turn one, build, and look. A
value out of range is refused by name.
"""


def docs_files(root: Path) -> dict[str, bytes]:
    """The files of the docs site by path, made from ``docs/`` and the data at ``root``.

    Raises:
        BuildError: MkDocs refuses; its message says which page.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder]
        run(command, what="building the docs", cwd=root)
        made = sorted(path for path in Path(folder).rglob("*") if path.suffix in SUFFIXES)
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in made}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages to those of ``docs/``."""
    from mkdocs.structure.files import File  # noqa: PLC0415  # the build itself runs MkDocs as a program

    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    for name, content in (("element.md", element_page(manifest)), ("moods.md", moods_page(default_tuning()))):
        files.append(File.generated(config, name, content=content))
    return files


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Let the keyboard scroll what may be wider than a phone; a head without words is no head of a column."""
    scrolled = html.replace("<table>", '<table tabindex="0">').replace("<pre>", '<pre tabindex="0">')
    return scrolled.replace("<th></th>", "<td></td>")


def element_page(manifest: Mapping[str, Any]) -> str:
    """The reference of every custom element in a manifest, as Markdown.

    Raises:
        BuildError: the manifest declares no custom element.
    """
    modules = manifest.get("modules", [])
    found = [item for module in modules for item in module.get("declarations", []) if item.get("tagName")]
    if not found:
        raise BuildError("custom-elements.json declares no custom element")
    return "\n".join(line for element in found for line in _element(element))


def _element(element: Item) -> Iterator[str]:
    yield from (f"# `<{element['tagName']}>`", "", element.get("description", ""), "")
    members = [item for item in element.get("members", []) if item.get("privacy", "public") == "public"]
    shown = [item for item in members if not item.get("static")]
    yield from _section("Attributes", element.get("attributes"), ("type", _type), ("default", _default))
    properties = [item for item in shown if item["kind"] == "field"]
    yield from _section("Properties", properties, ("type", _type), ("default", _default))
    methods = [item for item in shown if item["kind"] == "method"]
    yield from _section("Methods", methods, ("returns", _returns), name=_signature)
    yield from _section("Events", element.get("events"), ("detail", _type))
    yield from _section("Slots", element.get("slots"), name=lambda item: item["name"] or "(default)")
    yield from _section("Parts", element.get("cssParts"))
    yield from _section("CSS custom properties", element.get("cssProperties"), ("default", _default))
    yield from _section("CSS states", element.get("cssStates"))


def _section(
    title: str,
    items: Sequence[Item] | None,
    *columns: tuple[str, Callable[[Item], str]],
    name: Callable[[Item], str] = lambda item: str(item["name"]),
) -> Iterator[str]:
    """A heading and a table: the name, what the columns say, the description. Nothing without items."""
    if not items:
        return
    yield from (f"## {title}", "")
    yield from _table(
        ("name", *(label for label, _ in columns), "meaning"),
        (
            (_code(name(item)), *(_code(read(item)) for _, read in columns), item.get("description", ""))
            for item in items
        ),
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|---" * len(head) + "|"
    for row in rows:
        yield f"| {' | '.join(_cell(text) for text in row)} |"
    yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "&#124;")


def _code(text: str) -> str:
    """As code, in HTML: a vertical line inside of backquotes would end a cell."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<code>{escaped}</code>" if text else "–"


def _type(item: Item) -> str:
    return str(item.get("type", {}).get("text", ""))


def _default(item: Item) -> str:
    return str(item.get("default", ""))


def _returns(item: Item) -> str:
    return str(item.get("return", {}).get("type", {}).get("text", "void"))


def _signature(item: Item) -> str:
    return f"{item['name']}({', '.join(part['name'] for part in item.get('parameters', []))})"


def moods_page(tuning: Tuning) -> str:
    """What each mood looks like and where one ends and another begins, as Markdown."""
    lines = ["# Moods", "", MOODS_INTRODUCTION, "## How each looks and moves", ""]
    names = [item.name for item in fields(MoodParams)]
    lines += _table(
        ("value", *(mood.value for mood in tuning.moods)),
        ((_code(name), *(_value(getattr(mood, name)) for mood in tuning.moods.values())) for name in names),
    )
    lines += ["## What may be turned", ""]
    lines += _table(("name", "from", "to", "unit", "meaning"), map(_range, fields(MoodParams)))
    lines += ["## Where one ends and another begins", ""]
    rows = ((*_range(item), _value(getattr(tuning.thresholds, item.name))) for item in fields(Thresholds))
    lines += _table(("name", "from", "to", "unit", "meaning", "value"), rows)
    return "\n".join(lines)


def _range(item: Any) -> tuple[str, ...]:
    allowed = item.metadata.get("range")
    if allowed is None:
        return (_code(item.name), "–", "–", "#rrggbb", item.metadata["help"])
    return (_code(item.name), f"{allowed.low:g}", f"{allowed.high:g}", allowed.unit or "–", allowed.help)


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return _code("#" + "".join(f"{round(part):02x}" for part in value))
    return f"{value:g}"
