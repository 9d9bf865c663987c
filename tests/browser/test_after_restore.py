"""The set-up of a restored interpreter."""

from __future__ import annotations

import random
import sys

import pytest

from candlefish.browser.after_restore import LIBRARY, LateLibrary, refresh, reseed


def test_two_restorations_are_not_alike() -> None:
    drawn = set()
    for _ in range(2):
        random.seed(1)
        reseed()
        drawn.add(random.random())
    assert len(drawn) == 2


def test_the_library_is_fetched_once_and_only_for_its_own_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    fetched: list[str] = []
    refresh(fetched.append)
    with pytest.raises(ModuleNotFoundError):
        __import__("no_such_module_of_anyone")
    assert fetched == []
    late = sys.meta_path[-1]
    assert isinstance(late, LateLibrary)
    spec = late.find_spec("wave")
    assert spec is not None
    assert late.find_spec("wave") is None, "now the ordinary finders know"
    assert fetched == [LIBRARY]
