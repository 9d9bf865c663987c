"""Debian's packages: installing them where we may, and files out of those of a named release.

Standard library only: the bootstrap installs with it. A download works on lists and a cache of its own in
a temporary directory, with this machine's mirror and the archive's keys: nothing is installed, and the
machine's package state does not change.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from builder.steps import BuildError, run

if TYPE_CHECKING:
    from collections.abc import Iterable

LOCK_WAIT_S = 300
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SIDE_SUITE = re.compile(r".*-(security|updates|backports|proposed-updates)")


def may_install() -> bool:
    """Whether this machine has apt-get and lets us use it without asking for a password."""
    return shutil.which("apt-get") is not None and _as_root() is not None


def install(*packages: str) -> None:
    """Install Debian packages, without their recommendations, after saying which.

    Raises:
        BuildError: apt-get is not there, not allowed, or fails.
    """
    if shutil.which("apt-get") is None:
        raise BuildError(f"please install {' '.join(packages)}: there is no apt-get here to do it with")
    prefix = _as_root()
    if prefix is None:
        raise BuildError(f"please run: sudo apt-get install {' '.join(packages)} (this account may not)")
    print(f"           apt-get install {' '.join(packages)}", flush=True)
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
    apt = [*prefix, *quiet, "apt-get", "-q", "-o", f"DPkg::Lock::Timeout={LOCK_WAIT_S}"]
    what = f"installing {' '.join(packages)}"
    run([*apt, "update"], what=what)
    run([*apt, "install", "-y", "--no-install-recommends", *packages], what=what)


def _as_root() -> list[str] | None:
    """The words to put before a command to run it as root; None if that is not possible."""
    if not hasattr(os, "geteuid"):
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None or subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode:
        return None
    return [sudo, "-n"]


def mirrors(targets: str) -> list[str]:
    """Archive URIs that may be a Debian mirror, likeliest first.

    ``targets`` has one ``URI|suite|origin`` a line, as ``apt-get indextargets`` prints them.
    """
    rows = [line.split("|") for line in targets.splitlines() if line.count("|") == 2]
    main = [(origin != "Debian", uri) for uri, suite, origin in rows if not SIDE_SUITE.fullmatch(suite)]
    ordered = sorted(main, key=lambda row: row[0])
    return list(dict.fromkeys(uri for _, uri in ordered))


def source_line(uri: str, suite: str, keyring: Path = KEYRING) -> str:
    """One line of an apt sources list, trusting the Debian archive's own keys."""
    signed = f"[signed-by={keyring}] " if keyring.exists() else ""
    return f"deb {signed}{uri} {suite} main\n"


def download(suite: str, packages: Iterable[str], work: Path) -> dict[str, Path]:
    """Download packages of a release; returns the archive of each by its name.

    Raises:
        BuildError: no configured mirror has them.
    """
    if shutil.which("apt-get") is None:
        raise BuildError(
            "NumPy can be built on Debian and its relatives only (there is no apt-get here);\n"
            "on another system, build where Pyodide's CDN can be reached: the official wheel is taken then"
        )
    command = [
        "apt-get",
        "indextargets",
        "--format",
        "$(REPO_URI)|$(RELEASE)|$(ORIGIN)",
        "Created-By: Packages",
    ]
    uris = mirrors(run(command, what="asking apt-get for this machine's mirrors"))
    problems = [f"this machine's apt sources name no Debian mirror for {suite}"]
    for uri in uris:
        try:
            return _download_from(uri, suite, packages, work / f"apt-{suite}")
        except BuildError as error:
            problems.append(str(error))
    raise BuildError("\n".join(problems if len(problems) == 1 else problems[1:]))


def _download_from(uri: str, suite: str, packages: Iterable[str], folder: Path) -> dict[str, Path]:
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("lists/partial", "cache/archives/partial", "parts"):
        (folder / name).mkdir(parents=True)
    sources = folder / "parts" / f"{suite}.list"
    sources.write_text(source_line(uri, suite))
    settings = (
        "Dir::Etc::SourceList=/dev/null", f"Dir::Etc::SourceParts={folder / 'parts'}",
        f"Dir::State::Lists={folder / 'lists'}", f"Dir::Cache={folder / 'cache'}",
        "Acquire::Languages=none", "APT::Sandbox::User=root", "APT::Update::Post-Invoke=",
    )  # fmt: skip
    apt = ["apt-get", "-q", *(f"-o{setting}" for setting in settings)]
    run([*apt, "update"], what=f"reading the package list of Debian {suite}")
    for package in packages:
        run([*apt, "download", package], what=f"downloading {package} of Debian {suite}", cwd=folder)
    return {package: next(folder.glob(f"{package}_*.deb")) for package in packages}


def extract(package: Path, inside: str, into: Path) -> Path:
    """Extract one directory of a package, named by its path from the root; returns where it is now.

    Raises:
        BuildError: the package has no such directory, or is damaged.
    """
    into.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(package)], stdout=subprocess.PIPE) as unpacker:
        tar = ["tar", "-x", "-C", str(into), f"./{inside}"]
        done = subprocess.run(tar, stdin=unpacker.stdout, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"{package.name} has no usable {inside}: {done.stderr.strip()}")
    return into / inside
