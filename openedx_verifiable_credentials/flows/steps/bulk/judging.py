"""
Which certificates of a part get a credential now, and why others do not. Asked anew at every attempt, in a number of
queries that does not depend on how many certificates there are.
"""

from __future__ import annotations

import dataclasses
import datetime
import itertools
from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core.policies import Resolution
from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.core.subjects import written_email
from openedx_verifiable_credentials.core.wallets import DOWNLOAD
from openedx_verifiable_credentials.core.wallets import WalletProfile
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import AwardError
from openedx_verifiable_credentials.exceptions import BatchError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.flows.steps.claimable import is_retired
from openedx_verifiable_credentials.flows.steps.claimable import why_not_claimable
from openedx_verifiable_credentials.flows.steps.issuers import IssuersInUse
from openedx_verifiable_credentials.flows.steps.issuers import PlannedCredential
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.permits import Permit
from openedx_verifiable_credentials.flows.steps.permits import any_policies_now
from openedx_verifiable_credentials.flows.steps.permits import get_resolutions
from openedx_verifiable_credentials.flows.steps.permits import require_permitted
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models.credential import LIVE_STATES
from openedx_verifiable_credentials.models.credential import CredentialState
from openedx_verifiable_credentials.models.credential import EndReason

ERASED = "What was held about its learner was erased; they can still claim it themselves."
# Whoever ended the last one of these reasons did not want another from the next batch.
_NOT_AGAIN = (EndReason.HOLDER, EndReason.STAFF, EndReason.SUPERSEDED)


class Candidate(NamedTuple):
    """
    A credential to be made. ``award`` has the details that ``terms`` ask for; ``live_key``: its place among the live
    ones; ``user_id``: its learner's account.
    """

    award: Award
    terms: Terms
    plan: PlannedCredential
    published_terms: Terms
    key: IssuerKey
    live_key: str
    user_id: int


@dataclasses.dataclass(frozen=True)
class Refusal:
    """Why a certificate gets none."""

    certificate_uuid: UUID
    code: str
    sentence: str


@dataclasses.dataclass
class Judged:
    """``held``: how many certificates have theirs already."""

    candidates: list[Candidate] = dataclasses.field(default_factory=list)
    refused: list[Refusal] = dataclasses.field(default_factory=list)
    held: int = 0


class _Earlier(NamedTuple):
    """What the ledger knows of a certificate: its credentials without a wallet, of the profile, newest last."""

    is_live: bool
    issuer_id: int
    reason: str
    live_key: str | None


# Columns, in the order of the members above.
_FACTS = ("issuer_id", "end_reason", "live_key")


def bulk_wallet(profile_id: str) -> WalletProfile:
    """Whom a policy must allow: a credential of a batch is a download that nobody had to ask for."""
    return dataclasses.replace(DOWNLOAD, profile_id=profile_id)


def bulk_key(certificate_uuid: UUID, profile_id: str, number: int) -> str:
    """What keeps a credential of a batch the only live one of its award and profile."""
    return f"{certificate_uuid.hex}:{profile_id}:bulk:{number}"


def judge(means: Means, certificate_uuids: Sequence[UUID], profile_id: str) -> Judged:
    """
    What can be made of these certificates, in their order.

    Raises SigningError, OfferError where an issuer has no key for the profile, ConfigurationError.
    """
    result = Judged()
    now = means.now()
    found = means.source.get_awards(certificate_uuids)
    gone = [one for one in certificate_uuids if one not in found]
    result.refused += [_refusal(one, "unknown_certificate", "The service has no such certificate.") for one in gone]
    asked = [found[one] for one in certificate_uuids if one in found]
    claimable = [award for award in asked if not _note(result, award, _why_not(means, award, now))]
    if not claimable:
        return result
    permits = _permits(means, claimable, profile_id, result, now)
    earlier, erased = _ledger([award.certificate_uuid for award in claimable], profile_id)
    work = _Planning(means, profile_id, result, earlier, erased)
    for permit in permits:
        work.add(permit)
    return result


def _why_not(means: Means, award: Award, now: datetime.datetime) -> VerifiableCredentialsError | None:
    if award.learner.user_id is None:
        return AwardError("no_account", "The service has no account of this certificate's learner.")
    if is_retired(award, means.retired_prefix):
        return AwardError("learner_retired", "The learner has left the platform.")
    return why_not_claimable(award, now)


def _note(result: Judged, award: Award, error: VerifiableCredentialsError | None) -> bool:
    """Whether it is refused."""
    if error is not None:
        result.refused.append(_refusal(award.certificate_uuid, error.code, error.message))
    return error is not None


def _refusal(certificate_uuid: UUID, code: str, sentence: str) -> Refusal:
    return Refusal(certificate_uuid, code, sentence[:512])


def _permits(
    means: Means, awards: Sequence[Award], profile_id: str, result: Judged, now: datetime.datetime
) -> list[Permit]:
    """Of those that policies permit, with the details that are released. One resolution is asked once."""
    found = get_resolutions(means.source, awards, are_policies=any_policies_now())
    terms = {id(one): one.terms() for one in found.values()}
    wallet = bulk_wallet(profile_id)
    refusals: dict[int, VerifiableCredentialsError | None] = {}
    permitted = []
    for award in awards:
        resolution = found[award.certificate_uuid]
        permit = Permit(award, resolution, terms[id(resolution)])
        if id(resolution) not in refusals or permit.terms.validity_days is not None:
            refusals[id(resolution)] = _not_permitted(permit, wallet, now)
        if not _note(result, award, refusals[id(resolution)]):
            permitted.append(permit)
    details = frozenset(detail for permit in permitted for detail in permit.terms.details)
    if not details:
        return permitted
    completed = means.source.complete([permit.award for permit in permitted], details)
    return [Permit(award, old.resolution, old.terms) for award, old in zip(completed, permitted, strict=True)]


def _not_permitted(
    permit: Permit, wallet: WalletProfile, now: datetime.datetime
) -> VerifiableCredentialsError | None:  # fmt: skip
    try:
        require_permitted([permit], wallet, now)
    except VerifiableCredentialsError as error:
        return error
    return None


def _ledger(certificate_uuids: Sequence[UUID], profile_id: str) -> tuple[dict[UUID, list[_Earlier]], set[UUID]]:
    """Credentials without a wallet by certificate, and certificates of which something was erased."""
    rows = Credential.objects.filter(certificate_uuid__in=certificate_uuids).order_by("pk")
    earlier: dict[UUID, list[_Earlier]] = defaultdict(list)
    erased = set()
    columns = ("certificate_uuid", "profile_id", "is_bound", "erased_at", "state")
    for certificate_uuid, profile, is_bound, erased_at, state, *facts in rows.values_list(*columns, *_FACTS):
        if erased_at is not None:
            erased.add(certificate_uuid)
        # What was begun and never signed says nothing of what its learner or staff want.
        if not is_bound and profile == profile_id and state != CredentialState.ABANDONED:
            earlier[certificate_uuid].append(_Earlier(state in LIVE_STATES, *facts))
    return earlier, erased


class _Planning:
    """Permits → candidates: who signs, with which key, whether there is one already."""

    def __init__(
        self, means: Means, profile_id: str, result: Judged, earlier: Mapping[UUID, list[_Earlier]], erased: set[UUID]
    ):
        self._means, self._profile_id, self._result = means, profile_id, result
        self._earlier, self._erased = earlier, erased
        self._issuers = IssuersInUse()
        self._plans: dict[tuple[tuple[str, ...], int], list[PlannedCredential]] = {}
        self._keys: dict[int, IssuerKey] = {}
        self._published: dict[int, Terms] = {}
        self._resolutions: list[Resolution] = []

    def add(self, permit: Permit) -> None:
        award = permit.award
        try:
            self._require(permit)
            plans = self._plan(award)
        except VerifiableCredentialsError as error:
            _note(self._result, award, error)
            return
        earlier = self._earlier.get(award.certificate_uuid, ())
        missing = [plan for plan in plans if not _has(earlier, plan, len(plans))]
        if not missing:
            self._result.held += 1
            return
        live_keys = self._free_keys(award.certificate_uuid, earlier, len(missing))
        self._result.candidates += map(self._candidate, itertools.repeat(permit), missing, live_keys)

    def _free_keys(self, certificate_uuid: UUID, earlier: Sequence[_Earlier], count: int) -> list[str]:
        """Those of other issuers, which were this award's before, stay theirs."""
        taken = {one.live_key for one in earlier}
        all_keys = (bulk_key(certificate_uuid, self._profile_id, number) for number in itertools.count())
        return list(itertools.islice((key for key in all_keys if key not in taken), count))

    def _require(self, permit: Permit) -> None:
        award, terms = permit.award, permit.terms
        if award.certificate_uuid in self._erased:
            raise BatchError("erased", ERASED)
        names = (award.learner.full_name if terms.name else "", written_email(award.learner) if terms.email else "")
        if not (text.clean_line(names[0]) or names[1]):
            message = "A credential without a wallet must name its learner or their e-mail address; this one could not."
            raise BatchError("names_nobody", message)
        newest = {one.issuer_id: one for one in self._earlier.get(award.certificate_uuid, ())}
        is_live = any(one.is_live for one in newest.values())
        if not is_live and any(one.reason in _NOT_AGAIN for one in newest.values()):
            raise BatchError("ended_before", "Its last credential without a wallet was ended for good.")

    def _plan(self, award: Award) -> list[PlannedCredential]:
        place = (award.issuing_organizations, award.platform.site_id)
        plans = self._plans.get(place)
        if plans is None:
            plans = self._issuers.plan(self._means, award)
            self._keys |= keys.get_signing_keys([plan.issuer for plan in plans], get_profile(self._profile_id))
            self._plans[place] = plans
        return plans

    def _candidate(self, permit: Permit, plan: PlannedCredential, live_key: str) -> Candidate:
        award = permit.award
        assert award.learner.user_id is not None
        published = self._published.get(id(permit.resolution))
        if published is None:
            published = self._published[id(permit.resolution)] = permit.published_terms
            self._resolutions.append(permit.resolution)  # kept, so that no other gets its id
        return Candidate(
            award=award,
            terms=permit.terms,
            plan=plan,
            published_terms=published,
            key=self._keys[plan.issuer.pk],
            live_key=live_key,
            user_id=award.learner.user_id,
        )


def _has(earlier: Sequence[_Earlier], plan: PlannedCredential, plans: int) -> bool:
    """Whether a live one is there: of any issuer, unless each organisation issues for itself."""
    return any(one.is_live and (plans == 1 or one.issuer_id == plan.issuer.pk) for one in earlier)
