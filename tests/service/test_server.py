"""The ``candlefish serve`` command, in a process of its own."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx2
import pytest

from candlefish import __version__, cli
from candlefish.service import server

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = [sys.executable, "-m", "candlefish"]


def test_it_prints_its_address_serves_and_stops_at_ctrl_c(dist: Path) -> None:
    command = [*COMMAND, "serve", str(dist), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            match = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
            assert match
            answer = httpx2.get(match[0], headers={"Accept-Encoding": "gzip"})
            assert answer.status_code == 200
            assert "glow" in answer.text
            assert answer.headers["content-encoding"] == "gzip"
        finally:
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "Traceback" not in errors


def test_a_busy_port_is_a_clear_error(dist: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with server.listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        assert cli.main(["serve", str(dist), "--port", str(port)]) == 1
    assert f"cannot listen on 127.0.0.1 port {port}: Address already in use" in capsys.readouterr().err


def test_without_a_port_the_next_free_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with server.listen("127.0.0.1", 0) as taken:
        busy = taken.getsockname()[1]
        monkeypatch.setattr(server, "DEFAULT_PORT", busy)
        with server.listen("127.0.0.1", None) as sock:
            assert busy < sock.getsockname()[1] < busy + server.PORTS_TRIED


def test_when_every_port_is_taken_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with server.listen("127.0.0.1", 0) as taken:
        monkeypatch.setattr(server, "DEFAULT_PORT", taken.getsockname()[1])
        monkeypatch.setattr(server, "PORTS_TRIED", 1)
        with pytest.raises(server.PortError, match="are all in use"):
            server.listen("127.0.0.1", None)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(server.PortError, match=r"cannot listen on 192\.0\.2\.1 port 0"):
        server.listen("192.0.2.1", 0)


def test_the_address_of_a_socket() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        assert server.address(sock) == f"http://127.0.0.1:{sock.getsockname()[1]}/"


def test_a_directory_without_a_site_is_a_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["serve", str(tmp_path)]) == 1
    assert "build the site with" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["-1", "65536", "eighty", "1.5", ""])
def test_a_port_that_is_none_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["serve", f"--port={port}"])
    assert "is not a port" in capsys.readouterr().err


def test_it_says_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"candlefish {__version__}\n"
