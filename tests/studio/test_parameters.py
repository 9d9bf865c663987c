"""The schema of the parameters, and their values."""

from __future__ import annotations

import tomllib

import pytest

from candlefish.sim.tuning import parse_curve, preset_names
from candlefish.studio.document import default_text
from candlefish.studio.parameters import parameter, preset_values, schema


def test_the_schema_has_every_parameter_once() -> None:
    names = [
        (table["name"], param["name"])
        for table in schema()["tables"]
        for group in table["groups"]
        for param in group["params"]
    ]
    values = {(table, name) for table, own in preset_values().items() for name in own}
    assert len(names) == len(set(names)) == 94
    assert set(names) == values
    assert set(tomllib.loads(default_text())) == {table for table, _ in names}


def test_every_parameter_has_what_its_control_needs() -> None:
    for table in schema()["tables"]:
        for param in (param for group in table["groups"] for param in group["params"]):
            assert param["help"]
            assert param["label"][0].isupper()
            value = preset_values()[table["name"]][param["name"]]
            if param["kind"] == "curve":
                assert str(parse_curve(value, "value")) == value
            elif param["kind"] == "number":
                assert param["low"] <= value <= param["high"]
                assert 0 < param["step"] <= (param["high"] - param["low"]) / 10
            else:
                assert str(value)[0] == "#"
    assert list(schema()["presets"]) == list(preset_names())
    assert parameter("shy", "glow")["high"] == 1.5
    with pytest.raises(KeyError):
        parameter("angry", "glow")
