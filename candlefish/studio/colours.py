"""Contrast of a mood's light with its water (WCAG), and its look with colour vision deficiencies."""

from __future__ import annotations

Rgb = tuple[float, float, float]

# Machado, Oliveira & Fernandes (2009), "A physiologically-based model for simulation of color vision
# deficiency", IEEE TVCG 15(6): severity 1, applied to linear light.
DEFICIENCIES: dict[str, tuple[Rgb, Rgb, Rgb]] = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio, 1…21, of two colours `#rrggbb` (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def as_seen(colour: str, deficiency: str) -> str:
    """Return a colour `#rrggbb` as it looks with one of `DEFICIENCIES`."""
    light = _linear(colour)
    parts = (sum(a * b for a, b in zip(row, light, strict=True)) for row in DEFICIENCIES[deficiency])
    return "#" + "".join(f"{round(255 * _encoded(min(1.0, max(0.0, part)))):02x}" for part in parts)


def colour_report(values: dict[str, dict[str, float | str]]) -> dict[str, dict[str, float | str]]:
    """Return for each mood's table the `contrast` of its light with its water, and its look by deficiency."""
    return {
        table: {
            "contrast": round(contrast(str(own["colour"]), str(own["water_centre"])), 2),
            **{name: as_seen(str(own["colour"]), name) for name in DEFICIENCIES},
        }
        for table, own in values.items()
        if "colour" in own
    }


def _linear(colour: str) -> Rgb:
    red, green, blue = (_decoded(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _decoded(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _encoded(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)
