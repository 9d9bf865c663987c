"""What the site weighs: the table of a build, and its budgets."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from builder import output, sizes
from builder.bundle import Script
from builder.sizes import BUDGETS, budget_uses, reports, require_within
from builder.steps import BuildError

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "index.html": {"bytes": 40_000, "br": 10_000, "gz": 12_000},
    "app-1/a.js": {"bytes": 30_000, "br": 9_000, "gz": 10_000},
    "app-1/plain": {"bytes": 1_000, "br": None, "gz": None},
}
MANIFEST: dict[str, Any] = {"version": "1.2.3", "files": FILES}


def budgets(folder: Path, text: str) -> Path:
    path = folder / "budgets.toml"
    path.write_text(text, encoding="utf-8")
    return path


def budget(name: str, files: str, limit_kb: float) -> str:
    return f'[{name}]\nwhat = "something"\nfiles = {files}\nlimit_kb = {limit_kb}\n'


def test_files_count_as_they_travel_and_once(tmp_path: Path) -> None:
    text = budget("all", '["*", "index.html"]', 20) + budget("app", '["app-*/*"]', 20)
    everything, app = budget_uses(MANIFEST, budgets(tmp_path, text))
    assert everything.kb == 20.0
    assert everything.over_kb == 0
    assert app.kb == 10.0
    assert list(app.files) == ["app-1/a.js", "app-1/plain"], "the largest first"


def test_a_broken_budget_is_named_with_what_is_too_much(tmp_path: Path) -> None:
    text = budget("path", '["index.html", "app-*/*"]', 18.5) + budget("app", '["app-*/*"]', 20)
    spent = budget_uses(MANIFEST, budgets(tmp_path, text))
    with pytest.raises(BuildError) as told:
        require_within(spent)
    assert "path (something): 20.0 kB, 1.5 kB over its budget of 18.5 kB" in str(told.value)
    assert "index.html 10.0 kB" in str(told.value)
    assert "app (" not in str(told.value)
    require_within(spent[1:])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (budget("a", '["gone-*"]', 1), r"\[a\]: no file is called gone-\*"),
        (budget("a", '["*"]', 1) + "more = 1\n", r"a: unknown field 'more'; known: what, files, limit_kb"),
        ('[a]\nwhat = "w"\nfiles = ["*"]\nlimit_kb = "x"\n', r"a\.limit_kb: expected a number, got 'x'"),
        ("[a\n", "budgets.toml"),
    ],
)
def test_what_is_wrong_in_the_file_is_told(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BuildError, match=said):
        budget_uses(MANIFEST, budgets(tmp_path, text))


def test_the_reports_hold_every_budget_and_file(tmp_path: Path) -> None:
    spent = budget_uses(MANIFEST, budgets(tmp_path, budget("critical-path", '["index.html"]', 9)))
    made = reports(MANIFEST, spent, {"a.js": Script("ab", {"x/a.js": 2}, ())})
    found = json.loads(made[sizes.JSON])
    assert found["files"] == FILES
    assert found["modules"] == {"a.js": {"x/a.js": 2}}
    (one,) = found["budgets"]
    assert (one["name"], one["kb"], one["limit_kb"], one["within"]) == ("critical-path", 10.0, 9.0, False)
    page = made[sizes.HTML].decode()
    assert '<td class="broken">critical-path</td>' in page
    assert page.count("<rect") == 1 + len(FILES), "a map of the budget and one of everything"
    assert "<script" not in page
    assert " style=" not in page, "the site's policy allows no style in an attribute"


def test_our_budgets_hold_the_bars() -> None:
    ours = tomllib.loads(BUDGETS.read_text(encoding="utf-8"))
    assert ours["critical-path"]["limit_kb"] <= 30
    assert ours["first-visit"]["limit_kb"] <= 6500


TABLE_FILES = {
    "index.html": b"page" * 100,
    "app-0/a.js": b"1",
    "pyodide-1-0/p.wasm": b"w" * 1000,
    "py-0/f.whl": b"f" * 2000,
}
TABLE_FORMS = {"index.html": output.Compressed(b"br", b"gzip"), "app-0/a.js": output.Compressed(None, None)}


def test_the_table_adds_up() -> None:
    lines = sizes.table(output.manifest(TABLE_FILES, TABLE_FORMS, "1")).splitlines()
    rows = {line[:20].strip(): line[20:].split() for line in lines[1:]}
    assert rows["pages and scripts"] == ["2", "0.4", "0.0"]
    assert rows["Pyodide"] == ["1", "1.0", "1.0"]
    assert rows["Python wheels"] == ["1", "2.0", "2.0"]
    assert rows["PyScript"] == ["0", "0.0", "0.0"]
    assert rows["all"] == ["4", "3.4", "3.0"]
