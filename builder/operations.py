"""What the tests of operations run beside Python: nginx and promtool, from Debian where they are missing.

Without them those tests are skipped, each by its name.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

from builder import debian
from builder.errors import BuildError
from candlefish.ops.local.nginx import BROTLI

if TYPE_CHECKING:
    from collections.abc import Mapping

ALSO_IN = "/usr/sbin:/usr/local/sbin"
PACKAGES: Final[Mapping[str, str]] = {
    "nginx": "nginx",
    "Brotli for nginx": "libnginx-mod-http-brotli-static",
    "promtool": "prometheus",
}


def find_or_install() -> str:
    """Install what is missing, where we may. Returns what came of it, in words."""
    missing = [name for name in PACKAGES if not _found(name)]
    if not missing:
        return "installed"
    if not debian.may_install():
        return f"no {' and no '.join(missing)}: their tests are skipped"
    try:
        debian.install(*(PACKAGES[name] for name in missing))
    except BuildError as error:
        return f"{error}: their tests are skipped"
    return f"{', '.join(missing)}: Debian's"


def _found(name: str) -> bool:
    if name == "Brotli for nginx":
        return BROTLI.exists()
    return shutil.which(name) is not None or shutil.which(name, path=ALSO_IN) is not None
