"""
Share a credential, and end that: its owner turns a public page on, and off again.

The page's id is new each time and nothing but random. One that has ended is never served again, so a link that was
given to somebody can be taken back for good.
"""

from __future__ import annotations

import datetime
import hashlib
import secrets
from uuid import UUID

from django.db import transaction
from django.db.models import F

from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.races import until_settled
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Share

_ID_BYTES = 16
_BUSY = "Others are changing the same credential just now; try again."


def share(means: Means, *, credential_uuid: UUID, user_id: int) -> Share:
    """
    The share of the caller's credential: the one that is live, or a new one. What has been revoked can be shared, too:
    its page says so.

    Raises LedgerError ``unknown_credential``, also for another's and for a retired learner's; TransientError ``busy``;
    ConfigurationError where the document does not open.
    """
    row = _get_own(credential_uuid, user_id)
    if row.learner is None or means.source.retired_users((user_id,), means.retired_prefix):
        raise _unknown()
    raw = keys.open_document(row, keys.open_learner_key(row.learner, means.keks))
    digest = hashlib.sha256(raw).hexdigest()
    return until_settled(lambda: _start(row, digest, means.now()), _BUSY)


def unshare(*, credential_uuid: UUID, user_id: int, now: datetime.datetime) -> None:
    """
    End the share of the caller's credential, for ever; nothing happens where it is not shared.

    Raises LedgerError ``unknown_credential``, also for another's; TransientError ``busy``.
    """
    row = _get_own(credential_uuid, user_id)
    until_settled(lambda: _end(row, now), _BUSY)


def _get_own(credential_uuid: UUID, user_id: int) -> Credential:
    row = (
        Credential.objects.filter(uuid=credential_uuid, learner__user_id=user_id, issued_at__isnull=False)
        .select_related("learner", "shape")
        .first()
    )
    if row is None:
        raise _unknown()
    return row


def _unknown() -> LedgerError:
    return LedgerError("unknown_credential", "You have no such credential.")


@transaction.atomic
def _start(row: Credential, digest: str, now: datetime.datetime) -> Share:
    if not _lock(row):
        raise _unknown()
    # Locked: within a transaction of the service's own a plain read would show what was there before.
    live = Share.objects.select_for_update().filter(credential=row, live=True).first()
    if live is not None:
        return live
    made = Share.objects.create(
        share_id=secrets.token_urlsafe(_ID_BYTES), credential=row, sha256=digest, created=now
    )  # fmt: skip
    append_event("credential.shared", now, credential=row.uuid, certificate=row.certificate_uuid)
    return made


@transaction.atomic
def _end(row: Credential, now: datetime.datetime) -> None:
    if not _lock(row):
        # Erased meanwhile: the page tells nothing any more, and goes on saying so.
        return
    if Share.objects.filter(credential=row, live=True).update(live=None, ended_at=now):
        append_event("credential.unshared", now, credential=row.uuid, certificate=row.certificate_uuid)


def _lock(row: Credential) -> bool:
    """Whether it is still its learner's. A write comes first: it locks the row on every database."""
    return bool(Credential.objects.filter(pk=row.pk, learner=row.learner_id).update(created=F("created")))
