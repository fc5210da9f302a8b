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
from openedx_verifiable_credentials.data import Award
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
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.races import ATTEMPTS
from openedx_verifiable_credentials.flows.steps.races import is_race
from openedx_verifiable_credentials.flows.steps.sign_and_check import sign_and_check
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Offer
from openedx_verifiable_credentials.models.credential import CredentialState


@dataclasses.dataclass(frozen=True)
class Claim:
    """One checked request for what an offer holds. ``holder`` is None where the learner downloads without a wallet."""

    offer: Offer
    wallet: WalletProfile
    holder: Holder | None
    awards: Sequence[Award]
    learner_key: Secret


def release(means: Means, claim: Claim) -> list[bytes]:
    """
    The signed credentials of the claim, in the order of its awards.

    Raises OfferError, CompositionError, SigningError, TransientError.
    """
    rows = _recorded(means, claim)
    _require_still_awarded(means, rows)
    return [_released(means, claim, row) for row in rows]


def _recorded(means: Means, claim: Claim) -> list[Credential]:
    """The offer's rows: those that are there, or new intents. Two requests at once end with one set of rows."""
    certificate_uuids = [award.certificate_uuid for award in claim.awards]
    for _ in range(ATTEMPTS):
        related = record.related_credentials(claim.offer, certificate_uuids)
        own = {row.certificate_uuid: row for row in related if row.offer_id == claim.offer.pk}
        if own:
            return [_same_holder(claim, own[certificate_uuid]) for certificate_uuid in certificate_uuids]
        rows = _intents(means, claim, related)
        try:
            record.save_intents(rows)
        except DatabaseError as error:
            if not is_race(error):
                raise
            continue
        return rows
    raise TransientError("busy", "Others are claiming this certificate just now; try again.")


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
    key = claim.offer.key
    if not key.signs:  # rotated within the offer's life
        key = keys.get_signing_key(key.issuer_id)
    return [
        record.compose_intent(
            claim.offer,
            award,
            key=key,
            wallet=claim.wallet,
            holder=claim.holder.did if claim.holder else None,
            terms=Terms(),
            slot=_slot(means, award.certificate_uuid, related),
            learner_key=claim.learner_key,
            now=now,
        )
        for award in claim.awards
    ]


def _slot(means: Means, certificate_uuid: UUID, related: Sequence[Credential]) -> int:
    try:
        return record.free_slot(certificate_uuid, related, means)
    except OfferError:
        if not record.abandon_expired([certificate_uuid], means.now()):
            raise
        live = list(Credential.objects.filter(certificate_uuid=certificate_uuid, live_key__isnull=False))
        return record.free_slot(certificate_uuid, live, means)


def _released(means: Means, claim: Claim, row: Credential) -> bytes:
    raw = keys.open_document(row, claim.learner_key)
    if row.state == CredentialState.ISSUED:
        return raw
    try:
        raw = sign_and_check(
            json.loads(raw),
            profile=get_profile(row.profile_id),
            signer=keys.open_signer(row.key, means.keks),
            created=row.created,
            means=means,
        )
    except SigningError as error:
        append_event("credential.refused", means.now(), credential=row.uuid, offer=claim.offer.uuid, code=error.code)
        raise
    if not _saved(row, raw, claim, means):
        # Found by uuid: MySQL gives no primary keys back for rows that were made in bulk.
        row = Credential.objects.get(uuid=row.uuid)
        if row.state != CredentialState.ISSUED:  # revoked while we signed: nothing leaves
            raise OfferError("credential_ended", "The credential of this offer has been revoked or replaced.")
        return keys.open_document(row, claim.learner_key)
    return raw


def _saved(row: Credential, raw: bytes, claim: Claim, means: Means) -> bool:
    for _ in range(ATTEMPTS):
        try:
            return record.save_issued(row, raw, claim.learner_key, means)
        except DatabaseError as error:
            if not is_race(error):
                raise
    raise TransientError("busy", "Others are claiming this certificate just now; try again.")
