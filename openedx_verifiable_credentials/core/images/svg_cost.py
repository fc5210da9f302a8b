"""
What a picture costs to draw: an element that is used, or painted with a pattern, is drawn once for each use, and what
it uses again. A few lines can so mean billions of elements; they are counted here without drawing them.
"""

from __future__ import annotations

from openedx_verifiable_credentials.core.images import refusals
from openedx_verifiable_credentials.core.images import svg_words
from openedx_verifiable_credentials.core.images.svg_tree import Node

MAX_DRAWN = 50_000
_MAX_STEPS = 128
# Surfaces of their own.
_OWN = {"filter": 100, "mask": 20, "pattern": 20, "clipPath": 5}
# What elements inside have from the outer ones.
_INHERITED = ("fill", "stroke")


def require_drawable(root: Node) -> None:
    """Raises PictureError where the picture refers to itself, or would be drawn with too many elements."""
    _Counter(root).count(root, 0)


class _Counter:
    def __init__(self, root: Node) -> None:
        self._targets: dict[str, Node] = {}
        self._known: dict[int, int] = {}
        self._open: set[int] = set()
        self._find(root)

    def _find(self, root: Node) -> None:
        """In the order of the document: the first of an id is meant."""
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if "id" in node.attributes:
                self._targets.setdefault(node.attributes["id"], node)
            waiting += [child for child in reversed(node.children) if isinstance(child, Node)]

    def count(self, node: Node, steps: int) -> int:
        if id(node) in self._known:
            return self._known[id(node)]
        if id(node) in self._open:
            raise refusals.not_allowed(f"Line {node.line}: the picture refers to itself.")
        if steps > _MAX_STEPS:
            raise refusals.too_large(f"Line {node.line}: references lead to references, and too far.")
        self._open.add(id(node))
        total = _OWN.get(node.name, 1)
        for child in node.children:
            if isinstance(child, Node):
                total += self.count(child, steps + 1)
        total += self._referred(node.attributes.get("href", "").removeprefix("#"), steps)
        painted = 0
        for name, value in node.attributes.items():
            if "url(" in value:
                cost = sum(self._referred(target, steps) for target in svg_words.references(value))
                painted += cost * (total if name in _INHERITED else 1)
        total += painted
        if total > MAX_DRAWN:
            raise refusals.too_large(f"Line {node.line}: what is used again and again makes the picture too large.")
        self._open.remove(id(node))
        self._known[id(node)] = total
        return total

    def _referred(self, name: str, steps: int) -> int:
        target = self._targets.get(name)
        return 0 if target is None else self.count(target, steps + 1)
