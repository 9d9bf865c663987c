"""The repository as somebody finds it: what the README says works, links lead somewhere, versions agree."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

import candlefish

yaml = pytest.importorskip("yaml", reason="the extra `dev` is not installed")

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / ".github").glob("*.md")])
WRITTEN_BY_THE_BUILD = {ROOT / "docs" / "element.md", ROOT / "docs" / "moods.md"}
TEMPLATES = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
LINK = re.compile(r"\]\(([^)\s]+)\)")
RELEASED = re.compile(r"^## (\d+\.\d+\.\d+) \((\d{4}-\d{2}-\d{2})\)$", re.MULTILINE)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def snippets(language: str) -> list[str]:
    """The README's fenced blocks of a language."""
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", text_of("README.md"), re.DOTALL | re.MULTILINE)
    return [text for name, text in fences if name == language]


def test_the_readmes_python_runs_and_prints_what_it_says() -> None:
    (code,) = snippets("python")
    assert len([line for line in code.splitlines() if line]) == 5
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == code.rpartition("# ")[2].strip()


def test_the_readmes_commands_are_commands(tmp_path: Path) -> None:
    shown = [line.partition("#")[0].split() for block in snippets("") for line in block.splitlines()]
    assert ["python3", "build.py", "serve"] in shown
    assert ["python3", "build.py", "test"] in shown
    (render,) = [words for words in shown if words[0] == ".venv/bin/candlefish"]
    done = subprocess.run(
        [sys.executable, "-m", "candlefish", *render[1:-1], str(tmp_path / render[-1])], cwd=ROOT, check=False
    )
    assert done.returncode == 0, shlex.join(render)
    assert (tmp_path / render[-1]).read_bytes().startswith(b"\x89PNG")


def test_the_first_screen_says_what_it_is_shows_it_runs_it_and_puts_it_on_a_page() -> None:
    readme = text_of("README.md")
    inside = ["candlefish.webp", "build.py serve", "build.py test", "<candle-fish", "```python", "moods.toml"]
    places = [readme.index(text) for text in inside]
    assert places == sorted(places)
    assert readme.index("## What it costs") > max(places), "costs come after"
    assert readme.count("\n", 0, readme.index("</candle-fish>")) < 35


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert lost(page) == []


def lost(page: Path) -> list[str]:
    """The links of a Markdown page to files that are not there, or to headings that they lack."""
    without_code = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = []
    for target in LINK.findall(without_code):
        path, _, heading = target.partition("#")
        file = (page.parent / unquote(path)).resolve() if path else page
        if path.startswith("https:") or file in WRITTEN_BY_THE_BUILD:
            continue
        if not file.exists() or (heading and not has_heading(file, heading)):
            found.append(target)
    return found


def has_heading(page: Path, anchor: str) -> bool:
    """Whether a Markdown page has the heading of an anchor."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return anchor in {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_a_link_to_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# A heading, here\n", encoding="utf-8")
    page = tmp_path / "page.md"
    good = "[a](there.md) [b](there.md#a-heading-here) [c](#mine) `[d](code.md)`"
    page.write_text(f"# Mine\n{good} [e](none.md) [f](there.md#none) [g](#none)", encoding="utf-8")
    assert lost(page) == ["none.md", "there.md#none", "#none"]


def test_the_version_is_the_newest_releases_or_under_development() -> None:
    newest = RELEASED.findall(text_of("CHANGELOG.md"))[0][0]
    version, _, development = candlefish.__version__.partition(".dev")
    assert numbers(version) > numbers(newest) if development else version == newest


def numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def test_the_changelog_has_releases_in_order_under_what_is_not_released() -> None:
    text = text_of("CHANGELOG.md")
    releases = RELEASED.findall(text)
    sections = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert sections == ["Unreleased", *(f"{version} ({day})" for version, day in releases)]
    versions = [numbers(version) for version, _ in releases]
    assert versions == sorted(versions, reverse=True)
    assert [day for _, day in releases] == sorted((day for _, day in releases), reverse=True)
    groups = set(re.findall(r"^### (.*)$", text, re.MULTILINE))
    assert groups <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_issue_templates_have_the_form_the_platform_takes(path: Path) -> None:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    if path.name == "config.yml":
        assert content.keys() <= {"blank_issues_enabled", "contact_links"}
        return
    assert content.keys() == {"name", "description", "labels", "body"}
    fields = [part for part in content["body"] if part["type"] != "markdown"]
    assert {part["type"] for part in fields} <= {"textarea", "input", "dropdown", "checkboxes"}
    assert all(part["attributes"]["label"] for part in fields)
    ids = [part["id"] for part in fields]
    assert len(set(ids)) == len(ids)


def test_a_bug_report_asks_for_what_is_needed() -> None:
    content = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/bug_report.yml").read_text(encoding="utf-8"))
    required = {part["id"] for part in content["body"] if part.get("validations", {}).get("required")}
    assert required == {"seen", "steps", "browser", "effects"}


def test_there_is_a_private_way_and_no_address() -> None:
    for name in ("SECURITY.md", "CODE_OF_CONDUCT.md"):
        text = text_of(name)
        assert "**Report a vulnerability**" in text
        assert "@" not in text
