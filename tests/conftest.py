"""What holds for every test: which run together, which alone, which only when asked for."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from candlefish.bench import machine
from tests.workers import Scheduling, turn

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from xdist.remote import Producer

# Machines that run tests are slow and busy: how long one example takes says nothing.
settings.register_profile("candlefish", deadline=None, print_blob=True)
settings.load_profile("candlefish")
# A shell that starts the tests in the background lets them ignore Ctrl-C, and what they start inherits that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Golden frames can be written anew; long tests can be run too."""
    parser.addoption("--update-references", action="store_true", help="write the golden frames anew")
    parser.addoption("--long", action="store_true", help="run the tests marked `long` too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put what takes longest first and what runs alone last; skip what is long."""
    items.sort(key=_rank)
    for item in items:
        if item.get_closest_marker("long") and not config.getoption("--long"):
            item.add_marker(pytest.mark.skip(reason="takes long: python3 build.py test --long"))


def _rank(item: pytest.Item) -> tuple[bool, bool, bool]:
    marks = [item.get_closest_marker(name) is None for name in ("browser", "slow")]
    return _is_alone(item), marks[0], marks[1]


def _is_alone(item: pytest.Item) -> bool:
    return item.get_closest_marker("alone") is not None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Deal the tests to the workers."""
    return Scheduling(config, log)


@pytest.fixture
def amount(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """`amount(usual, long)`: how much of something a test does; with `--long` the second."""
    long = request.config.getoption("--long")
    return lambda usual, many: many if long else usual


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let a test that measures time run while no test of another worker does."""
    assert item.config.cache is not None
    with turn(item.config.cache.mkdir("turns"), alone=_is_alone(item)):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Where other programs keep the machine busy, a measurement out of bounds tells nothing: skip it."""
    if not _is_alone(item):
        return (yield)
    before = machine.read_clock()
    try:
        return (yield)
    except AssertionError as error:
        foreign = machine.foreign_share(before, machine.read_clock())
        if foreign is None or foreign <= machine.DISTURBED_SHARE:
            raise
        pytest.skip(f"cannot tell: other programs took {100 * foreign:.0f} % of the processors ({error})")
