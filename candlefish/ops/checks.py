"""One thing that was looked at, and how it was found."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from candlefish.ops.errors import OpsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Verdict(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    UNSURE = "can't tell"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """A check that was made: what was found, in words, and how long it took."""

    name: str
    verdict: Verdict
    found: str
    took_s: float = 0.0


class Failed(Exception):  # noqa: N818 - a finding
    """What was looked at is not as it should be."""


class Unsure(Exception):  # noqa: N818 - a finding
    """What was looked at cannot be judged here and now."""


class Skipped(Exception):  # noqa: N818 - a finding
    """What was to be looked at is not there to look at."""


def check(name: str, look: Callable[[], str]) -> Check:
    """Look; what `look` returns is what was found, what it raises is how it failed."""
    began_s = time.monotonic()
    try:
        verdict, found = Verdict.PASSED, look()
    except Unsure as error:
        verdict, found = Verdict.UNSURE, str(error)
    except Skipped as error:
        verdict, found = Verdict.SKIPPED, str(error)
    except (Failed, OpsError, OSError, ValueError, LookupError, TypeError) as error:
        plain = isinstance(error, Failed | OpsError)
        verdict, found = Verdict.FAILED, str(error) if plain else f"{type(error).__name__}: {error}"
    return Check(name, verdict, found, time.monotonic() - began_s)


def failures(checks: Iterable[Check]) -> list[str]:
    """What failed, in words."""
    return [f"{one.name}: {one.found}" for one in checks if one.verdict is Verdict.FAILED]
