"""Merging memories: between devices, and between two tabs of one browser.

`merge` is a join: commutative, associative and idempotent, so copies may arrive late, twice, or in any
order. Field by field:

* counters in a ledger row, `best`, `last_seen_ms`, `written_off`, `forgiven`: maximum; `first_seen_ms`:
  minimum, and `nature` is that of the copy seen first; `visit_days`, `milestones`, `quirks`: union;
* a feeding place (stamp, then times fed) and a habit (times seen, then mean): the greater in that order;
* `epoch`: the greater replaces everything, which is what makes *forget me* final;
* `device` says whose copy this is and is no shared knowledge; the greater id is taken only to keep the
  law. A device that takes in another copy calls `absorb`, which keeps its own.

Bounds keep the laws because what is dropped can never come back by another order of merging: a list keeps
its k greatest keys, and k greater keys stay greater in every larger union. Feeding places are ranked by
value, which is safe too as each cell's values form a chain and only grow. Ledger rows have several
counters and no such chain: there the key alone decides, and of more than MAX_DEVICES the greatest
ids stay. A device so crowded out hands its points to the row that would go last (`Memory.lane`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from candlefish.sim.memory.model import (
    COUNT_MAX,
    MAX_DEVICES,
    MAX_HABITS,
    MAX_QUIRKS,
    MAX_VISIT_DAYS,
    Cell,
    LedgerRow,
    Memory,
    Spot,
    add_rows,
    top,
    top_keys,
    top_milestones,
    top_spots,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_Key = TypeVar("_Key")
_Row = TypeVar("_Row")


def merge(a: Memory, b: Memory) -> Memory:
    """The join of two memories: all that either knows, once."""
    if a.epoch != b.epoch:
        return a if a.epoch > b.epoch else b
    first_seen_ms, nature = min((a.first_seen_ms, a.nature), (b.first_seen_ms, b.nature))
    return Memory(
        device=max(a.device, b.device),
        first_seen_ms=first_seen_ms,
        nature=nature,
        last_seen_ms=max(a.last_seen_ms, b.last_seen_ms),
        epoch=a.epoch,
        best=max(a.best, b.best),
        written_off=max(a.written_off, b.written_off),
        forgiven=max(a.forgiven, b.forgiven),
        ledger=top_keys(_join(a.ledger, b.ledger, _join_rows), MAX_DEVICES),
        visit_days=top(a.visit_days | b.visit_days, MAX_VISIT_DAYS),
        feeding_spots=top_spots(_join(a.feeding_spots, b.feeding_spots, max)),
        milestones=top_milestones(a.milestones | b.milestones),
        quirks=top(a.quirks | b.quirks, MAX_QUIRKS),
        habits=top_keys(_join(a.habits, b.habits, max), MAX_HABITS),
    )


def absorb(mine: Memory, theirs: Memory) -> Memory:
    """`merge` as seen from `mine`: its device id stays, and its points stay even when the ledger is full.

    If `theirs` is of a later epoch the visitor has been forgotten elsewhere, and `mine` counts for nothing.
    """
    joined = replace(merge(mine, theirs), device=mine.device)
    own = mine.ledger.get(mine.device)
    if own is None or mine.epoch != joined.epoch or mine.device in joined.ledger:
        return joined
    row = add_rows(joined.ledger[joined.lane], own)
    return replace(joined, ledger={**joined.ledger, joined.lane: row})


def merge_tabs(base: Memory, mine: Memory, theirs: Memory) -> Memory:
    """What a tab should store: `theirs` (stored now) plus what `mine` has added since it read `base`.

    Two tabs write the same ledger row, where a maximum would lose the lesser gain: this device's counters
    and feeding counts become theirs + (mine − base). Rows of other devices come from elsewhere and are
    joined, for both tabs may have received the same ones. Nothing falls below `theirs` or `mine`. If one
    side has changed nothing, the other stands; if one side was forgotten, so is the other.
    """
    if mine == base or theirs.epoch > mine.epoch:
        return theirs
    if mine.epoch > theirs.epoch:
        return mine
    joined = replace(merge(mine, theirs), device=mine.device)
    if base.epoch != mine.epoch:
        return joined
    spots = {
        cell: spot._replace(times=_added_times(cell, base, mine, theirs))
        for cell, spot in joined.feeding_spots.items()
    }
    return replace(joined, ledger=_added_ledger(base, mine, theirs, joined), feeding_spots=spots)


_UNFED = Spot(0, 0)


def _added_ledger(base: Memory, mine: Memory, theirs: Memory, joined: Memory) -> Mapping[str, LedgerRow]:
    lane = mine.lane
    if lane not in mine.ledger:
        return joined.ledger
    before, now, stored = (m.ledger.get(lane, LedgerRow()) for m in (base, mine, theirs))
    gained = LedgerRow(*(max(0, new - old) for new, old in zip(now, before, strict=True)))
    if lane not in joined.ledger:
        return {**joined.ledger, joined.lane: add_rows(joined.ledger[joined.lane], gained)}
    return {**joined.ledger, lane: _join_rows(joined.ledger[lane], add_rows(stored, gained))}


def _added_times(cell: Cell, base: Memory, mine: Memory, theirs: Memory) -> int:
    before, now, stored = (m.feeding_spots.get(cell, _UNFED).times for m in (base, mine, theirs))
    return min(max(1, stored + now - before), COUNT_MAX) if now else stored


def _join_rows(a: LedgerRow, b: LedgerRow) -> LedgerRow:
    return LedgerRow(*map(max, a, b))


def _join(
    a: Mapping[_Key, _Row], b: Mapping[_Key, _Row], join: Callable[[_Row, _Row], _Row]
) -> dict[_Key, _Row]:
    return {**a, **{key: join(a[key], value) if key in a else value for key, value in b.items()}}
