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
    try:
        from candlefish.ops.aws.engine import AwsEngine  # noqa: PLC0415 - only what is used
    except ModuleNotFoundError as error:
        hint = "pip install 'candlefish[deploy]'"
        raise OpsError(f"{environment.name}: {error.name} is not installed: {hint}") from error
    return AwsEngine(environment)
