"""The moments of a part of a batch, between two steps of which something else happens: what a test does just then."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from openedx_verifiable_credentials.flows import issue_batch
from openedx_verifiable_credentials.flows.steps.bulk import finishing
from openedx_verifiable_credentials.flows.steps.bulk import inserting
from openedx_verifiable_credentials.flows.steps.bulk import learners
from openedx_verifiable_credentials.flows.steps.bulk import listing
from openedx_verifiable_credentials.flows.steps.bulk.making import Maker
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models.batch import ChunkState

# Each is after the step: what it does is the engine's own code all the same.
STEPS: dict[str, tuple[Any, str]] = {
    "looked at": (issue_batch, "judge"),
    "learners known": (learners, "get_or_create"),
    "places taken": (issue_batch, "take_places"),
    "signed": (Maker, "make"),
    "inserted": (inserting, "insert"),
    "done": (finishing, "look_again"),
}
_A_WHILE = datetime.timedelta(seconds=60)
MOMENTS = list(STEPS)
BEFORE_IT_IS_WRITTEN = MOMENTS[: MOMENTS.index("inserted")]


@contextlib.contextmanager
def at(moment: str, work: Callable[[], object]) -> Iterator[None]:
    """Does ``work`` once, the first time that a part gets so far."""
    module, name = STEPS[moment]
    step, waiting = getattr(module, name), [work]

    def step_and_work(*args: Any, **kwargs: Any) -> Any:
        result = step(*args, **kwargs)
        if waiting:
            waiting.pop()()
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, name, step_and_work)
        yield
    assert not waiting, f"no part got as far as {moment}"


@contextlib.contextmanager
def of_part_with(certificate_uuid: UUID, moment: str, work: Callable[[], object]) -> Iterator[None]:
    """The same, of the part that has this certificate: its turn comes first."""
    for part in BatchChunk.objects.all():
        mine = certificate_uuid in listing.unpacked(part.certificates)
        BatchChunk.objects.filter(pk=part.pk).update(leased_until=None if mine else timezone.now() + _A_WHILE)

    def work_and_let_others_begin() -> None:
        BatchChunk.objects.filter(state=ChunkState.WAITING).update(leased_until=None)
        work()

    with at(moment, work_and_let_others_begin):
        yield
