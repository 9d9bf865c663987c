"""``build.py`` on machines that lack something, from a copy of its own in a folder with an awkward name."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from builder.workspace import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ENDS_S = 120.0
BARE = [sys.executable, "-S", "-E", "-s"]
STAMP_AND_LEAVE = """
from builder import bootstrap
bootstrap.BASE_STAMP.write_text(bootstrap._stamp(bootstrap.BASE))
bootstrap.STAMP.write_text(bootstrap._stamp(bootstrap.CONTENTS))
"""
WITHOUT_ENSUREPIP = """
import importlib.util, runpy, sys
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "ensurepip" else find(name, *more)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
HOLD_LOCK = """
import sys
from pathlib import Path
from builder.workspace import exclusive
with exclusive(Path(".cache/venv.lock")):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that a clone would hold, in a folder with spaces and letters beyond ASCII."""
    copy = tmp_path_factory.mktemp("clone") / "Fïsch und Größe 魚"
    if (ROOT / ".git").exists():
        listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
        names = [os.fsdecode(name) for name in listing.split(b"\0") if name]
    else:
        names = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("*") if path.is_file()]
        names += [path.relative_to(ROOT).as_posix() for path in (ROOT / "builder").rglob("*.py")]
    for name in names:
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture
def clone(original: Path) -> Path:
    """The same, with nothing in it that an earlier test made."""
    for made in (".venv", ".cache"):
        shutil.rmtree(original / made, ignore_errors=True)
    return original


@pytest.fixture
def set_up(clone: Path) -> Path:
    """A clone whose ``.venv`` is stamped whole; its Python prints what it was given."""
    programs = clone / ".venv" / "bin"
    programs.mkdir(parents=True)
    python = programs / "python"
    python.write_text(
        '#!/bin/sh\necho "PYTHONPATH=$PYTHONPATH PYTHONHOME=$PYTHONHOME PIP_USER=$PIP_USER" "$@"\n'
    )
    python.chmod(0o755)
    subprocess.run([*BARE, "-c", STAMP_AND_LEAVE], cwd=clone, env=environment(), check=True)
    return clone


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """As after ``env -i``: where programs are, and a home."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **(more or {})}


def build(
    clone: Path, *arguments: str, python: list[str] = BARE, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*python, str(clone / "build.py"), *arguments],
        cwd=clone.parent,
        env=environment(variables),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=ENDS_S,
        check=False,
    )


def program(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


@pytest.mark.parametrize("flags", [[], ["-I"], ["-P"]], ids=["plain", "isolated", "safe path"])
def test_help_needs_the_standard_library_alone(clone: Path, flags: list[str]) -> None:
    done = build(clone, "--help", python=[*BARE, *flags])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: build.py")
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize("port", ["nonsense", "-1", "65536"])
def test_a_port_that_is_none_is_refused_before_anything_is_made(clone: Path, port: str) -> None:
    done = build(clone, "serve", f"--port={port}")
    assert done.returncode == 2
    assert f"{port!r} is not a port: a whole number from 0" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize("command", ["build", "serve", "test"])
def test_an_old_node_is_refused_before_anything_is_made(clone: Path, tmp_path: Path, command: str) -> None:
    program(tmp_path / "bin", "node", "echo v18.19.0")
    program(tmp_path / "bin", "npm", "exit 1")
    done = build(clone, command, PATH=f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert done.returncode == 1
    assert done.stderr.startswith("error: Node 20 or newer is needed; the one on PATH is v18.19.0 (")
    assert done.stderr.count("\n") == 1
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize("missing", ["node", "npm"])
def test_without_node_or_npm_it_says_what_to_install(clone: Path, tmp_path: Path, missing: str) -> None:
    (tmp_path / "bin").mkdir()
    if missing == "npm":
        program(tmp_path / "bin", "node", "echo v22.0.0")
    done = build(clone, "build", PATH=str(tmp_path / "bin"))
    assert done.returncode == 1
    assert done.stderr.startswith(
        f"error: {missing} was not found on PATH: install Node 20 or newer, with npm"
    )
    assert done.stderr.count("\n") == 1


def test_without_venv_and_apt_get_it_says_what_to_install(clone: Path, tmp_path: Path) -> None:
    done = build(clone, "setup", python=[*BARE, "-c", WITHOUT_ENSUREPIP], PATH=str(tmp_path))
    assert done.returncode == 1
    assert "lacks its venv or ensurepip module" in done.stderr
    assert f"apt-get install python{sys.version_info.major}.{sys.version_info.minor}-venv" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_said(clone: Path) -> None:
    (clone / ".cache").mkdir()
    command = [*BARE, str(clone / "build.py"), "setup"]
    if os.geteuid() == 0:
        if subprocess.run(["sh", "-c", "unshare --mount true"], check=False).returncode:
            pytest.skip("root writes everywhere, and may not mount a folder read-only here")
        mount = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
        command = ["unshare", "--mount", "sh", "-c", mount, str(clone), *command]
    else:
        (clone / ".cache").chmod(0o555)
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    (clone / ".cache").chmod(0o755)
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: cannot write {clone / '.cache' / 'venv.lock'} (")
    assert done.stderr.endswith(f"make {clone} writable for this account, or clone elsewhere\n")


def test_another_pythons_variables_do_not_reach_the_environment(set_up: Path, tmp_path: Path) -> None:
    for module in ("argparse", "hashlib", "numpy", "builder"):
        (tmp_path / f"{module}.py").write_text("raise SystemExit('another Python was asked')\n")
    (tmp_path / "sitecustomize.py").write_text("raise RuntimeError('broken')\n")
    variables = {"PYTHONPATH": str(tmp_path), "PYTHONSAFEPATH": "1", "PIP_USER": "1"}
    done = build(set_up, "setup", python=[sys.executable], **variables)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "PYTHONPATH= PYTHONHOME= PIP_USER= -m builder setup\n"


def test_a_second_run_waits_for_the_first_and_says_so(set_up: Path) -> None:
    holding = [*BARE, "-c", HOLD_LOCK]
    with subprocess.Popen(
        holding, cwd=set_up, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdin is not None
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        command = [*BARE, str(set_up / "build.py"), "setup"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment(), text=True) as second:
            assert second.stdout is not None
            assert second.stdout.readline() == "  waiting for another build in this directory to end\n"
            first.stdin.close()
            assert second.stdout.readline().endswith("-m builder setup\n")
            assert second.wait(ENDS_S) == 0


def test_ctrl_c_while_it_waits_ends_it_in_a_word(set_up: Path) -> None:
    with subprocess.Popen(
        [*BARE, "-c", HOLD_LOCK], cwd=set_up, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdin is not None
        assert first.stdout is not None
        first.stdout.readline()
        command = [*BARE, str(set_up / "build.py"), "setup"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), text=True
        ) as second:
            assert second.stdout is not None
            second.stdout.readline()
            second.send_signal(signal.SIGINT)
            try:
                _, errors = second.communicate(timeout=ENDS_S)
            finally:
                second.kill()
        first.stdin.close()
    assert (second.returncode, errors) == (130, "\ninterrupted\n")


def test_python_m_build_is_pypas(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "__main__.py").write_text("import sys; print('PyPA', sys.argv[1:], sys.path[0])\n")
    done = run_module(clone, "--wheel", PYTHONPATH=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"PyPA ['--wheel'] {tmp_path}\n"


def test_python_m_build_without_pypas_says_what_to_do(clone: Path) -> None:
    done = run_module(clone, "--wheel")
    assert done.returncode == 1
    assert done.stderr.startswith("error: `python -m build` is PyPA's build, which ")
    assert "pip install build" in done.stderr


def run_module(clone: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-S", "-m", "build", *arguments],
        cwd=clone,
        env=environment(variables),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_without_a_network_it_says_what_to_do(clone: Path, tmp_path: Path) -> None:
    offline = {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_RETRIES": "1",
        "PIP_NO_CACHE_DIR": "1",
    }
    done = build(clone, "setup", python=[sys.executable], **offline)
    assert done.returncode == 1
    message = next(line for line in done.stderr.splitlines() if line.startswith("error: "))
    assert message.startswith("error: installing uv: ")
    assert "could not reach the network: connect this machine, or name a proxy or a mirror" in message
    assert "Traceback" not in done.stderr
