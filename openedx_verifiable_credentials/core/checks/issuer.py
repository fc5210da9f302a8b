"""
The issuer check: whether the key that signed is the issuer's, for this purpose, and still to be believed (Data
Integrity §4.4; CID 1.0 §3.3).

A DID document says what is so now: CID 1.0 §2.2 lets nobody conclude from a date inside a proof, which whoever held the
key could choose. A key that is revoked is not believed, whatever the date. Of issuers of ours we keep a history, and so
know which keys were retired, and since when.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Collection
from collections.abc import Sequence

from openedx_verifiable_credentials.core import key_history
from openedx_verifiable_credentials.core import public_keys
from openedx_verifiable_credentials.core.checks import anchors
from openedx_verifiable_credentials.core.checks.proof_sets import Proof
from openedx_verifiable_credentials.core.checks.proofs import VALID
from openedx_verifiable_credentials.core.checks.proofs import ProofResult
from openedx_verifiable_credentials.core.checks.report import Check
from openedx_verifiable_credentials.core.checks.report import Outcome
from openedx_verifiable_credentials.core.checks.report import check
from openedx_verifiable_credentials.core.checks.report import codes
from openedx_verifiable_credentials.core.did_documents import DidDocument
from openedx_verifiable_credentials.core.key_history import KeyRecord
from openedx_verifiable_credentials.core.key_history import KeyState
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.core.public_keys import PublicKey
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

CONFIRMED = "issuer_confirmed"
# Of several proofs by the issuer, the best is believed.
_BEST_FIRST = (Outcome.PASSED, Outcome.WARNING, Outcome.NOT_CHECKED, Outcome.FAILED)


@dataclasses.dataclass(frozen=True)
class Finding:
    """
    What is known of the key that a proof names. ``code``: what the issuer check says of it, where its controller is the
    issuer; ``public_key`` None: the key could not be had.
    """

    controller: str
    code: str
    public_key: PublicKey | None = None
    since: datetime.datetime | None = None


def look_up(
    proof: Proof, document: DidDocument | str, *, records: Sequence[KeyRecord] | None, now: datetime.datetime
) -> Finding:
    """
    The key that ``proof`` names, as it is at the moment ``now``. ``document``: that of its DID, or the code that says
    why it could not be had; ``records``: the history of the DID's keys, None where there is none.
    """
    did = controller_of(proof.method)
    if isinstance(document, str):
        return Finding(did, document, _key_in_fragment(proof.method))
    method = document.find(proof.method)
    if method is None:
        return Finding(did, "method_not_listed")
    key = method.public_key
    if method.revoked is not None and method.revoked <= now:
        return Finding(did, "key_revoked", key, since=method.revoked)
    if method.controller != did:
        return Finding(did, "not_the_issuers_key", key)
    if not document.lists(method.id, proof.purpose):
        return Finding(did, "method_not_listed", key)
    if method.expires is not None and method.expires <= now:
        return Finding(did, "key_expired", key, since=method.expires)
    if key is not None and key.multibase is not None and records is not None:
        return _by_history(did, key, records, proof.created or now)
    return Finding(did, CONFIRMED, key)


def look_up_anchor(proof: Proof, document: DidDocument, at: datetime.datetime) -> Finding:
    """
    The key of a proof whose anchor is in a block of the moment ``at``: nobody chooses that moment afterwards, so the
    key counts as it was then. Where the issuer's profile dates its keys, one that ended since may be listed for nothing
    any more, and what it anchored before stays.
    """
    found = look_up(proof, document, records=None, now=at)
    is_dated = bool(document.profile) and document.find(proof.method) is not None
    return dataclasses.replace(found, code=CONFIRMED) if found.code == "method_not_listed" and is_dated else found


def judge(issuer: str, results: Sequence[tuple[ProofResult, Finding]], unknown: Collection[str] = ()) -> Check:
    """
    The check, of a document that says it is ``issuer``'s. What is valid decides; where nothing is, what is anchored on
    a test network; where nothing is either, what was looked at.

    ``results`` has the proofs of suites that are known; ``unknown``: the methods that other proofs name.
    """
    valid = [pair for pair in results if pair[0].code == VALID]
    valid = valid or [pair for pair in results if pair[0].code == anchors.ON_TEST_NETWORK] or list(results)
    theirs = [finding for _, finding in valid if finding.controller == issuer]
    if not valid or (not theirs and issuer in map(controller_of, unknown)):
        return check("issuer_not_reached", issuer=issuer)
    if not theirs:
        if not issuer.startswith("did:"):
            return check("unsupported_issuer", issuer=issuer)
        return check("not_the_issuers_key", issuer=issuer, controllers=[finding.controller for _, finding in valid])
    best = min(theirs, key=lambda finding: _BEST_FIRST.index(Outcome(codes()[finding.code]["outcome"])))
    detail: JsonObject = {"issuer": issuer}
    if best.public_key is not None and best.public_key.multibase is not None:
        detail["publicKeyMultibase"] = best.public_key.multibase
    if best.since is not None:
        detail["since"] = timestamp(best.since)
    return check(best.code, **detail)


def issuer_of(document: JsonObject) -> str:
    """Whose the document says it is; "" where it does not say."""
    issuer = document.get("issuer")
    issuer = issuer.get("id") if isinstance(issuer, dict) else issuer
    return issuer if isinstance(issuer, str) else ""


def controller_of(method: str) -> str:
    """The DID, or other address, of which ``method`` is a fragment."""
    return method.partition("#")[0]


def _key_in_fragment(method: str) -> PublicKey | None:
    """
    Some issuers are named by a web address and put their key into its fragment: what it signed can be checked, whose it
    is cannot.
    """
    address, _, fragment = method.partition("#")
    try:
        if address.startswith("did:"):
            return None
        return public_keys.from_multibase(fragment)
    except VerifiableCredentialsError:
        return None


def _by_history(did: str, key: PublicKey, records: Sequence[KeyRecord], created: datetime.datetime) -> Finding:
    # The date in a proof is as good as its key: one that leaked may have made any date.
    leaked = [record.compromised_since for record in records if record.public_key_multibase == key.multibase]
    since = min((moment for moment in leaked if moment is not None), default=None)
    if since is not None:
        return Finding(did, "key_revoked", key, since=since)
    assert key.multibase is not None
    state = key_history.state_at(records, key.multibase, created)
    if state is KeyState.RETIRED:
        return Finding(did, "signed_after_retirement", key)
    return Finding(did, CONFIRMED if state is KeyState.GOOD else "method_not_listed", key)
