"""What is held about a learner, destroyed: all of it in one transaction, or nothing."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Exists
from django.db.models import F
from django.db.models import OuterRef
from django.db.models import Q
from django.db.models import QuerySet

from openedx_verifiable_credentials.adapters import sealed
from openedx_verifiable_credentials.flows.steps.events import append_events
from openedx_verifiable_credentials.flows.steps.events import forget_staff
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Learner
from openedx_verifiable_credentials.models import Offer
from openedx_verifiable_credentials.models.credential import CredentialState
from openedx_verifiable_credentials.models.credential import EndReason


@dataclasses.dataclass(frozen=True)
class Held:
    """
    What is held about one learner (their row's primary key, their account's number): all of it, or with
    ``certificate_uuids`` what comes from these certificates only.
    """

    learner: int
    user_id: int
    certificate_uuids: frozenset[UUID] | None = None

    def credentials(self) -> QuerySet[Credential]:
        """Those that are not erased yet."""
        rows = Credential.objects.filter(learner=self.learner)
        return rows if self.certificate_uuids is None else rows.filter(certificate_uuid__in=self.certificate_uuids)

    def offers(self) -> list[int]:
        """Primary keys."""
        rows = Offer.objects.filter(learner=self.learner).values_list("pk", "certificate_uuids")
        if self.certificate_uuids is None:
            return [pk for pk, _ in rows]
        names = {str(certificate_uuid) for certificate_uuid in self.certificate_uuids}
        return [pk for pk, offered in rows if names.intersection(offered)]


def holds_nothing(rows: QuerySet[Learner]) -> QuerySet[Learner]:
    """Those of ``rows`` that have neither a credential nor an offer."""
    return rows.filter(
        ~Exists(Credential.objects.filter(learner=OuterRef("pk"))),
        ~Exists(Offer.objects.filter(learner=OuterRef("pk"))),
    )


@transaction.atomic
def destroy(held: Held, reason: str, now: datetime.datetime) -> tuple[int, int]:
    """
    How many credentials were erased, and how many offers deleted. Status, and with it what verifiers read, stays.

    A claim that is under way finds its intent abandoned, or its offer and learner gone, to which its rows would refer.
    """
    _lock([held.learner])
    credentials = held.credentials()
    offers = held.offers()
    # Another certificate's intent of such an offer, too: with the offer goes the way to claim it. A re-issue has none.
    intents = Credential.objects.filter(learner=held.learner, state=CredentialState.INTENDED)
    if held.certificate_uuids is not None:
        own = Q(certificate_uuid__in=held.certificate_uuids, offer__isnull=True)
        intents = intents.filter(Q(offer__in=offers) | own)
    intents.update(state=CredentialState.ABANDONED, live_key=None, ended_at=now, end_reason=EndReason.NEVER_SIGNED)
    # Who ended a credential of their own is the learner; who ended another's did so as staff.
    credentials.filter(ended_by=held.user_id).update(ended_by=None)
    erased = list(credentials.order_by("pk").values_list("uuid", "certificate_uuid"))
    forget_staff(str(held.user_id), {str(credential) for credential, _ in erased})
    credentials.update(sealed_document=None, learner=None, erased_at=now)
    Offer.objects.filter(pk__in=offers).delete()
    _delete_where_nothing_is_left([held.learner])
    append_events(
        "credential.erased",
        now,
        (
            {"credential": credential, "certificate": certificate, "reason": reason}
            for credential, certificate in erased
        ),
    )
    return len(erased), len(offers)


@transaction.atomic
def forget(learners: Sequence[int]) -> int:
    """Delete those of these rows that hold nothing; how many that were."""
    _lock(learners)
    return _delete_where_nothing_is_left(learners)


def _lock(learners: Sequence[int]) -> None:
    """A write comes first: it locks the rows, on every database, against claims and offers that refer to them."""
    Learner.objects.filter(pk__in=learners).update(created=F("created"))


def _delete_where_nothing_is_left(learners: Sequence[int]) -> int:
    rows = Learner.objects.filter(pk__in=learners)
    empty = Learner.objects.filter(pk__in=list(holds_nothing(rows).values_list("pk", flat=True)))
    # Written where the key was: a deleted row stays on its page until that is used again.
    count = empty.update(sealed_key=sealed.DESTROYED_KEY)
    empty.delete()
    return count
