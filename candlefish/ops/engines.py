"""The engine of an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from candlefish.ops.errors import OpsError

if TYPE_CHECKING:
    from candlefish.ops.engine import Engine
    from candlefish.ops.environments import Environment


def engine_of(environment: Environment) -> Engine:
    """The engine an environment names. Raises `OpsError` if what it needs is not installed."""
    if environment.engine == "local":
        from candlefish.ops.local.engine import LocalEngine  # noqa: PLC0415 - only what is used

        return LocalEngine(environment)
    name = environment.name
    raise OpsError(
        f"{name}: this version deploys to `local` environments alone; Terraform makes the stack on AWS"
    )
