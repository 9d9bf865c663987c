"""Every operation of the API does what its OpenAPI description says, whatever is sent: by Schemathesis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from candlefish.service.openapi import description
from tests.service.store_kinds import opened
from tests.service.visitors import AS_ADMIN, running

if TYPE_CHECKING:
    from collections.abc import Iterator

STRICTER = ("/api/analytics", "/api/memory")
"""These refuse what a schema cannot: a whole number written `1.0`, a memory that is none."""
OPERATIONS = [(path, method) for path, methods in description()["paths"].items() for method in methods]

load_all_checks()


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with opened("sqlite", tmp_path_factory.mktemp("store")) as store, running(store) as service:
        yield schemathesis.openapi.from_asgi("/api/openapi.json", service.http.app)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_an_operation_is_as_described(described: Any, path: str, method: str, mode: GenerationMode) -> None:
    """But for two things: visitors make their ids, so none of the right form is wrong; what nobody asked for,
    such as a parameter more, is let pass, and in a batch each bad event is refused alone.
    """
    excluded = [ignored_auth, negative_data_rejection]
    excluded += [positive_data_acceptance] if path in STRICTER else []
    operation, tried = described[path][method], []

    @settings(
        max_examples=20,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case: schemathesis.Case[Any]) -> None:
        tried.append(case.call_and_validate(headers=AS_ADMIN, excluded_checks=excluded).status_code)

    try:
        one()
    except Unsatisfiable:
        pytest.skip("nothing can be wrong with a request without parameters")
    assert tried, "nothing was sent"
    assert max(tried) < 500
