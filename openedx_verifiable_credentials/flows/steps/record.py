"""The ledger: the intent before the key is used, the signed bytes after."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import lint
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.core.wallets import WalletProfile
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import CompositionError
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.keys import open_document
from openedx_verifiable_credentials.flows.steps.keys import seal_document
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import Offer
from openedx_verifiable_credentials.models.credential import LIVE_STATES
from openedx_verifiable_credentials.models.credential import CredentialState


def related_credentials(offer: Offer, certificate_uuids: Sequence[UUID]) -> list[Credential]:
    """The offer's own credentials and every live one of its certificates, with one query."""
    rows = Credential.objects.filter(
        Q(offer=offer) | Q(certificate_uuid__in=certificate_uuids, live_key__isnull=False)
    ).select_related("offer")
    return list(rows)


def compose_intent(
    offer: Offer, award: Award, *, key: IssuerKey, wallet: WalletProfile, holder: str | None, terms: Terms, slot: int,
    learner_key: Secret, now: datetime.datetime,
) -> Credential:  # fmt: skip
    """A row that is not saved yet, with the unsigned document inside. Raises CompositionError."""
    credential_uuid = uuid.uuid4()
    profile = get_profile(wallet.profile_id)
    document = open_badges.compose(
        award,
        terms,
        profile=profile,
        issuer=key.issuer.profile,
        credential_id=credential_uuid.urn,
        subject_id=holder or uuid.uuid4().urn,
    )
    if holder is None and "identifier" not in document["credentialSubject"]:
        raise CompositionError("names_nobody", "A credential without a wallet must name you; your account has no name.")
    lint.require_signable(document, profile, now)
    return Credential(
        uuid=credential_uuid,
        certificate_uuid=award.certificate_uuid,
        learner_id=offer.learner_id,
        issuer=key.issuer,
        key=key,
        offer=offer,
        profile_id=profile.id,
        wallet_id=wallet.id,
        is_bound=holder is not None,
        kind=award.kind.value,
        achievement_key=award.achievement_key,
        organization_key=award.organizations[0].key if award.organizations else "",
        site_id=award.platform.site_id,
        terms=terms.as_json(),
        state=CredentialState.INTENDED,
        live_key=f"{award.certificate_uuid.hex}:{slot}",
        sealed_document=seal_document(json_text.write(document), learner_key, credential_uuid),
        created=now,
    )


def free_slot(certificate_uuid: UUID, live: Sequence[Credential], means: Means) -> int:
    """
    A place among the live credentials of a certificate. Raises OfferError ``too_many_credentials``.

    Where a new one supersedes, the issued ones are about to end: they take no place from it.
    """
    own = [row for row in live if row.certificate_uuid == certificate_uuid and row.state in LIVE_STATES]
    ending = [row for row in own if means.supersede and row.state == CredentialState.ISSUED]
    taken = {row.live_key for row in own}
    for slot in range(means.max_live + len(ending)):
        if f"{certificate_uuid.hex}:{slot}" not in taken:
            return slot
    raise OfferError(
        "too_many_credentials", f"This certificate has {means.max_live} live credentials, which is the limit here."
    )


def abandon_expired(certificate_uuids: Sequence[UUID], now: datetime.datetime) -> int:
    """End intents whose offer is over: nothing was released for them, nothing can be any more."""
    stale = Credential.objects.filter(
        certificate_uuid__in=certificate_uuids, state=CredentialState.INTENDED, offer__expires_at__lt=now
    )
    return abandon(list(stale), now)


def abandon(rows: Sequence[Credential], now: datetime.datetime) -> int:
    """End intents that will not be signed."""
    return Credential.objects.filter(uuid__in=[row.uuid for row in rows], state=CredentialState.INTENDED).update(
        state=CredentialState.ABANDONED, live_key=None, ended_at=now
    )


@transaction.atomic(durable=True)
def save_intents(rows: Sequence[Credential]) -> None:
    """
    Durable before the key is used. Raises IntegrityError where another request was faster: its rows stand.
    """
    Credential.objects.bulk_create(rows)


@transaction.atomic(durable=True)
def save_issued(credential: Credential, raw: bytes, learner_key: Secret, means: Means) -> bool:
    """
    The signed bytes, and the event. False where the row is no intent any more: another request has recorded the same
    bytes, or the credential ended meanwhile.
    """
    now = means.now()
    issued = Credential.objects.filter(uuid=credential.uuid, state=CredentialState.INTENDED).update(
        state=CredentialState.ISSUED,
        sealed_document=seal_document(raw, learner_key, credential.uuid),
        issued_at=now,
    )
    if issued:
        if means.supersede:
            _supersede_others(credential, now)
        append_event(
            "credential.issued",
            now,
            credential=credential.uuid,
            certificate=credential.certificate_uuid,
            offer=credential.offer.uuid if credential.offer else None,
            issuer=credential.issuer.did,
            profile=credential.profile_id,
        )
    return bool(issued)


def subject_of(credential: Credential, learner_key: Secret) -> str:
    """The subject's id, as sealed."""
    subject: str = json.loads(open_document(credential, learner_key))["credentialSubject"]["id"]
    return subject


def _supersede_others(credential: Credential, now: datetime.datetime) -> None:
    issued = Credential.objects.filter(certificate_uuid=credential.certificate_uuid, state=CredentialState.ISSUED)
    # Locked: of two that supersede at once, a plain read would show neither the other's row.
    for other in issued.exclude(uuid=credential.uuid).select_for_update():
        ended = Credential.objects.filter(uuid=other.uuid, state=CredentialState.ISSUED).update(
            state=CredentialState.SUPERSEDED, live_key=None, ended_at=now
        )
        if ended:
            append_event("credential.superseded", now, credential=other.uuid, by=credential.uuid)
