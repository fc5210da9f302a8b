"""The status of a credential: its lists are found, each once, and proven like any document."""

from __future__ import annotations

import datetime

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.checks import dates
from openedx_verifiable_credentials.core.checks import issuer as issuers
from openedx_verifiable_credentials.core.checks import status
from openedx_verifiable_credentials.core.checks.proofs import Expected
from openedx_verifiable_credentials.core.checks.report import Check
from openedx_verifiable_credentials.core.checks.report import Outcome
from openedx_verifiable_credentials.core.checks.report import check
from openedx_verifiable_credentials.core.checks.status import Entry
from openedx_verifiable_credentials.core.checks.status import StatusList
from openedx_verifiable_credentials.core.moments import SKEW
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.flows.steps.finding import Finder
from openedx_verifiable_credentials.flows.steps.finding import Problem
from openedx_verifiable_credentials.flows.steps.finding import Recent
from openedx_verifiable_credentials.flows.steps.finding import SeenVersions
from openedx_verifiable_credentials.flows.steps.proving import Prover
from openedx_verifiable_credentials.flows.steps.understanding import Understood
from openedx_verifiable_credentials.flows.steps.understanding import understand

_PROBLEMS = {
    Problem.UNREACHABLE: "status_unreachable",
    Problem.TOO_LARGE: "status_list_invalid",
    Problem.REFUSED: "status_refused",
    Problem.OFFLINE: "status_offline",
}
# Why the list's own issuer could not be asked, in words about the list.
_ISSUERS = {
    "issuer_unreachable": "status_unreachable",
    "issuer_refused": "status_refused",
    "offline": "status_offline",
}
_RECENT_LISTS = 32


class StatusChecker:
    """Checks credentials, and keeps the lists it found for the next one."""

    def __init__(self, finder: Finder, prover: Prover, seen: SeenVersions):
        self._finder = finder
        self._prover = prover
        self._seen = seen
        self._lists: Recent[StatusList | JsonObject | str] = Recent(_RECENT_LISTS)

    def check(self, document: JsonObject, issuer: str, at: datetime.datetime, now: datetime.datetime) -> Check:
        """
        The check of a credential of ``issuer`` for the moment ``at``.

        A list says what is so now, whatever moment the credential is judged for; one that the caller brought says what
        was so then.
        """
        try:
            entries = status.read_entries(document)
        except VerifiableCredentialsError as error:
            return check(error.code)
        found = []
        for entry in entries:
            if entry is None:
                found.append(check("unsupported_status"))
                continue
            moment = at if self._finder.is_given(entry.url) else max(at, now)
            found.append(self._judge(entry, document.get("id"), issuer, moment))
        return status.conclude(found)

    def _judge(self, entry: Entry, credential_id: object, issuer: str, moment: datetime.datetime) -> Check:
        name = f"{entry.is_1edtech} {entry.url}"
        found = self._lists.get(name, lambda: self._find(entry, moment))
        if isinstance(found, str):
            return check(found, statusListCredential=entry.url)
        if isinstance(found, StatusList):
            return status.judge_entry(entry, issuer, found, moment)
        return status.judge_1edtech(found, credential_id, issuer, entry.url)

    def _find(self, entry: Entry, moment: datetime.datetime) -> StatusList | JsonObject | str:
        """The list that ``entry`` names, or the code that says why it does not count."""
        raw = self._finder.find(entry.url, status.MAX_LIST_BYTES)
        if isinstance(raw, Problem):
            return _PROBLEMS[raw]
        try:
            if entry.is_1edtech:
                return json_text.read_object(raw, max_bytes=status.MAX_LIST_BYTES)
            understood = understand(raw, max_bytes=status.MAX_LIST_BYTES)
            if isinstance(understood, Check):
                return "status_list_invalid"
            return self._read(understood, entry.url, moment)
        except VerifiableCredentialsError:
            return "status_list_invalid"

    def _read(self, understood: Understood, url: str, moment: datetime.datetime) -> StatusList | str:
        document = understood.document
        issuer = issuers.issuer_of(document)
        proven = self._prover.prove(understood, issuer, Expected(v.ASSERTION_METHOD, moment))
        if proven.signature.outcome is not Outcome.PASSED or proven.issuer.outcome is not Outcome.PASSED:
            return _ISSUERS.get(proven.issuer.code, "status_list_invalid")
        found = status.read_list(document, issuer)
        version = dates.valid_from(document)
        if version is None or version - moment > SKEW or self._finder.is_given(url):
            return found
        # Of this issuer: what another one serves at the address makes nothing of theirs old.
        return "status_list_stale" if self._seen.is_older(f"{issuer} {url}", version) else found
