"""`candlefish studio`, and the file that it serves and saves to."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from candlefish.service.workfile import PATH, Workfile, WorkfileError, workfile_route
from candlefish.studio.cli import check_file
from candlefish.studio.document import default_text

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "# mine\n[shy]\nglow = 0.5\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "mööds.toml"
    file.write_text(GOOD, encoding="utf-8")
    return file


def client(path: Path, host: str = "127.0.0.1") -> TestClient:
    app = Starlette(routes=[workfile_route(Workfile(path, check_file, default_text()))])
    return TestClient(app, base_url=f"http://{host}:8000")


def test_the_file_is_read_and_saved(path: Path) -> None:
    path.chmod(0o640)
    page = client(path)
    read = page.get(PATH)
    assert read.text == GOOD
    assert read.headers["x-file-name"] == "m%C3%B6%C3%B6ds.toml"
    saved = page.put(PATH, content=GOOD + "fin = 0.5\n", headers={"If-Match": read.headers["etag"]})
    assert saved.status_code == 200
    assert path.read_text() == GOOD + "fin = 0.5\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in path.parent.iterdir()] == [path.name], "nothing is left beside it"
    again = page.put(PATH, content=GOOD, headers={"If-Match": saved.headers["etag"]})
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[shy]\nglow = 9\n", "line 2: shy.glow: expected 0 to 1.5, got 9"),
        (b"[shy\n", "line 1: not TOML"),
        (b"\xff\xfe", "not UTF-8: byte 0 is 0xff"),
    ],
)
def test_a_bad_file_is_refused_and_the_old_one_stays(path: Path, content: bytes, message: str) -> None:
    page = client(path)
    refused = page.put(PATH, content=content, headers={"If-Match": page.get(PATH).headers["etag"]})
    assert refused.status_code == 422
    assert message in refused.text
    assert path.read_text() == GOOD
    assert page.put(PATH, content=b"#" * 70_000).status_code == 413


def test_a_change_by_another_program_is_not_overwritten(path: Path) -> None:
    page = client(path)
    tag = page.get(PATH).headers["etag"]
    path.write_text("[shy]\nglow = 0.7\n")
    conflict = page.put(PATH, content=GOOD, headers={"If-Match": tag})
    assert conflict.status_code == 412
    assert "changed by someone else" in conflict.text
    assert page.put(PATH, content=GOOD).status_code == 412
    assert path.read_text() == "[shy]\nglow = 0.7\n"


def test_only_this_machine_is_answered(path: Path) -> None:
    for host in ("evil.example", "192.168.0.7", "localhost.evil.example"):
        page = client(path, host)
        assert page.get(PATH).status_code == 403
        assert page.put(PATH, content=GOOD).status_code == 403
    assert client(path, "localhost").get(PATH).status_code == 200


def test_a_missing_file_begins_as_the_default(tmp_path: Path) -> None:
    path = tmp_path / "new.toml"
    page = client(path)
    read = page.get(PATH)
    assert read.text == default_text()
    assert not path.exists()
    assert page.put(PATH, content=GOOD, headers={"If-Match": read.headers["etag"]}).status_code == 200
    assert path.read_text() == GOOD


def test_a_folder_or_a_bad_file_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(WorkfileError, match="Is a directory"):
        Workfile(tmp_path, check_file, "")
    bad = tmp_path / "bad.toml"
    bad.write_text("\n[shy]\nglow = 9\n")
    with pytest.raises(WorkfileError, match=r"bad.toml: line 3: shy.glow: expected 0 to 1.5"):
        Workfile(bad, check_file, "")


def test_a_write_that_fails_leaves_the_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    file = Workfile(path, check_file, "")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WorkfileError, match="No space left"):
        file.write(b"[shy]\nglow = 0.7\n")
    assert path.read_text() == GOOD
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.slow
def test_the_command_refuses_a_bad_file_and_serves_a_good_one(path: Path, tmp_path: Path) -> None:
    def start(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "candlefish", "studio", *arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    bad = tmp_path / "bad.toml"
    bad.write_text("[shy]\nglow = 9\n")
    dist = tmp_path / "dist"
    dist.mkdir()
    (dist / "manifest.json").write_text('{"files": {}}')
    _, errors = start(str(bad), "--dist", str(dist)).communicate(timeout=120)
    assert "line 2: shy.glow: expected 0 to 1.5, got 9" in errors
    running = start(str(path), "--dist", str(dist), "--port", "0")
    assert running.stdout is not None
    line = running.stdout.readline()
    assert re.fullmatch(r"The studio is at http://127\.0\.0\.1:\d+/studio\.html\?file  \(.*\)\n", line)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=120)
