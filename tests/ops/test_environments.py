"""Environments: the project's own can be read, and a wrong one is refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from candlefish.ops import OpsError
from candlefish.ops.environments import FILE, load_environment, read_environment


def test_the_projects_environments_can_be_read() -> None:
    for name in ("local", "staging", "production"):
        assert load_environment(name, FILE).name == name


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"engine": "gcp", "root": "x"}, "engine is 'gcp'"),
        ({"root": "x", "steps_percent": [5, 50]}, "must rise to 100"),
        ({"root": "x", "steps_percent": [7, 100]}, "multiples of 5"),
        ({"root": "x", "prot": 8080}, "unknown field 'prot'; known: engine, root, port"),
        ({"root": "x", "port": "80"}, "port: expected a whole number, got '80'"),
        ({"root": "x", "port": 80}, "port must be in"),
        ({"root": "x", "limits": {"fps": 3}}, "limits: unknown field 'fps'; known: fps_min"),
        ({"root": "x", "limits": {"fps_min": True}}, "limits.fps_min: expected a number, got True"),
        ({"root": "x", "name": "y"}, "unknown field 'name'"),
        ({"root": 3}, "root: expected a path, got 3"),
        ({}, "needs a root"),
    ],
)
def test_an_environment_that_cannot_work_is_refused_by_name(table: dict[str, Any], message: str) -> None:
    with pytest.raises(OpsError, match=message):
        read_environment("test", table)


def test_an_unknown_environment_is_named_with_those_there_are() -> None:
    with pytest.raises(OpsError, match="no environment 'prod'; there are local, staging, production"):
        load_environment("prod", FILE)
