"""Codec: a memory as stored text, and back from text that may be damaged, forged or of a later version.

Each shape ever stored keeps its own reader (`READERS`), so any older text can be read; what is written is
always the newest. For version N+1, add its fields in a reader, a row to `READERS`, and raise `VERSION`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Final

from candlefish.sim.memory.lenient_json import LenientFields, Problems, describe, read_json
from candlefish.sim.memory.merge import absorb
from candlefish.sim.memory.migrations import ORIGINAL_FIELDS, V2_FIELDS, read_original, read_v1, read_v2
from candlefish.sim.memory.model import MICRO, LedgerRow, Memory, centre_of, instant_ms, new_memory

VERSION: Final = 2
ORIGINAL: Final = "original"
READERS: Final = {ORIGINAL: read_original, 1: read_v1, 2: read_v2}
"""One reader for each shape ever stored: the one before versions, and each version."""
TEXT_BYTES_MAX: Final = 8192
"""No memory within its bounds is written longer than this; the text is ASCII."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The memory that was read, and its problems; `migrated_from` names its older shape, or is None."""

    memory: Memory
    problems: tuple[str, ...] = ()
    migrated_from: str | None = None

    @property
    def damaged(self) -> bool:
        """Something in the text could not be read: the text should be set aside before it is replaced."""
        return bool(self.problems)


def memory_text(memory: Memory) -> str:
    """The one way to write this memory: compact JSON, ASCII, sorted, at most TEXT_BYTES_MAX bytes."""
    return json.dumps(_plain(memory), separators=(",", ":"), allow_nan=False)


def export_text(memory: Memory) -> str:
    """The same for people to read and keep: indented, and read back by `import_text` or `parse_memory`."""
    return json.dumps(_plain(memory), indent=2, allow_nan=False) + "\n"


def parse_memory(text: str | None, *, now_ms: float, device: str) -> Parsed:
    """Read a stored memory; no text ever raises. None or blank is a visitor never met.

    `device` is the id to use when the text has none. `now_ms` is the clock, for defaults and to tell times
    that cannot be. Each field is read by itself: a bad one becomes its default and a problem.
    `ValueError` only for a bad `device`.
    """
    fresh = new_memory(device, now_ms)
    if text is None or not text.strip():
        return Parsed(fresh)
    problems = Problems()
    value, faults = read_json(text, V2_FIELDS + ORIGINAL_FIELDS)
    for fault in faults:
        problems.add(fault)
    original = _is_original(value, whole=not faults)
    fields = LenientFields(value, "", problems, required=not faults and not original)
    shape: str | int = ORIGINAL if original else VERSION
    future = False
    if not original:
        shape, future = _version(fields, problems)
    memory = READERS[shape](fields, problems, instant_ms(now_ms), device)
    if not future:
        fields.report_unknown()
    return Parsed(memory, problems.texts(), None if shape == VERSION else str(shape))


def import_text(mine: Memory, text: str, *, now_ms: float) -> Parsed:
    """Take an exported memory into `mine`: nothing of either is lost, nothing counted twice.

    A copy exported before the visitor asked to be forgotten is welcome again: importing is their own act.
    """
    parsed = parse_memory(text, now_ms=now_ms, device=mine.device)
    epoch = max(mine.epoch, parsed.memory.epoch)
    memory = absorb(replace(mine, epoch=epoch), replace(parsed.memory, epoch=epoch))
    return replace(parsed, memory=memory)


def _is_original(value: object, *, whole: bool) -> bool:
    if not isinstance(value, dict) or any(name in value for name in V2_FIELDS):
        return False
    return whole or any(name in value for name in ORIGINAL_FIELDS)


def _version(fields: LenientFields, problems: Problems) -> tuple[int, bool]:
    """The version to read a text as, and whether it claims to be of a later one."""
    version = fields.value("version")
    if isinstance(version, int) and version in READERS and not isinstance(version, bool):
        return version, False
    future = isinstance(version, (int, float)) and version > VERSION
    found = (
        f"{describe(version)}, a later one: what this version knows is kept" if future else describe(version)
    )
    problems.add(f"version: expected 1…{VERSION}, got {found}")
    return VERSION, future


def _plain(memory: Memory) -> dict[str, object]:
    return {
        "version": VERSION,
        "device": memory.device,
        "epoch": memory.epoch,
        "nature": memory.nature,
        "first_seen_ms": memory.first_seen_ms,
        "last_seen_ms": memory.last_seen_ms,
        "trust": _plain_trust(memory),
        "visit_days": sorted(memory.visit_days),
        "feeding_spots": [
            dict(zip("xy", centre_of(cell), strict=True)) | spot._asdict()
            for cell, spot in sorted(memory.feeding_spots.items())
        ],
        "milestones": sorted(memory.milestones),
        "quirks": sorted(memory.quirks),
        "habits": {name: list(habit) for name, habit in sorted(memory.habits.items())},
    }


def _plain_trust(memory: Memory) -> dict[str, object]:
    return {
        "best": memory.best,
        "written_off": memory.written_off / MICRO,
        "forgiven": memory.forgiven / MICRO,
        "ledger": {device: _plain_row(row) for device, row in sorted(memory.ledger.items())},
    }


def _plain_row(row: LedgerRow) -> dict[str, object]:
    return {
        "earned": row.earned / MICRO,
        "spent": row.spent / MICRO,
        "interactions": row.interactions,
    }
