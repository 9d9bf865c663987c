"""What the page tells the service: the schema of every event, and how events travel in batches.

Pure and light: the browser and the server use the same tables. Only the standard library.
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
