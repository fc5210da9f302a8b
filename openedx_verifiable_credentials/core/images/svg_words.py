"""
The part of SVG (1.1, 2) that a badge may be drawn with: elements, attributes, properties, and the forms of values.
What is not listed here is refused or left out; what is listed shows something that stands still.
"""

from __future__ import annotations

import re

from openedx_verifiable_credentials.core.images import refusals


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TEXT_ELEMENTS = frozenset(("text", "tspan", "textPath", "title", "desc"))
_FILTERS = (
    "feBlend feColorMatrix feComponentTransfer feComposite feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR "
    "feGaussianBlur feMerge feMergeNode feOffset filter"
)
ELEMENTS = TEXT_ELEMENTS | _words(
    "svg g defs symbol use style path rect circle ellipse line polyline polygon linearGradient radialGradient stop "
    f"pattern clipPath mask {_FILTERS}"
)
HREF_ELEMENTS = frozenset(("use", "linearGradient", "radialGradient", "pattern", "textPath", "filter"))
PATHS = frozenset(("d", "points"))
GEOMETRY = _words(
    "amplitude azimuth clipPathUnits cx cy dx dy exponent filterUnits fr fx fy gradientTransform gradientUnits height "
    "in in2 intercept k1 k2 k3 k4 lengthAdjust maskContentUnits maskUnits method mode offset operator pathLength "
    "patternContentUnits patternTransform patternUnits preserveAspectRatio primitiveUnits r refX refY result rotate rx "
    "ry side slope spacing spreadMethod startOffset stdDeviation tableValues textLength transform type values viewBox "
    "width x x1 x2 y y1 y2"
)
PROPERTIES = _words(
    "alignment-baseline baseline-shift clip-path clip-rule color color-interpolation color-interpolation-filters "
    "color-rendering direction display dominant-baseline fill fill-opacity fill-rule filter flood-color flood-opacity "
    "font-family font-size font-size-adjust font-stretch font-style font-variant font-weight image-rendering "
    "letter-spacing mask opacity overflow paint-order shape-rendering stop-color stop-opacity stroke stroke-dasharray "
    "stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor "
    "text-decoration text-rendering unicode-bidi vector-effect visibility word-spacing writing-mode"
)
# Properties that are no attributes.
STYLE_ONLY = frozenset(("isolation", "mix-blend-mode", "transform", "transform-box", "transform-origin"))
_MARKERS = frozenset(("marker", "marker-start", "marker-mid", "marker-end"))

NAME = re.compile(r"[^\W\d][\w.\-]*")
_LOCAL = re.compile(r"""url\(\s*(["']?)#([^\W\d][\w.\-]*)\1\s*\)""")
_PATH = re.compile(r"[MmZzLlHhVvCcSsQqTtAaEe0-9 .,+\-]*")
_PLAIN = r"[\w .,%+\-#/]"
_FUNCTIONS = "rgba?|hsla?|matrix|translate[XY]?|scale[XY]?|rotate|skew[XY]"
# Functions first, since a plain sign is never given back.
_VALUE = re.compile(
    rf"""(?:(?<![\w\-])url\(#[^\W\d][\w.\-]*+\)|(?<![\w\-])(?:{_FUNCTIONS})\s?\({_PLAIN}*+\)|{_PLAIN}"""
    r"""|"[^"'\\<>&():;@{}]*+"|'[^"'\\<>&():;@{}]*+')*+"""
)
_LONGEST_WORD = 40
_LAST_WORD = re.compile(r"[\w\-]+$")
_HUGE = re.compile(r"(?<![\w.#\-])[+\-]?[0-9]{7}|[0-9.][eE]\+?(?:[0-9]{2}|[7-9])")
# Colours and names of what is referred to: no numbers, whatever they look like.
_HASHED = re.compile(r"#[\w.\-]*+")
_HUGE_IN_PATH = re.compile(r"(?<![0-9.])[0-9]{7}|[0-9.][eE]\+?(?:[0-9]{2}|[7-9])")


def clean_path(value: str, where: str) -> str:
    """Of ``d`` and ``points``."""
    value = " ".join(value.split())
    if not _PATH.fullmatch(value):
        raise refusals.not_allowed(f"{where} has a path that is none.")
    if _HUGE_IN_PATH.search(value):
        raise refusals.too_large(f"{where} has a number beyond a million.")
    return value


def clean_value(value: str, where: str) -> str:
    """Numbers, words, colours, names of fonts, transformations, and references within the picture."""
    value = _LOCAL.sub(r"url(#\2)", " ".join(value.split()))
    if not _VALUE.fullmatch(value):
        raise refusals.not_allowed(f"{where} {_what_is_wrong(value)}")
    if _HUGE.search(_HASHED.sub("#", value)):
        raise refusals.too_large(f"{where} has a number beyond a million.")
    return value


def is_property(name: str, value: str, where: str) -> bool:
    """
    Whether the CSS property is one that is kept; others that mean no harm are left out. Raises PictureError for the
    rest.
    """
    if name in PROPERTIES or name in STYLE_ONLY:
        return True
    if name in _MARKERS and value.strip() not in ("", "none"):
        raise refusals.not_allowed(f"{where} has a marker at the ends of a line; turn it into a path.")
    if name in ("behavior", "-moz-binding") or re.search(r"[\\@<]|url\s*\(|script:|expression", value, re.IGNORECASE):
        raise refusals.not_allowed(f"{where} {_what_is_wrong(value)}")
    return False


def references(value: str) -> list[str]:
    """The ids that a clean value refers to."""
    return [match[2] for match in _LOCAL.finditer(value)]


def _what_is_wrong(value: str) -> str:
    lowered = value.lower()
    if "url" in lowered:
        return "refers to something outside the picture."
    if "script:" in lowered or "data:" in lowered:
        return "has an address, which is not accepted."
    function = _LAST_WORD.search(value.partition("(")[0][-_LONGEST_WORD:]) if "(" in value else None
    if function:
        return f"uses {refusals.quoted(function[0])}, which is not accepted."
    return "has a value that is not accepted."
