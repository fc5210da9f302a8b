"""
New awards → a batch. What the service awarded, and some policy has issued on award, waits as rows; here it is decided
which of them a credential is issued for now, which later, and which never.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.flows.steps.bulk.listing import CHUNK
from openedx_verifiable_credentials.flows.steps.bulk.listing import packed
from openedx_verifiable_credentials.flows.steps.claimable import AWARDED
from openedx_verifiable_credentials.flows.steps.claimable import is_retired
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.permits import any_policies_now
from openedx_verifiable_credentials.flows.steps.permits import get_resolutions
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models import ClaimPolicy
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import NewAward
from openedx_verifiable_credentials.models.batch import BatchOrigin
from openedx_verifiable_credentials.models.batch import BatchState
from openedx_verifiable_credentials.models.credential import LIVE_STATES

# What nobody can say when it will be (an account, a date, a configuration that is switched on) is asked again each day.
_AGAIN = datetime.timedelta(days=1)
_PATIENCE = datetime.timedelta(days=365)


class TakenError(Exception):
    """Another one who works on new awards was faster with some of these."""


@dataclasses.dataclass
class Sorted:
    """``now``: awards that get credentials; ``later``: certificates, with the time to look again; others: never."""

    now: list[Award] = dataclasses.field(default_factory=list)
    later: dict[UUID, datetime.datetime] = dataclasses.field(default_factory=dict)


def note(certificate_uuid: UUID, now: datetime.datetime) -> None:
    """One row of work, where any policy has credentials issued on award; else one look at an index."""
    if ClaimPolicy.objects.filter(on_award=True).exists():
        NewAward.objects.create(certificate_uuid=certificate_uuid, created=now, not_before=now)


def due(now: datetime.datetime, most: int) -> list[NewAward]:
    """Those to look at now, the oldest first."""
    return list(NewAward.objects.filter(not_before__lte=now).order_by("not_before", "pk")[:most])


def sort(means: Means, rows: Sequence[NewAward], profile_id: str) -> Sorted:
    """What becomes of each. A constant number of queries. Raises what the host raises."""
    now = means.now()
    oldest: dict[UUID, datetime.datetime] = {}
    for row in rows:
        oldest[row.certificate_uuid] = min(row.created, oldest.get(row.certificate_uuid, row.created))
    found = means.source.get_awards(oldest)
    alive = [
        one for one in found.values() if one.status == AWARDED and not is_retired(one, means.retired_prefix)
    ]  # fmt: skip
    resolutions = get_resolutions(means.source, alive, are_policies=any_policies_now())
    wanted = [one for one in alive if resolutions[one.certificate_uuid].issues_on_award]
    held = _held([one.certificate_uuid for one in wanted], profile_id)
    result = Sorted()
    for award in wanted:
        at = _earliest(award, now)
        if at is None and award.certificate_uuid not in held:
            result.now.append(award)
        elif at is not None and (at > now + _AGAIN or oldest[award.certificate_uuid] > now - _PATIENCE):
            result.later[award.certificate_uuid] = at
    return result


def settle(rows: Sequence[NewAward], found: Sorted, *, profile_id: str, mail: bool, now: datetime.datetime) -> int:
    """
    All of it in one transaction: the batch is there and its rows are gone, or nothing was done. How many certificates
    the batch has. Raises TakenError.
    """
    later: dict[datetime.datetime, list[int]] = defaultdict(list)
    over: list[int] = []
    for row in rows:
        at = found.later.get(row.certificate_uuid)
        (over if at is None else later[at]).append(row.pk)
    with transaction.atomic(durable=True):
        # The write that says whose these rows are comes first. Who was faster has deleted some.
        deleted, _ = NewAward.objects.filter(pk__in=over).delete()
        if deleted != len(over):
            raise TakenError
        for at, pks in later.items():
            NewAward.objects.filter(pk__in=pks).update(not_before=at)
        if found.now:
            _order(found.now, profile_id, mail, now)
    return len(found.now)


def _earliest(award: Award, now: datetime.datetime) -> datetime.datetime | None:
    """When to look again at one for which nothing can be issued now; None where it can."""
    if award.learner.user_id is None or not award.is_active or award.visible_from is None:
        return now + _AGAIN
    at = max(award.visible_from, award.awarded_at)
    return at if at > now else None


def _held(certificate_uuids: Sequence[UUID], profile_id: str) -> set[UUID]:
    """Those that have theirs: the service saves a certificate as often as it likes."""
    rows = Credential.objects.filter(
        certificate_uuid__in=certificate_uuids, is_bound=False, profile_id=profile_id, state__in=LIVE_STATES
    )
    return set(rows.values_list("certificate_uuid", flat=True))


def _order(awards: Sequence[Award], profile_id: str, mail: bool, now: datetime.datetime) -> None:
    batch = Batch.objects.create(
        uuid=uuid.uuid4(),
        origin=BatchOrigin.AWARD,
        selection={},
        profile_id=profile_id,
        mail=mail,
        state=BatchState.READY,
        selected=len(awards),
        created=now,
        selected_at=now,
    )
    parts = [
        (name, group[start : start + CHUNK])
        for name, group in _by_configuration(awards).items()
        for start in range(0, len(group), CHUNK)
    ]
    BatchChunk.objects.bulk_create(
        BatchChunk(batch=batch, number=number, configuration=name, certificates=packed(group), count=len(group))
        for number, (name, group) in enumerate(parts)
    )
    append_event("batch.ordered", now, batch=batch.uuid, profile=profile_id, origin=batch.origin)


def _by_configuration(awards: Sequence[Award]) -> Mapping[str, list[UUID]]:
    groups: dict[str, list[UUID]] = defaultdict(list)
    for award in awards:
        groups[f"{award.kind.value}:{award.configuration_id}"].append(award.certificate_uuid)
    return groups
