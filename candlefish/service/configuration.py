"""`GET /api/ab-config`: what the browser needs to deal itself its variants, and nothing more."""

from __future__ import annotations

import hashlib
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import msgspec

from candlefish.experiments.definition import DefinitionError, Experiment, read_experiments, to_wire

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MAX_AGE_S: Final = 300


def load_experiments(path: Path | None = None) -> tuple[Experiment, ...]:
    """The experiments of a TOML file, or of the one that is part of the package.

    Raises:
        DefinitionError: the file cannot be read, or a definition cannot be used.
    """
    source = path if path is not None else files("candlefish.experiments") / "experiments.toml"
    try:
        return read_experiments(tomllib.loads(source.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise DefinitionError(f"{source}: {error}") from error


def document(experiments: Sequence[Experiment]) -> tuple[bytes, str]:
    """The configuration as JSON, and its entity tag."""
    body = msgspec.json.encode({"version": 1, "experiments": [to_wire(each) for each in experiments]})
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'
