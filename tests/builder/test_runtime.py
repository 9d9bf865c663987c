"""What a page gets of Pyodide, which starts with it and imports all of it, and of PyScript."""

from __future__ import annotations

import io
import json
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from builder import runtime
from builder.cache import Cache
from builder.steps import BuildError
from builder.workspace import CACHE, NODE_MODULES

PYODIDE = NODE_MODULES / "pyodide"
IMPORT_ALL = Path(__file__).with_name("import_all.mjs")


def names(archive: bytes) -> set[str]:
    return set(zipfile.ZipFile(io.BytesIO(archive)).namelist())


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
    assert runtime.is_shipped(name) is shipped


def test_pyodide_starts_with_what_is_shipped_and_imports_all_of_it(tmp_path: Path) -> None:
    files = runtime.pyodide_files(NODE_MODULES, Cache(CACHE))
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    shipped = names(files[runtime.STDLIB])
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
