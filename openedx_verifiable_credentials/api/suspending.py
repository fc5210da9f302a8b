"""Suspending many credentials, or lifting that. Works while the switch is off, and needs no key."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from collections.abc import Sequence
from uuid import UUID

from openedx_verifiable_credentials.api.revoking import suspend_credential
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.exceptions import StatusListError
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models.credential import LIVE_STATES


@dataclasses.dataclass
class Suspension:
    """
    Credentials that were suspended or whose suspension was lifted; those found so already, those that are over, those
    that cannot be suspended; and the primary keys of the status lists that changed.
    """

    changed: int = 0
    already: int = 0
    over: int = 0
    cannot: int = 0
    lists: set[int] = dataclasses.field(default_factory=set)


def suspend_credentials(
    uuids: Sequence[UUID], *, lift: bool = False, by: int | None = None, dry_run: bool = False
) -> Suspension:
    """
    Suspend each of these, or lift that; ``by`` is the number of a staff account. A dry run counts with one query.

    Publishes nothing: hand ``lists`` to :func:`..revoking.publish_at_once`. Raises TransientError; what was done before
    it is kept.
    """
    result = Suspension()
    for credential_uuid in _eligible(uuids, lift, result):
        if dry_run:
            result.changed += 1
            continue
        try:
            changed = suspend_credential(credential_uuid, lift=lift, by=by)
        except StatusListError:
            result.cannot += 1
        except LedgerError as error:
            # Somebody was quicker.
            result.over += error.code != "cannot_suspend"
            result.cannot += error.code == "cannot_suspend"
        else:
            result.changed += bool(changed)
            result.already += not changed
            result.lists |= changed
    return result


def _eligible(uuids: Sequence[UUID], lift: bool, result: Suspension) -> Iterator[UUID]:
    rows = Credential.objects.filter(uuid__in=uuids).order_by("pk")
    for uuid, state, suspended, suspends in list(
        rows.values_list("uuid", "state", "suspended", "status_list__suspends")
    ):
        if state not in LIVE_STATES:
            result.over += 1
        elif not suspends:
            result.cannot += 1
        elif suspended is not lift:
            result.already += 1
        else:
            yield uuid
