"""Analytics events: the schema of every type (`schema`), and batches of events (`batch`).

Standard library only: the browser and the server use the same tables.
"""

from candlefish.events.batch import (
    AGE_MAX_MS,
    BATCH_BYTES_MAX,
    BATCH_EVENTS_MAX,
    check_batch,
    check_event,
    split,
)
from candlefish.events.schema import EVENTS, VERSION, EventType

__all__ = [
    "AGE_MAX_MS",
    "BATCH_BYTES_MAX",
    "BATCH_EVENTS_MAX",
    "EVENTS",
    "VERSION",
    "EventType",
    "check_batch",
    "check_event",
    "split",
]
