"""
From a checked claim to the bytes that leave.

In this order, so that whatever dies in between loses nothing and gives nothing twice: record the intent with the exact
bytes that will be signed; sign; check; record; release. Whoever comes later with the same claim finds the row and gets
the same bytes; whoever comes with another is refused.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from collections.abc import Sequence
from uuid import UUID

from django.db import DatabaseError

from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.core.wallets import WalletProfile
from openedx_verifiable_credentials.data import Holder
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import AwardError
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.flows.steps import record
from openedx_verifiable_credentials.flows.steps.achievements import digest_achievement
from openedx_verifiable_credentials.flows.steps.achievements import publish_achievements
from openedx_verifiable_credentials.flows.steps.claimable import AWARDED
from openedx_verifiable_credentials.flows.steps.issuers import PlannedCredential
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.permits import Permit
from openedx_verifiable_credentials.flows.steps.permits import get_permits
from openedx_verifiable_credentials.flows.steps.permits import is_same
from openedx_verifiable_credentials.flows.steps.permits import require_permitted
from openedx_verifiable_credentials.flows.steps.publishing import publish
from openedx_verifiable_credentials.flows.steps.races import ATTEMPTS
from openedx_verifiable_credentials.flows.steps.races import is_race
from openedx_verifiable_credentials.flows.steps.races import until_settled
from openedx_verifiable_credentials.flows.steps.signing import sign_intent
from openedx_verifiable_credentials.flows.steps.status_lists import Place
from openedx_verifiable_credentials.flows.steps.status_lists import allocate
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Offer
from openedx_verifiable_credentials.models.credential import CredentialState

_BUSY = "Others are claiming this certificate just now; try again."


@dataclasses.dataclass(frozen=True)
class Claim:
    """
    One checked request for what an offer holds. ``holder`` is None where the learner downloads without a wallet;
    ``wallet`` is the one that asks, whichever the offer was made to.
    """

    offer: Offer
    wallet: WalletProfile
    holder: Holder | None
    plans: Sequence[PlannedCredential]
    learner_key: Secret
    are_policies: bool


def release(means: Means, claim: Claim) -> list[bytes]:
    """
    The signed credentials of the claim, in the order of its plans.

    Raises OfferError, CompositionError, SigningError, TransientError.
    """
    rows = _recorded(means, claim)
    _require_still_awarded(means, rows)
    documents = [keys.open_document(row, claim.learner_key) for row in rows]
    # All are signed before any is issued: a signer that fails halfway leaves intents, and supersedes nothing.
    signed = [
        (row, sign_intent(means, row, raw))
        for row, raw in zip(rows, documents, strict=True)
        if row.state == CredentialState.INTENDED
    ]
    if signed and not _saved(signed, claim, means):
        return _released_by_another(claim, rows)
    new = {row.uuid: raw for row, raw in signed}
    return [new.get(row.uuid, raw) for row, raw in zip(rows, documents, strict=True)]


def _recorded(means: Means, claim: Claim) -> list[Credential]:
    """The offer's rows: those that are there, or new intents. Two requests at once end with one set of rows."""
    certificate_uuids = [plan.award.certificate_uuid for plan in claim.plans]
    for _ in range(ATTEMPTS):
        related = record.related_credentials(certificate_uuids, claim.offer)
        own = {(row.certificate_uuid, row.issuer_id): row for row in related if row.offer_id == claim.offer.pk}
        if own:
            found = [_same_holder(claim, own[plan.award.certificate_uuid, plan.issuer.pk]) for plan in claim.plans]
            _require_same_terms(means, claim, found)
            return found
        rows = _intents(means, claim, related)
        try:
            record.save_intents(rows)
        except DatabaseError as error:
            if not is_race(error):
                raise
            _require_offer(claim.offer)
            continue
        return rows
    raise TransientError("busy", _BUSY)


def _require_offer(offer: Offer) -> None:
    """An erasure takes the offers and the key of its learner away: what is sealed with that key must not be kept."""
    if not Offer.objects.filter(pk=offer.pk).exists():
        raise OfferError("unknown_offer", "There is no such offer.")


def _require_still_awarded(means: Means, rows: Sequence[Credential]) -> None:
    """
    Asked again now that the intents can be seen: a revocation from here on finds them, one before shows here. Without
    this, one that is worked off between our first look and the intent would be lost.
    """
    statuses = means.source.statuses([row.certificate_uuid for row in rows])
    over = [row for row in rows if statuses.get(row.certificate_uuid) != AWARDED]
    if over:
        record.abandon(over, means.now())
        raise AwardError("certificate_revoked", "This certificate has been revoked.", field="credential_uuid")


def _same_holder(claim: Claim, row: Credential) -> Credential:
    if row.state not in (CredentialState.INTENDED, CredentialState.ISSUED):
        raise OfferError("credential_ended", "The credential of this offer has been revoked or replaced.")
    holder = claim.holder.did if claim.holder else None
    if row.is_bound != (holder is not None) or (holder and record.subject_of(row, claim.learner_key) != holder):
        raise OfferError("taken_by_another_holder", "This offer was already claimed by another wallet.")
    return row


def _require_same_terms(means: Means, claim: Claim, rows: Sequence[Credential]) -> None:
    """
    What was handed over is handed over again, whatever holds by now. What was not yet signed follows what holds now.
    """
    intents = [row for row in rows if row.state == CredentialState.INTENDED]
    if not intents:
        return
    permits = _permits(means, claim)
    if not all(is_same(row.terms, permits[row.certificate_uuid].terms) for row in intents):
        record.abandon(intents, means.now())
        raise OfferError("offer_expired", "The rules about this certificate have changed; make a new offer.")


def _permits(means: Means, claim: Claim) -> dict[UUID, Permit]:
    """What holds now. Raises AwardError, OfferError, CompositionError where the claim is not permitted."""
    awards = {plan.award.certificate_uuid: plan.award for plan in claim.plans}
    permits = get_permits(means.source, list(awards.values()), claim.offer.left_out, are_policies=claim.are_policies)
    require_permitted(list(permits.values()), claim.wallet, means.now())
    if claim.holder is None:
        for permit in permits.values():
            record.require_names([permit.award], permit.terms)
    return permits


def _intents(means: Means, claim: Claim, related: Sequence[Credential]) -> list[Credential]:
    now = means.now()
    _require_own_certificates(claim.plans)
    _require_in_use(claim)
    permits = _permits(means, claim)
    signing = keys.get_signing_keys([plan.issuer for plan in claim.plans], get_profile(claim.wallet.profile_id))
    # Before a place is taken, so that a claim that is refused here takes none.
    slots = [_slot(means, plan.award.certificate_uuid, plan.issuer.pk, related) for plan in claim.plans]
    _publish_what_changed(claim.plans, permits, now)
    places = _places(means, claim)
    plans = [dataclasses.replace(plan, award=permits[plan.award.certificate_uuid].award) for plan in claim.plans]
    return [
        record.compose_intent(
            plan,
            permits[plan.award.certificate_uuid].terms,
            learner_id=claim.offer.learner_id,
            learner_key=claim.learner_key,
            key=signing[plan.issuer.pk],
            place=places[plan.issuer.pk].pop(),
            wallet=claim.wallet,
            holder=claim.holder.did if claim.holder else None,
            slot=slot,
            now=now,
            offer=claim.offer,
            came_from=_came_from(plan, related),
        )
        for plan, slot in zip(plans, slots, strict=True)
    ]


def _came_from(plan: PlannedCredential, related: Sequence[Credential]) -> Credential | None:
    """What a batch had issued before the learner named a wallet, or what was issued in its place since."""
    issued = [row for row in related if row.state == CredentialState.ISSUED]
    of_batches = [row for row in issued if not row.is_bound and row.offer_id is None]
    same = [row for row in of_batches if row.certificate_uuid == plan.award.certificate_uuid]
    return next((row for row in same if row.issuer_id == plan.issuer.pk), same[0] if same else None)


def _publish_what_changed(
    plans: Sequence[PlannedCredential], permits: Mapping[UUID, Permit], now: datetime.datetime
) -> None:
    """Achievements that are no longer what the offer published."""
    pairs = [(plan, permits[plan.award.certificate_uuid].published_terms) for plan in plans]
    changed = [(plan, terms) for plan, terms in pairs if plan.achievement != digest_achievement(plan, terms)]
    publish_achievements(changed, now)


def _require_own_certificates(plans: Sequence[PlannedCredential]) -> None:
    """An organisation signs for itself only; the ledger's constraint says so once more."""
    for plan in plans:
        if plan.issuer.organization_key not in ("", plan.organization_key):
            raise SigningError("signs_for_another", f"The issuer {plan.issuer.slug} is another organisation's.")


def _require_in_use(claim: Claim) -> None:
    """Whoever was put out of use after the offer was made signs nothing new."""
    if not all(plan.issuer.is_default or plan.issuer.scope_key for plan in claim.plans):
        raise OfferError("offer_expired", "The issuer of this offer has changed; make a new one.")


def _places(means: Means, claim: Claim) -> dict[int, list[Place]]:
    """A place in a status list for each credential, by its issuer; every list can be fetched from now on."""
    places = {}
    for issuer in {plan.issuer.pk: plan.issuer for plan in claim.plans}.values():
        count = sum(plan.issuer.pk == issuer.pk for plan in claim.plans)
        places[issuer.pk] = allocate(means, issuer, claim.wallet.profile_id, count)
        for unpublished in {p.status_list.pk: p.status_list for p in places[issuer.pk] if not p.is_published}.values():
            publish(means, unpublished)
    return places


def _slot(means: Means, certificate_uuid: UUID, issuer_id: int, related: Sequence[Credential]) -> int:
    try:
        return record.free_slot(certificate_uuid, issuer_id, related, means)
    except OfferError:
        if not record.abandon_expired([certificate_uuid], means.now()):
            raise
        live = list(Credential.objects.filter(certificate_uuid=certificate_uuid, live_key__isnull=False))
        return record.free_slot(certificate_uuid, issuer_id, live, means)


def _saved(signed: Sequence[tuple[Credential, bytes]], claim: Claim, means: Means) -> bool:
    return until_settled(lambda: record.save_issued(signed, claim.learner_key, means), _BUSY)


def _released_by_another(claim: Claim, rows: Sequence[Credential]) -> list[bytes]:
    """What another request of the same claim has recorded. What was revoked while we signed does not leave."""
    # Found by uuid: MySQL gives no primary keys back for rows that were made in bulk.
    uuids = [row.uuid for row in rows]
    found = {row.uuid: row for row in Credential.objects.filter(uuid__in=uuids).select_related("key")}
    for row in found.values():
        if row.state == CredentialState.INTENDED and row.key.compromised_since is not None:
            raise keys.compromised()
        if row.state != CredentialState.ISSUED:
            raise OfferError("credential_ended", "The credential of this offer has been revoked or replaced.")
    return [keys.open_document(found[uuid], claim.learner_key) for uuid in uuids]
