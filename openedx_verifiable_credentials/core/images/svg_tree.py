"""
SVG as a small tree of what matters: elements of SVG itself, their attributes without a namespace, and text.

Read by defusedxml's parser as a stream: a document type declaration ends the reading, so there are no entities, and
nothing outside is opened. What editors leave in other vocabularies never gets into the tree.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from openedx_verifiable_credentials.core.images import refusals

MAX_ELEMENTS = 10_000
MAX_DEPTH = 64
MAX_ATTRIBUTES = 64
# Tags, comments and the like, counted before anything is read.
_MAX_MARKUP = 5 * MAX_ELEMENTS
# Of one tag, as expat may see it: it gathers all of them before it says anything.
_CROWDED_TAG = re.compile(rb"<(?:[^<=]*+=){1025}")
_START = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*<")
_ENCODINGS = (None, "utf-8", "us-ascii", "utf8")
_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
# Vocabularies that browsers act on; all others are notes of editors.
_ACTIVE = (
    "{http://www.w3.org/1999/xhtml}",
    "{http://www.w3.org/1998/Math/MathML}",
    "{http://www.w3.org/2001/xml-events}",
    "{http://www.w3.org/1999/xlink}",
    "{http://www.w3.org/2001/XInclude}",
    "{http://www.w3.org/1999/XSL/Transform}",
)
# Of SVG, but never seen: notes, and ends of lines, which no badge needs.
_DROPPED = ("metadata", "marker")


@dataclasses.dataclass
class Node:
    """``attributes``: those without a namespace, and ``href`` whichever way it is written."""

    name: str
    attributes: dict[str, str]
    line: int
    children: list[Node | str] = dataclasses.field(default_factory=list)


def is_svg(raw: bytes) -> bool:
    """Whether ``raw`` starts as markup does."""
    return _START.match(raw) is not None


def read(raw: bytes) -> Node:
    """The element ``svg`` of ``raw``. Raises PictureError."""
    if raw.count(b"<") > _MAX_MARKUP or _CROWDED_TAG.search(raw):
        raise refusals.too_large("The picture has too much markup.")
    builder = _Builder()
    parser: Any = DefusedXMLParser(target=builder, encoding="utf-8", forbid_dtd=True)
    parser.parser.XmlDeclHandler = _require_utf8
    builder.expat = parser.parser
    try:
        parser.feed(raw)
        root = parser.close()
    except DefusedXmlException:
        text = "The picture has a document type declaration (<!DOCTYPE …>); take it out, or save it as “plain SVG”."
        raise refusals.not_allowed(text) from None
    except ParseError as error:
        text = f"Line {error.position[0]}: the picture is not well-formed XML in UTF-8."
        raise refusals.not_readable(text) from None
    finally:
        # Parser and handlers refer to each other, and have the whole picture.
        builder.expat = None
    if not isinstance(root, Node) or root.name != "svg":
        raise refusals.not_readable("The file is markup, but no SVG picture.")
    return root


class _Builder:
    """What the parser tells of: element by element."""

    def __init__(self) -> None:
        self.expat: Any = None
        self._root: Node | None = None
        self._open: list[Node] = []
        # How deep in something that is dropped.
        self._dropping = 0
        self._elements = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS or len(self._open) + self._dropping >= MAX_DEPTH:
            raise refusals.too_large(f"Line {self._line}: the picture has too many elements, or too deep ones.")
        if len(attributes) > MAX_ATTRIBUTES:
            raise refusals.too_large(f"Line {self._line}: an element has more than {MAX_ATTRIBUTES} attributes.")
        if self._dropping or self._is_dropped(tag):
            self._dropping += 1
            return
        node = Node(tag.removeprefix(_SVG), _own(attributes), self._line)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._root = node
        self._open.append(node)

    def end(self, _tag: str) -> None:
        if self._dropping:
            self._dropping -= 1
        else:
            self._open.pop()

    def data(self, text: str) -> None:
        if self._open and not self._dropping:
            self._open[-1].children.append(text)

    def pi(self, target: str, _data: str | None = None) -> None:
        # Adobe's editors have some in their notes.
        if not self._dropping:
            name = refusals.quoted(target)
            raise refusals.not_allowed(f"Line {self._line}: the processing instruction {name} is not accepted.")

    def close(self) -> Node | None:
        return self._root

    def _is_dropped(self, tag: str) -> bool:
        if tag.startswith(_SVG):
            return bool(self._open) and tag.removeprefix(_SVG) in _DROPPED
        if not self._open:
            raise refusals.not_readable("The file is markup, but no SVG picture.")
        if tag.startswith(_ACTIVE) or not tag.startswith("{"):
            name = refusals.quoted(tag.rpartition("}")[2])
            raise refusals.not_allowed(f"Line {self._line}: the element {name} is none of SVG and is not accepted.")
        return True

    @property
    def _line(self) -> int:
        return int(self.expat.CurrentLineNumber)


def _own(attributes: dict[str, str]) -> dict[str, str]:
    own = {name: value for name, value in attributes.items() if not name.startswith("{")}
    if _HREF in attributes:
        own.setdefault("href", attributes[_HREF])
    return own


def _require_utf8(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.lower() not in _ENCODINGS:
        raise refusals.not_readable("The picture is not in UTF-8.")
