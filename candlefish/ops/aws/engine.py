"""The `aws` engine."""

from __future__ import annotations

import json
import os
import secrets
import time
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from candlefish.ops.aws import figures as seen
from candlefish.ops.aws.clients import SERVICE, Clients, connect, resources
from candlefish.ops.aws.routes import Routes
from candlefish.ops.aws.service import Functions
from candlefish.ops.aws.shelf import Shelf
from candlefish.ops.engine import STANDING, Colour, Engine, Figures, Standing, stamped
from candlefish.ops.errors import Broken, OpsError
from candlefish.ops.http import Site
from candlefish.ops.local.rehearsal import rehearse
from candlefish.ops.release import ID, pack
from candlefish.ops.siting import RELEASE_HEADER
from candlefish.service.settings import ADMIN_TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from candlefish.ops.environments import Environment
    from candlefish.ops.release import Release, Sources

ARRIVAL_S: Final = 90.0
"""A route is at every edge within seconds; a new version of the function starts in some more."""
LOCK: Final = "lock"


class AwsEngine(Engine):
    """A stack of deploy/terraform: a colour is a path in the bucket, an alias of Lambda and its API."""

    look_s = 15.0  # CloudWatch has new figures once a minute, and asks for each look

    def __init__(
        self,
        environment: Environment,
        clients: Clients | None = None,
        arrives: Callable[[str, str], bool] | None = None,
    ) -> None:
        """`arrives` says whether an address comes to answer for a release; None asks it."""
        self.environment = environment
        self._arrives = arrives or arrives_at
        self._clients = clients or connect(environment)
        self._resources = resources(environment, self._clients)
        self._shelf = Shelf(self._clients.s3, self._resources.bucket, environment.root / "releases")
        self._routes = Routes(self._clients.keys, self._resources.keys)
        self._functions = Functions(self._clients.functions, self._resources)

    @contextmanager
    def lock(self, *, force: bool) -> Iterator[None]:
        """See `Engine.lock`. Only `force` opens a lock whose owner was killed: nobody here can ask it."""
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

    def standing(self) -> Standing:
        """See `Engine.standing`."""
        route = self._routes.read()
        return Standing.read(self.load(STANDING), route.releases, route.shares())

    def pack(self, sources: Sources) -> Release:
        """See `Engine.pack`."""
        release = pack(sources, self.environment.root / "releases")
        self._shelf.put(release, self.environment.artefact)
        return release

    def release(self, name: str) -> Release:
        """See `Engine.release`."""
        kept = self.kept()
        if not ID.match(name) or name not in kept:
            raise OpsError(f"there is no release {name!r}; kept are {', '.join(kept) or 'none'}")
        return self._shelf.fetch(name)

    def kept(self) -> list[str]:
        """See `Engine.kept`."""
        return self._shelf.names()

    def rehearse(self, release: Release, live: Release | None) -> list[str]:
        """See `Engine.rehearse`: here, on an empty store; a copy of the table would take hours.

        So it says whether one release remembers what the other wrote, not whether nothing stored is lost.
        """
        stage = self.environment.root / "rehearsal"
        return [
            line.replace("a copy of the store", "an empty store")
            for line in rehearse(release, live, stage / "none", stage)
        ]

    def place(self, release: Release, colour: Colour) -> None:
        """See `Engine.place`."""
        self.standing().require_unvisited(colour, "nothing is placed there")
        self._functions.place(release.id, colour)
        self._routes.write(self._routes.read().placing(colour, release.id))
        if not self._arrives(self.address(colour), release.id):
            raise Broken(f"{self.address(colour)} does not come to answer for {release.id}")

    def shift(self, colour: Colour, percent: int) -> None:
        """See `Engine.shift`. A visitor's place is by address, so whom a colour has it keeps as it grows."""
        self._routes.write(self._routes.read().shifting(colour, percent))

    def commit(self, colour: Colour, *, back: bool) -> None:
        """See `Engine.commit`."""
        standing = self.standing()
        document = standing.committed(colour, back=back)
        self._functions.go_live(standing.releases[colour])
        self.save(STANDING, document)

    def ensure(self) -> None:
        """See `Engine.ensure`: aliases that were moved by hand lead where they should again."""
        standing = self.standing()
        for colour, release in standing.releases.items():
            if standing.shares[colour]:
                self._functions.place(release, colour)

    def withdraw(self, colour: Colour) -> None:
        """See `Engine.withdraw`: what nobody calls costs nothing, and stays."""
        self.standing().require_unvisited(colour, "its service stays")

    def address(self, colour: Colour | None = None) -> str:
        """See `Engine.address`: each colour has a name of its own below the site's."""
        if colour is None:
            return self.environment.address
        parts = urlsplit(self.environment.address)
        return f"{parts.scheme}://{colour}.{parts.netloc}"

    def token(self) -> str:
        """See `Engine.token`."""
        named = os.environ.get(ADMIN_TOKEN)
        return named or self._parameter(self._resources.parameter(ADMIN_TOKEN)) or ""

    def mark(self) -> seen.Mark:
        """See `Engine.mark`. It holds the versions that are placed: while one looks they stay the same."""
        versions = self._functions.versions(SERVICE)
        releases = self._routes.read().releases
        placed = {colour: versions[name] for colour, name in releases.items() if name in versions}
        return seen.Mark(datetime.now(UTC), placed)

    def figures(self, since: seen.Mark) -> dict[Colour, Figures]:
        """See `Engine.figures`. CloudWatch is a minute or two behind."""
        return seen.seen(self._clients.metrics, self._resources, since)

    def load(self, name: str) -> str | None:
        """See `Engine.load`."""
        return self._parameter(self._document(name))

    def save(self, name: str, text: str | None) -> None:
        """See `Engine.save`."""
        path = self._document(name)
        try:
            if text is None:
                self._clients.parameters.delete_parameters(Names=[path])
            else:
                self._clients.parameters.put_parameter(Name=path, Value=text, Type="String", Overwrite=True)
        except ClientError as error:
            raise OpsError(f"{path}: {error}") from error

    def audit(self, entry: dict[str, Any]) -> None:
        """See `Engine.audit`."""
        key = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(3)}"
        self._shelf.note(key, stamped(entry))

    def audited(self) -> list[dict[str, Any]]:
        """See `Engine.audited`."""
        return self._shelf.noted()

    def prune(self) -> list[str]:
        """See `Engine.prune`."""
        kept = self.kept()
        gone = self.standing().disposable(kept, self.environment.keep)
        for name in gone:
            self._functions.remove(name)
            self._shelf.remove(name, [one for one in kept if one not in gone])
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
        with closing(Site(address)) as site, suppress(OpsError):
            page, health = site.get("/"), site.get("/health")
            if page.headers.get(RELEASE_HEADER) == release and health.status == 200:
                return True
        if time.monotonic() > until_s:
            return False
        time.sleep(1.0)
