"""What the tests of operations run beside Python: nginx and promtool, from Debian where they are missing.

Without them those tests are skipped, each by its name.
"""

from __future__ import annotations

import shutil

from builder import debian
from builder.errors import BuildError

ALSO_IN = "/usr/sbin:/usr/local/sbin"
PACKAGES = {"nginx": ("nginx", "libnginx-mod-http-brotli-static"), "promtool": ("prometheus",)}


def find_or_install() -> str:
    """Install what is missing, where we may. Returns what came of it, in words."""
    missing = [program for program in PACKAGES if not _found(program)]
    if not missing:
        return "installed"
    if not debian.may_install():
        return f"no {' and no '.join(missing)}: their tests are skipped"
    try:
        debian.install(*(package for program in missing for package in PACKAGES[program]))
    except BuildError as error:
        return f"{error}: their tests are skipped"
    return f"{', '.join(missing)}: Debian's"


def _found(program: str) -> bool:
    return shutil.which(program) is not None or shutil.which(program, path=ALSO_IN) is not None
