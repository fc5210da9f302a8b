"""
Badges for achievements whose policy names no picture: a medal with a star and two ribbons, without any letter, so that
it says the same in every language. Colours and form come from the achievement's id: the same one always looks the same,
and a wallet with several is easy to look through.

The drawing is a list of circles and polygons, once, and written as SVG or filled in as PNG.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import io
import math

from PIL import Image
from PIL import ImageDraw

from openedx_verifiable_credentials.core.images import accept_picture
from openedx_verifiable_credentials.core.images import colours
from openedx_verifiable_credentials.core.images.colours import Colour
from openedx_verifiable_credentials.core.images.picture import Picture
from openedx_verifiable_credentials.core.images.wrapped import title_element

SIDE = 512
# Each pixel is drawn as so many times so many, and they are mixed.
_FINER = 4
_CENTRE = (256.0, 216.0)
_EDGE_STEPS = 288
_WHITE = (255, 255, 255)
# Beside the main hue, in parts of the circle of hues.
_SECOND_HUES = (1 / 12, 5 / 12, 1 / 2, 7 / 12, 11 / 12)
_POINTS = (5, 6, 7, 8)
_WAVES = (8, 12, 16, 24)

Point = tuple[float, float]


@dataclasses.dataclass(frozen=True)
class _Circle:
    radius: float
    fill: Colour


@dataclasses.dataclass(frozen=True)
class _Polygon:
    points: tuple[Point, ...]
    fill: Colour


@dataclasses.dataclass(frozen=True)
class Look:
    """What is read off an id. ``dark`` carries ``pale`` and ``bright``; each of them is told from it (WCAG 1.4.11)."""

    dark: Colour
    darker: Colour
    bright: Colour
    pale: Colour
    points: int
    waves: int
    height: float


def look_of(achievement_id: str) -> Look:
    """The same id, the same look; of two ids, hardly ever."""
    digest = hashlib.sha256(achievement_id.encode("utf-8", "replace")).digest()
    hue = int.from_bytes(digest[:2], "big") / 0x10000
    second = (hue + _SECOND_HUES[digest[2] % len(_SECOND_HUES)]) % 1
    return Look(
        dark=colours.of_light(hue, 0.62, 0.085),
        darker=colours.of_light(hue, 0.62, 0.04),
        bright=colours.of_light(second, 0.85, 0.46),
        pale=colours.of_light(hue, 0.55, 0.70),
        points=_POINTS[digest[3] % len(_POINTS)],
        waves=_WAVES[digest[4] % len(_WAVES)],
        height=(4, 6, 8)[digest[5] % 3],
    )


def draw_svg(achievement_id: str, title: str) -> Picture:
    """As SVG; ``title`` is read aloud."""
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" height="{SIDE}">']
    parts.append(title_element(title))
    parts += [_element(shape) for shape in _shapes(look_of(achievement_id))]
    # Held to what others' pictures are held to, and written as they are.
    return accept_picture("".join((*parts, "</svg>")).encode("utf-8"))


@functools.lru_cache(maxsize=64)
def draw_png(achievement_id: str) -> Picture:
    """The same with 512 pixels each way, on nothing. Kept: those who ask ask for few achievements, again and again."""
    shapes = _shapes(look_of(achievement_id))
    # What is mixed with the outermost shape at its edge has its colour, so none is seen.
    image = Image.new("RGBA", (SIDE * _FINER, SIDE * _FINER), (*_WHITE, 0))
    pencil = ImageDraw.Draw(image)
    for shape in shapes:
        if isinstance(shape, _Circle):
            pencil.circle([part * _FINER for part in _CENTRE], shape.radius * _FINER, fill=shape.fill)
        else:
            pencil.polygon([(x * _FINER, y * _FINER) for x, y in shape.points], fill=shape.fill)
    stream = io.BytesIO()
    image.reduce(_FINER).save(stream, "PNG")
    return accept_picture(stream.getvalue())


def _shapes(look: Look) -> list[_Circle | _Polygon]:
    """From the back to the front. A white line goes around all, for pages that are dark."""
    ribbons = [_ribbon(-1), _ribbon(1)]
    return [
        *(_Polygon(_grown(points, 7), _WHITE) for points in ribbons),
        _Polygon(_wave(203, look), _WHITE),
        *(_Polygon(points, look.darker) for points in ribbons),
        _Polygon(_wave(196, look), look.dark),
        _Circle(165, look.bright),
        _Circle(151, look.darker),
        _Circle(146, look.dark),
        *_star(look),
    ]


def _wave(radius: float, look: Look) -> tuple[Point, ...]:
    """A circle whose edge goes in and out."""
    angles = [2 * math.pi * step / _EDGE_STEPS for step in range(_EDGE_STEPS)]
    return tuple(_at(radius - look.height * (1 - math.cos(look.waves * angle)), angle) for angle in angles)


def _ribbon(side: int) -> tuple[Point, ...]:
    """One of two, behind the medal; ``side``: -1 is left, 1 right."""
    x, _ = _CENTRE
    corners = ((20, 300), (118, 300), (156, 478), (98, 456), (62, 502))
    return tuple((x + side * dx, float(y)) for dx, y in corners)


def _grown(points: tuple[Point, ...], by: float) -> tuple[Point, ...]:
    """Each corner moved away from the middle of them all."""
    x, y = (sum(parts) / len(points) for parts in zip(*points, strict=True))
    grown = []
    for px, py in points:
        far = math.hypot(px - x, py - y)
        grown.append((px + (px - x) / far * by, py + (py - y) / far * by))
    return tuple(grown)


def _star(look: Look) -> list[_Polygon]:
    """As if it were folded: one half of each point lies in the shade, on a whole one, so that no gap is seen."""
    turn = math.pi / look.points
    inner = 118 * (0.40 + 0.04 * (look.points - 5))
    outline: list[Point] = []
    shades = []
    for number in range(look.points):
        angle = 2 * turn * number
        tip, notch = _at(118, angle), _at(inner, angle + turn)
        outline += [tip, notch]
        shades.append(_Polygon((_CENTRE, tip, notch), look.pale))
    return [_Polygon(tuple(outline), _WHITE), *shades]


def _at(radius: float, angle: float) -> Point:
    """From the top, clockwise."""
    x, y = _CENTRE
    return x + radius * math.sin(angle), y - radius * math.cos(angle)


def _element(shape: _Circle | _Polygon) -> str:
    fill = colours.written(shape.fill)
    if isinstance(shape, _Circle):
        return f'<circle cx="{_CENTRE[0]:g}" cy="{_CENTRE[1]:g}" r="{shape.radius:g}" fill="{fill}"/>'
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
    return f'<polygon points="{points}" fill="{fill}"/>'
