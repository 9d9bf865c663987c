"""The server side: the only package that imports the web framework."""

from __future__ import annotations


class ServiceError(Exception):
    """The service cannot do what it was asked for; the message says why."""
