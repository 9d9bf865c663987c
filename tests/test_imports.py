"""Who may import whom, in `candlefish`, `builder`, `tests` and the scripts of `web`, and nobody in a circle.

browser → draw → sim; browser, service → events, experiments; browser and service never meet. What `build.py`
runs before `.venv` is there needs the standard library alone.
"""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatch
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "candlefish"
BUILDER = ROOT / "builder"
TESTS = ROOT / "tests"
WEB = ROOT / "web"
# What the modules of each part may import from the package, besides their own part and candlefish itself.
MAY_IMPORT = {
    "bench": {"draw", "report", "sim", "simulate", "tables"},
    "sim": set(),
    "draw": {"sim"},
    "browser": {"draw", "sim", "events", "experiments"},
    "events": set(),
    "experiments": {"report"},
    "service": {"events", "experiments", "signals", "sim", "tables"},
    "simulate": {"sim"},
    "studio": {"browser", "draw", "service", "sim", "simulate"},
    "render": {"draw", "sim"},
    "ops": {"bench", "report", "service", "sim", "tables"},
    "cli": {"bench", "ops", "render", "service", "simulate", "studio"},
    "report": set(),
    "signals": set(),
    "tables": set(),
    "__main__": {"cli", "signals"},
    "__init__": {"draw", "render", "sim"},
}
ONLY_IN = {
    "js": "browser",
    "pyodide": "browser",
    "pyodide_js": "browser",
    "_pyodide": "browser",
    "pyscript": "browser",
    "PIL": "render simulate",
    "jinja2": "report",
    "skia": "render",
    "grafana_foundation_sdk": "ops",
    "playwright": "bench ops",
    "starlette": "service",
    "uvicorn": "service",
    "msgspec": "bench ops service tables",
    "prometheus_client": "ops service",
    "boto3": "ops service",
    "mangum": "service",
}
PURE = {"sim", "draw", "events", "experiments"}
PURE_MAY_IMPORT = {"numpy", "candlefish"}
# What runs before .venv is there: the standard library, and one another.
BARE = {
    "build.py",
    "builder/__init__.py",
    "builder/bootstrap.py",
    "builder/debian.py",
    "builder/cache.py",
    "builder/node.py",
    "builder/workspace.py",
    "builder/steps.py",
    "tests/empty_machine.py",
}
# What the rest of the builder may import of candlefish, by module or package of it; the others nothing.
BUILDER_MAY_IMPORT = {
    "__main__": {"cli", "signals"},
    "docs": {"sim"},
    "prerequisites": {"bench", "ops"},
    "protocol": {"browser", "draw", "sim"},
    "sizes": {"report", "tables"},
    "snapshot": {"draw", "sim"},
    "start_race": {"bench", "service"},
}
# What the tests of each part may import besides their own directory and, of candlefish, the part of the same
# name with what it may import itself.
TESTS_MAY_IMPORT = {
    "agreement": {"candlefish.draw", "candlefish.sim"},
    "bench": {"candlefish.cli"},
    "browser": {"candlefish.service"},
    "builder": {
        "builder",
        "candlefish.bench",
        "candlefish.browser",
        "candlefish.cli",
        "candlefish.draw",
        "candlefish.sim",
    },
    "draw": {"tests.sim"},
    "events": {"candlefish.experiments", "candlefish.service", "candlefish.sim"},
    "experiments": {"candlefish.service"},
    "ops": {"builder", "candlefish.cli", "tests.service"},
    "package": {"candlefish.sim"},
    "render": {"candlefish.cli"},
    "report": set(),
    "service": {"builder", "candlefish.cli"},
    "sim": set(),
    "simulate": {"candlefish.cli", "tests.sim"},
    "studio": {"candlefish.render", "tests.sim"},
    "web": {
        "builder",
        "candlefish.bench",
        "candlefish.browser",
        "candlefish.draw",
        "candlefish.events",
        "candlefish.experiments",
        "candlefish.service",
        "candlefish.sim",
        "candlefish.simulate",
        "candlefish.studio",
        "tests.ops",
    },
    "conftest": {"candlefish.bench", "tests.workers"},
    "empty_machine": set(),
    "test_front_door": set(),
    "test_named_files": set(),
    "test_imports": set(),
    "test_public_names": set(),
    "test_tables": {"candlefish.tables"},
    "workers": set(),
}
# What the scripts of each folder of web/ may import besides their own folder: at once, later, or as a worker.
WEB_MAY_IMPORT = {
    "connected": {"dom.js"},
    "demo": {"connected", "dom.js", "element", "runtime"},
    "dom.js": set(),
    "element": {"connected", "protocol.js", "runtime"},
    "protocol.js": set(),
    "runtime": {"protocol.js"},
    "service-worker": {"runtime"},
    "studio": {"connected", "dom.js", "element", "runtime"},
}
# What the page's Python loads before its first frame needs the standard library alone.
LIGHT = {
    "events/__init__.py",
    "events/batch.py",
    "events/schema.py",
    "experiments/__init__.py",
    "experiments/assignment.py",
    "experiments/definition.py",
}


def imports(path: Path, package: str) -> list[str]:
    """Every module a file imports, anywhere in it, as absolute dotted names."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            found += [f"{base}.{alias.name}" for alias in node.names]
    return found


def part_of(path: Path) -> str:
    """The part of its package a file belongs to: its first directory, or its own name."""
    return path.relative_to(ROOT).parts[1].removesuffix(".py")


MODULES = sorted(PACKAGE.rglob("*.py"))
BUILDER_MODULES = sorted(BUILDER.rglob("*.py"))
TEST_MODULES = sorted(TESTS.rglob("*.py"))
SCRIPTS = sorted(WEB.rglob("*.js"))
JS_COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)
JS_IMPORT = re.compile(
    r'\b(?:from|import)\s*\(?\s*"(?P<imported>\.[^"]+)"|new URL\("(?P<worker>\.[^"]+)", import\.meta\.url\)'
)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def imported_by(path: Path) -> list[str]:
    return imports(path, ".".join(path.relative_to(ROOT).parent.parts))


def scripts_in(text: str) -> list[str]:
    """What a script imports or starts as a worker, as it says it. A type in a comment imports nothing."""
    found = JS_IMPORT.finditer(JS_COMMENT.sub("", text))
    return [match["imported"] or match["worker"] for match in found]


def scripts_imported_by(path: Path) -> set[Path]:
    """The scripts of `web/` that one of them imports; what the build writes is none of them."""
    targets = {(path.parent / name).resolve() for name in scripts_in(path.read_text(encoding="utf-8"))}
    return targets & set(SCRIPTS)


def dotted(path: Path) -> str:
    """The name by which a module is imported; that of a package for its `__init__`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def module_graph(paths: Iterable[Path]) -> dict[str, set[str]]:
    """Which of some modules each of them imports, for types too and within functions."""
    modules = {dotted(path): path for path in paths}
    return {
        module: {name if name in modules else name.rpartition(".")[0] for name in imported_by(path)}
        & (modules.keys() - {module})
        for module, path in modules.items()
    }


def script_graph() -> dict[str, set[str]]:
    return {named(path): set(map(named, scripts_imported_by(path))) for path in SCRIPTS}


def circle(graph: Mapping[str, set[str]]) -> str:
    """A circle of imports, one after another; "" where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return " → ".join(reversed(error.args[1]))
    return ""


def parts_imported(path: Path, package: Path) -> set[str]:
    """The parts of one of our packages that a file imports."""
    found = {name.split(".")[1] for name in imported_by(path) if name.startswith(f"{package.name}.")}
    return found & {entry.stem for entry in package.iterdir()}


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_directions(path: Path) -> None:
    part = part_of(path)
    assert parts_imported(path, PACKAGE) - {part} <= MAY_IMPORT[part]
    assert not {name for name in imported_by(path) if name.split(".")[0] in {"builder", "tests"}}


@pytest.mark.parametrize("name", sorted(BARE))
def test_what_runs_before_the_environment_needs_the_standard_library_alone(name: str) -> None:
    import sys

    found = imports(ROOT / name, "builder")
    others = {module for module in found if module.split(".")[0] not in sys.stdlib_module_names}
    for module in others:
        assert {
            f"{module.replace('.', '/')}.py",
            f"{module.rpartition('.')[0].replace('.', '/')}.py",
        } & BARE, f"{name} imports {module}"


@pytest.mark.parametrize("path", BUILDER_MODULES, ids=named)
def test_directions_of_the_builder(path: Path) -> None:
    assert parts_imported(path, PACKAGE) <= BUILDER_MAY_IMPORT.get(part_of(path), set())
    assert not {name for name in imported_by(path) if name.split(".")[0] == "tests"}


@pytest.mark.parametrize("path", TEST_MODULES, ids=named)
def test_directions_of_the_tests(path: Path) -> None:
    part = part_of(path)
    of_the_part = {part, *MAY_IMPORT.get(part, set())} if part in MAY_IMPORT else set()
    allowed = {f"tests.{part}", *(f"candlefish.{name}" for name in of_the_part), *TESTS_MAY_IMPORT[part]}
    found = {f"candlefish.{name}" for name in parts_imported(path, PACKAGE)}
    found |= {f"tests.{name}" for name in parts_imported(path, TESTS)}
    found |= {"builder"} if parts_imported(path, BUILDER) else set()
    assert found <= allowed


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_directions_of_the_scripts(path: Path) -> None:
    part, *parts = (script.relative_to(WEB).parts[0] for script in (path, *scripts_imported_by(path)))
    assert set(parts) - {part} <= WEB_MAY_IMPORT[part]


@pytest.mark.parametrize(
    "paths", [MODULES, BUILDER_MODULES, TEST_MODULES], ids=["candlefish", "builder", "tests"]
)
def test_no_module_imports_itself_by_way_of_others(paths: list[Path]) -> None:
    assert circle(module_graph(paths)) == ""


def test_no_script_imports_itself_by_way_of_others() -> None:
    assert circle(script_graph()) == ""


def test_a_circle_is_told() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) in {
        "a → b → c → a",
        "b → c → a → b",
        "c → a → b → c",
    }


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_frameworks_stay_in_their_place(path: Path) -> None:
    roots = {name.split(".")[0] for name in imported_by(path)}
    misplaced = {root for root in roots & ONLY_IN.keys() if part_of(path) not in ONLY_IN[root].split()}
    assert not misplaced


def test_the_model_and_the_drawing_need_only_numpy() -> None:
    import sys

    for path in MODULES:
        if part_of(path) in PURE:
            roots = {name.split(".")[0] for name in imported_by(path)} - sys.stdlib_module_names
            assert roots <= PURE_MAY_IMPORT, path


def test_the_service_knows_of_the_model_only_what_is_remembered() -> None:
    for path in MODULES:
        if part_of(path) == "service":
            used = {name for name in imported_by(path) if name.startswith("candlefish.sim")}
            assert all(name.startswith("candlefish.sim.memory") for name in used), path


def test_what_the_browser_measures_and_deals_by_is_light() -> None:
    import sys

    for name in LIGHT:
        roots = {found.split(".")[0] for found in imported_by(PACKAGE / name)}
        assert roots - sys.stdlib_module_names <= {"candlefish"}, name
        assert not roots & {"asyncio", "inspect", "logging", "statistics"}, name


def test_every_part_was_walked() -> None:
    assert {"builder/bootstrap.py", "builder/numpy_wasm/slim.py"} <= {named(path) for path in BUILDER_MODULES}
    assert {"tests/conftest.py", "tests/sim/test_moods.py"} <= {named(path) for path in TEST_MODULES}
    assert {part.name for part in WEB.iterdir() if part.suffix == ".js" or list(part.glob("*.js"))} == (
        WEB_MAY_IMPORT.keys()
    )
    assert sum(map(len, script_graph().values())) > len(SCRIPTS), "imports were found"
    assert {"sim", "draw", "browser", "service", "events", "experiments"} <= {
        part_of(path) for path in MODULES
    }


def test_all_kinds_of_import_are_seen(tmp_path: Path) -> None:
    source = tmp_path / "module.py"
    source.write_text(
        "import js\nfrom pyodide.ffi import create_proxy\nfrom . import moods\nfrom ..draw import scene\n"
        "def later():\n    from candlefish import browser\n"
    )
    assert imports(source, "candlefish.sim") == [
        "js",
        "pyodide.ffi.create_proxy",
        "candlefish.sim.moods",
        "candlefish.draw.scene",
        "candlefish.browser",
    ]


def test_all_kinds_of_import_of_a_script_are_seen() -> None:
    source = """
/** @type {import("../messages").State} */
// import { no } from "./comment.js";
import { a } from "./a.js";
import {
  b,
} from "../dom.js";
import "./c.js";
export { d } from "./d.js";
const later = () => import("./e.js");
new Worker(new URL("./f.js", import.meta.url), { type: "module" });
"""
    assert scripts_in(source) == ["./a.js", "../dom.js", "./c.js", "./d.js", "./e.js", "./f.js"]


def test_pytest_looks_into_every_directory_of_tests(pytestconfig: pytest.Config) -> None:
    """By default it passes by directories named `build` and a few more."""
    passed_by = pytestconfig.getini("norecursedirs")
    for module in Path(__file__).parent.rglob("test_*.py"):
        for name in module.relative_to(Path(__file__).parent).parts[:-1]:
            assert not any(fnmatch(name, pattern) for pattern in passed_by), module
