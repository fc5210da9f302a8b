"""A key that signs nothing new: as planned, or because others may have it."""

from __future__ import annotations

import dataclasses
import datetime

from django.db import transaction
from django.db.models import F

from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.races import until_settled
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import StatusList


@dataclasses.dataclass(frozen=True)
class Retired:
    """
    What became of a key. ``signed_since``: how many credentials it has signed since it was compromised; ``successors``:
    how many keys of its issuer sign now.
    """

    key: IssuerKey
    signed_since: int
    successors: int


def retire_key(
    key: IssuerKey, now: datetime.datetime, *, compromised_since: datetime.datetime | None = None, dry_run: bool = False
) -> Retired:
    """
    ``key`` signs nothing from now on. Planned: it stays in the DID document. Compromised: it is ``revoked`` there, the
    lists it has signed are due to be signed anew, and what was under way with it is not signed.

    Raises ConfigurationError (a date in the future, or later than the one that is known), TransientError ``busy``.
    """
    if compromised_since is not None and compromised_since > now:
        raise ConfigurationError("The key cannot have been compromised in the future.")
    if compromised_since is not None:
        _require_not_later(key, compromised_since)
    if not dry_run:
        busy = "Somebody else is changing the keys of this issuer; try again."
        until_settled(lambda: _retire(key, now, compromised_since), busy)
    signed = Credential.objects.filter(key=key, issued_at__isnull=False, created__gte=compromised_since or now)
    successors = IssuerKey.objects.filter(issuer=key.issuer_id, signs=True).exclude(pk=key.pk)
    return Retired(key, signed.count() if compromised_since else 0, successors.count())


@transaction.atomic(durable=True)
def _retire(key: IssuerKey, now: datetime.datetime, compromised_since: datetime.datetime | None) -> None:
    rows = IssuerKey.objects.filter(pk=key.pk)
    # The write comes first: it locks the row, on every database.
    rows.update(signs=None)
    key.refresh_from_db()
    if key.retired_at is None:
        rows.update(retired_at=now)
        append_event("key.retired", now, issuer=key.issuer.did, key=key.uuid)
    if compromised_since is not None:
        _mark_compromised(key, now, compromised_since)
    key.refresh_from_db()


def _mark_compromised(key: IssuerKey, now: datetime.datetime, since: datetime.datetime) -> None:
    _require_not_later(key, since)
    if key.compromised_since == since:
        return
    IssuerKey.objects.filter(pk=key.pk).update(compromised_since=since)
    append_event("key.compromised", now, issuer=key.issuer.did, key=key.uuid, since=since.isoformat())
    # In one order for all; the version, so that a publisher that has begun with this key does not call it done.
    lists = StatusList.objects.filter(published__key=key).order_by("pk").distinct()
    for pk in lists.values_list("pk", flat=True):
        StatusList.objects.filter(pk=pk).update(bits_version=F("bits_version") + 1)
        StatusList.objects.filter(pk=pk, changed_at=None).update(changed_at=now)


def _require_not_later(key: IssuerKey, since: datetime.datetime) -> None:
    known = key.compromised_since
    if known is not None and since > known:
        raise ConfigurationError(
            f"The key is compromised since {known.isoformat()}; that can become earlier, but not later."
        )
