"""What the proofs of one template have in common, and the hash of their configuration."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from typing import Any

from openedx_verifiable_credentials.core import suites
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.suites import eddsa_jcs
from openedx_verifiable_credentials.core.suites.rdf_proof import ProofOptions
from openedx_verifiable_credentials.core.templates.jcs import compile_jcs
from openedx_verifiable_credentials.core.templates.rdf import compile_rdf
from openedx_verifiable_credentials.core.templates.slots import CREATED
from openedx_verifiable_credentials.core.templates.slots import Marked
from openedx_verifiable_credentials.core.templates.slots import Slot
from openedx_verifiable_credentials.core.templates.slots import SlotKind
from openedx_verifiable_credentials.core.templates.slots import mark
from openedx_verifiable_credentials.core.templates.slots import not_templatable
from openedx_verifiable_credentials.data import JsonObject

# SHA-256 of a canonical document by the values of its slots.
Digest = Callable[[list[bytes]], bytes]
_CREATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_ANY_TIME = "2026-01-01T00:00:00Z"


class Proofs:
    """
    Proofs of one suite by one key, of documents with one context.

    Raises what :func:`compile_digest` does; KeyError for a suite that is not ours.
    """

    def __init__(self, suite: str, verification_method: str, context: Any):
        self._suite = suite
        self._method = verification_method
        self._context = context
        self._digest = _digest(suite, verification_method, json.dumps(context))

    def members(self, created: str) -> JsonObject:
        """The proof as it is released, without its value."""
        return _members(self._suite, ProofOptions(self._method, created), self._context)

    def hash(self, created: str) -> bytes:
        """
        SHA-256 of the canonical proof configuration (vc-di-eddsa §3.2.5, §3.3.5).

        Raises CompositionError ``not_templatable`` where ``created`` is no XML Schema dateTime in UTC, to the second.
        """
        if not _CREATED.fullmatch(created):
            raise not_templatable("A proof is created at a moment in UTC, to the second.")
        return self._digest([created.encode("ascii")])


def _members(suite: str, options: ProofOptions, context: Any) -> JsonObject:
    if suite == v.EDDSA_JCS_2022:
        # vc-di-eddsa §3.3.1: the proof carries the context of the document.
        return {**eddsa_jcs.configure(options), "@context": context}
    return suites.configure(suite, options)


@functools.lru_cache(maxsize=32)
def _digest(suite: str, verification_method: str, context: str) -> Digest:
    """Of the proof configuration by its ``created``. Kept: most shapes have the same one."""
    members = _members(suite, ProofOptions(verification_method, _ANY_TIME), json.loads(context))
    configuration = {"@context": json.loads(context), **members}
    created = [Slot("moment", SlotKind.PLAIN, ((CREATED,),))]
    return compile_digest(suite, configuration, created, mark(configuration, created))


def compile_digest(suite: str, document: JsonObject, slots: list[Slot], marked: Marked) -> Digest:
    """
    The hash by which ``suite`` signs documents that differ from ``document`` in ``slots`` only.

    Raises CompositionError ``not_templatable``; what canonicalising raises.
    """
    if suite == v.EDDSA_JCS_2022:
        return compile_jcs(marked)
    return compile_rdf(document, slots, marked).digest
