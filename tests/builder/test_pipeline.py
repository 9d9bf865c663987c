"""The build's own inputs, and NumPy's way into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builder import numpy_wasm, numpy_wheel, pins, pipeline
from builder.cache import Cache
from builder.numpy_wasm import NumpyWheel, SlimReport
from builder.numpy_wasm.smoke import Report
from builder.steps import BuildError, Step
from builder.workspace import NODE_MODULES, REQUIREMENTS

if TYPE_CHECKING:
    from pathlib import Path

PYODIDE = NODE_MODULES / "pyodide"


def test_only_pages_scripts_and_styles_are_shipped(tmp_path: Path) -> None:
    (tmp_path / "element").mkdir()
    for name in ("index.html", "element/fish.js", "styles.css", "messages.d.ts", "element/notes.md"):
        (tmp_path / name).write_text(name)
    assert pipeline.read_web(tmp_path).keys() == {"index.html", "element/fish.js", "styles.css"}


def test_a_directory_without_a_page_is_refused(tmp_path: Path) -> None:
    (tmp_path / "fish.js").write_text("")
    with pytest.raises(BuildError, match=r"holds no page \(\*\.html\)"):
        pipeline.read_web(tmp_path)


class Wheels:
    """Stands for where NumPy comes from: a whole wheel, and how often it was made small."""

    def __init__(self, folder: Path) -> None:
        self.whole = folder / "numpy-1.whl"
        self.whole.write_bytes(b"whole")
        self.sha256 = "1" * 64
        self.slimmed = 0

    def provide(self, _pyodide: Path, _kept: Path, _log: object) -> NumpyWheel:
        return NumpyWheel(self.whole, "1", "cdn", self.sha256)

    def slim(self, wheel: Path, out: Path, _pyodide: Path) -> SlimReport:
        self.slimmed += 1
        out.write_bytes(b"slim " + wheel.read_bytes())
        return SlimReport(165, 91, 9_000_000, 7_000_000, Report("1", 1.0, 1.0, 1, 1, ()))


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wheels:
    source = Wheels(tmp_path)
    monkeypatch.setattr(numpy_wasm, "provide", source.provide)
    monkeypatch.setattr(numpy_wasm, "slim", source.slim)
    return source


def test_numpy_is_made_small_once(wheels: Wheels, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache, step = Cache(tmp_path / "cache"), Step("NumPy")
    for _ in range(2):
        made = numpy_wheel.numpy_wheel(PYODIDE, tmp_path, cache, step)
        assert made == ("numpy-1.whl", b"slim whole")
    assert wheels.slimmed == 1
    assert step.note == "1 (cdn), 0.0 MB"
    assert "NumPy: kept 91 of 165 files, 7.0 of 9.0 MB unpacked" in capsys.readouterr().out


def test_another_numpy_is_made_small_anew(wheels: Wheels, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    numpy_wheel.numpy_wheel(PYODIDE, tmp_path, cache, Step("NumPy"))
    wheels.sha256 = "2" * 64
    numpy_wheel.numpy_wheel(PYODIDE, tmp_path, cache, Step("NumPy"))
    assert wheels.slimmed == 2


def test_pins_resolve_the_project_and_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[object]] = []
    monkeypatch.setattr(pins, "run", lambda command, **_options: commands.append(command))
    pins.pins()
    outputs = [command[command.index("--output-file") + 1] for command in commands]
    assert outputs == [REQUIREMENTS / name for name in ("dev.txt", "lambda.txt", "uv.txt")]
    assert commands[0][-3:] == ["--extra", "dev", "pyproject.toml"]
    assert all("--generate-hashes" in command and "--no-header" in command for command in commands)
