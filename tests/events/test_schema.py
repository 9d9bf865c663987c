"""The schema of events: its types, and the words it shares with model and experiments."""

from __future__ import annotations

from candlefish.events import EVENTS
from candlefish.events.schema import COMPLEXITIES, MILESTONES, MOODS, Number, Text
from candlefish.experiments.definition import Experiment
from candlefish.service.experiments import load_experiments
from candlefish.sim.memory import KNOWN_MILESTONES
from candlefish.sim.moods import Mood

TYPES = (
    "session_start session_end mood_transition trust_level_change milestone feeding_interaction "
    "performance_metrics error exposure ab_test_conversion"
)


def test_there_are_ten_types() -> None:
    assert sorted(EVENTS) == sorted(TYPES.split())


def test_words_are_the_models_own() -> None:
    assert sorted(MOODS) == sorted(Mood)
    assert MILESTONES == KNOWN_MILESTONES
    variants = next(each for each in load_experiments() if each.name == "emotional_complexity").variants
    assert {variant.settings["complexity"] for variant in variants} == set(COMPLEXITIES)


def test_no_field_takes_free_text() -> None:
    fields = [field for kind in EVENTS.values() for field in kind.fields.values()]
    assert all(
        "@" not in field.pattern and "/" not in field.pattern for field in fields if isinstance(field, Text)
    )
    assert all(field.low < field.high for field in fields if isinstance(field, Number))


def test_definitions_can_be_read() -> None:
    assert all(isinstance(each, Experiment) for each in load_experiments())
