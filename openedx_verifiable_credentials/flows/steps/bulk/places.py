"""A block of places in status lists for a part, written down before anything that names them is signed."""

from __future__ import annotations

from collections import Counter
from collections import defaultdict
from collections.abc import Sequence

from openedx_verifiable_credentials.exceptions import BatchError
from openedx_verifiable_credentials.flows.steps.bulk.judging import Candidate
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.publishing import publish
from openedx_verifiable_credentials.flows.steps.status_lists import Place
from openedx_verifiable_credentials.flows.steps.status_lists import allocate
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models.batch import ChunkState


def take_places(means: Means, chunk: BatchChunk, candidates: Sequence[Candidate], profile_id: str) -> list[Place]:
    """
    A place for each of ``candidates``, in their order. The lists can be fetched by verifiers; the part's row says which
    places are taken for it, whatever becomes of them.

    Raises TransientError ``busy``, BatchError ``lease_lost``, and what publishing a list raises.
    """
    issuers = {candidate.plan.issuer.pk: candidate.plan.issuer for candidate in candidates}
    counts = Counter(candidate.plan.issuer.pk for candidate in candidates)
    free: dict[int, list[Place]] = {
        pk: allocate(means, issuers[pk], profile_id, count) for pk, count in counts.items()
    }  # fmt: skip
    taken = [place for places in free.values() for place in places]
    _write_down(chunk, taken)
    for unpublished in {one.status_list.pk: one.status_list for one in taken if not one.is_published}.values():
        publish(means, unpublished)
    return [free[candidate.plan.issuer.pk].pop() for candidate in candidates]


def _write_down(chunk: BatchChunk, places: Sequence[Place]) -> None:
    """The intent: durable, since nothing around it is a transaction."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for place in places:
        numbers[str(place.status_list.uuid)].append(place.number)
    taken = [[name, min(some), len(some)] for name, some in numbers.items()]
    chunk.places = [*chunk.places, *taken]
    rows = BatchChunk.objects.filter(pk=chunk.pk, worker=chunk.worker, state=ChunkState.LEASED)
    if not rows.update(places=chunk.places):
        raise BatchError("lease_lost", "Another worker has taken this part over.")
