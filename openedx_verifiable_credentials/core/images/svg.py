"""
Badge images in SVG: static drawings that hold all they need. An allow-list of elements, attributes and values; style
sheets resolved into attributes; the result written anew, in one spelling, as UTF-8.

Scripts, event attributes, links, animations, embedded pages and pictures, and whatever leads out of the picture are
refused, with the line. Notes of editors are left out, baked credentials with them.
"""

from __future__ import annotations

import math
import re

from openedx_verifiable_credentials.core.images import refusals
from openedx_verifiable_credentials.core.images import svg_cost
from openedx_verifiable_credentials.core.images import svg_tree
from openedx_verifiable_credentials.core.images import svg_words
from openedx_verifiable_credentials.core.images.picture import MAX_BYTES
from openedx_verifiable_credentials.core.images.picture import SVG_TYPE
from openedx_verifiable_credentials.core.images.picture import Picture
from openedx_verifiable_credentials.core.images.svg_styles import StyleSheet
from openedx_verifiable_credentials.core.images.svg_tree import Node
from openedx_verifiable_credentials.core.images.svg_tree import is_svg

__all__ = ["accept", "is_svg"]

MAX_UNITS = 10_000
_NAMESPACE = "http://www.w3.org/2000/svg"
_LENGTH = re.compile(r"([0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})(px|pt|pc|mm|cm|in)?")
# CSS Values §5.2: pixels of each unit.
_UNITS = {None: 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
_BOX_NUMBER = re.compile(r"-?[0-9]{1,7}(?:\.[0-9]{0,9})?")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def accept(raw: bytes) -> Picture:
    """What :func:`..accept_picture` does, for what starts as markup does."""
    root = svg_tree.read(raw)
    sheet = StyleSheet()
    _gather_styles(root, sheet)
    drawing = _Cleaner(sheet).clean(root)
    width, height = _size(root, drawing)
    svg_cost.require_drawable(drawing)
    drawing.attributes["xmlns"] = _NAMESPACE
    return Picture(SVG_TYPE, _Writer().write(drawing), width, height)


def _gather_styles(node: Node, sheet: StyleSheet) -> None:
    if node.name == "style":
        sheet.add(node)
        return
    for child in node.children:
        if isinstance(child, Node):
            _gather_styles(child, sheet)


class _Cleaner:
    """Makes of the tree as it was read the one that is written."""

    def __init__(self, sheet: StyleSheet) -> None:
        self._sheet = sheet
        self._ids: set[str] = set()

    def clean(self, node: Node) -> Node:
        if node.name not in svg_words.ELEMENTS:
            name = refusals.quoted(node.name)
            raise refusals.not_allowed(f"Line {node.line}: the element {name} is not accepted in a badge image.")
        cleaned = Node(node.name, self._attributes(node), node.line)
        for child in node.children:
            if isinstance(child, str):
                if node.name in svg_words.TEXT_ELEMENTS:
                    cleaned.children.append(child)
            elif child.name != "style":
                cleaned.children.append(self.clean(child))
        return cleaned

    def _attributes(self, node: Node) -> dict[str, str]:
        kept = {}
        for name, value in node.attributes.items():
            cleaned = self._attribute(node, name, value)
            if cleaned:
                kept[name] = cleaned
        styles = self._sheet.styles(node)
        kept |= {name: value for name, value in styles.items() if name in svg_words.PROPERTIES}
        rest = sorted((name, value) for name, value in styles.items() if name in svg_words.STYLE_ONLY)
        if rest:
            kept["style"] = ";".join(f"{name}:{value}" for name, value in rest)
        return kept

    def _attribute(self, node: Node, name: str, value: str) -> str | None:
        """The value as it is kept; None where the attribute is left out."""
        where = f"Line {node.line}: the attribute {refusals.quoted(name)} of {refusals.quoted(node.name)}"
        if name.lower().startswith("on"):
            raise refusals.not_allowed(f"{where} runs a script.")
        if name == "href":
            return _href(node, value, where)
        if name == "id":
            return self._id(value)
        if name in svg_words.PATHS:
            return svg_words.clean_path(value, where)
        if name in svg_words.GEOMETRY or name in svg_words.PROPERTIES:
            return svg_words.clean_value(value, where)
        return None

    def _id(self, value: str) -> str | None:
        """Browsers take the first of an id."""
        if not svg_words.NAME.fullmatch(value) or value in self._ids:
            return None
        self._ids.add(value)
        return value


def _href(node: Node, value: str, where: str) -> str | None:
    value = value.strip()
    if not value.startswith("#") or not svg_words.NAME.fullmatch(value[1:]):
        raise refusals.not_allowed(f"{where} leads out of the picture; only “#name” is accepted.")
    return value if node.name in svg_words.HREF_ELEMENTS else None


def _size(root: Node, drawing: Node) -> tuple[int, int]:
    """Width and height in user units; those that are written are in the same, without a unit."""
    lengths = {}
    for name in ("width", "height"):
        drawing.attributes.pop(name, None)
        match = _LENGTH.fullmatch(root.attributes.get(name, "").strip())
        if match is not None:
            lengths[name] = float(match[1]) * _UNITS[match[2]]
    box = _box(root)
    drawing.attributes.pop("viewBox", None)
    if box is not None:
        drawing.attributes["viewBox"] = " ".join(map(_number, box))
    if len(lengths) == 2:
        drawing.attributes |= {name: _number(value) for name, value in lengths.items()}
        width, height = lengths["width"], lengths["height"]
    elif box is not None:
        width, height = box[2], box[3]
    else:
        raise refusals.not_allowed("The picture does not say how large it is: it needs a viewBox, or width and height.")
    for value in (width, height, *(() if box is None else box[2:])):
        if not 1 <= value <= MAX_UNITS:
            raise refusals.too_large(f"The picture is {_number(value)} wide or high; 1 to {MAX_UNITS} is accepted.")
    return math.ceil(width), math.ceil(height)


def _box(root: Node) -> tuple[float, float, float, float] | None:
    source = root.attributes.get("viewBox", "").replace(",", " ").split()
    if not source:
        return None
    if len(source) != 4 or not all(_BOX_NUMBER.fullmatch(number) for number in source):
        raise refusals.not_allowed(f"Line {root.line}: the attribute “viewBox” of “svg” is not four plain numbers.")
    left, top, width, height = map(float, source)
    return left, top, width, height


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") or "0"


class _Writer:
    """Attributes in the order of their names: the same drawing is the same bytes."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0

    def write(self, root: Node) -> bytes:
        self._element(root)
        return "".join((*self._parts, "\n")).encode("utf-8")

    def _element(self, node: Node) -> None:
        self._add(f"<{node.name}")
        for name in sorted(node.attributes):
            self._add(f' {name}="{_escaped(node.attributes[name])}"')
        self._add(">" if node.children else "/>")
        for child in node.children:
            if isinstance(child, str):
                self._add(_escaped(child))
            else:
                self._element(child)
        if node.children:
            self._add(f"</{node.name}>")

    def _add(self, part: str) -> None:
        """A style sheet may have made much of little."""
        self._length += len(part)
        if self._length > MAX_BYTES:
            raise refusals.too_large(f"Written anew, the picture is larger than {MAX_BYTES // 1024} KiB.")
        self._parts.append(part)


def _escaped(text: str) -> str:
    text = re.sub(r"[\t\n\r ]+", " ", _NOT_IN_XML.sub("\ufffd", text))
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, written)
    return text
