"""
Erase: destroy what is held about a learner who retired or asks for it. What they were given stays valid: the status of
their credentials is not touched, and a later revocation still reaches it.

A retired learner is told by the host alone, through numbers of accounts and uuids of certificates: no username, and no
hash of one, is held here to compare with.
"""

from __future__ import annotations

import dataclasses
import datetime
import logging
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from itertools import islice
from uuid import UUID

from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows.steps.destroy import Held
from openedx_verifiable_credentials.flows.steps.destroy import destroy
from openedx_verifiable_credentials.flows.steps.destroy import forget
from openedx_verifiable_credentials.flows.steps.destroy import holds_nothing
from openedx_verifiable_credentials.flows.steps.races import until_settled
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Learner
from openedx_verifiable_credentials.ports import CertificateSource

logger = logging.getLogger(__name__)

RETIRED = "retired"
REQUESTED = "requested"
_CHUNK = 500
_KEEP_IDLE = datetime.timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class World:
    """What erasing works with: no key, so that it goes on whatever is wrong with keys."""

    source: CertificateSource
    retired_prefix: str
    now: Callable[[], datetime.datetime]


@dataclasses.dataclass
class Erased:
    """How many learners were looked at, what was destroyed, and how many learners wait for the next run."""

    looked_at: int = 0
    learners: int = 0
    credentials: int = 0
    offers: int = 0
    waiting: int = 0


def erase_retired(world: World, *, dry_run: bool = False) -> Iterator[Erased]:
    """
    Erase every learner whose username starts with the prefix now; yields the result so far after each chunk.

    Stopped anywhere, the next run goes on with those that are left. A rename to anything else erases nothing.
    """
    result, last = Erased(), 0
    while learners := dict(
        Learner.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "user_id")[:_CHUNK],
    ):
        last = max(learners)
        result.looked_at += len(learners)
        for held in _held_of_retired(world, learners):
            try:
                _erase(held, RETIRED, world, result, dry_run)
            except TransientError as error:
                result.waiting += 1
                logger.warning("What is held about a retired learner is erased by the next run: %s", error.code)
        yield result


def erase_by_username(world: World, username: str, *, dry_run: bool = False) -> Erased | None:
    """
    Erase the learner who has exactly this username now; None where the host knows nobody by it.

    Raises TransientError ``busy``.
    """
    certificate_uuids, user_id = world.source.certificates_of(username)
    if user_id is None and not certificate_uuids:
        return None
    result = Erased()
    own = Learner.objects.filter(user_id__in=() if user_id is None else (user_id,)).values_list("pk", "user_id")
    all_held = [Held(pk, number) for pk, number in own]
    whole = {held.learner for held in all_held}
    all_held += [held for held in _from_certificates(certificate_uuids) if held.learner not in whole]
    for held in all_held:
        _erase(held, REQUESTED, world, result, dry_run)
    return result


def erase_learners_of(world: World, credential_uuids: Iterable[UUID], *, dry_run: bool = False) -> Erased:
    """
    Erase the learners of these credentials: all that is held about each. Whom nobody holds anything about is left out.

    Raises TransientError ``busy``; who was erased before it stays erased.
    """
    result = Erased()
    learners: dict[int, int] = {}
    for chunk in _chunks(credential_uuids):
        learners |= Learner.objects.filter(credentials__uuid__in=chunk).values_list("pk", "user_id")
    for pk, user_id in sorted(learners.items()):
        result.looked_at += 1
        _erase(Held(pk, user_id), REQUESTED, world, result, dry_run)
    return result


def forget_idle_learners(world: World, *, dry_run: bool = False) -> int:
    """Delete learners' rows that hold nothing and are older than a day; how many that were."""
    idle = holds_nothing(Learner.objects.filter(created__lt=world.now() - _KEEP_IDLE)).order_by("pk")
    count = last = 0
    while pks := list(idle.filter(pk__gt=last).values_list("pk", flat=True)[:_CHUNK]):
        last = pks[-1]
        count += len(pks) if dry_run else forget(pks)
    return count


def erase_orphans(world: World, *, dry_run: bool = False) -> int:
    """Documents whose learner's key is gone, after a restore in parts for instance; how many that were."""
    orphans = Credential.objects.filter(learner__isnull=True, sealed_document__isnull=False)
    return orphans.count() if dry_run else orphans.update(sealed_document=None, erased_at=world.now())


def _held_of_retired(world: World, learners: Mapping[int, int]) -> list[Held]:
    """
    All that is held where the account is retired. Where it is not, or is gone: what comes from retired certificates,
    since a certificate that changed hands in the host takes nothing else with it.
    """
    users = world.source.retired_users(learners.values(), world.retired_prefix)
    whole = [Held(pk, user_id) for pk, user_id in learners.items() if user_id in users]
    others = learners.keys() - {held.learner for held in whole}
    held_uuids = Credential.objects.filter(learner__in=others).values_list("certificate_uuid", flat=True).distinct()
    retired = {
        certificate_uuid
        for chunk in _chunks(held_uuids)
        for certificate_uuid in world.source.retired(chunk, world.retired_prefix)
    }
    return whole + [held for held in _from_certificates(retired) if held.learner in others]


def _from_certificates(certificate_uuids: Iterable[UUID]) -> list[Held]:
    found: dict[tuple[int, int], set[UUID]] = {}
    for chunk in _chunks(certificate_uuids):
        rows = Credential.objects.filter(certificate_uuid__in=chunk, learner__isnull=False)
        for pk, user_id, certificate_uuid in rows.values_list("learner", "learner__user_id", "certificate_uuid"):
            found.setdefault((pk, user_id), set()).add(certificate_uuid)
    return [Held(pk, user_id, frozenset(uuids)) for (pk, user_id), uuids in found.items()]


def _chunks(items: Iterable[UUID]) -> Iterator[list[UUID]]:
    rest = iter(items)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def _erase(held: Held, reason: str, world: World, result: Erased, dry_run: bool) -> None:
    credentials, offers = _counts(held) if dry_run else _destroyed(held, reason, world.now())
    result.learners += 1
    result.credentials += credentials
    result.offers += offers


def _counts(held: Held) -> tuple[int, int]:
    return held.credentials().count(), len(held.offers())


def _destroyed(held: Held, reason: str, now: datetime.datetime) -> tuple[int, int]:
    busy = "The learner's rows are in use just now; try again."
    return until_settled(lambda: destroy(held, reason, now), busy)
