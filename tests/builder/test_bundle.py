"""Joining scripts: what a page loads in one file does what the modules did."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from typing import TYPE_CHECKING

import pytest

from builder.bundle import Script, join, reached
from builder.pipeline import read_web
from builder.site import joined_scripts
from builder.steps import BuildError
from builder.workspace import WEB

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
MAIN = ("main.js",)


def run(folder: Path, text: str) -> str:
    (folder / "main.mjs").write_text(text, encoding="utf-8")
    return subprocess.run(["node", folder / "main.mjs"], capture_output=True, text=True, check=True).stdout


@cache
def web() -> dict[str, Script]:
    return joined_scripts(read_web(WEB), {})


def test_a_script_and_its_parts_are_one_file_that_does_the_same(tmp_path: Path) -> None:
    made = join(SCRIPTS, MAIN)
    assert list(made) == ["main.js"]
    assert run(tmp_path, made["main.js"].text) == "3\n", "each part is run once, before whatever needs it"
    assert made["main.js"].modules.keys() == SCRIPTS.keys()
    assert all(made["main.js"].modules.values()), "each takes some of it"


def test_names_of_one_part_do_not_meet_those_of_another(tmp_path: Path) -> None:
    clash = {**SCRIPTS, "maths.js": f"const made = 40;\n{MATHS.replace('a + b', 'made + a + b')}"}
    assert run(tmp_path, join(clash, MAIN)["main.js"].text) == "43\n"


def test_what_is_loaded_by_address_is_shipped_though_others_import_it() -> None:
    later = {**SCRIPTS, "main.js": ENTRY + 'export const load = () => import("./maths.js");\n'}
    made = join(later, MAIN)
    assert list(made) == ["main.js", "maths.js"]
    assert 'from "./maths.js"' in made["main.js"].text, "and is one module for all"
    assert made["main.js"].loads == ("maths.js",)
    assert list(join(SCRIPTS, ["main.js", "numbers.js"])) == ["main.js", "numbers.js"]


def test_a_worker_is_shipped_and_found_beside_the_script_that_starts_it() -> None:
    text = 'import "./pool.js";\n'
    pool = (
        'new Worker(new URL("../deep/worker.js", import.meta.url));\nfetch(new URL("./", import.meta.url));\n'
    )
    made = join({"a/main.js": text, "a/pool.js": pool, "deep/worker.js": "go();\n"}, ["a/main.js"])
    assert list(made) == ["main.js", "worker.js"]
    assert made["main.js"].loads == ("worker.js",)
    assert 'new URL("./worker.js", import.meta.url)' in made["main.js"].text
    assert 'new URL("./", import.meta.url)' in made["main.js"].text


def test_a_type_in_a_comment_loads_nothing() -> None:
    typed = {**SCRIPTS, "main.js": ENTRY + '/** @type {import("./maths.js").Sum} */\nlet one;\n'}
    assert list(join(typed, MAIN)) == ["main.js"]


def test_what_stays_apart_is_imported_from_beside() -> None:
    scripts = {"a/main.js": 'import { A } from "../made/assets.js";\nuse(A);\n'}
    (script,) = join(scripts, ["a/main.js"], apart=["assets.js"]).values()
    assert re.search(r'^import \{ A \} from "\./assets\.js";$', script.text, re.MULTILINE), script.text
    assert script.loads == ("assets.js",)


def test_scripts_of_many_folders_lie_side_by_side(tmp_path: Path) -> None:
    made = join(
        {
            "tools/main.js": 'import { late, A } from "../part/part.js";\n'
            "late().then((m) => console.log(m.X, A));\n",
            "part/part.js": 'import { B } from "./assets.js";\nexport const A = B;\n'
            'export const late = () => import("../later/late.js");\n',
            "later/late.js": "export const X = 5;\n",
        },
        ["tools/main.js"],
        apart=["assets.js"],
    )
    assert set(made) == {"main.js", "late.js"}
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (tmp_path / "assets.js").write_text("export const B = 7;\n", encoding="utf-8")
    (tmp_path / "late.js").write_text(made["late.js"].text, encoding="utf-8")
    assert run(tmp_path, made["main.js"].text) == "5 7\n"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("main.js", 'import everything from "./maths.js";\neverything();\n', "No matching export"),
        ("maths.js", "export const = 3;\n", r"web/maths\.js:1:13: "),
        (
            "maths.js",
            'import { x } from "./gone.js";\n',
            r"web/maths\.js imports gone\.js, which is not there",
        ),
        ("numbers.js", 'import { add } from "./maths.js";\nexport const ONE = add;\n', "a circle of imports"),
    ],
)
def test_what_cannot_be_joined_is_told(name: str, text: str, said: str) -> None:
    with pytest.raises(BuildError, match=said):
        join({**SCRIPTS, name: text}, MAIN)


def test_two_shipped_scripts_of_one_name_are_refused() -> None:
    with pytest.raises(BuildError, match=r"two scripts that are shipped are called main\.js"):
        join({"main.js": "a();\n", "other/main.js": "b();\n"}, ["main.js", "other/main.js"])


def test_comments_and_casts_go_and_texts_stay() -> None:
    text = (
        "class A {\n  /** What. */\n  a() {} // why\n}\n"
        'const a = /** @type {any} */ (b);\n/**\n * What.\n */\n  // also\nc(a, A, "// not /* this */ ü…");\n'
    )
    (script,) = join({"main.js": text}, MAIN).values()
    assert "// not /* this */ ü…" in script.text
    assert not re.search(r"What|also|why|@type", script.text)
    assert re.findall(r"^\s*//.*$", script.text, re.MULTILINE) == ["// web:main.js"], "which part it is"


def test_a_script_for_where_modules_do_not_run(tmp_path: Path) -> None:
    text = join(SCRIPTS, MAIN, form="iife")["main.js"].text
    assert not re.search(r"^(import|export)\b", text, re.MULTILINE)
    assert run(tmp_path, text) == "3\n"


def test_what_a_page_may_load_is_found() -> None:
    loads = {"a.js": ("b.js", "made.js"), "b.js": ("a.js",), "c.js": ("a.js",)}
    shipped = {name: Script("", {}, found) for name, found in loads.items()}
    assert reached(shipped, ["a.js", "elsewhere.js"]) == {"a.js", "b.js", "made.js"}


def test_every_script_of_the_site_can_be_read() -> None:
    check = """const { SourceTextModule } = require("vm");
      const scripts = JSON.parse(require("fs").readFileSync(0, "utf8"));
      for (const [identifier, text] of Object.entries(scripts)) new SourceTextModule(text, { identifier });"""
    command = ["node", "--experimental-vm-modules", "--no-warnings", "-e", check]
    joined = {name: script.text for name, script in web().items()}
    done = subprocess.run(command, input=json.dumps(joined), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(joined) > 10


def test_every_module_of_the_site_is_shipped_in_some_script() -> None:
    sources = {path.relative_to(WEB).as_posix() for path in WEB.rglob("*.js")}
    used = {module for script in web().values() for module in script.modules}
    assert {path for path in sources - used if not path.startswith("service-worker/")} == set()
