"""Joining scripts: what a page loads in one file does what the modules did."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from builder import offline
from builder.bundle import bundles, without_comments
from builder.errors import BuildError
from builder.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = """import { add as sum } from "./maths.js";
import { ONE } from "./numbers.js";
console.log(sum(ONE, ONE));
"""
MATHS = """import { ONE } from "./numbers.js";
/** Adds. */
export function add(a, b) {
  return a + b + ONE;
}
"""
NUMBERS = "let made = 0;\nmade += 1;\nexport const ONE = made;\n"
SCRIPTS = {"main.js": ENTRY, "maths.js": MATHS, "numbers.js": NUMBERS}


def run(folder: Path, text: str) -> str:
    (folder / "main.mjs").write_text(text, encoding="utf-8")
    return subprocess.run(["node", folder / "main.mjs"], capture_output=True, text=True, check=True).stdout


def test_a_script_and_its_parts_are_one_file_that_does_the_same(tmp_path: Path) -> None:
    made = bundles(SCRIPTS)
    assert list(made) == ["main.js"]
    assert run(tmp_path, made["main.js"]) == "3\n", "each part is run once, before whatever needs it"


def test_names_of_one_part_do_not_meet_those_of_another(tmp_path: Path) -> None:
    clash = {**SCRIPTS, "maths.js": f"const made = 40;\n{MATHS.replace('a + b', 'made + a + b')}"}
    assert run(tmp_path, bundles(clash)["main.js"]) == "43\n"


def test_what_is_loaded_by_address_is_shipped_though_others_import_it() -> None:
    later = {**SCRIPTS, "late.js": 'export const load = () => import("./maths.js");\n'}
    made = bundles(later)
    assert list(made) == ["late.js", "main.js", "maths.js"]
    assert 'from "./maths.js"' in made["main.js"], "and is one module for all"
    assert set(bundles(SCRIPTS, asked_for=["numbers.js", "elsewhere.js"])) == {"main.js", "numbers.js"}


def test_a_type_in_a_comment_loads_nothing() -> None:
    typed = {**SCRIPTS, "main.js": ENTRY + '/** @type {import("./maths.js").Sum} */\nlet one;\n'}
    assert list(bundles(typed)) == ["main.js"]


def test_what_stays_apart_is_imported_at_the_top() -> None:
    text = bundles({"main.js": 'import { A } from "./assets.js";\nuse(A);\n'}, apart=["assets.js"])["main.js"]
    assert text == 'import { A } from "./assets.js";\nuse(A);\n'


def test_a_part_from_another_directory_still_names_what_lies_beside_itself(tmp_path: Path) -> None:
    made = bundles(
        {
            "tools/main.js": 'import { at, late, A } from "../part.js";\n'
            "late().then((m) => console.log(at, m.X, A));\n",
            "part.js": 'import { B } from "./assets.js";\nexport const A = B;\n'
            'export const at = new URL("./worker.js", import.meta.url).href.split("/").slice(-2).join("/");\n'
            'export const late = () => import("./late.js");\n',
            "late.js": "export const X = 5;\n",
        },
        apart=["assets.js"],
    )
    assert set(made) == {"tools/main.js", "late.js"}
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (tmp_path / "assets.js").write_text("export const B = 7;\n", encoding="utf-8")
    (tmp_path / "late.js").write_text(made["late.js"], encoding="utf-8")
    (tmp_path / "tools").mkdir()
    assert run(tmp_path / "tools", made["tools/main.js"]) == f"{tmp_path.name}/worker.js 5 7\n"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("main.js", 'import everything from "./maths.js";\n', "main.js: an import that cannot be joined"),
        ("maths.js", "export default 3;\n", "maths.js: an export that cannot be joined"),
        ("maths.js", 'import { x } from "./gone.js";\n', "maths.js imports gone.js, which is not there"),
        ("numbers.js", 'import { add } from "./maths.js";\n', "imports itself"),
    ],
)
def test_what_cannot_be_joined_is_told(name: str, text: str, said: str) -> None:
    with pytest.raises(BuildError, match=said):
        bundles({**SCRIPTS, name: text})


def test_only_whole_comment_lines_and_casts_go() -> None:
    text = (
        'const a = /** @type {any} */ (b); // why\n/**\n * What.\n */\n  // also\nc("// not /* this */");\n'
    )
    assert without_comments(text) == 'const a = (b); // why\nc("// not /* this */");\n'


def test_a_line_that_begins_with_a_cast_stays_and_so_does_what_follows() -> None:
    text = "/** @type {any} */ (a).b = 1;\nc();\n/** What. */\nd();\n"
    assert without_comments(text) == "(a).b = 1;\nc();\nd();\n"


def test_every_script_of_the_site_can_be_read() -> None:
    web = ROOT / "web"
    scripts = {
        str(path.relative_to(web)): path.read_text("utf-8")
        for path in sorted(web.rglob("*.js"))
        if path.name not in offline.SCRIPTS
    }
    check = """const { SourceTextModule } = require("vm");
      const scripts = JSON.parse(require("fs").readFileSync(0, "utf8"));
      for (const [identifier, text] of Object.entries(scripts)) new SourceTextModule(text, { identifier });"""
    command = ["node", "--experimental-vm-modules", "--no-warnings", "-e", check]
    joined = bundles(scripts, apart=["assets.js", "studio/wheel.js"])
    done = subprocess.run(command, input=json.dumps(joined), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(joined) > 10
