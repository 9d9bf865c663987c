"""What holds for every test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import settings

if TYPE_CHECKING:
    import pytest

# Machines that run tests are slow and busy: how long one example takes says nothing.
settings.register_profile("candlefish", deadline=None, print_blob=True)
settings.load_profile("candlefish")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests in a browser last.

    The synchronous Playwright keeps an event loop running in this thread for as long as its browser lives;
    no other test could start one. It also lets the quick tests fail first.
    """
    items.sort(key=lambda item: "chromium" in getattr(item, "fixturenames", ()))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Golden frames can be written anew."""
    parser.addoption("--update-references", action="store_true", help="write the golden frames anew")
