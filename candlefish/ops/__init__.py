"""Running Candlefish: releases, blue-green deployment, rollback, verification, monitoring, costs."""

from __future__ import annotations


class OpsError(Exception):
    """A command cannot go on; the message says why and, where there is one, the way out."""


class BrokenReleaseError(OpsError):
    """A release is not fit for visitors: it is taken back, or never shown."""
