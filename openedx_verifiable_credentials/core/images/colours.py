"""Colours of sRGB by the light they give (WCAG 2.2, relative luminance), so that what touches keeps its contrast."""

from __future__ import annotations

import colorsys

Colour = tuple[int, int, int]

_STEPS = 24


def relative_luminance(colour: Colour) -> float:
    """From 0, black, to 1, white (WCAG 2.2)."""
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """From 1 to 21 (WCAG 2.2): 3 is the least between parts of a drawing (success criterion 1.4.11)."""
    darker, lighter = sorted((relative_luminance(one), relative_luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def of_light(hue: float, saturation: float, luminance: float) -> Colour:
    """The colour of ``hue`` (0 to 1) that gives this much light: some hues are darker than others of one lightness."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if relative_luminance(_rounded(hue, middle, saturation)) < luminance:
            low = middle
        else:
            high = middle
    return _rounded(hue, high, saturation)


def written(colour: Colour) -> str:
    """As in CSS: ``#rrggbb``."""
    return "#" + bytes(colour).hex()


def _rounded(hue: float, lightness: float, saturation: float) -> Colour:
    red, green, blue = (round(255 * part) for part in colorsys.hls_to_rgb(hue, lightness, saturation))
    return red, green, blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
