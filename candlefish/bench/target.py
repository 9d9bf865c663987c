"""Target of a bench: an address, or a built site on disk that is served meanwhile."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from candlefish.bench import BenchError

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWER_S = 10.0
STOP_S = 5.0


@contextlib.contextmanager
def served(target: str) -> Iterator[str]:
    """The address of a site, without a slash at the end; a directory is served until the context ends.

    Raises:
        BenchError: there is neither such a directory nor an answer from such an address.
    """
    if target.startswith(("http://", "https://")):
        yield target.rstrip("/")
        return
    if not (Path(target) / "index.html").is_file():
        raise BenchError(
            f"{target} is neither an address nor a built site: run `python3 build.py build` first"
        )
    with _server(target) as address:
        yield address


@contextlib.contextmanager
def _server(dist: str) -> Iterator[str]:
    """Our own server in a process of its own, so that its work is not the browser's or ours."""
    command = [sys.executable, "-m", "candlefish", "serve", dist, "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield _announced(process)
    finally:
        process.terminate()
        try:
            process.communicate(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _announced(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout else ""
    address = next((word for word in line.split() if word.startswith("http://")), "")
    if not address:
        trouble = process.stderr.read().strip() if process.stderr else ""
        raise BenchError(f"the site could not be served: {trouble or line.strip() or 'no answer'}")
    return address.rstrip("/")


def has_page(address: str, path: str) -> bool:
    """Whether a site has a page.

    Raises:
        BenchError: the site does not answer.
    """
    request = urllib.request.Request(address + path, headers={"Accept": "text/html"})
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_S) as response:
            return bool(response.status == 200)
    except urllib.error.HTTPError:
        return False
    except (urllib.error.URLError, OSError) as error:
        raise BenchError(f"{address} does not answer: {error}") from error
