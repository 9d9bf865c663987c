"""The visitor's memory: what is kept (`model`), how copies merge (`merge`), how it is stored (`text`)."""

from candlefish.sim.memory.bounds import KNOWN_MILESTONES, Habit, Spot, Tally, day_of
from candlefish.sim.memory.merge import absorb, merge, merge_tabs
from candlefish.sim.memory.model import (
    Memory,
    best_of,
    favourite_spots,
    new_memory,
    trust_of,
)
from candlefish.sim.memory.text import (
    TEXT_BYTES_MAX,
    Parsed,
    export_text,
    import_text,
    memory_text,
    parse_memory,
)

__all__ = [
    "KNOWN_MILESTONES",
    "TEXT_BYTES_MAX",
    "Habit",
    "Memory",
    "Parsed",
    "Spot",
    "Tally",
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
