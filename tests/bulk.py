"""Batches as tests run them: ordered, listed, worked to the end by one worker in this process."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models.batch import ChunkState


def order(profile_id: str = "obv3-vc2", **more: Any) -> UUID:
    """A batch of everything there is, or of what ``more`` selects (fields of Selection and Order)."""
    fields = {name: more.pop(name) for name in list(more) if name in ("most", "throttle", "mail", "origin")}
    batch = batches.create(batches.Order(batches.Selection(**more), profile_id, **fields))
    for _ in batches.list_certificates(batch, "lister"):
        pass
    return batch


def work(batch: UUID | None = None, worker: batches.Worker | None = None) -> list[batches.Worked]:
    """Until nothing is left that can be done at once."""
    done = []
    for one in (worker or batches.Worker()).work(batch):
        if isinstance(one, float):
            break
        done.append(one)
    return done


def work_patiently(batch: UUID, worker: batches.Worker | None = None) -> list[batches.Worked]:
    """Until all is done; what waits for its next attempt need not wait."""
    done = []
    for one in (worker or batches.Worker()).work(batch):
        if isinstance(one, float):
            BatchChunk.objects.filter(state=ChunkState.WAITING).update(leased_until=None)
        else:
            done.append(one)
        assert len(done) < 50, "nothing comes to an end"
    return done


def issue(**more: Any) -> batches.BatchProgress:
    """Ordered and done."""
    batch = order(**more)
    work(batch)
    return batches.look(batch)


def document(row: Credential) -> bytes:
    """The signed bytes of a credential, as its learner gets them."""
    return keys.open_document(row, keys.open_learner_key(row.learner, get_means().keks))
