"""
Objects that are of several types, each with a context of its own (JSON-LD 1.1 §4.1.3): all of these count, one after
the other. Documents with such an object are read by PyLD, with which we sign, too. It is slower, so they must be small.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any

from openedx_verifiable_credentials.core import contexts
from openedx_verifiable_credentials.core.canonical import to_quads
from openedx_verifiable_credentials.exceptions import CompositionError
from openedx_verifiable_credentials.exceptions import DocumentError

_MAX_CHARACTERS = 12 * 1024


def has_joint_scopes(node: Any) -> bool:
    """Whether an object in ``node`` is of two or more types that have a context of their own in a pinned one."""
    pending = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, list):
            pending += one
        elif isinstance(one, Mapping):
            types = one.get("type")
            if isinstance(types, list) and len(types) > 1 and len(_scoped().intersection(_texts(types))) > 1:
                return True
            pending += [value for name, value in one.items() if name != "@context"]
    return False


def quads_of(document: Mapping[str, Any], text: str, base: str) -> str:
    """
    The N-Quads of ``document``, which ``text`` is with its contexts written out; relative IRIs stand under ``base``.

    Raises DocumentError: ``too_large``, ``not_canonical``.
    """
    if len(json.dumps(document, ensure_ascii=False)) > _MAX_CHARACTERS:
        raise DocumentError("too_large", "A document with objects of several types like these must be smaller.")
    try:
        return to_quads(json.loads(text), base)
    except CompositionError as error:
        raise DocumentError("not_canonical", error.message) from None


def _texts(values: list[Any]) -> list[str]:
    return [value for value in values if isinstance(value, str)]


@functools.cache
def _scoped() -> frozenset[str]:
    """Every type that has a context of its own in a pinned context."""
    found = set()
    for url in contexts.known_contexts():
        parts = contexts.get_context(url)["@context"]
        for part in parts if isinstance(parts, list) else [parts]:
            if isinstance(part, Mapping):
                found |= {name for name, value in part.items() if isinstance(value, Mapping) and "@context" in value}
    return frozenset(found)
