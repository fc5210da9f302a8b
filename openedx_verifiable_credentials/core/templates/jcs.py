"""The hash of a document's canonical JSON (RFC 8785), for ``eddsa-jcs-2022``. One shape has one order of members."""

from __future__ import annotations

from openedx_verifiable_credentials.core.suites import eddsa_jcs
from openedx_verifiable_credentials.core.templates import holes
from openedx_verifiable_credentials.core.templates.slots import Marked


def compile_jcs(marked: Marked) -> holes.Fill:
    """
    SHA-256 of canonical JSON by the values of the slots, escaped as inside a string.

    Raises CompositionError ``not_canonical``.
    """
    canonical = eddsa_jcs.canonicalize(marked.document)
    return holes.hasher(*holes.merge(holes.split(canonical, marked.marks)))
