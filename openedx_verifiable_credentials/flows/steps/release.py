"""
From a checked claim to the bytes that leave.

In this order, so that whatever dies in between loses nothing and gives nothing twice: record the intent with the exact
bytes that will be signed; sign; check; record; release. Whoever comes later with the same claim finds the row and gets
the same bytes; whoever comes with another is refused.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from uuid import UUID

from django.db import DatabaseError

from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.core.wallets import WalletProfile
from openedx_verifiable_credentials.data import Holder
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import AwardError
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.flows.steps import record
from openedx_verifiable_credentials.flows.steps.claimable import AWARDED
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.issuers import PlannedCredential
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.publishing import publish
from openedx_verifiable_credentials.flows.steps.races import ATTEMPTS
from openedx_verifiable_credentials.flows.steps.races import is_race
from openedx_verifiable_credentials.flows.steps.sign_and_check import sign_and_check
from openedx_verifiable_credentials.flows.steps.status_lists import Place
from openedx_verifiable_credentials.flows.steps.status_lists import allocate
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Offer
from openedx_verifiable_credentials.models.credential import CredentialState


@dataclasses.dataclass(frozen=True)
class Claim:
    """One checked request for what an offer holds. ``holder`` is None where the learner downloads without a wallet."""

    offer: Offer
    wallet: WalletProfile
    holder: Holder | None
    plans: Sequence[PlannedCredential]
    learner_key: Secret


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
        (row, _signed(means, claim, row, raw))
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
        related = record.related_credentials(claim.offer, certificate_uuids)
        own = {(row.certificate_uuid, row.issuer_id): row for row in related if row.offer_id == claim.offer.pk}
        if own:
            return [_same_holder(claim, own[plan.award.certificate_uuid, plan.issuer.pk]) for plan in claim.plans]
        rows = _intents(means, claim, related)
        try:
            record.save_intents(rows)
        except DatabaseError as error:
            if not is_race(error):
                raise
            _require_offer(claim.offer)
            continue
        return rows
    raise TransientError("busy", "Others are claiming this certificate just now; try again.")


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


def _intents(means: Means, claim: Claim, related: Sequence[Credential]) -> list[Credential]:
    now = means.now()
    _require_own_certificates(claim.plans)
    _require_in_use(claim)
    if claim.holder is None:
        record.require_names([plan.award for plan in claim.plans], Terms())
    signing = keys.get_signing_keys([plan.issuer for plan in claim.plans], get_profile(claim.wallet.profile_id))
    # Before a place is taken, so that a claim that is refused here takes none.
    slots = [_slot(means, plan.award.certificate_uuid, plan.issuer.pk, related) for plan in claim.plans]
    places = _places(means, claim)
    return [
        record.compose_intent(
            claim.offer,
            plan,
            key=signing[plan.issuer.pk],
            place=places[plan.issuer.pk].pop(),
            wallet=claim.wallet,
            holder=claim.holder.did if claim.holder else None,
            terms=Terms(),
            slot=slot,
            learner_key=claim.learner_key,
            now=now,
        )
        for plan, slot in zip(claim.plans, slots, strict=True)
    ]


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


def _signed(means: Means, claim: Claim, row: Credential, raw: bytes) -> bytes:
    try:
        return sign_and_check(
            json.loads(raw),
            profile=get_profile(row.profile_id),
            signer=keys.open_credential_signer(row.key, means.keks),
            created=row.created,
            means=means,
        )
    except SigningError as error:
        append_event("credential.refused", means.now(), credential=row.uuid, offer=claim.offer.uuid, code=error.code)
        raise


def _saved(signed: Sequence[tuple[Credential, bytes]], claim: Claim, means: Means) -> bool:
    for _ in range(ATTEMPTS):
        try:
            return record.save_issued(signed, claim.learner_key, means)
        except DatabaseError as error:
            if not is_race(error):
                raise
    raise TransientError("busy", "Others are claiming this certificate just now; try again.")


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
