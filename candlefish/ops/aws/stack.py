"""A stack on AWS: its clients and resources, Lambda's versions and aliases, and CloudFront's route."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from candlefish.ops import BrokenReleaseError, OpsError
from candlefish.ops.deployment import Colour

if TYPE_CHECKING:
    from collections.abc import Mapping

    from candlefish.ops.environments import Environment

SERVICE: Final = "service"
HOUSEKEEPER: Final = "housekeeper"
SOCKET: Final = "socket"
LIVE: Final = "live"
"""The alias that the schedule and live connections call; each colour has one of its own name."""
ROUTE_KEY: Final = "route"


@dataclass(frozen=True, slots=True)
class AwsClients:
    """boto3's clients; `keys` is the data plane of CloudFront's key-value stores."""

    s3: Any
    functions: Any
    parameters: Any
    keys: Any
    metrics: Any


@dataclass(frozen=True, slots=True)
class StackResources:
    """The names of a stack.

    Attributes:
        stack: what they begin with.
        keys: ARN of the key-value store.
        apis: id of each colour's HTTP API.
        namespace: of the metrics that visitors' pages report.
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
        """The namespace of the metrics that visitors' pages report."""
        return f"Candlefish/{self.stack}"

    def function(self, which: str) -> str:
        """The name of a function."""
        return f"{self.stack}-{which}"

    def parameter(self, name: str) -> str:
        """The path of a parameter."""
        return f"/{self.stack}/{name}"


def connect(environment: Environment) -> AwsClients:
    """Clients for an environment's region. Raises `OpsError` if there are no credentials."""
    import boto3  # noqa: PLC0415 - an extra

    try:
        session = boto3.session.Session(region_name=environment.region)
        return AwsClients(
            s3=session.client("s3"),
            functions=session.client("lambda"),
            parameters=session.client("ssm"),
            keys=session.client("cloudfront-keyvaluestore"),
            metrics=session.client("cloudwatch"),
        )
    except BotoCoreError as error:
        raise OpsError(f"{environment.name}: {error}") from error


def resources(environment: Environment, clients: AwsClients) -> StackResources:
    """The resources of a stack, from the parameter that Terraform writes. Raises `OpsError`."""
    stack = environment.stack
    name = f"/{stack}/resources"
    try:
        document = json.loads(clients.parameters.get_parameter(Name=name)["Parameter"]["Value"])
        return StackResources(
            stack, document["keys"], {Colour(each): document["apis"][each] for each in Colour}
        )
    except (BotoCoreError, ClientError) as error:
        hint = f"{environment.name}: no stack {stack!r} in {environment.region} ({error})"
        raise OpsError(f"{hint}; `terraform apply` in deploy/terraform makes one") from error
    except (ValueError, LookupError, TypeError) as error:
        raise OpsError(f"{environment.name}: the parameter {name} cannot be read: {error!r}") from error


class LambdaFunctions:
    """A stack's functions: the service, its housekeeper, and live connections."""

    def __init__(self, client: Any, resources: StackResources) -> None:
        self._client, self._resources = client, resources

    def place(self, release: str, colour: Colour) -> None:
        """Point a colour's alias at a release's version. Raises `OpsError`."""
        self._point(SERVICE, release, colour)

    def go_live(self, release: str) -> None:
        """Point the schedule and live connections at a release's version. Raises `OpsError`."""
        for which in (HOUSEKEEPER, SOCKET):
            self._point(which, release, LIVE)

    def version(self, which: str, release: str) -> str:
        """The version of a release, published if there is none. Raises `OpsError`, `BrokenReleaseError`."""
        number = self.versions(which).get(release)
        if number is not None:
            return number
        name, key = self._resources.function(which), f"releases/{release}/service.zip"
        try:
            code = self._client.update_function_code(
                FunctionName=name, S3Bucket=self._resources.bucket, S3Key=key
            )
            self._client.get_waiter("function_updated_v2").wait(FunctionName=name)
            # What was published must be what was uploaded, should another have uploaded meanwhile.
            made = self._client.publish_version(
                FunctionName=name, CodeSha256=code["CodeSha256"], Description=release
            )
            return str(made["Version"])
        except WaiterError as error:
            raise BrokenReleaseError(f"{name} does not take {key}: {error}") from error
        except ClientError as error:
            raise OpsError(f"{name}: {error}") from error

    def versions(self, which: str) -> dict[str, str]:
        """The versions by release. Raises `OpsError`."""
        pages = self._client.get_paginator("list_versions_by_function")
        try:
            return {
                one["Description"]: one["Version"]
                for page in pages.paginate(FunctionName=self._resources.function(which))
                for one in page["Versions"]
                if one["Version"] != "$LATEST" and one.get("Description")
            }
        except ClientError as error:
            raise OpsError(f"{self._resources.function(which)}: {error}") from error

    def remove(self, release: str) -> None:
        """Remove a release's versions; no alias may lead there."""
        for which in (SERVICE, HOUSEKEEPER, SOCKET):
            if version := self.versions(which).get(release):
                self._client.delete_function(FunctionName=self._resources.function(which), Qualifier=version)

    def _point(self, which: str, release: str, alias: str) -> None:
        name = self._resources.function(which)
        version = self.version(which, release)
        try:
            self._client.update_alias(FunctionName=name, Name=alias, FunctionVersion=version)
        except ClientError as error:
            raise OpsError(f"{name}:{alias}: {error}") from error


@dataclass(frozen=True, slots=True)
class Route:
    """The releases of the colours; `first` has `percent` of the visitors, the other colour the rest."""

    releases: Mapping[Colour, str] = field(default_factory=dict)
    first: Colour = Colour.BLUE
    percent: int = 0

    def shares(self) -> dict[Colour, int]:
        """Percent of visitors by colour; a colour without a release has none."""
        shares = {self.first: self.percent, self.first.other: 100 - self.percent}
        return {colour: shares[colour] if colour in self.releases else 0 for colour in Colour}

    def placing(self, colour: Colour, release: str) -> Route:
        """The same, with a release in a colour."""
        return replace(self, releases={**self.releases, colour: release})

    def shifting(self, colour: Colour, percent: int) -> Route:
        """The same, with a colour's share."""
        return replace(self, first=colour, percent=percent)


class RouteStore:
    """The route in CloudFront's key-value store; a change is everywhere in seconds.

    deploy/terraform/modules/edge/route.js reads it at every request.
    """

    def __init__(self, keys: Any, arn: str) -> None:
        self._keys, self._arn = keys, arn

    def read(self) -> Route:
        """The route; an empty one before the first deployment. Raises `OpsError`."""
        try:
            document = json.loads(self._keys.get_key(KvsARN=self._arn, Key=ROUTE_KEY)["Value"])
            releases = {colour: document[colour] for colour in Colour if colour in document}
            return Route(releases, Colour(document["first"]), int(document["percent"]))
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return Route()
            raise OpsError(f"{self._arn}: {error}") from error
        except (ValueError, LookupError, TypeError) as error:
            raise OpsError(f"{self._arn}: the route cannot be read: {error!r}") from error

    def write(self, route: Route) -> None:
        """Write it, unless another has written since. Raises `OpsError`."""
        value = json.dumps({**route.releases, "first": route.first, "percent": route.percent})
        try:
            tag = self._keys.describe_key_value_store(KvsARN=self._arn)["ETag"]
            self._keys.put_key(KvsARN=self._arn, Key=ROUTE_KEY, Value=value, IfMatch=tag)
        except ClientError as error:
            raise OpsError(f"{self._arn}: {error}") from error
