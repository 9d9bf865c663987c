"""Documents written from the model's tables: `docs/inner-life.md` and `docs/personas.md`.

`python -m candlefish.simulate.describe docs` writes them; a test holds that they are current.
"""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from candlefish.sim.moods import LEVELS, TABLE, Mood, Thresholds
from candlefish.sim.stimuli import SOURCES, STIMULI
from candlefish.sim.tuning import default_tuning
from candlefish.simulate.persona import AROUND, MOTIONS, PersonaAct, VisitorProfile, load_persona, names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from dataclasses import Field

    from candlefish.sim.moods import Transition

WRITTEN = "<!-- Written by `python -m candlefish.simulate.describe docs`; edit the tables, not this. -->"

INNER_LIFE = """# The inner life

{written}

Stimuli push a point of valence and arousal, which decays to a resting point set by trust, personality and the
hour. The mood follows from that point, trust and the situation, by one table. `getState()` tells the mood and
its reason; `candlefish simulate` shows both over time.

## Moods

{diagram}

Rows are tried from the top; the first whose conditions hold is taken. No mood is left before it has lasted
`min_dwell_s`; a row marked * waits for `settle_s`. The levels: {levels}.

{transitions}

The thresholds, from `candlefish/sim/moods.toml`. What is entered at one value is left at another:

{thresholds}

## Stimuli

A response wears off and comes back exponentially: `wears off` is the time (or number of events) after which
63 % of it is gone, `recovers` the rest after which 63 % of the loss is made up. Sources say that fish, or
animals, respond so; the constants are ours. *Social* ones are scaled by how social the fish is.

{stimuli}

A pointer faster than 1000 px/s startles: see `affect.py`. Trust and boldness soften it; it wears off by the
second and by the start, so that neither long whipping nor short darts frighten for ever.
"""

PERSONAS = """# Personas

{written}

`candlefish simulate --persona NAME|FILE.toml --seconds S --seeds N --json FILE` lets someone visit the fish.

{personas}

## Your own

A TOML file: `about`, `shows` (moods such a visitor is sure to see), `repeat` (start over at the end; true
unless it says otherwise), `[visitor]`, and one `[[act]]` after another. A number may be a range `[from, to]`.

`do` is one of:

{motions}

An act takes besides (`at` = [x, y] from 0 to 1, `around` = {around}, `drag`, `touch` = true):

{acts}

The visitor:

{visitor}

## The record

`--json` writes one object a seed: `{{seed, trust_start, trust_end, changes: [[t_s, from, to, reason]],
share: {{mood: fraction}}, food_offered, food_eaten}}`. `--csv` writes trust, valence, arousal and mood four
times a second, `--png` a picture of them. `candlefish replay LOG` does the same for a visit recorded in the
page: open it with `?record`, and keep the recording at the foot of the page.
"""


def inner_life() -> str:
    """Return `docs/inner-life.md`."""
    tuning = default_tuning()
    thresholds = [
        (
            field.name,
            _plain(getattr(tuning.thresholds, field.name)),
            field.metadata["range"].unit,
            _help(field),
        )
        for field in fields(Thresholds)
    ]
    levels = "; ".join(f"{name}: {_moods(moods)}" for name, moods in LEVELS.items())
    return INNER_LIFE.format(
        written=WRITTEN,
        diagram=diagram(),
        levels=levels,
        transitions=_table(("from", "to", "why", "when"), map(_transition, TABLE)),
        thresholds=_table(("threshold", "value", "unit", "meaning"), thresholds),
        stimuli=_table(
            ("stimulus", "the visitor …", "valence", "arousal", "wears off", "recovers", "source"),
            (
                (
                    row.name + (" (social)" if row.social else ""),
                    row.what,
                    f"{row.valence:+g}" + ("/s" if row.lasting else ""),
                    f"{row.arousal:+g}" + ("/s" if row.lasting else ""),
                    f"{row.grow:g} s" if row.lasting else f"{row.grow:g} times",
                    f"{row.recover_s:g} s",
                    SOURCES[row.name],
                )
                for row in STIMULI
            ),
        ),
    )


def diagram() -> str:
    """Return the transition table as a Mermaid state diagram, with one arrow from mood to mood."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {Mood.CURIOUS.value}"]
    for source in Mood:
        for target in Mood:
            reasons = [row.reason for row in TABLE if source in row.sources and row.target is target]
            if reasons:
                lines.append(f"    {source.value} --> {target.value}: {' / '.join(reasons)}")
    return "\n".join([*lines, "```"])


def personas() -> str:
    """Return `docs/personas.md`."""
    shipped = ((f"`{name}`", load_persona(name).about, _moods(load_persona(name).shows)) for name in names())
    return PERSONAS.format(
        written=WRITTEN,
        personas=_table(("name", "who", "sure to see"), shipped),
        motions=_table(("do", "the pointer …"), ((f"`{do}`", text) for do, text in MOTIONS.items())),
        around=", ".join(f'"{name}"' for name in AROUND),
        acts=_ranges(PersonaAct),
        visitor=_ranges(VisitorProfile),
    )


def _ranges(cls: type) -> str:
    allowed = ((field.name, field.metadata["range"]) for field in fields(cls) if "range" in field.metadata)
    return _table(
        ("field", "from", "to", "unit", "meaning"),
        ((f"`{name}`", _plain(r.low), _plain(r.high), r.unit, r.help) for name, r in allowed),
    )


def _transition(row: Transition) -> tuple[str, str, str, str]:
    joined = (" and " if row.needs_all else " or ").join(map(str, row.conditions))
    return _moods(row.sources), row.target.value + (" *" if row.settled else ""), row.reason, f"`{joined}`"


def _moods(moods: Iterable[Mood]) -> str:
    chosen = set(moods)
    return "any" if chosen == set(Mood) else ", ".join(mood.value for mood in Mood if mood in chosen)


def _help(field: Field[float]) -> str:
    return str(field.metadata["range"].help)


def _plain(value: float) -> str:
    return f"{value:g}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main(folder: str) -> None:
    """Write both documents into a folder."""
    for name, text in (("inner-life.md", inner_life()), ("personas.md", personas())):
        (Path(folder) / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
