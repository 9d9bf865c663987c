"""README's first commands on an empty Debian: ``python3 tests/empty_machine.py``, as root.

Makes a Debian root with debootstrap and the packages that the README asks for, clones this repository's HEAD
into it, serves the site until the page answers, stops that by Ctrl-C, and runs the quick tests. The root sees
this machine's network through this machine's own settings of apt, pip, uv and npm. It lives in a mount and
process namespace of its own, which takes every mount and process with it, however the run ends.

Needs the standard library alone. Exit status: 0 passed, 1 failed, 77 skipped; the last line says why.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

REPOSITORY = Path(__file__).resolve().parent.parent
BASES = REPOSITORY / ".cache" / "empty-machine"
BASE_LASTS_S = 7 * 86_400.0
PACKAGES = ("python3", "python3-venv", "git", "nodejs", "npm")
CLONE = "/srv/Candle fish Größe"
SKIPPED = 77
COMMAND_S = 3600.0
STOPS_S = 60.0
SERVE = ("python3", "build.py", "serve")
TEST = ("python3", "build.py", "test")
QUICK = ("--quick",)
QUICK_FOLDERS = ("--", "tests/sim", "tests/draw")
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")
# What the package clients of this machine are told, so that those of the empty one reach the same indexes.
SETTINGS = (
    "/etc/apt/apt.conf", "/etc/apt/apt.conf.d", "/etc/apt/auth.conf", "/etc/apt/auth.conf.d",
    "/etc/pip.conf", "/etc/xdg/pip", "/root/.config/pip", "/root/.pip", "/etc/uv", "/root/.config/uv",
    "/etc/npmrc", "/usr/etc/npmrc", "/root/.npmrc", "/etc/ssl/certs/ca-certificates.crt",
    "/usr/local/share/ca-certificates", "/etc/hosts", "/etc/resolv.conf",
)  # fmt: skip
CERTIFICATES = re.compile(
    "PIP_CERT|SSL_CERT_FILE|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS|GIT_SSL_CAINFO"
)
VARIABLES = re.compile(
    rf"{CERTIFICATES.pattern}|(PIP|UV|NPM_CONFIG|npm_config)_.*|(https?|HTTPS?|no|NO|all|ALL)_(proxy|PROXY)"
)
# A local index may be in one of these; the system's own directories are the root's own.
HOLDING = ("home", "media", "mnt", "opt", "root", "srv")
INDEXES = re.compile(r"pip|uv|npmrc")
LOCAL_PATH = re.compile(r"(?<![\w./:])(?:file://)?(/[\w.+-]+(?:/[\w.+-]+)+)")


class SkippedError(Exception):
    """This machine cannot make an empty one; the message says why."""


class FailedError(Exception):
    """A step went wrong; the message says which."""


def main() -> int:
    """Run everything. Returns the exit status."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = _parser().parse_args()
    try:
        if options.inside is None:
            return outside(options.suite)
        inside(options.inside, options.suite)
    except SkippedError as why:
        print(f"skipped: {why}")
        return SKIPPED
    except (FailedError, OSError) as error:
        print(f"failed: {error}")
        return 1
    except KeyboardInterrupt:
        print("interrupted")
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="README's first commands on an empty Debian.")
    parser.add_argument("--suite", default="trixie", help="Debian release (default: %(default)s)")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    return parser


def outside(suite: str) -> int:
    """Run this program again in namespaces of its own, on a directory that is gone in the end."""
    _require_tools()
    folder = Path(tempfile.mkdtemp(prefix="candlefish-empty-"))
    namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private"]
    again = [sys.executable, str(Path(__file__).resolve()), "--suite", suite, "--inside", str(folder)]
    process = subprocess.Popen([*namespaces, *again])
    try:
        return process.wait()
    finally:
        process.kill()  # and with it everything inside
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _require_tools() -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        raise SkippedError("an empty Debian needs Linux, and root to make one")
    if shutil.which("debootstrap") is None:
        if shutil.which("apt-get") is None:
            raise SkippedError("debootstrap is missing, and there is no apt-get to install it")
        print("apt-get install debootstrap", flush=True)
        for words in (["update"], ["install", "-y", "--no-install-recommends", "debootstrap"]):
            if subprocess.run(["apt-get", "-qq", *words], check=False).returncode:
                raise SkippedError("debootstrap is missing, and apt-get cannot install it")
    probe = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True, check=False
    )
    if probe.returncode:
        raise SkippedError("this machine allows no mount namespace (unshare --mount --pid)")


def inside(folder: Path, suite: str) -> None:
    """Make the root in an empty directory, and run the commands in it."""
    times: list[tuple[str, float]] = []
    root = folder / "root"
    with _timed("an empty Debian", times):
        make_root(root, suite)
    _mount_indexes(root, copy_settings(root))
    with _timed("git clone", times):
        _call("git", "clone", "--quiet", "--depth=1", f"file://{REPOSITORY}", f"{root}{CLONE}")
    with _timed(" ".join(SERVE), times):
        address_served(root)
    test = (*TEST, *_quick(root))
    with _timed(" ".join(test), times):
        run_to_end(root, test)
    print("\n" + "\n".join(f"{took_s:8.1f} s  {name}" for name, took_s in times), flush=True)


@contextlib.contextmanager
def _timed(name: str, times: list[tuple[str, float]]) -> Iterator[None]:
    print(f"\n== {name}", flush=True)
    begin_s = time.monotonic()
    yield
    times.append((name, time.monotonic() - begin_s))


# --- the root


def make_root(root: Path, suite: str) -> None:
    """Unpack the kept root of a release, made now if there is none or it is a week old."""
    base = BASES / f"{suite}.tar"
    root.mkdir()
    if not base.exists() or time.time() - base.stat().st_mtime > BASE_LASTS_S:
        _make_base(root, suite, base)
        return
    _call("tar", "-xpf", str(base), "-C", str(root), "--numeric-owner")
    _mount_system(root)


def _make_base(root: Path, suite: str, base: Path) -> None:
    mirror = _mirror()
    _call("debootstrap", "--variant=minbase", suite, str(root), mirror)
    (root / "etc/apt/sources.list").write_text(f"deb {mirror} {suite} main\n")
    (root / "etc/dpkg/dpkg.cfg.d/fast").write_text("force-unsafe-io\n")  # it need not outlive a power cut
    copy_settings(root)
    _mount_system(root)
    apt = ("apt-get", "-q", "-y", "--no-install-recommends")
    for words in (("update",), ("install", *PACKAGES)):
        _call("chroot", str(root), "env", "DEBIAN_FRONTEND=noninteractive", *apt, *words)
    base.parent.mkdir(parents=True, exist_ok=True)
    part = base.with_suffix(".part")
    _call("tar", "-cpf", str(part), "-C", str(root), "--numeric-owner", "--one-file-system", ".")
    part.chmod(0o600)
    part.replace(base)


def _mirror() -> str:
    """The Debian archive in this machine's own apt configuration."""
    listing = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(ORIGIN)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    rows = [line.split() for line in listing.splitlines() if len(line.split()) >= 2]
    main_rows = [row for row in rows if not re.search(r"-(security|updates|backports)", row[1])]
    main_rows.sort(key=lambda row: "debian" not in row[0])
    if not main_rows or "debian" not in main_rows[0][0]:
        raise SkippedError("the apt configuration of this machine names no Debian archive")
    return main_rows[0][0]


def copy_settings(root: Path) -> list[Path]:
    """Copy the package clients' settings into the root. Returns the files they are in here."""
    copied: list[Path] = []
    named = [value for name, value in environment().items() if CERTIFICATES.fullmatch(name)]
    for path in [Path(name) for name in (*SETTINGS, *named)]:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                target = root / file.relative_to("/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.unlink(missing_ok=True)
                shutil.copyfile(file, target)
                copied.append(file)
    return copied


def _mount_system(root: Path) -> None:
    """Mount what every running machine has."""
    _call("mount", "-t", "proc", "proc", str(root / "proc"))
    for name in ("dev", "sys"):
        _call("mount", "--rbind", f"/{name}", str(root / name))


def _mount_indexes(root: Path, settings: Sequence[Path]) -> None:
    """Mount the local directories that the settings name, read-only."""
    told = [file.read_text(errors="replace") for file in settings if INDEXES.search(str(file))]
    texts = [*told, *environment().values()]
    for place in sorted({name for text in texts for name in _local(text)}):
        inner = root / place.relative_to("/")
        if not inner.exists():
            inner.mkdir(parents=True)
            _call("mount", "--bind", "-o", "ro", str(place), str(inner))


def _local(text: str) -> set[Path]:
    """The local package indexes that a text names."""
    return {
        path for path in map(Path, LOCAL_PATH.findall(text)) if path.is_dir() and path.parts[1] in HOLDING
    }


def environment() -> dict[str, str]:
    """What a new shell on the empty machine would have, and the settings of the package clients."""
    kept = {name: value for name, value in os.environ.items() if VARIABLES.fullmatch(name)}
    return kept | {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}


# --- the commands


class Running:
    """A command in the root, its output passed on with the time since it began."""

    def __init__(self, root: Path, command: Sequence[str]) -> None:
        self._name = " ".join(command)
        self._begin_s = time.monotonic()
        self._process = subprocess.Popen(
            ["chroot", str(root), "env", "-C", CLONE, *command],
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self._killer = threading.Timer(COMMAND_S, self._process.kill)
        self._killer.daemon = True
        self._killer.start()

    def lines(self) -> Iterator[str]:
        """Each line it prints, printed here too."""
        for line in self._process.stdout or ():
            print(f"{time.monotonic() - self._begin_s:7.1f} | {line}", end="", flush=True)
            yield line

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._process.send_signal(signal.SIGINT)
        self._killer.cancel()
        self._killer = threading.Timer(STOPS_S, self._process.kill)
        self._killer.start()

    def require_success(self) -> None:
        """Wait for its end.

        Raises:
            FailedError: it did not end by itself with status 0.
        """
        for _ in self.lines():
            pass
        status = self._process.wait()
        self._killer.cancel()
        if status:
            raise FailedError(f"`{self._name}` ended with status {status}")


def run_to_end(root: Path, command: Sequence[str]) -> None:
    """Run a command in the root; it must succeed."""
    Running(root, command).require_success()


def address_served(root: Path) -> None:
    """Run README's first command until the page answers, then stop it by Ctrl-C."""
    serving = Running(root, SERVE)
    for line in serving.lines():
        if found := ADDRESS.search(line):
            page = _read(found[0])
            if "<candle-fish" not in page:
                raise FailedError(f"{found[0]} answers with another page: {page[:200]!r}")
            print(f"{found[0]} answers with the page, {len(page)} characters; Ctrl-C", flush=True)
            serving.interrupt()
            break
    serving.require_success()


def _read(address: str) -> str:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=STOPS_S) as answer:
            return str(answer.read().decode())
    except urllib.error.URLError as error:
        raise FailedError(f"{address} does not answer: {error.reason}") from error


def _quick(root: Path) -> tuple[str, ...]:
    """The arguments that choose the quick part of the tests."""
    helping = ["chroot", str(root), "env", "-C", CLONE, *TEST, "--help"]
    told = subprocess.run(helping, env=environment(), capture_output=True, text=True, check=False).stdout
    return QUICK if "--quick" in told else QUICK_FOLDERS


def _call(*command: str) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        tail = done.stdout.decode(errors="replace")[-2000:]
        raise FailedError(f"`{' '.join(command)}` ended with status {done.returncode}:\n{tail}")


if __name__ == "__main__":
    sys.exit(main())
