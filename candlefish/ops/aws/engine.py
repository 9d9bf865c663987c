"""The `aws` engine, and CloudWatch's metrics of each colour."""

from __future__ import annotations

import json
import math
import os
import secrets
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from candlefish.ops import BrokenReleaseError, OpsError
from candlefish.ops.aws.release_store import S3ReleaseStore
from candlefish.ops.aws.stack import SERVICE, AwsClients, LambdaFunctions, RouteStore, connect, resources
from candlefish.ops.deployment import (
    STATE_DOCUMENT,
    Colour,
    DeploymentEngine,
    DeploymentState,
    ReleaseMetrics,
    audit_entry,
)
from candlefish.ops.edge import RELEASE_HEADER
from candlefish.ops.http_checks import SiteClient
from candlefish.ops.local.rehearsal import rehearse
from candlefish.ops.release import ID, pack
from candlefish.service.settings import ADMIN_TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from candlefish.ops.aws.stack import StackResources
    from candlefish.ops.environments import Environment
    from candlefish.ops.release import Release, Sources

ARRIVAL_S: Final = 90.0
"""A route is at every edge within seconds; a new version of the function starts in some more."""
LOCK: Final = "lock"
PERIOD_S: Final = 60
API: Final = "AWS/ApiGateway"
API_METRICS: Final = {"requests": ("Count", "Sum"), "failed": ("5xx", "Sum")}
PAGE_METRICS: Final = {
    "fps": ("Fps", "p50"),
    "memory_mb": ("MemoryMb", "p50"),
    "fatal": ("FatalErrors", "Sum"),
    "sessions": ("Sessions", "Sum"),
}


class AwsEngine(DeploymentEngine):
    """A stack of deploy/terraform: a colour is a path in the bucket, an alias of Lambda and its API."""

    look_s = 15.0  # CloudWatch has new figures once a minute, and asks for each look

    def __init__(
        self,
        environment: Environment,
        clients: AwsClients | None = None,
        arrives: Callable[[str, str], bool] | None = None,
    ) -> None:
        """`arrives`: whether an address answers for a release in time; None for asking it over HTTP."""
        self.environment = environment
        self._arrives = arrives or arrives_at
        self._clients = clients or connect(environment)
        self._resources = resources(environment, self._clients)
        self._store = S3ReleaseStore(self._clients.s3, self._resources.bucket, environment.root / "releases")
        self._routes = RouteStore(self._clients.keys, self._resources.keys)
        self._functions = LambdaFunctions(self._clients.functions, self._resources)

    @contextmanager
    def lock(self, *, force: bool) -> Iterator[None]:
        """See `DeploymentEngine.lock`. Only `force` opens a lock whose owner was killed."""
        mine = json.dumps(
            {"by": os.environ.get("USER", ""), "at_s": round(time.time()), "key": secrets.token_hex(4)}
        )
        name = self._document(LOCK)
        try:
            self._clients.parameters.put_parameter(Name=name, Value=mine, Type="String", Overwrite=force)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ParameterAlreadyExists":
                raise OpsError(f"{name}: {error}") from error
            held = json.loads(self.load(LOCK) or "{}")
            age_s = max(0.0, time.time() - held.get("at_s", 0))
            raise OpsError(
                f"{self.environment.name} is locked by {held.get('by') or 'somebody'} since {age_s:.0f} s;"
                " if that command has ended, --force takes the lock over"
            ) from None
        try:
            yield
        finally:
            if self.load(LOCK) == mine:
                self.save(LOCK, None)

    def state(self) -> DeploymentState:
        """See `DeploymentEngine.state`."""
        route = self._routes.read()
        return DeploymentState.read(self.load(STATE_DOCUMENT), route.releases, route.shares())

    def pack(self, sources: Sources) -> Release:
        """See `DeploymentEngine.pack`."""
        release = pack(sources, self.environment.root / "releases")
        self._store.put(release, self.environment.artefact)
        return release

    def release(self, name: str) -> Release:
        """See `DeploymentEngine.release`."""
        kept = self.release_names()
        if not ID.match(name) or name not in kept:
            raise OpsError(f"there is no release {name!r}; kept are {', '.join(kept) or 'none'}")
        return self._store.fetch(name)

    def release_names(self) -> list[str]:
        """See `DeploymentEngine.release_names`."""
        return self._store.names()

    def rehearse(self, release: Release, live: Release | None) -> list[str]:
        """See `DeploymentEngine.rehearse`: here, on an empty store; a copy of the table would take hours.

        So it says whether one release remembers what the other wrote, not whether nothing stored is lost.
        """
        stage = self.environment.root / "rehearsal"
        return [
            line.replace("a copy of the store", "an empty store")
            for line in rehearse(release, live, stage / "none", stage)
        ]

    def place(self, release: Release, colour: Colour) -> None:
        """See `DeploymentEngine.place`."""
        self.state().require_unvisited(colour, "nothing is placed there")
        self._functions.place(release.id, colour)
        self._routes.write(self._routes.read().placing(colour, release.id))
        if not self._arrives(self.address(colour), release.id):
            raise BrokenReleaseError(f"{self.address(colour)} does not come to answer for {release.id}")

    def shift(self, colour: Colour, percent: int) -> None:
        """See `DeploymentEngine.shift`. Visitors are split by address: a growing colour keeps its own."""
        self._routes.write(self._routes.read().shifting(colour, percent))

    def commit(self, colour: Colour, *, back: bool) -> None:
        """See `DeploymentEngine.commit`."""
        state = self.state()
        document = state.committed(colour, back=back)
        self._functions.go_live(state.releases[colour])
        self.save(STATE_DOCUMENT, document)

    def ensure(self) -> None:
        """See `DeploymentEngine.ensure`: aliases that were moved by hand lead where they should again."""
        state = self.state()
        for colour, release in state.releases.items():
            if state.shares[colour]:
                self._functions.place(release, colour)

    def withdraw(self, colour: Colour) -> None:
        """See `DeploymentEngine.withdraw`. An idle Lambda version costs nothing, and stays."""
        self.state().require_unvisited(colour, "its service stays")

    def address(self, colour: Colour | None = None) -> str:
        """See `DeploymentEngine.address`: each colour has a name of its own below the site's."""
        if colour is None:
            return self.environment.address
        parts = urlsplit(self.environment.address)
        return f"{parts.scheme}://{colour}.{parts.netloc}"

    def token(self) -> str:
        """See `DeploymentEngine.token`."""
        named = os.environ.get(ADMIN_TOKEN)
        return named or self._parameter(self._resources.parameter(ADMIN_TOKEN)) or ""

    def mark(self) -> CloudWatchMark:
        """See `DeploymentEngine.mark`. It holds the placed versions, which stay the same meanwhile."""
        versions = self._functions.versions(SERVICE)
        releases = self._routes.read().releases
        placed = {colour: versions[name] for colour, name in releases.items() if name in versions}
        return CloudWatchMark(datetime.now(UTC), placed)

    def metrics(self, since: CloudWatchMark) -> dict[Colour, ReleaseMetrics]:
        """See `DeploymentEngine.metrics`. CloudWatch is a minute or two behind."""
        return cloudwatch_metrics(self._clients.metrics, self._resources, since)

    def load(self, name: str) -> str | None:
        """See `DeploymentEngine.load`."""
        return self._parameter(self._document(name))

    def save(self, name: str, text: str | None) -> None:
        """See `DeploymentEngine.save`."""
        path = self._document(name)
        try:
            if text is None:
                self._clients.parameters.delete_parameters(Names=[path])
            else:
                self._clients.parameters.put_parameter(Name=path, Value=text, Type="String", Overwrite=True)
        except ClientError as error:
            raise OpsError(f"{path}: {error}") from error

    def audit(self, entry: dict[str, Any]) -> None:
        """See `DeploymentEngine.audit`."""
        key = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(3)}"
        self._store.append_audit(key, audit_entry(entry))

    def audit_log(self) -> list[dict[str, Any]]:
        """See `DeploymentEngine.audit_log`."""
        return self._store.audit_log()

    def prune(self) -> list[str]:
        """See `DeploymentEngine.prune`."""
        kept = self.release_names()
        gone = self.state().disposable(kept, self.environment.keep)
        for name in gone:
            self._functions.remove(name)
            self._store.remove(name, [one for one in kept if one not in gone])
        return gone

    def _document(self, name: str) -> str:
        return self._resources.parameter(f"ops/{name}")

    def _parameter(self, path: str) -> str | None:
        try:
            answer = self._clients.parameters.get_parameter(Name=path, WithDecryption=True)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ParameterNotFound":
                return None
            raise OpsError(f"{path}: {error}") from error
        return str(answer["Parameter"]["Value"])


def arrives_at(address: str, release: str, patience_s: float = ARRIVAL_S) -> bool:
    """Ask an address until it answers for a release, its service too; False if it does not in time."""
    until_s = time.monotonic() + patience_s
    while True:
        with closing(SiteClient(address)) as site, suppress(OpsError):
            page, health = site.get("/"), site.get("/health")
            if page.headers.get(RELEASE_HEADER) == release and health.status == 200:
                return True
        if time.monotonic() > until_s:
            return False
        time.sleep(1.0)


@dataclass(frozen=True, slots=True)
class CloudWatchMark:
    """A moment, and the version that each colour had then."""

    at: datetime
    versions: Mapping[Colour, str]


def cloudwatch_metrics(
    metrics: Any, resources: StackResources, since: CloudWatchMark
) -> dict[Colour, ReleaseMetrics]:
    """The metrics of each colour that has a version, since a moment."""
    period = PERIOD_S * max(1, math.ceil((datetime.now(UTC) - since.at).total_seconds() / PERIOD_S))
    queries = [
        _query(colour, name, namespace, dimension, metric, period)
        for colour, version in since.versions.items()
        for namespace, dimension, wanted in (
            (API, {"Name": "ApiId", "Value": resources.apis[colour]}, API_METRICS),
            (resources.namespace, {"Name": "Version", "Value": version}, PAGE_METRICS),
        )
        for name, metric in wanted.items()
    ]
    if not queries:
        return {}
    start = since.at.replace(second=0, microsecond=0)
    answer = metrics.get_metric_data(
        MetricDataQueries=queries, StartTime=start, EndTime=start + timedelta(seconds=period + PERIOD_S)
    )
    values = {one["Id"]: one["Values"] for one in answer["MetricDataResults"]}
    return {colour: _release_metrics(colour, values) for colour in since.versions}


def _query(
    colour: Colour, name: str, namespace: str, dimension: dict[str, str], metric: tuple[str, str], period: int
) -> dict[str, Any]:
    wanted = {"Namespace": namespace, "MetricName": metric[0], "Dimensions": [dimension]}
    return {"Id": f"{colour}_{name}", "MetricStat": {"Metric": wanted, "Period": period, "Stat": metric[1]}}


def _release_metrics(colour: Colour, values: Mapping[str, list[float]]) -> ReleaseMetrics:
    def total(name: str) -> int:
        return round(sum(values.get(f"{colour}_{name}", [])))

    def middle(name: str) -> float | None:
        samples = values.get(f"{colour}_{name}", [])
        return samples[0] if samples else None

    return ReleaseMetrics(
        requests=total("requests"),
        failed=total("failed"),
        fps=middle("fps"),
        memory_mb=middle("memory_mb"),
        fatal=total("fatal"),
        sessions=total("sessions"),
    )
