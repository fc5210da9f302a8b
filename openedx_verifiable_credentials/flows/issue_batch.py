"""Issue the credentials of many certificates, part by part; whatever dies in between, the next worker goes on."""

from __future__ import annotations

import dataclasses
import datetime
import logging
from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from django.db import DatabaseError
from django.db import IntegrityError
from django.db import connection

from openedx_verifiable_credentials.exceptions import BatchError
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.flows.steps.achievements import publish_achievements
from openedx_verifiable_credentials.flows.steps.bulk import finishing
from openedx_verifiable_credentials.flows.steps.bulk import inserting
from openedx_verifiable_credentials.flows.steps.bulk import learners
from openedx_verifiable_credentials.flows.steps.bulk import leases
from openedx_verifiable_credentials.flows.steps.bulk import listing
from openedx_verifiable_credentials.flows.steps.bulk import orders
from openedx_verifiable_credentials.flows.steps.bulk.judging import Candidate
from openedx_verifiable_credentials.flows.steps.bulk.judging import Judged
from openedx_verifiable_credentials.flows.steps.bulk.judging import judge
from openedx_verifiable_credentials.flows.steps.bulk.making import Maker
from openedx_verifiable_credentials.flows.steps.bulk.places import take_places
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.races import is_race
from openedx_verifiable_credentials.flows.steps.races import said
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models.batch import ChunkState

logger = logging.getLogger(__name__)

# What stops a batch at once: the next credential would be no better.
_FATAL = frozenset(("template_mismatch", "self_check_failed"))
_MOST_ATTEMPTS = 8


@dataclasses.dataclass(frozen=True)
class Worked:
    """What became of one part: ``problem`` is a code where it failed and waits for its next attempt."""

    batch_uuid: UUID
    count: int
    issued: int = 0
    held: int = 0
    refused: int = 0
    problem: str = ""


@dataclasses.dataclass
class Foreseen:
    """What a batch would do, as far as it was looked at; ``sentences``: what each code says."""

    looked_at: int = 0
    to_issue: int = 0
    held: int = 0
    refused: Counter[str] = dataclasses.field(default_factory=Counter)
    sentences: dict[str, str] = dataclasses.field(default_factory=dict)


def foresee(means: Means, order: orders.Order) -> Iterator[Foreseen]:
    """Look at every certificate of ``order`` and write nothing; yields the same object, further on each time."""
    result = Foreseen()
    for page in means.source.select(order.selection):
        for start in range(0, len(page), listing.CHUNK):
            part = [certificate_uuid for _, certificate_uuid in page[start : start + listing.CHUNK]]
            if order.most is not None:
                part = part[: order.most - result.looked_at]
            judged = judge(means, part, order.profile_id)
            result.looked_at += len(part)
            result.to_issue += len(judged.candidates)
            result.held += judged.held
            for refusal in judged.refused:
                result.refused[refusal.code] += 1
                result.sentences.setdefault(refusal.code, refusal.sentence)
            yield result
            if order.most is not None and result.looked_at >= order.most:
                return
    yield result


def work(means: Means, chunk: BatchChunk, maker: Maker) -> Worked:
    """
    One part that was leased, to its end. Raises ConfigurationError, and DatabaseError where not even a problem can be
    written; what else goes wrong is the part's problem, which is logged, or its batch's, which stops it.
    """
    passes = False
    try:
        return _worked(means, chunk, maker)
    except DatabaseError as error:
        # What the rows themselves forbid does not pass.
        passes = not isinstance(error, IntegrityError)
        problem = "busy" if is_race(error) else "database_failed"
        if problem == "database_failed":
            logger.error("Part %s of batch %s: the database said %s", chunk.number, chunk.batch.uuid, said(error))
            # A connection that was cut is of no use any more; the next statement makes another one.
            connection.close_if_unusable_or_obsolete()
    except (BatchError, TransientError) as error:
        problem, passes = error.code, True
    except SigningError as error:
        problem = error.code
        if error.code in _FATAL:
            logger.error("Batch %s is stopped: %s", chunk.batch.uuid, error)
            orders.stop(chunk.batch, error.code, means.now())
    except VerifiableCredentialsError as error:
        problem = error.code
    _failed(means, chunk, problem, passes=passes)
    return Worked(chunk.batch.uuid, chunk.count, problem=problem)


def _failed(means: Means, chunk: BatchChunk, problem: str, *, passes: bool) -> None:
    """A full disk and a signing service that is away ``passes``; what does not stops the batch after some attempts."""
    logger.warning("Part %s of batch %s waits: %s", chunk.number, chunk.batch.uuid, problem)
    if chunk.attempts >= _MOST_ATTEMPTS and not passes:
        logger.error("Batch %s is stopped: part %s failed %s times", chunk.batch.uuid, chunk.number, chunk.attempts)
        orders.stop(chunk.batch, problem, means.now())
    leases.give_back(chunk, problem, leases.next_attempt(chunk, problem, means.now()))


def _worked(means: Means, chunk: BatchChunk, maker: Maker) -> Worked:
    certificate_uuids = listing.unpacked(chunk.certificates)
    judged, issued = Judged(), chunk.issued
    if chunk.state != ChunkState.INSERTED:
        judged = judge(means, certificate_uuids, chunk.batch.profile_id)
        issued = _issued(means, chunk, judged, maker)
    finishing.look_again(means, chunk, certificate_uuids)
    return Worked(chunk.batch.uuid, chunk.count, issued, judged.held, len(judged.refused))


def _issued(means: Means, chunk: BatchChunk, judged: Judged, maker: Maker) -> int:
    created = means.now().replace(microsecond=0)
    candidates = judged.candidates
    made: list[inserting.Made] = []
    if candidates:
        _publish_achievements(means, candidates)
        learner_keys = learners.get_or_create({one.user_id for one in candidates}, means.keks, created)
        places = take_places(means, chunk, candidates, chunk.batch.profile_id)
        making = maker.make(means, chunk, list(zip(candidates, places, strict=True)), learner_keys, created)
        made = making.made
        judged.refused += making.refused
    return _inserted(chunk, judged, made, created, means.now())


def _inserted(
    chunk: BatchChunk, judged: Judged, made: list[inserting.Made], created: datetime.datetime, now: datetime.datetime
) -> int:
    """How many were. Whoever was erased since is left out: another attempt would only know them anew."""
    while True:
        try:
            inserting.insert(chunk, judged, made, created=created, now=now)
            return len(made)
        except (IntegrityError, inserting.ErasedError):
            left = inserting.without_erased(judged, made)
            if len(left) == len(made):
                raise
            made = left


def _publish_achievements(means: Means, candidates: list[Candidate]) -> None:
    """What a credential's achievement answers is there before the credential is."""
    first: dict[tuple[str, int, int], Candidate] = {}
    for one in candidates:
        first.setdefault((one.award.achievement_key, one.key.issuer.pk, id(one.published_terms)), one)
    pairs = [(dataclasses.replace(one.plan, award=one.award), one.published_terms) for one in first.values()]
    publish_achievements(pairs, means.now())
