"""A stored memory is read back exactly, and a damaged one as far as it makes sense."""

from __future__ import annotations

import json
import random
import re
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candlefish.sim.memory import (
    TEXT_BYTES_MAX,
    Habit,
    LedgerRow,
    Memory,
    Parsed,
    Spot,
    export_text,
    favourite_spots,
    import_text,
    memory_text,
    new_memory,
    parse_memory,
    trust_of,
)
from candlefish.sim.memory.model import (
    COUNT_MAX,
    DAY_MS,
    GRID,
    MAX_DEVICES,
    MAX_FEEDING_SPOTS,
    MAX_HABITS,
    MAX_MILESTONES,
    MAX_QUIRKS,
    MAX_VISIT_DAYS,
    MICRO,
    POINTS_MAX,
    SETTLED_MAX,
    TIME_MAX_MS,
)
from tests.sim.memory.memories import NOW_MS, memories


def parsed(text: str | None, device: str = "fresh1") -> Parsed:
    return parse_memory(text, now_ms=NOW_MS, device=device)


def rich() -> Memory:
    """A memory in which every field has something to lose."""
    memory = new_memory("a1b2", NOW_MS - 30 * DAY_MS).earn(47.25).spend(3.5).interacted(212)
    memory = replace(memory, ledger={**memory.ledger, "c3d4": LedgerRow(9 * MICRO, MICRO // 2, 7)})
    for day in range(-5, 1):
        memory = memory.visit(NOW_MS + day * DAY_MS)
    memory = memory.fed_at(0.1, 0.1).fed_at(0.1, 0.1).fed_at(0.8, 0.3).reached("first_feed")
    return memory.reached("comfortable").with_quirk("shy at first").observed("pointer_speed", 180)


def as_data(memory: Memory) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(memory_text(memory))
    return data


@pytest.mark.slow
@given(memories())
def test_what_is_written_is_read_back(memory: Memory) -> None:
    assert parsed(memory_text(memory)) == Parsed(memory)
    assert parsed(export_text(memory)) == Parsed(memory)
    assert memory_text(parsed(memory_text(memory)).memory) == memory_text(memory)


def test_the_largest_memory_fits() -> None:
    def named(number: int, length: int) -> str:
        return f"n{number:02}".ljust(length, "x")

    row = LedgerRow(POINTS_MAX * MICRO - 1, POINTS_MAX * MICRO - 1, COUNT_MAX)
    memory = Memory(
        device="d" * 36,
        first_seen_ms=TIME_MAX_MS - 1,
        last_seen_ms=TIME_MAX_MS - 1,
        epoch=COUNT_MAX,
        best=99.99999999999999,
        written_off=SETTLED_MAX * MICRO - 1,
        forgiven=SETTLED_MAX * MICRO - 1,
        ledger={named(number, 36): row for number in range(MAX_DEVICES)},
        visit_days=frozenset(range(99_000_000, 99_000_000 + MAX_VISIT_DAYS)),
        feeding_spots={divmod(n, GRID): Spot(COUNT_MAX, COUNT_MAX) for n in range(MAX_FEEDING_SPOTS)},
        milestones=frozenset(named(number, 24) for number in range(MAX_MILESTONES)),
        quirks=frozenset(named(number, 32) for number in range(MAX_QUIRKS)),
        habits={named(number, 24): Habit(COUNT_MAX, -999_999.999) for number in range(MAX_HABITS)},
    )
    assert len(memory_text(memory).encode()) <= TEXT_BYTES_MAX
    read = parse_memory(memory_text(memory), now_ms=TIME_MAX_MS, device="fresh1")
    assert read == Parsed(memory)


@pytest.mark.parametrize("text", [None, "", "  \n"])
def test_no_memory_is_a_visitor_never_met(text: str | None) -> None:
    assert parsed(text) == Parsed(new_memory("fresh1", NOW_MS))


HOSTILE = {
    "not JSON": "hello",
    "half a string": '"',
    "an array": "[1, 2, 3]",
    "a number": "42",
    "null": "null",
    "true": "true",
    "NaN": "NaN",
    "a future version": '{"version": 99, "mystery": {"a": 1}}',
    "version zero": '{"version": 0}',
    "a version that is true": '{"version": true}',
    "a version in words": '{"version": "1"}',
    "only a version": '{"version": 1}',
    "deep arrays": "[" * 100_000,
    "deep objects": '{"trust":' * 50_000,
    "closed deep arrays": '{"version":1,"quirks":' + "[" * 5000 + "]" * 5000 + "}",
    "5 MB": '{"version":1,"quirks":["' + "x" * 5_000_000 + '"]}',
    "a number of a million digits": '{"version":1,"epoch":' + "9" * 200_000 + "}",
    "infinite numbers": '{"version":1,"epoch":1e999,"last_seen_ms":-Infinity,"trust":{"best":NaN}}',
    "lone surrogates": '{"version":1,"device":"\ud800","quirks":["\udfff"],"\ud801":1}',
    "escaped surrogates": '{"version":1,"device":"\\ud800"}',
    "prototype keys": '{"version":1,"__proto__":{"trust":1},"trust":{"ledger":{"__proto__":{"earned":9}}}}',
    "doubled keys": '{"version":1,"version":1,"epoch":1,"epoch":2}',
    "null bytes": "\x00\x00",
    "a byte order mark": "\ufeff{}",
    "unclosed escapes": '{"version":1,"device":"' + '\\"' * 100_000,
    "many keys": '{"version":1,' + ",".join(f'"k{n}":{n}' for n in range(9000)) + "}",
    "lists for objects": '{"version":1,"trust":[],"habits":[],"visit_days":{},"feeding_spots":{}}',
    "numbers for objects": '{"version":1,"trust":1,"habits":1,"visit_days":1,"feeding_spots":[1]}',
    "booleans for numbers": '{"version":1,"epoch":true,"trust":{"best":false,"ledger":{"a":{"spent":true}}}}',
    "negative numbers": '{"version":1,"epoch":-1,"trust":{"best":-1,"ledger":{"a":{"earned":-1}}}}',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_read_and_reported(text: str) -> None:
    started = time.process_time()
    read = parsed(text)
    assert time.process_time() - started < 2.0
    assert read.damaged
    assert 0.0 <= trust_of(read.memory) <= 100.0
    assert sum(map(len, read.problems)) < 8000
    assert all(problem.isprintable() for problem in read.problems)
    assert not parsed(memory_text(read.memory)).damaged
    "\n".join(read.problems).encode()


def test_nesting_is_refused_before_the_parser_recurses() -> None:
    read = parsed(HOSTILE["closed deep arrays"])
    assert read.problems[0] == "text: nested more than 12 levels deep"


def test_a_number_too_long_to_be_one_costs_only_its_field() -> None:
    data = memory_text(rich()).replace('"epoch":0', '"epoch":' + "9" * 10_000)
    read = parsed(data)
    assert read.memory == rich()
    assert read.problems == ("epoch: expected a whole number in 0…1000000000, got Infinity",)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert 0.0 <= trust_of(parsed(text).memory) <= 100.0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(sorted(as_data(rich()))), json_values)
def test_one_forged_field_leaves_the_others_as_they_were(name: str, forged: object) -> None:
    memory = rich()
    read = parsed(json.dumps({**as_data(memory), name: forged})).memory
    wanted, found = as_data(memory), as_data(read)
    for field in wanted.keys() - {name, LINKED.get(name)}:
        assert found[field] == wanted[field]


@given(st.sampled_from(["earned", "spent", "interactions"]), json_values)
def test_one_forged_counter_leaves_the_others_as_they_were(name: str, forged: object) -> None:
    data = as_data(rich())
    data["trust"]["ledger"]["a1b2"][name] = forged
    read = parsed(json.dumps(data)).memory
    assert read.ledger["c3d4"] == rich().ledger["c3d4"]
    assert read.best == rich().best
    kept = read.ledger["a1b2"]._replace(**{name: 0})
    assert kept == rich().ledger["a1b2"]._replace(**{name: 0})


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("trust.ledger.a1b2.earned", "x", 'expected a number in 0…1000000, got "x"'),
        ("trust.ledger.a1b2.spent", 1e9, "expected a number in 0…1000000, got 1000000000.0"),
        ("trust.best", True, "expected a number in 0…100, got true"),
        ("trust.ledger", [], "expected an object, got a list"),
        ("epoch", 1.5, "expected a whole number in 0…1000000000, got 1.5"),
        ("version", 3, "expected 1…2, got 3, a later one: what this version knows is kept"),
        ("visit_days[0]", "monday", 'expected a whole day in 0…20001, got "monday"'),
        ("visit_days[0]", 30_000, "expected a whole day in 0…20001, got 30000"),
        ("feeding_spots[0].x", 1.5, "expected a number in 0…1, got 1.5"),
        ("feeding_spots[0]", None, "expected an object, got null"),
        ("milestones[0]", "<script>", 'expected a short plain name, got "<script>"'),
        ("habits.pointer_speed", [1], "expected [times, mean within ±1000000], got a list"),
        ("surprise", 1, "unknown field, left out"),
        ("device", "../..", 'expected 1–36 ASCII letters, digits or hyphens, got "../.."'),
    ],
)
def test_a_problem_says_what_and_where(path: str, value: object, problem: str) -> None:
    data: Any = as_data(rich())
    target = data
    *way, last = [int(step) if step.isdecimal() else step for step in re.findall(r"\w+", path)]
    for step in way:
        target = target[step]
    target[last] = value
    assert parsed(json.dumps(data)).problems == (f"{path}: {problem}",)


def test_a_missing_field_is_a_problem() -> None:
    data = as_data(rich())
    del data["trust"]
    read = parsed(json.dumps(data))
    assert read.problems == ("trust: missing",)
    assert read.memory.visit_days == rich().visit_days


def test_a_later_version_is_read_as_far_as_it_is_known() -> None:
    data = as_data(rich())
    data |= {"version": 7, "dreams": ["of plankton"]}
    data["trust"]["ledger"]["a1b2"]["halo"] = 3
    read = parsed(json.dumps(data))
    assert read.damaged
    assert read.memory == rich()
    assert read.migrated_from is None


def test_times_to_come_are_a_wrong_clock() -> None:
    data = as_data(rich())
    data["last_seen_ms"] = NOW_MS + 400 * DAY_MS
    read = parsed(json.dumps(data))
    assert read.memory.last_seen_ms == NOW_MS
    assert read.memory.first_seen_ms == rich().first_seen_ms
    assert trust_of(read.memory) == trust_of(rich())


def spans(text: str) -> dict[str, tuple[int, int]]:
    """Where each field of a stored memory stands in its text, from its key to the comma after its value."""
    starts = {name: text.index(f'"{name}":') for name in json.loads(text)}
    ends = [*list(starts.values())[1:], len(text)]
    return {name: (start, end) for (name, start), end in zip(starts.items(), ends, strict=True)}


LINKED = {"first_seen_ms": "last_seen_ms", "last_seen_ms": "first_seen_ms"}


def untouched(text: str, start: int, end: int) -> set[str]:
    """The fields that damage to text[start:end] leaves alone."""
    hurt = {name for name, (first, last) in spans(text).items() if first <= end and start <= last}
    return spans(text).keys() - hurt - {LINKED[name] for name in hurt & LINKED.keys()} - {"version"}


@pytest.mark.parametrize("length", range(0, 1200, 7))
def test_text_cut_short_keeps_every_field_before_the_cut(length: int) -> None:
    text = memory_text(rich())
    read = parsed(text[:length])
    assert read.damaged == (0 < length < len(text))
    for name in untouched(text, length, len(text)):
        assert as_data(read.memory)[name] == as_data(rich())[name]


def test_a_number_cut_short_is_not_taken_for_a_smaller_one() -> None:
    text = memory_text(rich())
    cut = text.index('"earned":47.25') + len('"earned":47')
    assert parsed(text[:cut]).memory.ledger.get("a1b2", LedgerRow()).earned == 0


def test_a_scribble_costs_only_the_field_it_is_in() -> None:
    text = memory_text(rich())
    read = parsed(re.sub(r'"spent":3\.5', '"spent":3x5', text)).memory
    assert read.ledger["a1b2"] == rich().ledger["a1b2"]._replace(spent=0)
    assert replace(read, ledger=rich().ledger) == rich()


def damage(text: str, dice: random.Random) -> tuple[str, int, int]:
    """A random accident to a stored text, and from where to where it struck."""
    start, end = sorted(dice.sample(range(len(text)), 2))
    flipped = chr(ord(text[start]) ^ 1 << dice.randrange(8))
    scribble = dice.choice('{}[]",:\\\x00\ud800e-')
    accidents = (
        lambda: (text[:start], start, len(text)),
        lambda: (text[start:], 0, start),
        lambda: (text[:start] + text[end:], start, end),
        lambda: (text[:start] + flipped + text[start + 1 :], start, start + 1),
        lambda: (text[:start] + scribble + text[start:], start, start),
        lambda: (text[:start] + scribble * 3 + text[start + 3 :], start, start + 3),
        lambda: swapped(text, dice),
    )
    return dice.choice(accidents)()


def swapped(text: str, dice: random.Random) -> tuple[str, int, int]:
    """One value, anywhere in the text, replaced by one of another type."""
    value = dice.choice(list(re.finditer(r'(?<=[:\[,])("[^"]*"(?!:)|-?[\d.]+)', text)))
    other = dice.choice(["null", "true", "{}", "[]", '"x"', "-1", "1e400", "NaN", '{"a":[{}]}'])
    return text[: value.start()] + other + text[value.end() :], *value.span()


@pytest.mark.slow
def test_ten_thousand_damaged_memories_load_and_keep_what_was_readable() -> None:
    dice = random.Random(11)
    text, wanted = memory_text(rich()), as_data(rich())
    for _ in range(10_000):
        damaged, start, end = damage(text, dice)
        read = parsed(damaged).memory
        assert 0.0 <= trust_of(read) <= 100.0
        found = as_data(read)
        lost = {name for name in untouched(text, start, end) if found[name] != wanted[name]}
        assert not lost, damaged


@pytest.mark.slow
@settings(max_examples=50)
@given(memories(), st.integers(0, 2**32))
def test_damage_to_any_memory_is_survived(memory: Memory, seed: int) -> None:
    dice = random.Random(seed)
    text = memory_text(memory)
    for _ in range(5):
        read = parsed(damage(text, dice)[0]).memory
        assert len(memory_text(read)) <= TEXT_BYTES_MAX
        assert parsed(memory_text(read)) == Parsed(read)


ORIGINAL = {
    "trustLevel": 63.5,
    "lastInteraction": NOW_MS - 3 * DAY_MS,
    "feedingSpots": [{"x": 640, "y": 360}, {"x": 640, "y": 361}, {"x": 9000, "y": -20}],
    "interactionCount": 120,
    "behaviorPattern": "gentle",
    "visitDates": [NOW_MS - 9 * DAY_MS, NOW_MS - 3 * DAY_MS, NOW_MS - 3 * DAY_MS + 5],
    "personalityQuirks": ["likes corners"],
}


def test_the_original_shape_is_migrated() -> None:
    read = parsed(json.dumps(ORIGINAL))
    memory = read.memory
    assert (read.migrated_from, read.problems) == ("original", ())
    assert trust_of(memory) == memory.best == 63.5
    assert memory.last_seen_ms == NOW_MS - 3 * DAY_MS
    assert memory.first_seen_ms == NOW_MS - 9 * DAY_MS
    assert memory.visit_days == {20_000 - 9, 20_000 - 3}
    assert memory.interactions == 120
    assert memory.quirks == {"gentle", "likes corners"}
    assert memory.milestones == {"first_feed", "comfortable"}
    assert favourite_spots(memory) == [(0.5625, 0.5625, 2), (0.9375, 0.0625, 1)]
    assert parsed(memory_text(memory)) == Parsed(memory)


def test_an_empty_object_is_the_original_with_nothing_in_it() -> None:
    assert parsed("{}") == Parsed(new_memory("fresh1", NOW_MS), (), "original")


@given(st.sampled_from(sorted(ORIGINAL)), json_values)
def test_one_forged_field_of_the_original_leaves_the_others(name: str, forged: object) -> None:
    read = parsed(json.dumps({**ORIGINAL, name: forged}))
    assert read.migrated_from == "original"
    if name != "trustLevel":
        assert trust_of(read.memory) == 63.5
    if name != "visitDates":
        assert read.memory.visit_days == {20_000 - 9, 20_000 - 3}


def test_a_long_life_in_the_original_shape_is_cut_to_the_bounds() -> None:
    long = {
        **ORIGINAL,
        "visitDates": [NOW_MS - day * DAY_MS for day in range(500)],
        "feedingSpots": [{"x": 7 * n % 1280, "y": 11 * n % 720} for n in range(2000)],
    }
    read = parsed(json.dumps(long))
    assert not read.damaged
    assert len(read.memory.visit_days) == MAX_VISIT_DAYS
    assert len(read.memory.feeding_spots) == MAX_FEEDING_SPOTS


def test_a_cut_off_original_is_still_known_for_one() -> None:
    text = json.dumps(ORIGINAL)
    read = parsed(text[: text.index('"visitDates"')])
    assert (read.migrated_from, read.damaged) == ("original", True)
    assert trust_of(read.memory) == 63.5


def test_a_memory_goes_to_another_browser_and_back() -> None:
    here = rich()
    there = import_text(new_memory("e5f6", NOW_MS).earn(4), export_text(here), now_ms=NOW_MS)
    assert not there.damaged
    assert there.memory.device == "e5f6"
    assert trust_of(there.memory) == trust_of(here) + 4
    again = import_text(there.memory, export_text(here), now_ms=NOW_MS)
    assert again.memory == there.memory


def test_an_import_may_bring_back_what_was_forgotten() -> None:
    saved = export_text(rich())
    fresh = rich().forget("e5f6", NOW_MS)
    back = import_text(fresh, saved, now_ms=NOW_MS).memory
    assert trust_of(back) == trust_of(rich())
    assert back.epoch == fresh.epoch


def test_an_import_from_after_a_forgetting_is_as_late_as_that() -> None:
    later = rich().forget("e5f6", NOW_MS).earn(1)
    read = import_text(rich(), export_text(later), now_ms=NOW_MS)
    assert read.memory.epoch == later.epoch
    assert trust_of(read.memory) == trust_of(rich()) + 1


def test_an_import_of_rubbish_changes_nothing() -> None:
    read = import_text(rich(), "rubbish", now_ms=NOW_MS)
    assert read.damaged
    assert read.memory == rich()


def test_a_bad_device_id_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="device: expected"):
        parse_memory("{}", now_ms=NOW_MS, device="not an id")


def test_version_one_is_read_and_draws_its_nature_from_the_device() -> None:
    """Text as version 1 wrote it, byte for byte."""
    text = (
        '{"version":1,"device":"a1b2","epoch":0,"first_seen_ms":1727900000000,"last_seen_ms":1727990000000,'
        '"trust":{"best":61.5,"written_off":0.0,"forgiven":0.0,"ledger":{"a1b2":{"earned":41.5,"spent":2.25,'
        '"interactions":7}}},"visit_days":[19998,19999],"feeding_spots":[{"x":0.0625,"y":0.1875,"stamp":2,'
        '"times":2}],"milestones":["comfortable","first_feed"],"quirks":[],"habits":{}}'
    )
    read = parsed(text)
    assert (read.migrated_from, read.problems) == ("1", ())
    assert trust_of(read.memory) == 59.25
    assert read.memory.nature == parsed(text).memory.nature == new_memory("a1b2", 0).nature
    assert parsed(memory_text(read.memory)) == Parsed(read.memory)
