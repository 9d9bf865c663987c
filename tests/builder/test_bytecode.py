"""What a page gets of Python: bytecode that the pinned Pyodide itself made and runs."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from builder import package_wheel, runtime, stdlib
from builder.bytecode import compile_files
from builder.cache import Cache
from builder.steps import BuildError
from builder.workspace import CACHE, NODE_MODULES

PYODIDE = NODE_MODULES / "pyodide"
IMPORT_ALL = Path(__file__).with_name("import_all.mjs")


def make_package(root: Path) -> Path:
    """A package with the parts a page runs, and one it does not."""
    package = root / "candlefish"
    for part in (*package_wheel.PAGE_PARTS, "service"):
        (package / part).mkdir(parents=True)
        (package / part / "__init__.py").write_text(f'"""The {part}."""\n')
    (package / "__init__.py").write_text('__version__ = "1"\n')
    (package / "sim" / "fish.py").write_text("def glow():\n    return 1 / 0\n")
    (package / "sim" / "moods.toml").write_text("[curious]\n")
    return package


def names(archive: bytes) -> set[str]:
    return set(zipfile.ZipFile(io.BytesIO(archive)).namelist())


def test_the_wheel_holds_what_a_page_runs_as_bytecode(tmp_path: Path) -> None:
    package = make_package(tmp_path)
    wheel = package_wheel.package_wheel(package, "1", PYODIDE, Cache(tmp_path / "cache"))
    assert names(wheel) == {
        "candlefish/__init__.pyc",
        "candlefish/browser/__init__.pyc",
        "candlefish/draw/__init__.pyc",
        "candlefish/events/__init__.pyc",
        "candlefish/experiments/__init__.pyc",
        "candlefish/sim/__init__.pyc",
        "candlefish/sim/fish.pyc",
        "candlefish/sim/moods.toml",
        "candlefish-1.dist-info/METADATA",
        "candlefish-1.dist-info/RECORD",
        "candlefish-1.dist-info/WHEEL",
    }
    assert b"/lib/python3.13/site-packages/candlefish/sim/fish.py" in wheel
    assert package_wheel.wheel_name("1") == "candlefish-1-py3-none-any.whl"


def test_the_same_package_makes_the_same_wheel(tmp_path: Path) -> None:
    package = make_package(tmp_path)
    wheels = [
        package_wheel.package_wheel(package, "1", PYODIDE, Cache(tmp_path / name)) for name in ("a", "b")
    ]
    assert wheels[0] == wheels[1]


def test_a_missing_part_is_a_clear_error(tmp_path: Path) -> None:
    package = make_package(tmp_path)
    shutil.rmtree(package / "draw")
    with pytest.raises(BuildError, match=r"draw/__init__\.py is missing: a page needs candlefish\.draw"):
        package_wheel.package_wheel(package, "1", PYODIDE, Cache(tmp_path / "cache"))


def test_a_module_that_does_not_compile_is_named() -> None:
    with pytest.raises(BuildError, match=r"/lib/x/fish\.py"):
        compile_files({"fish.py": b"def glow(:"}, PYODIDE, "/lib/x")


@pytest.mark.parametrize(
    ("name", "shipped"),
    [
        ("json/decoder.py", True),
        ("asyncio/base_events.py", True),
        ("asyncio/windows_events.py", False),
        ("unittest/mock.py", False),
        ("pdb.py", False),
        ("encodings/utf_8.py", True),
        ("encodings/koi8_r.py", False),
        ("pyodide/webloop.py", True),
        ("README.txt", False),
    ],
)
def test_what_of_the_standard_library_is_shipped(name: str, *, shipped: bool) -> None:
    assert stdlib.is_shipped(name) is shipped


def test_pyodide_starts_with_what_is_shipped_and_imports_all_of_it(tmp_path: Path) -> None:
    files = runtime.pyodide_files(NODE_MODULES, Cache(CACHE))
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    shipped = names(files[stdlib.NAME])
    assert not {name for name in shipped if name.endswith(".py")}
    command = ["node", str(IMPORT_ALL), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["failed"] == {}
    assert result["imported"] == len(shipped) > 250


def test_scripts_name_no_source_map() -> None:
    assert runtime.without_source_map(b"a()\n//# sourceMappingURL=a.js.map\n") == b"a()\n"
    assert runtime.without_source_map(b"a()\n") == b"a()\n"
    for data in runtime.pyscript_files(NODE_MODULES).values():
        assert b"sourceMappingURL" not in data[-200:]


def test_every_script_that_pyscript_loads_by_itself_is_shipped() -> None:
    files = runtime.pyscript_files(NODE_MODULES)
    names = {name for data in files.values() for name in re.findall(r'"\./([\w-]+\.js)"', data.decode())}
    assert len(names) > 10
    assert {name for name in names - files.keys() if not name.startswith("xterm")} == set()


def test_the_editor_that_the_studio_takes_has_every_part() -> None:
    files = runtime.pyscript_files(NODE_MODULES)
    lines = files[runtime.EDITOR].decode().splitlines()
    assert len(lines) == 5
    assert {line.split('"./')[1].rstrip('";') for line in lines} <= files.keys()
    renamed = {name.replace("codemirror_view", "codemirror_sight"): data for name, data in files.items()}
    with pytest.raises(BuildError, match=r"expected one codemirror_view-"):
        runtime._editor_module(renamed)


def test_the_lock_file_keeps_what_pyodide_checks() -> None:
    full = (PYODIDE / "pyodide-lock.json").read_bytes()
    short = json.loads(runtime.short_lock(full))
    assert short == {"info": json.loads(full)["info"], "packages": {}}
