"""The schema check: everything a document must survive before its signature is looked at."""

from __future__ import annotations

from openedx_verifiable_credentials.core.checks import contexts
from openedx_verifiable_credentials.core.checks import presentation
from openedx_verifiable_credentials.core.checks import structure
from openedx_verifiable_credentials.core.checks.report import Check
from openedx_verifiable_credentials.core.checks.report import check
from openedx_verifiable_credentials.core.covered import canonicalize_covered
from openedx_verifiable_credentials.core.suites.rdf_proof import Canonicalizer
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import DocumentError


def check_schema(document: JsonObject, canonicalize: Canonicalizer = canonicalize_covered) -> Check:
    """
    Whether ``document`` is a credential or presentation that we understand whole, its proof aside.

    Accepted contexts, the structure of its data model and of Open Badges 3.0, and no member that a signature would
    not cover. ``canonicalize`` may remember what it computes (:func:`..covered.remembering`).
    """
    try:
        structure.require_a_document(document)
        presentation.require_few(document)
        contexts.require_accepted(document)
        structure.require_structure(document)
        canonicalize({name: value for name, value in document.items() if name != "proof"})
    except DocumentError as error:
        return check(error.code, **({"at": error.field} if error.field is not None else {}))
    return check("well_formed")
