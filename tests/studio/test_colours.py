"""Contrast and colour vision deficiencies."""

import pytest

from candlefish.studio.colours import DEFICIENCIES, as_seen, colour_report, contrast
from candlefish.studio.parameters import preset_values


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == contrast("#ffffff", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#123456", "#123456") == 1.0


def test_greys_look_the_same_to_all_and_red_does_not() -> None:
    for name in DEFICIENCIES:
        for grey in ("#000000", "#808080", "#ffffff"):
            seen = int(as_seen(grey, name)[1:3], 16)
            assert abs(seen - int(grey[1:3], 16)) <= 1
    assert as_seen("#ff0000", "protanopia") == "#6d5f00"
    assert int(as_seen("#ff0000", "protanopia")[1:3], 16) < 0x80


def test_every_mood_stands_out_from_its_water() -> None:
    report = colour_report(preset_values())
    assert len(report) == 6
    assert all(float(one["contrast"]) >= 4.5 for one in report.values())
