from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlefish.sim.inputs import InputKind
from candlefish.sim.moods import ALL, LEVELS, TABLE, Mood, MoodContext, MoodState, next_mood
from candlefish.sim.tuning import default_tuning
from tests.sim.visitors import frantic, gentle, lively, make_world, nobody, point, resting, visit

DEFAULT = default_tuning().thresholds
settled = MoodState(Mood.CURIOUS, "", 100.0)
unit = st.floats(-1.0, 1.0)
seconds = st.floats(0.0, 1e4)
contexts = st.builds(
    MoodContext,
    valence=unit,
    arousal=unit,
    trust=st.floats(0.0, 100.0),
    since_food_s=seconds,
    since_fright_s=seconds,
    since_input_s=seconds,
    present_s=seconds,
    near=st.booleans(),
    lively=st.floats(0.0, 1.0),
    since_greeting_s=seconds,
    since_milestone_s=seconds,
    asleep=st.booleans(),
)


@given(contexts, st.sampled_from(sorted(Mood)), seconds, st.sampled_from(sorted(LEVELS)))
def test_the_machine_is_total_and_stays_in_its_level(
    context: MoodContext, mood: Mood, dwell_s: float, level: str
) -> None:
    after = next_mood(MoodState(mood, "", dwell_s), context, 1 / 60, DEFAULT, LEVELS[level])
    assert after.mood is mood or (after.mood in LEVELS[level] and after.reason)


@given(contexts, st.sampled_from(sorted(Mood)))
def test_no_mood_is_left_before_its_dwell(context: MoodContext, mood: Mood) -> None:
    assert next_mood(MoodState(mood, "", 0.0), context, DEFAULT.min_dwell_s - 0.01, DEFAULT).mood is mood


@given(contexts, contexts)
def test_two_changes_are_never_closer_than_the_dwell(first: MoodContext, second: MoodContext) -> None:
    after = next_mood(settled, first, 1 / 60, DEFAULT)
    if after.mood is not settled.mood:
        assert next_mood(after, second, 1.0, DEFAULT).mood is after.mood


def test_every_mood_can_be_entered_and_left() -> None:
    assert {row.target for row in TABLE} == ALL
    assert frozenset().union(*(row.sources for row in TABLE)) == ALL


def test_every_rule_is_written_down() -> None:
    assert all(row.conditions and row.reason for row in TABLE)


def test_a_new_visitor_meets_a_curious_fish() -> None:
    assert make_world().mood is Mood.CURIOUS


def test_feeding_excites_and_excitement_ends_by_itself() -> None:
    world = make_world()
    visit(world, nobody, 2.0)
    point(world, 640, 300, InputKind.FEED)
    visit(world, nobody, 0.5)
    assert world.mood is Mood.EXCITED
    visit(world, nobody, 6.0)
    assert world.mood is not Mood.EXCITED


@pytest.mark.parametrize("mood", sorted(ALL - {Mood.EXCITED}))
def test_feeding_always_shows_excited(mood: Mood) -> None:
    fed = replace(MoodContext(), since_food_s=0.1, valence=-1.0, since_fright_s=0.0)
    assert next_mood(MoodState(mood, "", 2.0), fed, 1 / 60, DEFAULT).mood is Mood.EXCITED


def test_a_fright_makes_it_shy_and_passes() -> None:
    world = make_world()
    visit(world, resting, 2.0)
    visit(world, frantic(), 0.4)
    assert world.state()["mood"] == "shy"
    visit(world, nobody, 12.0)
    assert world.state()["mood"] == "curious"


@pytest.mark.slow
def test_lonely_after_a_minute_once_until_someone_comes_back() -> None:
    world = make_world()
    changes = [e for e in visit(world, nobody, 180.0) if e.name == "moodchange"]
    assert [(round(e.at_s), e.detail["to"]) for e in changes] == [(60, "lonely")]
    visit(world, resting, 3.0)
    assert world.mood is Mood.CURIOUS


def test_playful_needs_trust_and_lively_movement() -> None:
    friend, stranger = make_world(trust=60), make_world()
    visit(friend, lively, 20.0)
    visit(stranger, lively, 20.0)
    assert friend.mood is Mood.PLAYFUL
    assert stranger.mood is Mood.CURIOUS


def test_trusting_needs_much_trust_and_a_quiet_presence() -> None:
    friend = make_world(trust=85)
    visit(friend, resting, 20.0)
    assert friend.mood is Mood.TRUSTING


@pytest.mark.slow
def test_basic_knows_three_moods() -> None:
    world = make_world(trust=90, complexity="basic")
    moods = {world.mood}
    for visitor in (lively, resting, nobody):
        moods |= {Mood(str(e.detail["to"])) for e in visit(world, visitor, 70.0) if e.name == "moodchange"}
    assert moods <= {Mood.CURIOUS, Mood.SHY, Mood.EXCITED}


def test_being_whipped_for_ever_stops_frightening() -> None:
    world = make_world()
    visit(world, frantic(), 60.0)
    assert world.mood is not Mood.SHY


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_the_same_visit_gives_the_same_moods_at_any_frame_rate(seed: int) -> None:
    def sequence(hz: float) -> tuple[list[object], float]:
        world = make_world(seed, trust=55)
        events = (
            visit(world, lively, 12, hz) + visit(world, gentle(seed), 30, hz) + visit(world, nobody, 65, hz)
        )
        return [e.detail["to"] for e in events if e.name == "moodchange"], world.mind.trust.value

    moods, trust = sequence(60)
    assert len(moods) >= 4
    for hz in (30, 144):
        other, other_trust = sequence(hz)
        assert other == moods
        assert abs(other_trust - trust) < 0.5


def test_an_unknown_level_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"complexity.*basic.*nosuch"):
        make_world(complexity="nosuch")
