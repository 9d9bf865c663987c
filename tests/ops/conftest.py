"""A local environment that is stopped at the end, whatever happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from candlefish.ops.local.engine import LocalEngine
from candlefish.ops.local.nginx import program
from tests.ops import places

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[LocalEngine]:
    if program() is None:
        pytest.skip("nginx is not installed")
    engine = LocalEngine(places.environment(tmp_path / "root"))
    yield engine
    engine.stop()
