"""The service on Lambda: a version for each release, an alias for each colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, WaiterError

from candlefish.ops.aws.clients import HOUSEKEEPER, LIVE, SERVICE, SOCKET
from candlefish.ops.errors import Broken, OpsError

if TYPE_CHECKING:
    from candlefish.ops.aws.clients import Resources
    from candlefish.ops.engine import Colour


class Functions:
    """The functions of a stack: one answers, one keeps house, one hears live connections."""

    def __init__(self, client: Any, resources: Resources) -> None:
        self._client, self._resources = client, resources

    def place(self, release: str, colour: Colour) -> None:
        """Let a colour's alias lead to a release's version. Raises `OpsError`."""
        self._point(SERVICE, release, colour)

    def go_live(self, release: str) -> None:
        """Let the schedule and live connections call a release's version. Raises `OpsError`."""
        for which in (HOUSEKEEPER, SOCKET):
            self._point(which, release, LIVE)

    def version(self, which: str, release: str) -> str:
        """The version of a release, published if there is none yet. Raises `OpsError`, `Broken`."""
        found = self.versions(which).get(release)
        if found is not None:
            return found
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
            raise Broken(f"{name} does not take {key}: {error}") from error
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
