"""
Ending credentials by hand, and what changes with them. All of it works while the switch is off.

Recording a revocation needs no key; only publishing it does, and waits where keys are not to be had.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth import get_user_model
from django.utils import timezone

from openedx_verifiable_credentials.api import publishing
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.flows import revoke
from openedx_verifiable_credentials.flows.revoke import Revocation
from openedx_verifiable_credentials.flows.steps.revoking import Ending
from openedx_verifiable_credentials.flows.steps.selecting import Facts
from openedx_verifiable_credentials.models.credential import EndReason

logger = logging.getLogger(__name__)

__all__ = [
    "REASONS",
    "Facts",
    "Revocation",
    "get_staff_number",
    "publish_at_once",
    "revoke_certificates",
    "revoke_credentials",
    "revoke_where",
    "suspend_credential",
]

# What people decide; the other reasons are told by the host and by claims.
REASONS = {reason.value: reason for reason in (EndReason.STAFF, EndReason.KEY_COMPROMISED, EndReason.HOLDER)}


def revoke_credentials(
    uuids: Sequence[UUID], *, reason: str, by: int | None = None, dry_run: bool = False
) -> Iterator[Revocation]:
    """
    Revoke credentials for ever, for one of :data:`REASONS`; ``by`` is the number of a staff account.

    Yields what is done so far after each chunk. What was over already is left as it is. Publishes nothing: hand
    ``lists`` of what came last to :func:`publish_at_once`.
    """
    return revoke.revoke_by_ids(uuids, "uuid", _ending(reason, by), dry_run=dry_run)


def revoke_certificates(
    uuids: Sequence[UUID], *, reason: str, by: int | None = None, dry_run: bool = False
) -> Iterator[Revocation]:
    """The same for every credential of these certificates, which stay awarded in the service."""
    return revoke.revoke_by_ids(uuids, "certificate_uuid", _ending(reason, by), dry_run=dry_run)


def revoke_where(
    facts: Facts, *, reason: str, by: int | None = None, dry_run: bool = False
) -> Iterator[Revocation]:  # fmt: skip
    """The same for every credential of which ``facts`` hold. Raises LedgerError: nothing asked, unknown issuer, key."""
    if not facts.is_given():
        raise LedgerError("nothing_selected", "Say which credentials.")
    facts.require_known()
    return revoke.revoke_by_facts(facts, _ending(reason, by), dry_run=dry_run)


def suspend_credential(credential_uuid: UUID, *, lift: bool = False, by: int | None = None) -> set[int]:
    """
    Suspend a credential, or lift that; ``by`` is the number of a staff account, kept in the event.

    The primary keys of the status lists that changed, for :func:`publish_at_once`: none where it was so already. Raises
    LedgerError ``unknown_credential``, ``credential_ended``, ``cannot_suspend``; TransientError; StatusListError
    ``index_out_of_range``.
    """
    changed = revoke.suspend(credential_uuid, not lift, timezone.now(), by)
    return set() if changed is None else {changed}


def publish_at_once(lists: Iterable[int]) -> int:
    """
    Publish the status lists with these primary keys; how many have to wait for the next ``vc_publish_status``.

    Never raises: what is wrong with keys or a signer must not look as if the change itself had failed. The log says
    why a list has to wait.
    """
    return publishing.publish_now(lists).failed


def get_staff_number(account: str) -> int:
    """
    The number of the staff account with this number or username.

    Raises LedgerError ``unknown_account``; ``ambiguous_account`` where one has that number, another that username.
    """
    users = get_user_model()._default_manager.filter(is_staff=True, is_active=True)
    by_number = users.filter(pk=int(account)).first() if account.isdecimal() else None
    by_name = users.filter(**{get_user_model().USERNAME_FIELD: account}).first()
    if by_number and by_name and by_number.pk != by_name.pk:
        raise LedgerError(
            "ambiguous_account", "One account of staff has this number, another this username; say it in another way."
        )
    found = by_number or by_name
    if found is None:
        raise LedgerError("unknown_account", "There is no such account of staff.")
    return int(found.pk)


def _ending(reason: str, by: int | None) -> Ending:
    return Ending(reason=REASONS[reason], at=timezone.now(), by=by)
