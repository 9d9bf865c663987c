"""Who may import whom, in `candlefish`, `builder` and `tests`.

browser → draw → sim; browser, service → events, experiments; browser and service never meet. What `build.py`
runs before `.venv` is there needs the standard library alone.
"""

from __future__ import annotations

import ast
from fnmatch import fnmatch
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "candlefish"
BUILDER = ROOT / "builder"
TESTS = ROOT / "tests"
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
CORE = {"sim", "draw", "simulate", "render", "browser"}
PURE = {"sim", "draw", "events", "experiments"}
PURE_MAY_IMPORT = {"numpy", "candlefish"}
# What runs before .venv is there: the standard library, and one another.
BARE = {
    "build.py",
    "builder/__init__.py",
    "builder/arguments.py",
    "builder/bootstrap.py",
    "builder/commands.py",
    "builder/debian.py",
    "builder/digest.py",
    "builder/errors.py",
    "builder/lock.py",
    "builder/node.py",
    "builder/paths.py",
    "builder/progress.py",
    "tests/empty_machine.py",
}
# What the rest of the builder may import of candlefish, by module or package of it; the others nothing.
BUILDER_MAY_IMPORT = {
    "__main__": {"cli", "signals"},
    "chromium": {"bench"},
    "docs_hook": {"sim"},
    "reference": {"sim"},
    "size_report": {"report", "tables"},
    "snapshot": {"draw", "sim"},
    "start_race": {"bench", "service"},
    "system_packages": {"ops"},
}
# What the tests of each part may import besides their own directory and, of candlefish, the part of the same
# name with what it may import itself.
TESTS_MAY_IMPORT = {
    "agreement": {"candlefish.draw", "candlefish.sim"},
    "bench": {"candlefish.cli"},
    "browser": {"candlefish.service"},
    "builder": {"builder", "candlefish.bench", "candlefish.cli", "candlefish.sim"},
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
    "test_imports": set(),
    "test_public_names": set(),
    "test_tables": {"candlefish.tables"},
    "workers": set(),
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


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported_by(path: Path) -> list[str]:
    return imports(path, ".".join(path.relative_to(ROOT).parent.parts))


def dotted(path: Path) -> str:
    """The name by which a module is imported; that of a package for its `__init__`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


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


def test_the_core_has_no_circle_of_imports() -> None:
    """Imports for types count too, and those within functions."""
    modules = {dotted(path): path for path in MODULES if part_of(path) in CORE}
    imported = {
        module: {name if name in modules else name.rpartition(".")[0] for name in imported_by(path)}
        & (modules.keys() - {module})
        for module, path in modules.items()
    }
    try:
        TopologicalSorter(imported).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


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


def test_pytest_looks_into_every_directory_of_tests(pytestconfig: pytest.Config) -> None:
    """By default it passes by directories named `build` and a few more."""
    passed_by = pytestconfig.getini("norecursedirs")
    for module in Path(__file__).parent.rglob("test_*.py"):
        for name in module.relative_to(Path(__file__).parent).parts[:-1]:
            assert not any(fnmatch(name, pattern) for pattern in passed_by), module
