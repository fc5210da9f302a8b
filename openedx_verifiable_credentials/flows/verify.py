"""
A document → a report: read it, find what is said of it elsewhere, run the named checks.

The only flow that asks the network, and only through the port it is given. One :class:`Verifier` serves a whole batch:
each DID document and status list is had once.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence

from openedx_verifiable_credentials.core import did_documents
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.checks import dates
from openedx_verifiable_credentials.core.checks import issuer as issuers
from openedx_verifiable_credentials.core.checks import proofs
from openedx_verifiable_credentials.core.checks import status
from openedx_verifiable_credentials.core.checks.issuer import Finding
from openedx_verifiable_credentials.core.checks.proofs import Expected
from openedx_verifiable_credentials.core.checks.proofs import Proof
from openedx_verifiable_credentials.core.checks.report import Check
from openedx_verifiable_credentials.core.checks.report import Outcome
from openedx_verifiable_credentials.core.checks.report import Report
from openedx_verifiable_credentials.core.checks.report import check
from openedx_verifiable_credentials.core.checks.status import StatusList
from openedx_verifiable_credentials.core.did_documents import DidDocument
from openedx_verifiable_credentials.core.key_history import KeyRecord
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.flows.steps.finding import Finder
from openedx_verifiable_credentials.flows.steps.finding import Problem
from openedx_verifiable_credentials.flows.steps.finding import Recent
from openedx_verifiable_credentials.flows.steps.finding import SeenVersions
from openedx_verifiable_credentials.flows.steps.understanding import Understood
from openedx_verifiable_credentials.flows.steps.understanding import understand
from openedx_verifiable_credentials.ports import ChainReader
from openedx_verifiable_credentials.ports import Fetcher

_ISSUER_PROBLEMS = {
    Problem.UNREACHABLE: "issuer_unreachable",
    Problem.TOO_LARGE: "issuer_unreachable",
    Problem.REFUSED: "issuer_refused",
    Problem.OFFLINE: "offline",
}
_STATUS_PROBLEMS = {
    Problem.UNREACHABLE: "status_unreachable",
    Problem.TOO_LARGE: "status_list_invalid",
    Problem.REFUSED: "status_refused",
    Problem.OFFLINE: "status_offline",
}
_RECENT_DIDS = 1024
_RECENT_LISTS = 32


@dataclasses.dataclass(frozen=True)
class VerifyMeans:
    """
    What verification works with.

    ``find_own``: the bytes of a document of ours by its address, None for any other; ``find_own_keys``: the key history
    of an issuer of ours by its DID, None for any other. ``fetcher`` None: nothing is asked of the network. ``seen``:
    which versions of status lists others have shown; shared by verifiers.
    """

    find_own: Callable[[str], bytes | None]
    find_own_keys: Callable[[str], Sequence[KeyRecord] | None]
    fetcher: Fetcher | None
    chain: ChainReader | None
    now: Callable[[], datetime.datetime]
    seen: SeenVersions = dataclasses.field(default_factory=SeenVersions)


@dataclasses.dataclass(frozen=True)
class Expectations:
    """Of a presentation: what its proof must have been made for; None: anything."""

    challenge: str | None = None
    domain: str | None = None


class Verifier:
    """
    Judges documents, one after the other, and keeps what it fetched for the next one.

    ``given``: documents that the caller has already, by their address: nothing is asked for those.
    """

    def __init__(self, means: VerifyMeans, given: Mapping[str, bytes] | None = None):
        self._means = means
        self._finder = Finder(means.find_own, given or {}, means.fetcher)
        self._dids: Recent[DidDocument | str] = Recent(_RECENT_DIDS)
        self._histories: Recent[Sequence[KeyRecord] | None] = Recent(_RECENT_DIDS)
        self._lists: Recent[StatusList | JsonObject | str] = Recent(_RECENT_LISTS)

    def verify(
        self, raw: bytes, *, at: datetime.datetime | None = None, expected: Expectations | None = None
    ) -> Report:
        """
        The report of a credential or presentation in any form that is known: JSON-LD, PNG, SVG, compact JWS.

        ``at``: the moment to judge for; now where it is None. A bad document is a report, never an exception.
        """
        now = self._means.now()
        return self._report(understand(raw), at or now, now)

    def _report(self, understood: Understood, at: datetime.datetime, now: datetime.datetime) -> Report:
        document = understood.document
        if document is None:
            return Report((understood.schema, *_not_reached()), at)
        proven = self._prove(document, Expected(v.ASSERTION_METHOD, at), now)
        checks = [
            understood.schema,
            proven.signature,
            proven.issuer,
            self._status(document, proven, at, now),
            dates.judge(document, at, proven.created),
            check("disclosure_unknown"),
        ]
        return Report(tuple(checks), at)

    # --- Signature and issuer

    def _prove(self, document: JsonObject, expected: Expected, now: datetime.datetime) -> _Proven:
        issuer = _issuer_of(document)
        try:
            found = proofs.read_proofs(document)
        except VerifiableCredentialsError as error:
            return _Proven(check(error.code), check("issuer_not_reached"), issuer)
        findings = {proof.number: self._look_up(proof, now) for proof in found if proof.suite is not None}
        results = proofs.judge(
            document,
            found,
            find_key=lambda proof: findings[proof.number].public_key,
            expected=expected,
            canonicalize=canonicalize,
        )
        known = [(result, findings[result.proof.number]) for result in results if result.proof.number in findings]
        return _Proven(
            signature=proofs.conclude(results),
            issuer=issuers.judge(issuer, known),
            issuer_id=issuer,
            created=[proof.created for proof in found if proof.created is not None],
        )

    def _look_up(self, proof: Proof, now: datetime.datetime) -> Finding:
        did = issuers.controller_of(proof.method)
        document = self._dids.get(did, lambda: self._resolve(did))
        records = self._histories.get(did, lambda: self._means.find_own_keys(did))
        return issuers.look_up(proof, document, records=records, now=now)

    def _resolve(self, did: str) -> DidDocument | str:
        """The DID document, or the code that says why there is none."""
        try:
            if did.startswith("did:key:"):
                return did_documents.of_key(did)
            url = did_documents.address_of(did)
        except (ValueError, VerifiableCredentialsError):
            return "unsupported_issuer"
        raw = self._finder.find(url, did_documents.MAX_BYTES)
        if isinstance(raw, Problem):
            return _ISSUER_PROBLEMS[raw]
        try:
            return did_documents.read(raw, did)
        except VerifiableCredentialsError as error:
            return error.code

    # --- Status

    def _status(
        self, document: JsonObject, proven: _Proven, at: datetime.datetime, now: datetime.datetime
    ) -> Check:  # fmt: skip
        if proven.signature.outcome is Outcome.FAILED:
            return check("status_not_reached")
        try:
            entries = status.read_entries(document)
        except VerifiableCredentialsError as error:
            return check(error.code)
        return status.conclude([self._entry(entry, document, proven.issuer_id, at, now) for entry in entries])

    def _entry(
        self, entry: status.Entry | None, document: JsonObject, issuer: str, at: datetime.datetime,
        now: datetime.datetime,
    ) -> Check:  # fmt: skip
        if entry is None:
            return check("unsupported_status")
        # A list says what is so now, whenever the document is judged for; a given one says what was so then.
        moment = at if self._finder.is_given(entry.url) else max(at, now)
        found = self._lists.get(f"{entry.kind} {moment} {entry.url}", lambda: self._find_list(entry, moment, now))
        if isinstance(found, str):
            return check(found, statusListCredential=entry.url)
        if isinstance(found, StatusList):
            return status.judge_entry(entry, issuer, found)
        return status.judge_1edtech(found, document.get("id"), issuer, entry.url)

    def _find_list(
        self, entry: status.Entry, moment: datetime.datetime, now: datetime.datetime
    ) -> StatusList | JsonObject | str:
        """The list that ``entry`` names, or the code that says why it does not count."""
        raw = self._finder.find(entry.url, status.MAX_LIST_BYTES)
        if isinstance(raw, Problem):
            return _STATUS_PROBLEMS[raw]
        try:
            document = json_text.read_object(raw, max_bytes=status.MAX_LIST_BYTES)
            if entry.is_1edtech:
                return document
            proven = self._prove(document, Expected(v.ASSERTION_METHOD, moment), now)
            if proven.signature.outcome is not Outcome.PASSED or proven.issuer.outcome is not Outcome.PASSED:
                return "status_list_invalid"
            found = status.read_list(document, proven.issuer_id, moment)
        except VerifiableCredentialsError as error:
            return error.code if error.code == "status_list_stale" else "status_list_invalid"
        version = dates.valid_from(document)
        is_live = not self._finder.is_given(entry.url)
        if is_live and version is not None and self._means.seen.is_older(entry.url, version):
            return "status_list_stale"
        return found


@dataclasses.dataclass(frozen=True)
class _Proven:
    """``issuer_id``: whose the document says it is, "" where it does not say."""

    signature: Check
    issuer: Check
    issuer_id: str
    created: Sequence[datetime.datetime] = ()


def _issuer_of(document: JsonObject) -> str:
    issuer = document.get("issuer")
    issuer = issuer.get("id") if isinstance(issuer, dict) else issuer
    return issuer if isinstance(issuer, str) else ""


def _not_reached() -> tuple[Check, ...]:
    codes = ("not_reached", "issuer_not_reached", "status_not_reached", "dates_not_reached", "disclosure_unknown")
    return tuple(check(code) for code in codes)
