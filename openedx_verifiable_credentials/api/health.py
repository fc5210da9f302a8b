"""
How this installation is, as far as rows and settings tell: in a constant number of queries, without signing anything or
asking anybody. ``vc_doctor`` tries what is only looked at here.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
from collections.abc import Iterable

from django.db.models import Count
from django.db.models import Max
from django.db.models import Min
from django.utils import timezone

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials import toggles
from openedx_verifiable_credentials.adapters import keystores
from openedx_verifiable_credentials.api import publishing
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.flows.steps.issuers import issuers_in_use
from openedx_verifiable_credentials.models import ClaimPolicy
from openedx_verifiable_credentials.models import HostChange
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import PublishedList
from openedx_verifiable_credentials.models import StatusList
from openedx_verifiable_credentials.models import WorkCursor
from openedx_verifiable_credentials.models.key import KeyStore


class KeyState(enum.StrEnum):
    """Of an issuer's signing keys the worst. ``ELSEWHERE``: in a module or service, which is not asked."""

    USABLE = "usable"
    ELSEWHERE = "elsewhere"
    COMPROMISED = "compromised"
    UNREACHABLE = "unreachable"
    SEALED = "sealed"
    NONE = "none"


class Freshness(enum.StrEnum):
    """Of a status list, the best first. ``WAITING``: a change waits much longer than it should."""

    FRESH = "fresh"
    ENDING = "ending"
    WAITING = "waiting"
    UNPUBLISHED = "unpublished"
    OVER = "over"


@dataclasses.dataclass(frozen=True)
class Health:
    """
    ``issuers``: those in use, by slug. ``lists``: how many of each freshness. ``policies``: how many of each scope.
    ``stopped``: comparisons of ``vc_reconcile --all`` that were stopped.
    """

    is_on: bool
    issuers: dict[str, KeyState]
    lists: dict[Freshness, int]
    changes_waiting: int
    oldest_change: datetime.datetime | None
    changes_overdue: bool
    last_published: datetime.datetime | None
    stopped: int
    policies: dict[str, int]


# Three rounds of a vc_reconcile that runs every five minutes.
_PATIENCE = datetime.timedelta(minutes=15)


def look() -> Health:
    """All of it. Raises ConfigurationError where the settings of status lists are wrong."""
    changes = HostChange.objects.aggregate(count=Count("pk"), oldest=Min("created"))
    oldest = changes["oldest"]
    return Health(
        is_on=toggles.is_enabled(),
        issuers=_issuers(),
        lists=_lists(),
        changes_waiting=changes["count"],
        oldest_change=oldest,
        changes_overdue=oldest is not None and oldest < timezone.now() - _PATIENCE,
        last_published=PublishedList.objects.aggregate(last=Max("published_at"))["last"],
        stopped=WorkCursor.objects.count(),
        policies=dict(ClaimPolicy.objects.order_by("scope").values_list("scope").annotate(Count("pk"))),
    )


def freshness(row: StatusList, ends: datetime.datetime | None, now: datetime.datetime) -> Freshness:
    """
    Of a list whose first document to end is valid until ``ends`` (None: there is none). Raises ConfigurationError.
    """
    if ends is None:
        return Freshness.UNPUBLISHED if row.allocated else Freshness.FRESH
    if ends <= now:
        return Freshness.OVER
    if publishing.waits_too_long(row.changed_at, now):
        return Freshness.WAITING
    return Freshness.ENDING if ends <= now + app_settings.status_list_lifetime() / 4 else Freshness.FRESH


def _lists() -> dict[Freshness, int]:
    now, counts = timezone.now(), dict.fromkeys(Freshness, 0)
    rows = StatusList.objects.only("allocated", "changed_at").annotate(ends=Min("published__valid_until"))
    for row in rows:
        counts[freshness(row, row.ends, now)] += 1
    return counts


def _issuers() -> dict[str, KeyState]:
    signing: dict[int, list[IssuerKey]] = {}
    for key in IssuerKey.objects.filter(signs=True).defer("sealed_seed"):
        signing.setdefault(key.issuer_id, []).append(key)
    known = _known_keks()
    return {issuer.slug: _worst(signing.get(issuer.pk, ()), known) for issuer in issuers_in_use()}


def _worst(signing: Iterable[IssuerKey], known: frozenset[str]) -> KeyState:
    order = list(KeyState)
    return max((_state(key, known) for key in signing), key=order.index, default=KeyState.NONE)


def _state(key: IssuerKey, known: frozenset[str]) -> KeyState:
    if key.compromised_since is not None:
        return KeyState.COMPROMISED
    if key.store == KeyStore.DATABASE:
        return KeyState.USABLE if key.sealed_with in known else KeyState.SEALED
    reached = keystores.is_there(key.store, key.reference)
    if reached is None:
        return KeyState.ELSEWHERE
    return KeyState.USABLE if reached else KeyState.UNREACHABLE


def _known_keks() -> frozenset[str]:
    try:
        return frozenset(app_settings.key_encryption_keys())
    except ConfigurationError:
        return frozenset()  # a system check says so
