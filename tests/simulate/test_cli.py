"""`candlefish simulate` and `candlefish replay`, as a user runs them."""

import csv
import json
import os
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from candlefish.cli import main
from candlefish.sim.inputs import Input, InputKind
from candlefish.sim.memory import new_memory
from candlefish.sim.moods import Mood
from candlefish.sim.replay import Recorder, fingerprint, parse_log
from candlefish.sim.tuning import default_tuning, overlaid
from candlefish.sim.world import World
from candlefish.simulate import cli
from candlefish.simulate.persona import PersonaError, load_persona, names, parse_persona
from tests.sim.visitors import frantic, gentle, visit

FIELDS = ["seed", "trust_start", "trust_end", "changes", "share", "food_offered", "food_eaten"]


def run(*arguments: str) -> int:
    return main(["simulate", *arguments])


def test_a_run_writes_one_record_a_seed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.json"
    assert run("--persona", "feeder", "--seconds", "40", "--seeds", "2", "--json", str(out)) == 0
    records = json.loads(out.read_text())
    assert [record["seed"] for record in records] == [1, 2]
    for record in records:
        assert list(record) == FIELDS
        assert record["trust_start"] == 20.0 < record["trust_end"]
        assert sum(record["share"].values()) == pytest.approx(1.0, abs=1e-4)
        assert 0 < record["food_eaten"] <= record["food_offered"]
        for (_, _, after, _), (_, before, _, _) in pairwise(record["changes"]):
            assert after == before
        for t_s, before, after, reason in record["changes"]:
            assert 0 < t_s <= 40 and reason and before != after
            assert {before, after} <= {mood.value for mood in Mood}
    printed = capsys.readouterr().out
    assert "curious → excited: food" in printed and "times as fast as life" in printed


def test_a_run_writes_the_timeline_as_rows_and_as_a_picture(tmp_path: Path) -> None:
    rows_at, picture_at = tmp_path / "out.csv", tmp_path / "out.png"
    assert run("--persona", "gentle", "--seconds", "20", "--csv", str(rows_at), "--png", str(picture_at)) == 0
    with rows_at.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == pytest.approx(81, abs=1)
    assert float(rows[-1]["t_s"]) == pytest.approx(20.0, abs=0.1)
    assert {row["mood"] for row in rows} <= {mood.value for mood in Mood}
    with Image.open(picture_at) as picture:
        assert picture.format == "PNG"
        assert len(picture.convert("RGB").getcolors(2**24) or []) > 20


def test_the_same_seed_gives_the_same_record(tmp_path: Path) -> None:
    texts = []
    for name in ("a.json", "b.json"):
        run("--persona", "gentle", "--seconds", "20", "--json", str(tmp_path / name))
        texts.append((tmp_path / name).read_text())
    assert texts[0] == texts[1]


def test_visits_shared_out_to_processes_are_those_lived_by_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = []
    for shared_from_s in (1e9, 1.0):
        monkeypatch.setattr(cli, "SHARED_FROM_S", shared_from_s)
        monkeypatch.setattr(os, "cpu_count", lambda: 2)
        out = tmp_path / f"{shared_from_s}.json"
        assert run("--persona", "feeder", "--seconds", "12", "--seeds", "3", "--json", str(out)) == 0
        texts.append(out.read_text())
    assert texts[0] == texts[1] and json.loads(texts[0])[2]["seed"] == 3


def test_a_file_is_a_persona_too(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[[act]]\ndo = "rest"\nfor_s = 5\nfeed_every_s = 3\n')
    out = tmp_path / "out.json"
    assert run("--persona", str(path), "--seconds", "8", "--json", str(out)) == 0
    assert json.loads(out.read_text())[0]["food_offered"] >= 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "at least one"),
        ('[[act]]\ndo = "fly"\nfor_s = 1', "do"),
        ('[[act]]\ndo = "rest"\nfor_s = -1', "for_s"),
        ('[[act]]\ndo = "rest"\nfor_s = 1\nfoo = 2', "foo"),
        ('shows = ["angry"]\n[[act]]\ndo = "rest"\nfor_s = 1', "angry"),
        ('[visitor]\ntrust = 101\n[[act]]\ndo = "rest"\nfor_s = 1', "trust"),
        ("[[act", "not TOML"),
    ],
)
def test_a_wrong_persona_is_refused_by_name(text: str, message: str) -> None:
    with pytest.raises(PersonaError, match=message):
        parse_persona(text, "mine", "mine.toml")


def test_an_unknown_persona_is_an_error_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--persona", "nosuch") == 1
    assert "gentle" in capsys.readouterr().err


def test_every_persona_that_comes_with_it_can_be_read() -> None:
    known = {"gentle", "feeder", "lurker", "frantic", "wiggler", "returning-friend", "two-by-turns"}
    assert known <= set(names())
    assert all(load_persona(name).about for name in names())


def recorded() -> tuple[World, str]:
    """A visit with all that can enter a world, and its log."""
    memory = new_memory("tab1", 0.0).with_trust(55.0)
    world = World(900.0, 600.0, seed=11, memory=memory, now_ms=1e12, complexity="advanced")
    world.recorder = Recorder(world, memory)
    visit(world, gentle(3), 12.0)
    world.resize(700.0, 500.0)
    visit(world, frantic(), 1.0)
    world.adopt(world.memory().interacted())
    world.skip_hidden_time(400.0)
    world.tune(overlaid(default_tuning(), {"excited": {"speed_px_s": 300, "colour": "#10a0ff"}}, "test"))
    world.push(Input(InputKind.FEED, 300.0, 200.0, world.now_s))
    visit(world, gentle(4), 8.0)
    return world, world.recorder.text()


def test_a_recorded_visit_lived_again_is_the_same_world_bit_for_bit() -> None:
    world, text = recorded()
    *_, again = parse_log(text.splitlines()).replay()
    assert fingerprint(again) == fingerprint(world)
    again.step()
    assert fingerprint(again) != fingerprint(world)


def test_replay_tells_the_same_moods_and_trust(tmp_path: Path) -> None:
    world, text = recorded()
    (tmp_path / "visit.jsonl").write_text(text)
    assert main(["replay", str(tmp_path / "visit.jsonl"), "--json", str(tmp_path / "out.json")]) == 0
    (record,) = json.loads((tmp_path / "out.json").read_text())
    assert record["trust_end"] == pytest.approx(world.mind.trust.value, abs=1e-4)
    assert record["changes"][-1][2] == world.mood.value
    assert record["food_offered"] == world.food.offered


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: "{}\n" + text, "line 1: expected an input log"),
        (lambda text: text.replace('"kind":"MOVE"', '"kind":"JUMP"', 1), "kind: expected one of"),
        (lambda text: text.replace('"away_s":400.0', '"away_s":-1', 1), "away_s"),
        (lambda text: text.replace('"version":1', '"version":9', 1), "version"),
        (lambda text: text.replace('"speed_px_s":300', '"speed_px_s":-3', 1), "tune: excited.speed_px_s"),
        (lambda text: text.replace('"tune":{', '"tune":{"gloomy":{},', 1), "tune: [gloomy] is no mood"),
    ],
)
def test_a_damaged_log_is_refused_by_line(
    damage: object, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(damage)
    (tmp_path / "visit.jsonl").write_text(damage(recorded()[1]))
    assert main(["replay", str(tmp_path / "visit.jsonl")]) == 1
    assert message in capsys.readouterr().err
