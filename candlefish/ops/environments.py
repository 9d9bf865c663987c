"""Environments of releases: target, steps of the shift, and limits; read from a TOML file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from candlefish.ops import OpsError
from candlefish.tables import convert, load_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE: Final = Path("deploy/environments.toml")
ARTEFACT: Final = Path("artefacts/candlefish-lambda-arm64.zip")
ENGINES: Final = ("local", "aws")
BUCKET_PERCENT: Final = 5
LOWEST_PORT: Final = 1024
HIGHEST_PORT: Final = 65_533


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a release.

    Attributes:
        fps_min: frames a second a browser must see before visitors do, where the machine can do it at all.
        memory_max_mb: JavaScript, WebAssembly and canvas of the page, MB.
        load_max_ms: navigation to Python's first frame, where the machine is quiet.
        fps_drop: share of the live release's frame rate whose loss ends a release.
        error_rate_max: share of answers that are server errors, from which a release ends.
        leak_mb_min: growth of memory with garbage collected, MB a minute, that counts as a leak.
        latency_max_ms: 95th percentile of the API's answers.
        requests_min: answers needed before a share of errors means anything.
        looks: how often a browser looks again at a fish that seems slow; the best look counts.
    """

    fps_min: float = 55.0
    memory_max_mb: float = 50.0
    load_max_ms: float = 2_000.0
    fps_drop: float = 0.5
    error_rate_max: float = 0.10
    leak_mb_min: float = 12.0
    latency_max_ms: float = 100.0
    requests_min: int = 20
    looks: int = 3


@dataclass(frozen=True, slots=True)
class Environment:
    """One place to run.

    Attributes:
        engine: `local` (nginx and the service on this machine) or `aws`.
        root: its directory, absolute; `aws`: for what is fetched from there.
        port: `local`: where visitors come; the next two are blue's and green's own.
        region, stack: `aws`: the region, and the name all resources begin with.
        address: `aws`: the site's address; each colour's own is a name below it.
        artefact: `aws`: the service's zip file, as `build.py lambda` writes it.
        steps_percent: shares of visitors, one after the other; the last is 100.
        watch_s: how long each share is watched.
        browser_s: how long a browser looks at the fish before visitors do.
        keep: releases kept besides the two that are placed.
    """

    name: str
    engine: str = "local"
    root: Path = Path()
    port: int = 8_080
    region: str = "us-east-1"
    stack: str = ""
    address: str = ""
    artefact: Path = ARTEFACT
    steps_percent: tuple[int, ...] = (5, 25, 50, 100)
    watch_s: float = 10.0
    browser_s: float = 12.0
    keep: int = 5
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Validate. Raises `OpsError`."""
        if self.engine not in ENGINES:
            raise OpsError(f"{self.name}: engine is {self.engine!r}; there are {', '.join(ENGINES)}")
        steps = self.steps_percent
        if not steps or steps[-1] != 100 or list(steps) != sorted(set(steps)) or steps[0] <= 0:
            raise OpsError(f"{self.name}: steps_percent must rise to 100, got {list(steps)}")
        if any(step % BUCKET_PERCENT for step in steps):
            raise OpsError(f"{self.name}: steps_percent must be multiples of {BUCKET_PERCENT}")
        if self.engine == "aws" and not (self.stack and self.address.startswith("https://")):
            raise OpsError(f"{self.name}: an aws environment needs a stack, and an address over https")
        if self.engine == "local" and not LOWEST_PORT <= self.port <= HIGHEST_PORT:
            raise OpsError(f"{self.name}: port must be in {LOWEST_PORT}…{HIGHEST_PORT}, got {self.port}")


def load_environment(name: str, path: Path | None = None) -> Environment:
    """The environment of a name, from `path` or the project's file.

    Raises:
        OpsError: there is no such file or environment, or a field is unknown or cannot be used.
    """
    source = path or FILE
    tables = load_toml(source, OpsError)
    if name not in tables:
        raise OpsError(f"{source} has no environment {name!r}; there are {', '.join(tables)}")
    return read_environment(name, tables[name])


def read_environment(name: str, table: Mapping[str, Any]) -> Environment:
    """An environment from its table. Raises `OpsError`."""
    read = convert(table, Environment, name, OpsError, name=name)
    if "root" not in table and read.engine == "local":
        raise OpsError(f"{name}: a local environment needs a root")
    root = read.root if "root" in table else Path("~/.cache/candlefish") / name
    return replace(read, root=_absolute(root), artefact=_absolute(read.artefact))


def _absolute(path: Path) -> Path:
    return path.expanduser().resolve()
