"""Directory layout of a local environment.

    releases/<id>/            packed releases
    colours/<colour>/         site → a release's, release → it, api.sock
    traffic/b00 … b19         each → a colour: a twentieth of the visitors
    data/                     the service's store and secrets
    nginx.conf, policies.conf, logs/, run/
    standing.json, audit.jsonl, lock, documents/

nginx follows the links at each request, so a switch is a rename and nothing is reloaded.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from candlefish.ops.deployment import Colour
from candlefish.ops.environments import BUCKET_PERCENT

if TYPE_CHECKING:
    from pathlib import Path

BUCKETS: Final = tuple(f"b{number:02}" for number in range(100 // BUCKET_PERCENT))
DIRECTORIES: Final = ("releases", "traffic", "data", "logs", "run", "documents")


@dataclass(frozen=True, slots=True)
class EnvironmentLayout:
    """The paths of one environment."""

    root: Path

    def make(self) -> None:
        """Make the directories that are not there."""
        for name in (*DIRECTORIES, *(f"colours/{colour}" for colour in Colour)):
            (self.root / name).mkdir(parents=True, exist_ok=True)

    def __getattr__(self, name: str) -> Path:
        """`layout.releases` is the directory of that name."""
        if name in DIRECTORIES:
            return self.root / name
        raise AttributeError(name)

    def colour(self, colour: Colour) -> Path:
        """The directory of a colour."""
        return self.root / "colours" / colour

    def bucket(self, bucket: str) -> Path:
        """The link of a twentieth of the visitors."""
        return self.root / "traffic" / bucket

    @property
    def configuration(self) -> Path:
        """NginxProcess's configuration."""
        return self.root / "nginx.conf"

    @property
    def nginx_pid(self) -> Path:
        """NginxProcess's process id."""
        return self.root / "run" / "nginx.pid"

    @property
    def access_log(self) -> Path:
        """One line of JSON for each answer: no address, no path, no agent."""
        return self.root / "logs" / "access.log"


def point(link: Path, target: Path) -> None:
    """Point a symbolic link at `target`, atomically."""
    draft = link.with_name(f".{link.name}-{os.getpid()}")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    draft.replace(link)


def write(path: Path, text: str) -> None:
    """Write a file, all or nothing, and to the disk."""
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
