"""Installing what is missing on Debian and its relatives, where we may (standard library only)."""

from __future__ import annotations

import os
import shutil
import subprocess

from builder.steps import BuildError, run

LOCK_WAIT_S = 300


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
