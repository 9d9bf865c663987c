"""Who may import whom: browser → draw → sim; browser, service → events, experiments; those two never meet."""

from __future__ import annotations

import ast
from fnmatch import fnmatch
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "candlefish"
# What the modules of each part may import from the package, besides their own part and candlefish itself.
MAY_IMPORT = {
    "bench": {"draw", "sim"},
    "sim": set(),
    "draw": {"sim"},
    "browser": {"draw", "sim", "events", "experiments"},
    "events": set(),
    "experiments": set(),
    "service": {"events", "experiments", "signals", "sim"},
    "simulate": {"sim"},
    "studio": {"browser", "draw", "service", "sim", "simulate"},
    "render": {"draw", "sim"},
    "ops": {"bench", "service", "sim"},
    "cli": {"bench", "ops", "render", "service", "simulate", "studio"},
    "signals": set(),
    "__main__": {"cli", "signals"},
    "__init__": set(),
}
ONLY_IN = {
    "js": "browser",
    "pyodide": "browser",
    "pyodide_js": "browser",
    "_pyodide": "browser",
    "pyscript": "browser",
    "PIL": "render simulate",
    "skia": "render",
    "grafana_foundation_sdk": "ops",
    "playwright": "bench ops",
    "starlette": "service",
    "uvicorn": "service",
    "msgspec": "service",
    "prometheus_client": "service",
    "boto3": "ops service",
    "mangum": "service",
}
PURE = {"sim", "draw", "events", "experiments"}
PURE_MAY_IMPORT = {"numpy", "candlefish"}
# What the page's Python loads before its first frame needs the standard library alone.
LIGHT = {
    "events/__init__.py",
    "events/batch.py",
    "events/fields.py",
    "events/schema.py",
    "experiments/__init__.py",
    "experiments/assignment.py",
    "experiments/definition.py",
    "experiments/hashing.py",
    "experiments/wire.py",
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
    """The part of the package a file belongs to: its first directory, or its own name."""
    relative = path.relative_to(PACKAGE)
    return relative.parts[0].removesuffix(".py")


MODULES = sorted(PACKAGE.rglob("*.py"))


def imported_by(path: Path) -> list[str]:
    package = ".".join(path.relative_to(PACKAGE.parent).parent.parts)
    return imports(path, package)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_directions(path: Path) -> None:
    part = part_of(path)
    ours = {name.split(".")[1] for name in imported_by(path) if name.startswith("candlefish.")}
    parts = ours & {entry.stem for entry in PACKAGE.iterdir()}
    assert parts - {part} <= MAY_IMPORT[part]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
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
    assert {"sim", "draw", "browser", "service", "events", "experiments"} <= {
        part_of(path) for path in MODULES
    }


def test_all_kinds_of_import_are_seen(tmp_path: Path) -> None:
    source = tmp_path / "module.py"
    source.write_text(
        "import js\nfrom pyodide.ffi import create_proxy\nfrom . import mood\nfrom ..draw import scene\n"
        "def later():\n    from candlefish import browser\n"
    )
    assert imports(source, "candlefish.sim") == [
        "js",
        "pyodide.ffi.create_proxy",
        "candlefish.sim.mood",
        "candlefish.draw.scene",
        "candlefish.browser",
    ]


def test_pytest_looks_into_every_directory_of_tests(pytestconfig: pytest.Config) -> None:
    """By default it passes by directories named `build` and a few more."""
    passed_by = pytestconfig.getini("norecursedirs")
    for module in Path(__file__).parent.rglob("test_*.py"):
        for name in module.relative_to(Path(__file__).parent).parts[:-1]:
            assert not any(fnmatch(name, pattern) for pattern in passed_by), module
