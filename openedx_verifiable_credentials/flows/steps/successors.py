"""
One credential in the place of another, in the order of a claim: intent, signature, check; then the new one is issued
and the old one ends, in one transaction. There never are two, and never none.

An intent that a dead process left is abandoned by whoever comes next. So is that of a process that is still at work:
it finds its intent gone and gives up.
"""

from __future__ import annotations

import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import F
from django.db.models import QuerySet

from openedx_verifiable_credentials.exceptions import AwardError
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.flows.steps import leaves
from openedx_verifiable_credentials.flows.steps import record
from openedx_verifiable_credentials.flows.steps.achievements import publish_achievements
from openedx_verifiable_credentials.flows.steps.claimable import AWARDED
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.leaves import Leaf
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.publishing import publish
from openedx_verifiable_credentials.flows.steps.races import until_settled
from openedx_verifiable_credentials.flows.steps.revoking import Ending
from openedx_verifiable_credentials.flows.steps.signing import sign_intent
from openedx_verifiable_credentials.flows.steps.status_lists import Place
from openedx_verifiable_credentials.flows.steps.status_lists import allocate
from openedx_verifiable_credentials.flows.steps.status_lists import mark_revoked
from openedx_verifiable_credentials.flows.steps.successor_plans import SuccessorPlan
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import Learner
from openedx_verifiable_credentials.models.credential import CredentialState

_BUSY = "Others are changing the same credentials just now; try again."


def succeed(means: Means, plan: SuccessorPlan, ending: Ending) -> Credential:
    """
    The credential that is issued in the place of ``plan.old``, which has ended.

    Raises LedgerError ``credential_ended`` (meanwhile), AwardError, CompositionError, SigningError, StatusListError,
    TransientError, ConfigurationError: then the old one stands, and there is no new one.
    """
    new = _intended(means, plan)
    try:
        _require_still_awarded(means, new)
        raw = sign_intent(means, new, keys.open_document(new, plan.learner_key))
        leaf = leaves.leaf_for(means, new, raw)
        until_settled(lambda: _swap(means, plan, _Signed(new, raw, leaf), ending), _BUSY)
    except Exception:
        record.abandon([new], means.now())
        raise
    return new


def _intended(means: Means, plan: SuccessorPlan) -> Credential:
    """Recorded, with the exact bytes that will be signed."""
    publish_achievements([(plan.planned, plan.permit.published_terms)], means.now())
    new = record.compose_intent(
        plan.planned,
        plan.permit.terms,
        learner_id=_learner_id(plan),
        learner_key=plan.learner_key,
        key=plan.key,
        place=_place(means, plan),
        wallet=plan.wallet,
        holder=plan.subject,
        slot=0,
        now=means.now(),
        replaces=plan.old,
    )
    new.is_bound = plan.old.is_bound
    # Until it takes the old one's place it has none of its own; of two at work one finds it taken.
    new.live_key = f"reissue:{plan.old.uuid.hex}"
    until_settled(lambda: _save_intent(plan, new, means.now()), _BUSY)
    return new


def _learner_id(plan: SuccessorPlan) -> int:
    assert plan.old.learner_id is not None
    return plan.old.learner_id


def _place(means: Means, plan: SuccessorPlan) -> Place:
    [place] = allocate(means, plan.key.issuer, plan.old.profile_id)
    if not place.is_published:
        publish(means, place.status_list)
    return place


@transaction.atomic(durable=True)
def _save_intent(plan: SuccessorPlan, new: Credential, now: datetime.datetime) -> None:
    """Durable before the key is used."""
    # Writes come first: they lock against erasures and revocations, in the order in which those do.
    Learner.objects.filter(pk=_learner_id(plan)).update(created=F("created"))
    if not _still_there(plan.old).update(created=F("created")):
        raise _ended()
    record.abandon(list(Credential.objects.filter(replaces=plan.old, state=CredentialState.INTENDED)), now)
    new.pk = None
    new.save(force_insert=True)


def _still_there(old: Credential) -> QuerySet[Credential]:
    """``old``, unless it ended, was suspended or was erased since it was looked at."""
    return Credential.objects.filter(
        pk=old.pk, state=CredentialState.ISSUED, suspended=False, learner=old.learner_id, sealed_document__isnull=False
    )


def _ended() -> LedgerError:
    return LedgerError("credential_ended", "This credential has ended meanwhile.")


def _require_still_awarded(means: Means, new: Credential) -> None:
    """Asked again now that the intent can be seen: a revocation from here on finds it, one before shows here."""
    if means.source.statuses([new.certificate_uuid]).get(new.certificate_uuid) != AWARDED:
        raise AwardError("certificate_revoked", "This certificate has been revoked.", field="credential_uuid")


class _Signed(NamedTuple):
    credential: Credential
    raw: bytes
    leaf: Leaf | None


@transaction.atomic(durable=True)
def _swap(means: Means, plan: SuccessorPlan, signed: _Signed, ending: Ending) -> None:
    old, new, now = plan.old, signed.credential, means.now()
    # Both at once and in their order, as others lock them.
    Credential.objects.filter(pk__in=(old.pk, new.pk)).update(created=F("created"))
    if not _still_there(old).update(
        state=CredentialState.SUPERSEDED,
        live_key=None,
        ended_at=now,
        end_reason=ending.reason,
        ended_by=ending.by,
    ):
        raise _ended()
    if not record.mark_issued(new, signed.raw, plan.learner_key, now, live_key=_live_key(means, old, new)):
        raise _lost(new)
    if signed.leaf is not None:
        leaves.write([(new.uuid, signed.leaf)], now)
    mark_revoked([old], now)
    record.append_issued([new], now)
    append_event("credential.superseded", now, credential=old.uuid, by=new.uuid, reason=ending.reason.value)


def _live_key(means: Means, old: Credential, new: Credential) -> str:
    """The old one's place among an issuer's live credentials of a certificate; a free one of another issuer."""
    if old.live_key is not None and old.issuer_id == new.issuer_id:
        return old.live_key
    live = record.related_credentials([new.certificate_uuid])
    slot = record.free_slot(new.certificate_uuid, new.issuer_id, [row for row in live if row.pk != new.pk], means)
    return record.live_key(new.certificate_uuid, new.issuer_id, slot)


def _lost(new: Credential) -> Exception:
    if IssuerKey.objects.filter(pk=new.key_id, compromised_since__isnull=False).exists():
        return keys.compromised()
    if Credential.objects.filter(pk=new.pk, state=CredentialState.REVOKED).exists():
        return _ended()
    return TransientError("busy", "Others are re-issuing this credential just now; try again.")
