"""
The structure of a document: VC Data Model 1.1 and 2.0, Open Badges 3.0, Blockcerts 3, status lists.

What is required, how often, and of which kind stands in ``structure.json``, which the verifier in the browser reads
too. A member that the table does not name is no matter of this module: whether a context defines it, :mod:`..covered`
finds out. Numbers and booleans that are written as text are refused: as RDF they could be the same as what was signed.

``documents``: first context → type → the class of a document that has both.
``other_models``: types of documents of data models that are not known here.
``enumerations``: name → ``values``, and the ``prefix`` behind which a standard lets everybody add their own.
``classes``: name → what an object must be:

``members``   name → how it is filled, see below
``type``      must be among the object's types
``closed``    has no other members
``one_of``    at least one of these members is there
``and``       must be an object of this class, too
``also``      type → class: objects of that type must be of that class, too
``document``  must be a document, by its own contexts or else those of the document around it

How a member is filled is one line: kinds between ``|``, then ``*`` where an array of them may stand in the place of
one, then ``!`` where the member is required. A kind is a class, an enumeration, ``document``, or one of

``text``    a string                           ``number``   a number
``iri``     an absolute IRI (RFC 3987)         ``boolean``  true or false
``moment``  an XML Schema dateTimeStamp        ``day``      a date, YYYY-MM-DD
``label``   text, or a JSON-LD value object with text in it (VC Data Model 2.0 §11.1)
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import json
import re
from collections.abc import Callable
from collections.abc import Mapping
from importlib import resources
from typing import Any

from openedx_verifiable_credentials.core.checks.coverage import Path
from openedx_verifiable_credentials.core.checks.coverage import is_iri
from openedx_verifiable_credentials.core.checks.coverage import pointer
from openedx_verifiable_credentials.core.moments import read_moment
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import DocumentError

_ENVELOPES = ("EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def require_a_document(document: JsonObject) -> None:
    """
    ``document`` is a verifiable credential or presentation, by its types.

    Raises DocumentError ``not_a_credential``; ``unsupported_data_model`` where it is one of an older standard;
    ``unsupported_format`` where it is an envelope, which is secured by what is in it.
    """
    types = _types(document)
    if types.intersection(_ENVELOPES):
        raise DocumentError("unsupported_format", "The document is an envelope of another one.", field="/type")
    if not any(types.intersection(classes) for classes in _table()["documents"].values()):
        if types.intersection(_table()["other_models"]):
            raise DocumentError("unsupported_data_model", "The document is of another data model.", field="/type")
        raise DocumentError("not_a_credential", "The document is not a credential or presentation.", field="/type")


def require_structure(document: JsonObject) -> None:
    """
    ``document`` has the structure that its types and first context ask for; its contexts are accepted ones.

    Raises DocumentError ``malformed``, with the place as a JSON pointer.
    """
    _document(document, (), None)


def enumeration(name: str) -> tuple[str, ...]:
    """The words of one of the standard's lists, without those that everybody may add behind its prefix."""
    return tuple(_table()["enumerations"][name]["values"])


def _document(node: Any, path: Path, around: str | None) -> None:
    """``around``: the first context of the document around this one; that of a credential without contexts."""
    if not isinstance(node, Mapping):
        raise _malformed(path)
    contexts = node.get("@context")
    model = contexts[0] if isinstance(contexts, list) and contexts else around
    classes = _table()["documents"].get(model, {})
    found = [classes[name] for name in sorted(_types(node)) if name in classes]
    # A credential that is a presentation, too, would be judged as one of them and read as the other.
    if len(found) != 1:
        raise _malformed((*path, "type"))
    _object(node, found[0], path, model)


def _object(node: Any, name: str, path: Path, model: str | None) -> None:
    rules = _classes()[name]
    if not isinstance(node, Mapping) or "@value" in node:
        raise _malformed(path)
    if rules.type is not None and rules.type not in _types(node):
        raise _malformed((*path, "type"))
    if (rules.closed and node.keys() - rules.members) or (rules.one_of and not node.keys() & rules.one_of):
        raise _malformed(path)
    for member, filling in rules.members.items():
        if member in node:
            _member(node[member], filling, (*path, member), model)
        elif filling.required:
            raise _malformed((*path, member))
    for other in rules.others(_types(node)):
        _object(node, other, path, model)
    if rules.document:
        _document(node, path, model)


def _member(value: Any, filling: _Filling, path: Path, model: str | None) -> None:
    if isinstance(value, list) and filling.many:
        for index, item in enumerate(value):
            _one(item, filling, (*path, index), model)
    else:
        _one(value, filling, path, model)


def _one(value: Any, filling: _Filling, path: Path, model: str | None) -> None:
    """``value`` is of one of the kinds; objects are judged by the kind that is for objects, so that they say where."""
    for kind in filling.kinds:
        if kind in _KINDS:
            if _KINDS[kind](value):
                return
        elif kind in _table()["enumerations"]:
            if _enumerated(value, **_table()["enumerations"][kind]):
                return
        elif isinstance(value, Mapping):
            _document(value, path, model) if kind == "document" else _object(value, kind, path, model)
            return
    raise _malformed(path)


@dataclasses.dataclass(frozen=True)
class _Filling:
    kinds: tuple[str, ...]
    many: bool
    required: bool

    @classmethod
    def read(cls, line: str) -> _Filling:
        bare = line.rstrip("!").rstrip("*")
        return cls(tuple(bare.split("|")), "*" in line, line.endswith("!"))


@dataclasses.dataclass(frozen=True)
class _Class:
    members: Mapping[str, _Filling]
    type: str | None = None
    closed: bool = False
    one_of: frozenset[str] = frozenset()
    same: str | None = None
    also: Mapping[str, str] = dataclasses.field(default_factory=dict)
    document: bool = False

    def others(self, types: frozenset[str]) -> list[str]:
        """The classes that an object of these types must be of, too."""
        named = {self.also[name] for name in types if name in self.also}
        return sorted(named | ({self.same} if self.same else set()))


def _types(node: Mapping[str, Any]) -> frozenset[str]:
    value = node.get("type")
    return frozenset(name for name in (value if isinstance(value, list) else [value]) if isinstance(name, str))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_label(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, Mapping) and isinstance(value.get("@value"), str))


def _is_day(value: Any) -> bool:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _enumerated(value: Any, values: list[str], prefix: str | None = None) -> bool:
    return isinstance(value, str) and (value in values or (prefix is not None and value.startswith(prefix)))


_KINDS: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "iri": lambda value: isinstance(value, str) and is_iri(value),
    "moment": lambda value: read_moment(value) is not None,
    "day": _is_day,
    "number": _is_number,
    "boolean": lambda value: isinstance(value, bool),
    "label": _is_label,
}


def _malformed(path: Path) -> DocumentError:
    return DocumentError("malformed", "A member is missing, or has the wrong form.", field=pointer(path))


@functools.cache
def _classes() -> dict[str, _Class]:
    return {
        name: _Class(
            members={member: _Filling.read(line) for member, line in rules["members"].items()},
            type=rules.get("type"),
            closed=rules.get("closed", False),
            one_of=frozenset(rules.get("one_of", ())),
            same=rules.get("and"),
            also=rules.get("also", {}),
            document=rules.get("document", False),
        )
        for name, rules in _table()["classes"].items()
    }


@functools.cache
def _table() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("structure.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table
