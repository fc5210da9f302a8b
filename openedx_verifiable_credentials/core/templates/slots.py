"""
What differs between documents of one shape, and the marks that stand for it while a template is compiled.

A slot is a text at one or more paths of the document. What it may hold depends on its kind, since a template knows
JSON-LD's answer only for texts that JSON-LD treats like the mark.
"""

from __future__ import annotations

import copy
import dataclasses
import enum
import itertools
import json
from collections.abc import Sequence
from typing import Any

from openedx_verifiable_credentials.core.text import is_absolute_iri
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import CompositionError

Path = tuple[str | int, ...]

# Two more slots that every written document has.
CREATED = "created"
PROOF_VALUE = "proofValue"


class SlotKind(enum.StrEnum):
    """
    What a slot may hold. ``TEXT``: a literal of any cleaned text. ``IRI``: an absolute IRI of the scheme that stood
    there when the template was compiled. ``PLAIN``: a literal of ``A-Z a-z 0-9 : $ # . _ + / = -`` only, as in dates,
    numbers and hashes.
    """

    TEXT = "text"
    IRI = "iri"
    PLAIN = "plain"


@dataclasses.dataclass(frozen=True)
class Slot:
    """A text of the document that differs: the same one at each of ``paths``."""

    name: str
    kind: SlotKind
    paths: tuple[Path, ...]


@dataclasses.dataclass(frozen=True)
class Marked:
    """
    A document with a mark in every slot. ``schemes``: of each slot, in their order; the IRI's scheme with its colon, ""
    for a literal. ``created`` and ``proof_value`` are marks for the proof.
    """

    document: JsonObject
    marks: tuple[str, ...]
    schemes: tuple[str, ...]
    created: str
    proof_value: str


def not_templatable(why: str) -> CompositionError:
    """The refusal that sends a document the full way: ``why`` is a sentence that holds no value of a slot."""
    return CompositionError("not_templatable", why)


def mark(document: JsonObject, slots: Sequence[Slot]) -> Marked:
    """
    A copy of ``document`` with a mark in each slot, which occurs nowhere else in it.

    Raises CompositionError ``not_templatable``: a path that leads to no text, into a context, a type or a proof; a
    path or name that is used twice; an IRI slot without an absolute IRI.
    """
    _require_distinct(slots)
    if "proof" in document:
        raise not_templatable("The document is signed already.")
    schemes = tuple(_scheme(document, slot) for slot in slots)
    stem = _unused_stem(document)
    marks = tuple(f"{start}{stem}{number}x" for number, start in enumerate(map(_start, schemes)))
    marked = copy.deepcopy(document)
    for slot, text in zip(slots, marks, strict=True):
        for path in slot.paths:
            _put(marked, path, text)
    return Marked(marked, marks, schemes, created=f"{stem}cx", proof_value=f"{stem}vx")


def mark_apart(document: JsonObject, slots: Sequence[Slot]) -> Marked:
    """As :func:`mark`, but every path has a mark of its own, so that it can be seen where each of them leads."""
    apart = [
        dataclasses.replace(slot, name=f"{slot.name} {number}", paths=(path,))
        for slot in slots
        for number, path in enumerate(slot.paths)
    ]
    return mark(document, apart)


def at(document: JsonObject, path: Path) -> Any:
    """What stands at ``path``. Raises CompositionError ``not_templatable`` where nothing does."""
    node: Any = document
    for step in path:
        # A negative number, or a number in an object, would be a second path to one place.
        if isinstance(node, list):
            known = type(step) is int and 0 <= step < len(node)
        else:
            known = isinstance(node, dict) and isinstance(step, str) and step in node
        if not known:
            raise not_templatable("A slot has a path that is not in the document.")
        node = node[step]
    return node


def _require_distinct(slots: Sequence[Slot]) -> None:
    names = [slot.name for slot in slots] + [CREATED, PROOF_VALUE]
    paths = [path for slot in slots for path in slot.paths]
    if len(set(names)) != len(names) or len(set(paths)) != len(paths):
        raise not_templatable("Two slots have one name or one path.")
    if not all(slot.paths for slot in slots):
        raise not_templatable("A slot has no path.")
    for path in paths:
        if not {"@context", "@type", "type"}.isdisjoint(path):
            raise not_templatable("Contexts and types are the same in all documents of a template.")


def _scheme(document: JsonObject, slot: Slot) -> str:
    """The scheme with its colon of the IRIs in the slot; "" for a literal."""
    texts = [at(document, path) for path in slot.paths]
    if not all(isinstance(text, str) for text in texts):
        raise not_templatable(f"The slot {slot.name} holds something else than text.")
    if slot.kind is not SlotKind.IRI:
        return ""
    schemes: set[str] = {text.partition(":")[0] + ":" for text in texts}
    if len(schemes) != 1 or not all(map(is_absolute_iri, texts)):
        raise not_templatable(f"The slot {slot.name} does not hold absolute IRIs of one scheme.")
    return schemes.pop()


def _start(scheme: str) -> str:
    return scheme + "//" if scheme.lower() in ("http:", "https:") else scheme


def _unused_stem(document: JsonObject) -> str:
    """No mark made with it is the beginning of another one: the number ends with a letter."""
    text = json.dumps(document)
    return next(stem for stem in (f"slot{number}x" for number in itertools.count()) if stem not in text)


def _put(document: JsonObject, path: Path, text: str) -> None:
    at(document, path[:-1])[path[-1]] = text
