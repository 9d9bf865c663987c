"""Gives MkDocs the pages that are written from data: the element's reference and the moods."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mkdocs.structure.files import File, Files

from builder.reference import element_page, moods_page
from builder.workspace import WEB
from candlefish.sim.tuning import default_tuning

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

MANIFEST = WEB / "package" / "custom-elements.json"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages to those of ``docs/``."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    for name, content in (("element.md", element_page(manifest)), ("moods.md", moods_page(default_tuning()))):
        files.append(File.generated(config, name, content=content))
    return files


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Let the keyboard scroll what may be wider than a phone; a head without words is no head of a column."""
    scrolled = html.replace("<table>", '<table tabindex="0">').replace("<pre>", '<pre tabindex="0">')
    return scrolled.replace("<th></th>", "<td></td>")
