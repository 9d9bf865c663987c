"""The route in CloudFront's key-value store: which release each colour has, and whom the visitors get.

What deploy/terraform/modules/edge/route.js reads at every request; a change is everywhere in seconds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from candlefish.ops.engine import Colour
from candlefish.ops.errors import OpsError

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY: Final = "route"


@dataclass(frozen=True, slots=True)
class Route:
    """`first` has `percent` of the visitors, the other colour the rest."""

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


class Routes:
    """Reads and writes the route."""

    def __init__(self, keys: Any, arn: str) -> None:
        self._keys, self._arn = keys, arn

    def read(self) -> Route:
        """The route; an empty one before the first deployment. Raises `OpsError`."""
        try:
            said = json.loads(self._keys.get_key(KvsARN=self._arn, Key=KEY)["Value"])
            releases = {colour: said[colour] for colour in Colour if colour in said}
            return Route(releases, Colour(said["first"]), int(said["percent"]))
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
            self._keys.put_key(KvsARN=self._arn, Key=KEY, Value=value, IfMatch=tag)
        except ClientError as error:
            raise OpsError(f"{self._arn}: {error}") from error
