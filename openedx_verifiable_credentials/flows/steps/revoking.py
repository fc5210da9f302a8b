"""
Credentials → revoked: the rows, the bits of their status lists and the events, all or nothing.

Needs no key, so nothing that is wrong with keys stops it. What is over stays over: reason and time of the first
revocation stand.
"""

from __future__ import annotations

import dataclasses
import datetime
import logging
from collections.abc import Iterable
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from openedx_verifiable_credentials.exceptions import StatusListError
from openedx_verifiable_credentials.flows.steps.events import append_events
from openedx_verifiable_credentials.flows.steps.races import until_settled
from openedx_verifiable_credentials.flows.steps.status_lists import mark_revoked
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models.credential import CredentialState
from openedx_verifiable_credentials.models.credential import EndReason

logger = logging.getLogger(__name__)

# An intent may be about to be released; one that was superseded can still be withdrawn for a graver reason.
REVOCABLE = (CredentialState.INTENDED, CredentialState.ISSUED, CredentialState.SUPERSEDED)


@dataclasses.dataclass(frozen=True)
class Ending:
    """Why, when, and by which staff account (its number; None: by the host)."""

    reason: EndReason
    at: datetime.datetime
    by: int | None = None


@dataclasses.dataclass(frozen=True)
class Ended:
    """
    How many credentials were revoked now, how many of these have no place in a status list, and the primary keys of the
    lists that changed by it.
    """

    count: int = 0
    unlisted: int = 0
    lists: frozenset[int] = frozenset()


def revoke(pks: Iterable[int], ending: Ending) -> Ended:
    """
    Revoke the credentials with these primary keys, in one transaction; those that are over already are left alone.

    A credential whose place in its list is damaged is revoked without its bit, and the log says so: one bad row stops
    no other's revocation. Raises TransientError ``busy``.
    """
    wanted = sorted(set(pks))
    try:
        return _until_settled(wanted, ending)
    except StatusListError:
        each = [_one_at_a_time(pk, ending) for pk in wanted]
    return Ended(
        sum(one.count for one in each),
        sum(one.unlisted for one in each),
        frozenset().union(*(one.lists for one in each)),
    )


def _one_at_a_time(pk: int, ending: Ending) -> Ended:
    try:
        return _until_settled([pk], ending)
    except StatusListError as error:
        logger.error("Credential with the primary key %s is revoked, but its bit cannot be set: %s", pk, error.code)
        return _until_settled([pk], ending, bits=False)


def _until_settled(pks: Sequence[int], ending: Ending, *, bits: bool = True) -> Ended:
    busy = "Others are changing the same credentials just now; try again."
    return until_settled(lambda: _revoke(pks, ending, bits), busy)


@transaction.atomic
def _revoke(pks: Sequence[int], ending: Ending, bits: bool) -> Ended:
    rows = Credential.objects.filter(pk__in=pks)
    # A write comes first: it locks the rows on every database. What is read after it is the newest.
    rows.update(created=F("created"))
    ours = list(
        rows.filter(state__in=REVOCABLE)
        .select_for_update()
        .order_by("pk")
        .only("uuid", "certificate_uuid", "status_list", "status_index")
    )
    if not ours:
        return Ended()
    Credential.objects.filter(pk__in=[row.pk for row in ours]).update(
        state=CredentialState.REVOKED,
        live_key=None,
        ended_at=ending.at,
        end_reason=ending.reason,
        ended_by=ending.by,
    )
    append_events(
        "credential.revoked",
        ending.at,
        ({"credential": row.uuid, "certificate": row.certificate_uuid, "reason": ending.reason.value} for row in ours),
    )
    lists = [row.status_list_id for row in ours if row.status_list_id is not None]
    ended = Ended(len(ours), len(ours) - len(lists))
    if not bits:
        return ended
    mark_revoked(ours, ending.at)
    return dataclasses.replace(ended, lists=frozenset(lists))
