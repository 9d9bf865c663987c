"""What the engine asks of AWS, and what Terraform named there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from candlefish.ops.engine import Colour
from candlefish.ops.errors import OpsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from candlefish.ops.environments import Environment

SERVICE: Final = "service"
HOUSEKEEPER: Final = "housekeeper"
SOCKET: Final = "socket"
LIVE: Final = "live"
"""The alias that the schedule and live connections call; each colour has one of its own name."""


@dataclass(frozen=True, slots=True)
class Clients:
    """boto3's clients; `keys` is the data plane of CloudFront's key-value stores."""

    s3: Any
    functions: Any
    parameters: Any
    keys: Any
    metrics: Any


@dataclass(frozen=True, slots=True)
class Resources:
    """The names of a stack.

    Attributes:
        stack: what they begin with.
        keys: ARN of the key-value store.
        apis: id of each colour's HTTP API.
        namespace: of the metrics that visitors' pages tell.
    """

    stack: str
    keys: str
    apis: Mapping[Colour, str]

    @property
    def bucket(self) -> str:
        """The bucket of the site."""
        return f"{self.stack}-site"

    @property
    def namespace(self) -> str:
        """Of the metrics that visitors' pages tell."""
        return f"Candlefish/{self.stack}"

    def function(self, which: str) -> str:
        """The name of a function."""
        return f"{self.stack}-{which}"

    def parameter(self, name: str) -> str:
        """The path of a parameter."""
        return f"/{self.stack}/{name}"


def connect(environment: Environment) -> Clients:
    """Clients for an environment's region. Raises `OpsError` if there are no credentials."""
    import boto3  # noqa: PLC0415 - an extra

    try:
        session = boto3.session.Session(region_name=environment.region)
        return Clients(
            s3=session.client("s3"),
            functions=session.client("lambda"),
            parameters=session.client("ssm"),
            keys=session.client("cloudfront-keyvaluestore"),
            metrics=session.client("cloudwatch"),
        )
    except BotoCoreError as error:
        raise OpsError(f"{environment.name}: {error}") from error


def resources(environment: Environment, clients: Clients) -> Resources:
    """What Terraform told of the stack. Raises `OpsError`."""
    stack = environment.stack
    name = f"/{stack}/resources"
    try:
        said = json.loads(clients.parameters.get_parameter(Name=name)["Parameter"]["Value"])
        return Resources(stack, said["keys"], {Colour(each): said["apis"][each] for each in Colour})
    except (BotoCoreError, ClientError) as error:
        hint = f"{environment.name}: no stack {stack!r} in {environment.region} ({error})"
        raise OpsError(f"{hint}; `terraform apply` in deploy/terraform makes one") from error
    except (ValueError, LookupError, TypeError) as error:
        raise OpsError(f"{environment.name}: the parameter {name} cannot be read: {error!r}") from error
