"""
Style sheets inside pictures (CSS 2.1 §4, §6.4): rules with plain selectors, resolved here into attributes of the
elements that they are for. No style sheet is written anew, so none has to be trusted.
"""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict

from openedx_verifiable_credentials.core.images import refusals
from openedx_verifiable_credentials.core.images import svg_words
from openedx_verifiable_credentials.core.images.svg_tree import Node

MAX_RULES = 500
# Rules × elements × declarations that are carried out.
MAX_WORK = 200_000
_SELECTOR = re.compile(r"(\*|[A-Za-z][\w\-]*)?((?:[.#][^\W\d][\w\-]*)*)")
_PART = re.compile(r"[.#][^.#]+")
_PROPERTY = re.compile(r"-{0,2}[A-Za-z][A-Za-z0-9\-]*")
_IMPORTANT = re.compile(r"!\s*important\s*$", re.IGNORECASE)
_MEDIA = ("", "all", "screen")


@dataclasses.dataclass(frozen=True)
class _Rule:
    element: str
    ids: frozenset[str]
    classes: frozenset[str]
    declarations: dict[str, str]
    order: tuple[bool, int, int, bool, int]

    def is_for(self, node: Node, classes: frozenset[str]) -> bool:
        if self.element and self.element != node.name:
            return False
        return self.ids <= {node.attributes.get("id", "")} and self.classes <= classes


class StyleSheet:
    """The rules of all ``style`` elements of one picture."""

    def __init__(self) -> None:
        self._by_key: dict[str, list[_Rule]] = defaultdict(list)
        self._count = 0
        self._work = 0

    def add(self, node: Node) -> None:
        """The rules of one ``style`` element. Raises PictureError."""
        where = f"Line {node.line}: the style sheet"
        kind, media = node.attributes.get("type", "text/css"), node.attributes.get("media", "")
        if kind.strip().lower() not in ("text/css", "") or media.strip().lower() not in _MEDIA:
            raise refusals.not_allowed(f"{where} is not CSS for screens.")
        source = _without_comments("".join(child for child in node.children if isinstance(child, str)))
        if any(isinstance(child, Node) for child in node.children):
            raise refusals.not_allowed(f"{where} has elements in it.")
        for sign, name in (("@", "@-rules, such as @import"), ("\\", "escapes"), ("<", "markup")):
            if sign in source:
                raise refusals.not_allowed(f"{where} has {name}, which are not accepted.")
        for selectors, body in self._rules(source, where):
            self._add(selectors, body, where)

    def _rules(self, source: str, where: str) -> list[tuple[str, str]]:
        *rules, rest = source.split("}")
        found = [rule.split("{") for rule in rules]
        if rest.strip() or any(len(parts) != 2 for parts in found):
            raise refusals.not_allowed(f"{where} cannot be read.")
        return [(selectors, body) for selectors, body in found]

    def _add(self, selectors: str, body: str, where: str) -> None:
        plain, important = declarations(body, where)
        for selector in selectors.split(","):
            match = _SELECTOR.fullmatch(selector.strip())
            if match is None or not match[0]:
                text = f"{where} has the selector {refusals.quoted(selector.strip())}; only plain ones are understood."
                raise refusals.not_allowed(f"{text} Save the picture with presentation attributes.")
            self._count += 1
            if self._count > MAX_RULES:
                raise refusals.too_large(f"{where} makes it more than {MAX_RULES} rules.")
            for declared, first in ((plain, False), (important, True)):
                if declared:
                    self._add_rule(match, declared, first)

    def _add_rule(self, match: re.Match[str], declared: dict[str, str], important: bool) -> None:
        parts = _PART.findall(match[2])
        ids = frozenset(part[1:] for part in parts if part[0] == "#")
        classes = frozenset(part[1:] for part in parts if part[0] == ".")
        element = "" if match[1] in (None, "*") else match[1]
        specificity = (sum(part[0] == "#" for part in parts), sum(part[0] == "." for part in parts), bool(element))
        rule = _Rule(element, ids, classes, declared, (important, *specificity, self._count))
        key = f"#{min(ids)}" if ids else f".{min(classes)}" if classes else element
        self._by_key[key].append(rule)

    def styles(self, node: Node) -> dict[str, str]:
        """
        The properties that an element has from rules and from its own attribute ``style``. Raises PictureError.
        """
        classes = frozenset(node.attributes.get("class", "").split())
        keys = ["", node.name, f"#{node.attributes.get('id', '')}", *(f".{name}" for name in sorted(classes))]
        candidates = [rule for key in keys for rule in self._by_key.get(key, ())]
        rules = sorted((rule for rule in candidates if rule.is_for(node, classes)), key=lambda rule: rule.order)
        plain, important = declarations(node.attributes.get("style", ""), f"Line {node.line}: the attribute “style”")
        self._work += len(candidates) + sum(len(rule.declarations) for rule in rules)
        if self._work > MAX_WORK:
            raise refusals.too_large(f"Line {node.line}: the style sheet has too much to do.")
        found: dict[str, str] = {}
        for declared in (
            *(rule.declarations for rule in rules if not rule.order[0]), plain,
            *(rule.declarations for rule in rules if rule.order[0]), important,
        ):  # fmt: skip
            found.update(declared)
        return found


def _without_comments(source: str) -> str:
    """One that does not end goes on to the end."""
    first, *others = source.split("/*")
    return " ".join((first, *(other.partition("*/")[2] for other in others)))


def declarations(source: str, where: str) -> tuple[dict[str, str], dict[str, str]]:
    """The known properties of ``name: value; …``, and the important ones among them. Raises PictureError."""
    plain: dict[str, str] = {}
    important: dict[str, str] = {}
    for part in _without_comments(source).split(";"):
        name, colon, value = part.partition(":")
        name = name.strip().lower()
        if not name and not colon and not value:
            continue
        if not _PROPERTY.fullmatch(name) or not colon:
            raise refusals.not_allowed(f"{where} cannot be read.")
        stripped = _IMPORTANT.sub("", value).strip()
        if svg_words.is_property(name, stripped, where) and stripped:
            target = plain if stripped == value.strip() else important
            target[name] = svg_words.clean_value(stripped, f"{where}, property “{name}”,")
    return plain, important
