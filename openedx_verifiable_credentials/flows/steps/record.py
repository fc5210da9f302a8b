"""The ledger: the intent before the key is used, the signed bytes after."""

from __future__ import annotations

import datetime
import json
import secrets
import uuid
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists
from django.db.models import OuterRef
from django.db.models import Q

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import lint
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.core.wallets import WalletProfile
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import CompositionError
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.flows.steps import leaves
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.events import append_events
from openedx_verifiable_credentials.flows.steps.issuers import PlannedCredential
from openedx_verifiable_credentials.flows.steps.keys import open_document
from openedx_verifiable_credentials.flows.steps.keys import seal_document
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.status_lists import Place
from openedx_verifiable_credentials.flows.steps.status_lists import mark_revoked
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import Offer
from openedx_verifiable_credentials.models.credential import LIVE_STATES
from openedx_verifiable_credentials.models.credential import CredentialState
from openedx_verifiable_credentials.models.credential import EndReason

# Much more than any signer takes.
_SALT_BYTES = 16
_REISSUE_TIME = datetime.timedelta(hours=1)


def related_credentials(certificate_uuids: Sequence[UUID], offer: Offer | None = None) -> list[Credential]:
    """Every live credential of these certificates and all of the offer's own, with one query."""
    wanted = Q(certificate_uuid__in=certificate_uuids, live_key__isnull=False)
    if offer is not None:
        wanted |= Q(offer=offer)
    return list(Credential.objects.filter(wanted).select_related("offer"))


def compose_intent(
    plan: PlannedCredential, terms: Terms, *, learner_id: int, learner_key: Secret, key: IssuerKey, place: Place,
    wallet: WalletProfile, holder: str | None, slot: int, now: datetime.datetime, offer: Offer | None = None,
    replaces: Credential | None = None, came_from: Credential | None = None,
) -> Credential:  # fmt: skip
    """
    A row that is not saved yet, with the unsigned document inside. ``plan`` has the details that ``terms`` ask for.

    Raises CompositionError.
    """
    credential_uuid = uuid.uuid4()
    award = plan.award
    profile = get_profile(wallet.profile_id)
    document = open_badges.compose(
        award,
        terms,
        profile=profile,
        issuer=key.issuer.profile,
        credential_id=credential_uuid.urn,
        subject_id=holder or uuid.uuid4().urn,
        status=place.entries(key.issuer),
        salt=secrets.token_hex(_SALT_BYTES),
    )
    lint.require_signable(document, profile, now)
    return Credential(
        uuid=credential_uuid,
        certificate_uuid=award.certificate_uuid,
        learner_id=learner_id,
        issuer=key.issuer,
        key=key,
        offer=offer,
        replaces=replaces,
        came_from=came_from,
        profile_id=profile.id,
        wallet_id=wallet.id,
        is_bound=holder is not None,
        kind=award.kind.value,
        achievement_key=award.achievement_key,
        organization_key=plan.organization_key,
        issuer_organization=key.issuer.organization_key,
        site_id=award.platform.site_id,
        terms=terms.as_json(),
        state=CredentialState.INTENDED,
        live_key=live_key(award.certificate_uuid, key.issuer_id, slot),
        status_list=place.status_list,
        status_index=place.index,
        sealed_document=seal_document(json_text.write(document), learner_key, credential_uuid),
        created=now,
    )


def require_names(awards: Sequence[Award], terms: Terms) -> None:
    """Raises CompositionError ``names_nobody`` where a credential without a wallet would be anybody's."""
    for learner in (award.learner for award in awards):
        names = (learner.full_name if terms.name else "", learner.email if terms.email else "")
        if not any(map(text.clean_line, names)):
            message = "Without a wallet a credential must name you or your e-mail address; this one would do neither."
            raise CompositionError("names_nobody", message, field="storage_id")


def free_slot(certificate_uuid: UUID, issuer_id: int, live: Sequence[Credential], means: Means) -> int:
    """
    A place among an issuer's live credentials of a certificate. Raises OfferError ``too_many_credentials``.

    Where a new one supersedes, the issued ones are about to end: they take no place from it.
    """
    own = [
        row
        for row in live
        if (row.certificate_uuid, row.issuer_id) == (certificate_uuid, issuer_id) and row.state in LIVE_STATES
    ]
    ending = [row for row in own if means.supersede and row.state == CredentialState.ISSUED]
    taken = {row.live_key for row in own}
    for slot in range(means.max_live + len(ending)):
        if live_key(certificate_uuid, issuer_id, slot) not in taken:
            return slot
    raise OfferError(
        "too_many_credentials", f"This certificate has {means.max_live} live credentials, which is the limit here."
    )


def live_key(certificate_uuid: UUID, issuer_id: int, slot: int) -> str:
    """What keeps a place among an issuer's live credentials of a certificate."""
    return f"{certificate_uuid.hex}:{issuer_id}:{slot}"


def is_over(now: datetime.datetime) -> Q:
    """
    Intents whose offer has expired, or went with an erasure. A re-issue has no offer; long after it must be done, it
    died.
    """
    died = Q(replaces__isnull=False, created__lt=now - _REISSUE_TIME)
    return Q(offer__isnull=True, replaces__isnull=True) | Q(offer__expires_at__lt=now) | died


def abandon_expired(certificate_uuids: Sequence[UUID], now: datetime.datetime) -> int:
    """End intents whose offer is over: nothing was released for them, nothing can be any more."""
    stale = Credential.objects.filter(
        is_over(now), certificate_uuid__in=certificate_uuids, state=CredentialState.INTENDED
    )
    return abandon(list(stale), now)


def abandon(rows: Sequence[Credential], now: datetime.datetime) -> int:
    """End intents that will not be signed."""
    return Credential.objects.filter(uuid__in=[row.uuid for row in rows], state=CredentialState.INTENDED).update(
        state=CredentialState.ABANDONED, live_key=None, ended_at=now, end_reason=EndReason.NEVER_SIGNED
    )


@transaction.atomic(durable=True)
def save_intents(rows: Sequence[Credential]) -> None:
    """
    Durable before the key is used. Raises IntegrityError where another request was faster: its rows stand.
    """
    Credential.objects.bulk_create(rows)


class _NotAnIntentError(Exception):
    """Takes back what a transaction has done so far."""


def save_issued(signed: Sequence[tuple[Credential, bytes]], learner_key: Secret, means: Means) -> bool:
    """
    The signed bytes of a claim's credentials, their leaves, and the events: all, or none. False where one of them is no
    intent any more (another request has recorded the same bytes, or it ended meanwhile), or its key was compromised
    meanwhile.
    """
    # Before anything is locked: it takes milliseconds.
    to_anchor = [(credential.uuid, leaves.leaf_for(means, credential, raw)) for credential, raw in signed]
    try:
        with transaction.atomic(durable=True):
            now = means.now()
            _save_issued(signed, learner_key, means, now)
            leaves.write([(one, leaf) for one, leaf in to_anchor if leaf is not None], now)
    except _NotAnIntentError:
        return False
    return True


def _save_issued(
    signed: Sequence[tuple[Credential, bytes]], learner_key: Secret, means: Means, now: datetime.datetime
) -> None:  # fmt: skip
    for credential, raw in signed:
        if not mark_issued(credential, raw, learner_key, now):
            raise _NotAnIntentError
    if means.supersede:
        _supersede_others([credential for credential, _ in signed], now)
    append_issued([credential for credential, _ in signed], now)


def mark_issued(
    credential: Credential, raw: bytes, learner_key: Secret, now: datetime.datetime, **changes: Any
) -> bool:
    """
    The intent is issued, with its signed bytes. False where it is no intent any more, or its key was compromised
    meanwhile: then nothing is written.
    """
    good_key = Exists(IssuerKey.objects.filter(pk=OuterRef("key"), compromised_since__isnull=True))
    intents = Credential.objects.filter(good_key, uuid=credential.uuid, state=CredentialState.INTENDED)
    sealed = seal_document(raw, learner_key, credential.uuid)
    return bool(intents.update(state=CredentialState.ISSUED, sealed_document=sealed, issued_at=now, **changes))


def append_issued(credentials: Sequence[Credential], now: datetime.datetime) -> None:
    """The events of what was issued, with one statement."""
    append_events(
        "credential.issued",
        now,
        (
            {
                "credential": credential.uuid,
                "certificate": credential.certificate_uuid,
                "offer": credential.offer.uuid if credential.offer else None,
                "issuer": credential.issuer.did,
                "profile": credential.profile_id,
            }
            for credential in credentials
        ),
    )


def subject_of(credential: Credential, learner_key: Secret) -> str:
    """The subject's id, as sealed."""
    subject: str = json.loads(open_document(credential, learner_key))["credentialSubject"]["id"]
    return subject


def _supersede_others(new: Sequence[Credential], now: datetime.datetime) -> None:
    """
    Whatever else was issued for these certificates, by whichever issuer. What one claim makes stands together: each
    organisation's credential of a joint program.
    """
    by_certificate = {credential.certificate_uuid: credential for credential in new}
    others = Credential.objects.filter(certificate_uuid__in=by_certificate, state=CredentialState.ISSUED)
    ended = []
    # Locked: of two that supersede at once, a plain read would show neither the other's row.
    for other in others.exclude(uuid__in=[credential.uuid for credential in new]).order_by("pk").select_for_update():
        changed = Credential.objects.filter(uuid=other.uuid, state=CredentialState.ISSUED).update(
            state=CredentialState.SUPERSEDED, live_key=None, ended_at=now, end_reason=EndReason.SUPERSEDED
        )
        if changed:
            ended.append(other)
            by = by_certificate[other.certificate_uuid].uuid
            append_event("credential.superseded", now, credential=other.uuid, by=by)
    mark_revoked(ended, now)
