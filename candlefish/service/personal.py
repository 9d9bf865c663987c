"""All that is kept of one visitor: shown to them, or erased."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from candlefish.experiments.definition import Experiment
    from candlefish.service.pseudonyms import KeyRing
    from candlefish.service.store.base import Removed, Store


def export(
    store: Store, keys: KeyRing, experiments: Sequence[Experiment], client: str, vault: str | None
) -> Iterator[bytes]:
    """One JSON document, in pieces: it may be large."""
    clients = keys.pseudonyms("client", client)
    yield b'{"events":['
    separator = b""
    for batch in store.batches_of(clients):
        head = {"received_ms": batch.received_ms, "clock_skew_ms": batch.skew_ms}
        yield separator + msgspec.json.encode({**head, "events": msgspec.Raw(batch.body)})
        separator = b","
    tail = {"experiments": _units(store, experiments, clients), "memory": _memory(store, keys, vault)}
    yield b"]," + msgspec.json.encode(tail)[1:]


def erase(store: Store, keys: KeyRing, client: str, vault: str | None) -> Removed:
    """Remove everything of a client, and of a vault if one is named."""
    vaults = keys.pseudonyms("vault", vault) if vault else []
    return store.erase(keys.pseudonyms("client", client), vaults)


def _units(store: Store, experiments: Sequence[Experiment], clients: Sequence[bytes]) -> list[Any]:
    wanted = [(experiment.name, client) for experiment in experiments for client in clients]
    return [
        {"experiment": name, "record": msgspec.Raw(body)}
        for (name, _), body in store.units_of(wanted).items()
    ]


def _memory(store: Store, keys: KeyRing, vault: str | None) -> Any:
    found = store.load_memory(keys.pseudonyms("vault", vault)) if vault else None
    return json.loads(found[1].text) if found else None
