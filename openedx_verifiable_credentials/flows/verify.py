"""
A document → a report: read it, find what is said of it elsewhere, run the named checks.

The only flow that asks the network, and only through the ports it is given. One :class:`Verifier` serves a whole batch:
each DID document and status list is had once.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.checks import dates
from openedx_verifiable_credentials.core.checks import issuer as issuers
from openedx_verifiable_credentials.core.checks import presentation
from openedx_verifiable_credentials.core.checks import tokens
from openedx_verifiable_credentials.core.checks.proofs import Expected
from openedx_verifiable_credentials.core.checks.report import Check
from openedx_verifiable_credentials.core.checks.report import Outcome
from openedx_verifiable_credentials.core.checks.report import Report
from openedx_verifiable_credentials.core.checks.report import check
from openedx_verifiable_credentials.core.checks.report import not_reached
from openedx_verifiable_credentials.core.key_history import KeyRecord
from openedx_verifiable_credentials.core.networks import NETWORKS
from openedx_verifiable_credentials.core.networks import Network
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.flows.steps.anchor_checking import AnchorChecker
from openedx_verifiable_credentials.flows.steps.finding import Finder
from openedx_verifiable_credentials.flows.steps.finding import SeenVersions
from openedx_verifiable_credentials.flows.steps.proving import Proven
from openedx_verifiable_credentials.flows.steps.proving import Prover
from openedx_verifiable_credentials.flows.steps.status_checking import StatusChecker
from openedx_verifiable_credentials.flows.steps.understanding import Understood
from openedx_verifiable_credentials.flows.steps.understanding import understand
from openedx_verifiable_credentials.ports import ChainReader
from openedx_verifiable_credentials.ports import Fetcher


@dataclasses.dataclass(frozen=True)
class VerifyMeans:
    """
    What verification works with.

    ``find_own``: the bytes of a document of ours by its address, None for any other; ``find_own_keys``: the key history
    of an issuer of ours by its DID, None for any other. ``fetcher`` None: nothing is asked of the network; ``chain``
    None: no chain is. ``networks``: those that anchors may be on, by name. ``seen``: which versions of status lists
    others have shown; shared by verifiers.
    """

    find_own: Callable[[str], bytes | None]
    find_own_keys: Callable[[str], Sequence[KeyRecord] | None]
    fetcher: Fetcher | None
    chain: ChainReader | None
    now: Callable[[], datetime.datetime]
    networks: Mapping[str, Network] = dataclasses.field(default_factory=lambda: NETWORKS)
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
        finder = Finder(means.find_own, given or {}, means.fetcher)
        self._now = means.now
        anchors = AnchorChecker(means.chain, finder, means.networks)
        self._prover = Prover(finder, means.find_own_keys, anchors, means.now)
        self._status = StatusChecker(finder, self._prover, means.seen)

    def verify(
        self, raw: bytes, *, at: datetime.datetime | None = None, expected: Expectations | None = None
    ) -> Report:
        """
        The report of a credential or presentation in any form that is known: JSON-LD, PNG, SVG, compact JWS.

        ``at``: the moment to judge for; now where it is None. A bad document is a report, never an exception.
        """
        now = self._now()
        moments = _Moments(at or now, now)
        understood = understand(raw)
        if isinstance(understood, Check):
            return not_reached(understood, moments.at)
        if presentation.is_presentation(understood.document):
            return self._presentation(understood, moments, expected or Expectations())
        return self._credential(understood, moments)

    def _credential(self, understood: Understood, moments: _Moments) -> Report:
        document, at = understood.document, moments.at
        issuer = issuers.issuer_of(document)
        proven = self._prover.prove(understood, issuer, Expected(v.ASSERTION_METHOD, at))
        status = (
            # What was not signed as it stands names an address that somebody else may have chosen.
            check("status_not_reached")
            if proven.signature.outcome is Outcome.FAILED
            else self._status.check(document, issuer, at, moments.now)
        )
        checks = (understood.schema, proven.signature, proven.issuer, status, _dates(understood, proven, at))
        return Report((*checks, check("disclosure_unknown")), at)

    def _presentation(self, understood: Understood, moments: _Moments, expected: Expectations) -> Report:
        document, at = understood.document, moments.at
        wanted = Expected(v.AUTHENTICATION, at, expected.challenge, expected.domain)
        try:
            members = presentation.read_credentials(document)
        except VerifiableCredentialsError as error:
            return not_reached(check(error.code), at)
        if "proof" in document:
            proven = self._prover.prove(understood, presentation.holder_of(document), wanted)
            signature, holder = proven.signature, presentation.of_holder(proven.issuer)
        else:
            signature, holder = presentation.unsigned(wanted)
        return Report((understood.schema, signature, holder), at, tuple(self._inside(raw, moments) for raw in members))

    def _inside(self, raw: bytes, moments: _Moments) -> Report:
        """A credential of a presentation; a presentation in a presentation is none."""
        understood = understand(raw)
        if isinstance(understood, Check):
            return not_reached(understood, moments.at)
        if presentation.is_presentation(understood.document):
            return not_reached(check("not_a_credential"), moments.at)
        return self._credential(understood, moments)


@dataclasses.dataclass(frozen=True)
class _Moments:
    """``at``: the moment that is judged for; ``now``: the moment it is."""

    at: datetime.datetime
    now: datetime.datetime


def _dates(understood: Understood, proven: Proven, at: datetime.datetime) -> Check:
    if understood.token is not None and tokens.starts_later(understood.token, at):
        return check("not_yet_valid")
    return dates.judge(understood.document, at, proven.created)
