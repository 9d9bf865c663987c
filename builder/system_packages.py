"""What the tests need of the system beside Python, Node and a Chromium, from Debian where it is missing.

Without one of these parts its tests are skipped, each by its name, unless the part says otherwise.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from builder import debian
from builder.errors import BuildError
from candlefish.ops.local.nginx import BROTLI

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ALSO_IN = "/usr/sbin:/usr/local/sbin"
FIREFOX_VARIABLE = "CANDLEFISH_FIREFOX"
FIREFOXES = ("firefox-esr", "firefox")


class Part(NamedTuple):
    """One thing the tests use."""

    name: str
    package: str
    """Debian's package of it."""
    is_there: Callable[[], bool]
    otherwise: str = "their tests are skipped"


def find_or_install() -> str:
    """Install what is missing, where we may. Returns what came of it, in words.

    Raises:
        BuildError: the environment names a Firefox that is none.
    """
    missing = [part for part in PARTS if not part.is_there()]
    if not missing:
        return "installed"
    if not debian.may_install():
        reasons = dict.fromkeys(part.otherwise for part in missing)
        return "; ".join(f"{_without(missing, reason)}: {reason}" for reason in reasons)
    installed, problems = _install(missing)
    from_debian = [f"{', '.join(part.name for part in installed)}: Debian's"] if installed else []
    skipped = [f"no {part.name} ({problem}): {part.otherwise}" for part, problem in problems]
    return "; ".join([*from_debian, *skipped])


def _without(missing: Sequence[Part], otherwise: str) -> str:
    return "no " + " and no ".join(part.name for part in missing if part.otherwise == otherwise)


def _install(parts: Sequence[Part]) -> tuple[list[Part], list[tuple[Part, str]]]:
    """Install parts together, else each alone. Returns those that are there, and why the others are not."""
    try:
        debian.install(*(part.package for part in parts))
    except BuildError as error:
        if len(parts) == 1:
            return [], [(parts[0], str(error).splitlines()[0])]
        each = [_install([part]) for part in parts]
        return [part for done, _ in each for part in done], [one for _, failed in each for one in failed]
    return list(parts), []


def _has_program(*names: str) -> bool:
    return any(shutil.which(name) or shutil.which(name, path=ALSO_IN) for name in names)


def _has_brotli() -> bool:
    return BROTLI.exists()


def _has_library(name: str) -> bool:
    """Whether the loader finds a library; only Linux leaves these to the system."""
    if sys.platform != "linux":
        return True
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def find_firefox() -> str | None:
    """The path of the Firefox that the environment names, else of one on the PATH; None if there is none.

    Raises:
        BuildError: the environment names one that is not there.
    """
    named = os.environ.get(FIREFOX_VARIABLE)
    path = next((path for name in ((named,) if named else FIREFOXES) if (path := shutil.which(name))), None)
    if named and path is None:
        raise BuildError(f"{FIREFOX_VARIABLE} names {named}, which is no program: correct it, or unset it")
    return path


PARTS: Final = (
    Part(
        "Chromium's headless shell",
        "chromium-headless-shell",
        partial(_has_program, "chromium-headless-shell"),
        "the tests of pages take longer",
    ),
    Part("nginx", "nginx", partial(_has_program, "nginx")),
    Part("Brotli for nginx", "libnginx-mod-http-brotli-static", _has_brotli),
    Part("promtool", "prometheus", partial(_has_program, "promtool")),
    # Skia is linked with them, though a raster needs neither.
    Part("libEGL", "libegl1", partial(_has_library, "libEGL.so.1")),
    Part("libGL", "libgl1", partial(_has_library, "libGL.so.1")),
    Part("Firefox", "firefox-esr", lambda: find_firefox() is not None),
)
