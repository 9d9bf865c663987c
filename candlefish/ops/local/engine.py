"""The `local` engine, and metrics of its releases: nginx's access log, and each service's own counts."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from candlefish.ops import OpsError
from candlefish.ops.deployment import (
    STATE_DOCUMENT,
    Colour,
    DeploymentEngine,
    DeploymentState,
    ReleaseMetrics,
    audit_entry,
)
from candlefish.ops.environments import BUCKET_PERCENT
from candlefish.ops.local.layout import BUCKETS, EnvironmentLayout, point, write
from candlefish.ops.local.nginx import NginxProcess, ports
from candlefish.ops.local.process import ServiceProcess
from candlefish.ops.local.rehearsal import rehearse
from candlefish.ops.monitoring import growth, histogram_median, metric_total, read_samples
from candlefish.ops.release import ID, pack, read
from candlefish.service.settings import ADMIN_TOKEN, TOKEN_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from candlefish.ops.environments import Environment
    from candlefish.ops.release import Release, Sources


class LocalEngine(DeploymentEngine):
    """nginx and one service a colour, both colours on one store."""

    look_s = 1.0

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.layout = EnvironmentLayout(environment.root)
        self.layout.make()
        self.nginx = NginxProcess(self.layout, environment.port)

    @contextmanager
    def lock(self, *, force: bool) -> Iterator[None]:  # noqa: ARG002 - the system lets go of a dead one's
        """See `DeploymentEngine.lock`."""
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

    def state(self) -> DeploymentState:
        """See `DeploymentEngine.state`."""
        releases = {}
        for colour in Colour:
            link = self.layout.colour(colour) / "release"
            if link.is_symlink() and (link / "release.json").exists():
                releases[colour] = link.readlink().name
        pointed = [self.layout.bucket(bucket) for bucket in BUCKETS]
        ends = [link.readlink().name for link in pointed if link.is_symlink()]
        shares = {colour: ends.count(colour) * BUCKET_PERCENT for colour in Colour}
        return DeploymentState.read(self.load(STATE_DOCUMENT), releases, shares)

    def pack(self, sources: Sources) -> Release:
        """See `DeploymentEngine.pack`."""
        return pack(sources, self.layout.releases)

    def release(self, name: str) -> Release:
        """See `DeploymentEngine.release`."""
        if not ID.match(name) or not (self.layout.releases / name).is_dir():
            raise OpsError(
                f"there is no release {name!r}; kept are {', '.join(self.release_names()) or 'none'}"
            )
        return read(self.layout.releases / name)

    def release_names(self) -> list[str]:
        """See `DeploymentEngine.release_names`."""
        return sorted(path.name for path in self.layout.releases.iterdir() if ID.match(path.name))

    def rehearse(self, release: Release, live: Release | None) -> list[str]:
        """See `DeploymentEngine.rehearse`."""
        return rehearse(release, live, self.layout.data, self.layout.run / "rehearsal")

    def place(self, release: Release, colour: Colour) -> None:
        """See `DeploymentEngine.place`."""
        self.state().require_unvisited(colour, "nothing is placed there")
        directory = self.layout.colour(colour)
        process = self.process(colour)
        if self.state().releases.get(colour) != release.id:
            process.stop()
            point(directory / "release", release.directory)
            point(directory / "site", release.site)
        process.start(release)
        self.nginx.configure(self.release(name) for name in self.release_names())

    def shift(self, colour: Colour, percent: int) -> None:
        """See `DeploymentEngine.shift`. The first buckets change: a growing colour keeps its visitors."""
        have = percent // BUCKET_PERCENT
        for number, bucket in enumerate(BUCKETS):
            target = self.layout.colour(colour if number < have else colour.other)
            link = self.layout.bucket(bucket)
            if not (target / "site").exists():
                link.unlink(missing_ok=True)  # the first release is taken back: there is none before it
            elif not link.is_symlink() or link.readlink() != target:
                point(link, target)

    def commit(self, colour: Colour, *, back: bool) -> None:
        """See `DeploymentEngine.commit`."""
        self.save(STATE_DOCUMENT, self.state().committed(colour, back=back))

    def ensure(self) -> None:
        """See `DeploymentEngine.ensure`."""
        state = self.state()
        visited = [colour for colour in Colour if state.shares[colour] and colour in state.releases]
        for colour in visited:
            self.process(colour).start(self.release(state.releases[colour]))
        if visited:
            self.nginx.configure(self.release(name) for name in self.release_names())

    def withdraw(self, colour: Colour) -> None:
        """See `DeploymentEngine.withdraw`."""
        self.state().require_unvisited(colour, "its service stays")
        self.process(colour).stop()

    def address(self, colour: Colour | None = None) -> str:
        """See `DeploymentEngine.address`."""
        port = self.environment.port if colour is None else ports(self.environment.port)[colour]
        return f"http://127.0.0.1:{port}"

    def token(self) -> str:
        """See `DeploymentEngine.token`."""
        named = os.environ.get(ADMIN_TOKEN)
        return named or (self.layout.data / TOKEN_FILE).read_text(encoding="ascii").strip()

    def mark(self) -> LocalMark:
        """See `DeploymentEngine.mark`."""
        return take_mark(self.layout.access_log, self._counts())

    def metrics(self, since: LocalMark) -> dict[Colour, ReleaseMetrics]:
        """See `DeploymentEngine.metrics`."""
        answered = logged_answers(self.layout.access_log, since.offset, self.environment.port)
        now = self._counts()
        return {
            colour: release_metrics(since.counts.get(colour, {}), now[colour], answered.get(release, (0, 0)))
            for colour, release in self.state().releases.items()
        }

    def load(self, name: str) -> str | None:
        """See `DeploymentEngine.load`."""
        try:
            return (self.layout.documents / f"{name}.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def save(self, name: str, text: str | None) -> None:
        """See `DeploymentEngine.save`."""
        path = self.layout.documents / f"{name}.json"
        if text is None:
            path.unlink(missing_ok=True)
        else:
            write(path, text)

    def audit(self, entry: dict[str, Any]) -> None:
        """See `DeploymentEngine.audit`."""
        line = json.dumps(audit_entry(entry))
        with (self.layout.root / "audit.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())

    def audit_log(self) -> list[dict[str, Any]]:
        """See `DeploymentEngine.audit_log`."""
        path = self.layout.root / "audit.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]

    def prune(self) -> list[str]:
        """See `DeploymentEngine.prune`."""
        gone = self.state().disposable(self.release_names(), self.environment.keep)
        for name in gone:
            shutil.rmtree(self.layout.releases / name)
        if gone:
            self.nginx.configure(self.release(name) for name in self.release_names())
        return gone

    def process(self, colour: Colour) -> ServiceProcess:
        """The service of a colour."""
        log = self.layout.logs / f"service-{colour}.log"
        return ServiceProcess(self.layout.colour(colour), self.layout.data, log)

    def stop(self) -> None:
        """Stop everything: visitors get no answer from now on."""
        self.nginx.stop()
        for colour in Colour:
            self.process(colour).stop()

    def _counts(self) -> dict[Colour, dict[str, float]]:
        token = self.token() if (self.layout.data / TOKEN_FILE).exists() else ""
        return {colour: service_counts(self.process(colour), token) for colour in Colour}


@dataclass(frozen=True, slots=True)
class LocalMark:
    """A moment: the length of the access log, and the counts of each service."""

    offset: int
    counts: Mapping[Colour, Mapping[str, float]]


def take_mark(log: Path, counts: Mapping[Colour, Mapping[str, float]]) -> LocalMark:
    """A mark of this moment."""
    return LocalMark(log.stat().st_size if log.exists() else 0, counts)


def service_counts(process: ServiceProcess, token: str) -> dict[str, float]:
    """The samples of a service's own metrics; none if it does not answer."""
    try:
        status, body = process.get("/metrics", {"Authorization": f"Bearer {token}"})
    except OSError:
        return {}
    return read_samples(body.decode(errors="replace")) if status == 200 else {}


def logged_answers(log: Path, offset: int, port: int) -> dict[str, tuple[int, int]]:
    """By release: answers to visitors since `offset`, and those that were server errors."""
    counts: dict[str, tuple[int, int]] = {}
    if not log.exists():
        return counts
    with log.open(encoding="utf-8") as lines:
        lines.seek(offset)
        for line in lines:
            if not line.endswith("\n"):
                break
            entry = json.loads(line)
            if entry["port"] == port:
                requests, failed = counts.get(entry["release"], (0, 0))
                counts[entry["release"]] = (requests + 1, failed + (entry["status"] >= 500))
    return counts


def release_metrics(
    before: Mapping[str, float], now: Mapping[str, float], answered: tuple[int, int]
) -> ReleaseMetrics:
    """The metrics of one colour's release."""
    grown = growth(before, now)
    return ReleaseMetrics(
        requests=answered[0],
        failed=answered[1],
        fps=histogram_median(grown, "candlefish_visitor_fps"),
        memory_mb=histogram_median(grown, "candlefish_visitor_memory_mb"),
        fatal=int(metric_total(grown, "candlefish_visitor_errors_total", 'fatal="true"')),
        sessions=int(metric_total(grown, "candlefish_sessions_total")),
    )
