"""The `local` engine."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from candlefish.ops.engine import STANDING, Colour, Engine, Figures, Standing, stamped
from candlefish.ops.environments import BUCKET_PERCENT
from candlefish.ops.errors import OpsError
from candlefish.ops.local import figures as seen
from candlefish.ops.local.layout import BUCKETS, Layout, point, write
from candlefish.ops.local.nginx import Nginx, ports
from candlefish.ops.local.process import Process
from candlefish.ops.local.rehearsal import rehearse
from candlefish.ops.release import ID, pack, read
from candlefish.service.settings import ADMIN_TOKEN, TOKEN_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from candlefish.ops.environments import Environment
    from candlefish.ops.release import Release, Sources


class LocalEngine(Engine):
    """nginx and one service a colour, both colours on one store."""

    look_s = 1.0

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.layout = Layout(environment.root)
        self.layout.make()
        self.nginx = Nginx(self.layout, environment.port)

    @contextmanager
    def lock(self, *, force: bool) -> Iterator[None]:  # noqa: ARG002 - the system lets go of a dead one's
        """See `Engine.lock`."""
        with (self.layout.root / "lock").open("a+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise OpsError(
                    f"{self.environment.name} is locked by process {file.read().strip() or 'unknown'}"
                ) from None
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield

    def standing(self) -> Standing:
        """See `Engine.standing`."""
        releases = {}
        for colour in Colour:
            link = self.layout.colour(colour) / "release"
            if link.is_symlink() and (link / "release.json").exists():
                releases[colour] = link.readlink().name
        pointed = [self.layout.bucket(bucket) for bucket in BUCKETS]
        ends = [link.readlink().name for link in pointed if link.is_symlink()]
        shares = {colour: ends.count(colour) * BUCKET_PERCENT for colour in Colour}
        return Standing.read(self.load(STANDING), releases, shares)

    def pack(self, sources: Sources) -> Release:
        """See `Engine.pack`."""
        return pack(sources, self.layout.releases)

    def release(self, name: str) -> Release:
        """See `Engine.release`."""
        if not ID.match(name) or not (self.layout.releases / name).is_dir():
            raise OpsError(f"there is no release {name!r}; kept are {', '.join(self.kept()) or 'none'}")
        return read(self.layout.releases / name)

    def kept(self) -> list[str]:
        """See `Engine.kept`."""
        return sorted(path.name for path in self.layout.releases.iterdir() if ID.match(path.name))

    def rehearse(self, release: Release, live: Release | None) -> list[str]:
        """See `Engine.rehearse`."""
        return rehearse(release, live, self.layout.data, self.layout.run / "rehearsal")

    def place(self, release: Release, colour: Colour) -> None:
        """See `Engine.place`."""
        self.standing().require_unvisited(colour, "nothing is placed there")
        directory = self.layout.colour(colour)
        process = self.process(colour)
        if self.standing().releases.get(colour) != release.id:
            process.stop()
            point(directory / "release", release.directory)
            point(directory / "site", release.site)
        process.start(release)
        self.nginx.configure(self.release(name) for name in self.kept())

    def shift(self, colour: Colour, percent: int) -> None:
        """See `Engine.shift`. The first buckets change, so whom a colour has it keeps as its share grows."""
        have = percent // BUCKET_PERCENT
        for number, bucket in enumerate(BUCKETS):
            target = self.layout.colour(colour if number < have else colour.other)
            link = self.layout.bucket(bucket)
            if not (target / "site").exists():
                link.unlink(missing_ok=True)  # the first release is taken back: there is none before it
            elif not link.is_symlink() or link.readlink() != target:
                point(link, target)

    def commit(self, colour: Colour, *, back: bool) -> None:
        """See `Engine.commit`."""
        self.save(STANDING, self.standing().committed(colour, back=back))

    def ensure(self) -> None:
        """See `Engine.ensure`."""
        standing = self.standing()
        visited = [colour for colour in Colour if standing.shares[colour] and colour in standing.releases]
        for colour in visited:
            self.process(colour).start(self.release(standing.releases[colour]))
        if visited:
            self.nginx.configure(self.release(name) for name in self.kept())

    def withdraw(self, colour: Colour) -> None:
        """See `Engine.withdraw`."""
        self.standing().require_unvisited(colour, "its service stays")
        self.process(colour).stop()

    def address(self, colour: Colour | None = None) -> str:
        """See `Engine.address`."""
        port = self.environment.port if colour is None else ports(self.environment.port)[colour]
        return f"http://127.0.0.1:{port}"

    def token(self) -> str:
        """See `Engine.token`."""
        named = os.environ.get(ADMIN_TOKEN)
        return named or (self.layout.data / TOKEN_FILE).read_text(encoding="ascii").strip()

    def mark(self) -> seen.Mark:
        """See `Engine.mark`."""
        return seen.mark(self.layout.access_log, self._counts())

    def figures(self, since: seen.Mark) -> dict[Colour, Figures]:
        """See `Engine.figures`."""
        answered = seen.answers(self.layout.access_log, since.offset, self.environment.port)
        now = self._counts()
        return {
            colour: seen.told(since.counts.get(colour, {}), now[colour], answered.get(release, (0, 0)))
            for colour, release in self.standing().releases.items()
        }

    def load(self, name: str) -> str | None:
        """See `Engine.load`."""
        try:
            return (self.layout.documents / f"{name}.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def save(self, name: str, text: str | None) -> None:
        """See `Engine.save`."""
        path = self.layout.documents / f"{name}.json"
        if text is None:
            path.unlink(missing_ok=True)
        else:
            write(path, text)

    def audit(self, entry: dict[str, Any]) -> None:
        """See `Engine.audit`."""
        line = json.dumps(stamped(entry))
        with (self.layout.root / "audit.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())

    def audited(self) -> list[dict[str, Any]]:
        """See `Engine.audited`."""
        path = self.layout.root / "audit.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]

    def prune(self) -> list[str]:
        """See `Engine.prune`."""
        gone = self.standing().disposable(self.kept(), self.environment.keep)
        for name in gone:
            shutil.rmtree(self.layout.releases / name)
        if gone:
            self.nginx.configure(self.release(name) for name in self.kept())
        return gone

    def process(self, colour: Colour) -> Process:
        """The service of a colour."""
        log = self.layout.logs / f"service-{colour}.log"
        return Process(self.layout.colour(colour), self.layout.data, log)

    def stop(self) -> None:
        """Stop everything: visitors get no answer from now on."""
        self.nginx.stop()
        for colour in Colour:
            self.process(colour).stop()

    def _counts(self) -> dict[Colour, dict[str, float]]:
        token = self.token() if (self.layout.data / TOKEN_FILE).exists() else ""
        return {colour: seen.counts(self.process(colour), token) for colour in Colour}
