"""
The canonical form of proof configurations, without reading their contexts anew.

A configuration has few members, and between two proofs of one kind little changes but a date, an address and a
challenge. Its form is computed once, the full way, with marks in their places; later ones have their values put there.
Only values are taken that stand in N-Quads as they stand in JSON; of any other configuration this module knows nothing.
"""

from __future__ import annotations

import functools
import re

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.checks.coverage import is_iri
from openedx_verifiable_credentials.core.suites.rdf_proof import Canonicalizer
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import DocumentError

# Contexts, type, cryptosuite, purpose, and the names of the members that differ between proofs of a kind.
Kind = tuple[tuple[str, ...], str, str | None, str, tuple[str, ...]]

_FIXED = frozenset({"@context", "type", "cryptosuite", "proofPurpose"})
_REQUIRED = frozenset({"@context", "type", "proofPurpose"})
_MOMENT = re.compile(r"[0-9T:.Z+\-]{1,40}")
_TEXT = re.compile(r"[A-Za-z0-9 ._:/?&=%+~,;\-]{1,255}")
_DID_URL = re.compile(r"did:[A-Za-z0-9._:%#/?=&+~\-]{1,2000}")
# Each member with the form of its values and what stands for one while the form of the whole is computed.
_MARKS = {
    "created": (_MOMENT, "2001-01-01T01:01:01Z"),
    "expires": (_MOMENT, "2002-02-02T02:02:02Z"),
    "verificationMethod": (_DID_URL, "did:example:mark#mark"),
    "challenge": (_TEXT, "mark of the challenge"),
    "domain": (_TEXT, "mark of the domain"),
    "nonce": (_TEXT, "mark of the nonce"),
}


def canonical_configuration(configuration: JsonObject, canonicalize: Canonicalizer) -> str | None:
    """
    What ``canonicalize`` says of ``configuration``, from memory; None where it must be asked.

    Raises what ``canonicalize`` raises.
    """
    kind = _kind_of(configuration)
    if kind is None:
        return None
    pieces = _pieces(kind, canonicalize)
    if pieces is None:
        return None
    return "".join(configuration[piece] if piece in _MARKS else piece for piece in pieces)


def _kind_of(configuration: JsonObject) -> Kind | None:
    names = configuration.keys()
    if not names >= _REQUIRED or names - _FIXED - _MARKS.keys():
        return None
    urls, kind, suite = configuration["@context"], configuration["type"], configuration.get("cryptosuite")
    if not isinstance(urls, list) or not all(isinstance(text, str) for text in (*urls, kind)):
        return None
    if not isinstance(configuration.get("cryptosuite", ""), str):
        return None
    if configuration["proofPurpose"] not in (v.ASSERTION_METHOD, v.AUTHENTICATION):
        return None
    changing = tuple(sorted(names - _FIXED))
    if not all(_is_plain(name, configuration[name]) for name in changing):
        return None
    return tuple(urls), kind, suite, configuration["proofPurpose"], changing


def _is_plain(name: str, value: object) -> bool:
    form = _MARKS[name][0]
    return isinstance(value, str) and form.fullmatch(value) is not None and (form is not _DID_URL or is_iri(value))


@functools.lru_cache(maxsize=64)
def _pieces(kind: Kind, canonicalize: Canonicalizer) -> tuple[str, ...] | None:
    """The canonical form cut at its marks, the name of the member in the place of each; None: it cannot be cut so."""
    urls, name, suite, purpose, changing = kind
    marked: JsonObject = {"@context": list(urls), "type": name, "proofPurpose": purpose}
    marked |= {} if suite is None else {"cryptosuite": suite}
    marked |= {member: _MARKS[member][1] for member in changing}
    try:
        pieces = [canonicalize(marked)]
    except DocumentError:
        return None
    for member in changing:
        open_and_close = "<>" if member == "verificationMethod" else '""'
        cut = open_and_close[0] + _MARKS[member][1] + open_and_close[1]
        at = [index for index, piece in enumerate(pieces) if cut in piece]
        if len(at) != 1 or pieces[at[0]].count(cut) != 1:
            return None
        before, after = pieces[at[0]].split(cut)
        pieces[at[0] : at[0] + 1] = [before + open_and_close[0], member, open_and_close[1] + after]
    return tuple(pieces)
