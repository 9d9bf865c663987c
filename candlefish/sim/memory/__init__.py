"""The visitor's memory: its record (`model`), the join of copies (`merge`), its stored text (`codec`)."""

from candlefish.sim.memory.codec import (
    TEXT_BYTES_MAX,
    Parsed,
    export_text,
    import_text,
    memory_text,
    parse_memory,
)
from candlefish.sim.memory.merge import absorb, merge, merge_tabs
from candlefish.sim.memory.model import (
    KNOWN_MILESTONES,
    Habit,
    LedgerRow,
    Memory,
    Spot,
    best_of,
    day_of,
    favourite_spots,
    new_memory,
    trust_of,
)

__all__ = [
    "KNOWN_MILESTONES",
    "TEXT_BYTES_MAX",
    "Habit",
    "LedgerRow",
    "Memory",
    "Parsed",
    "Spot",
    "absorb",
    "best_of",
    "day_of",
    "export_text",
    "favourite_spots",
    "import_text",
    "memory_text",
    "merge",
    "merge_tabs",
    "new_memory",
    "parse_memory",
    "trust_of",
]
