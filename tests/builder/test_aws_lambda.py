"""The zip file for Lambda: whole, for its processor, and the same bytes every time."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tomllib
import zipfile
from typing import TYPE_CHECKING

import pytest

from builder import aws_lambda
from builder.cache import sha256
from builder.steps import BuildError
from builder.workspace import REQUIREMENTS, ROOT

if TYPE_CHECKING:
    from pathlib import Path

AARCH64 = 183
"""`e_machine` of ELF files for 64-bit ARM."""
LISTED = (
    "import sys, candlefish.service.aws; print(*(n for n in sys.modules if n.split('.')[0] == 'candlefish'))"
)


@pytest.fixture(scope="module")
def artefact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = ROOT / "artefacts" / "test-lambda.zip"
    digest = aws_lambda.build_lambda(path)
    assert digest == sha256(path.read_bytes())
    return path


def test_it_is_the_same_bytes_again(artefact: Path) -> None:
    before = artefact.read_bytes()
    aws_lambda.build_lambda(artefact)
    assert artefact.read_bytes() == before
    assert len(before) < 50 * 1024 * 1024, "more than Lambda takes in one request"


def test_every_module_that_serves_is_there_and_no_other_part(artefact: Path) -> None:
    names = set(zipfile.ZipFile(artefact).namelist())
    done = subprocess.run(
        [sys.executable, "-c", LISTED], capture_output=True, text=True, check=True, cwd=ROOT
    )
    for module in done.stdout.split():
        path = module.replace(".", "/")
        assert {f"{path}.py", f"{path}/__init__.py"} & names, module
    assert "candlefish/service/pages/dashboard.html" in names
    assert not [name for name in names if name.startswith(("candlefish/browser/", "candlefish/bench/"))]


def test_every_library_is_for_its_processor(artefact: Path) -> None:
    archive = zipfile.ZipFile(artefact)
    libraries = [name for name in archive.namelist() if re.search(r"\.so(\.\d+)*$", name)]
    assert any("msgspec" in name for name in libraries)
    for name in libraries:
        head = archive.read(name)[:20]
        assert head[:4] == b"\x7fELF" and int.from_bytes(head[18:20], "little") == AARCH64, name


def test_its_pins_are_those_of_the_tests() -> None:
    def pinned(file: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for name, version in re.findall(
            r"^([\w.-]+)==([^\s;]+)", (REQUIREMENTS / file).read_text(), re.MULTILINE
        ):
            found.setdefault(name, set()).add(version)
        return found

    tested = pinned("dev.txt")
    for name, versions in pinned("lambda.txt").items():
        assert versions <= tested[name], name
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for extra in ("aws", "service"):
        for requirement in project["optional-dependencies"][extra]:
            assert re.match(r"[\w-]+", requirement)[0] in pinned("lambda.txt")  # type: ignore[index]


def test_more_than_lambda_unpacks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws_lambda, "UNPACKED_MAX", 10)
    with pytest.raises(BuildError, match=r"Lambda takes"):
        aws_lambda.packed({"a.py": b"print('hello')"})
    monkeypatch.setattr(aws_lambda, "UNPACKED_MAX", 100)
    names = zipfile.ZipFile(io.BytesIO(aws_lambda.packed({"a.py": b"print('hello')"}))).namelist()
    assert names == ["a.py"]
