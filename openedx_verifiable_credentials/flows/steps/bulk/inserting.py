"""What was signed → the ledger: all of a part in one transaction, or nothing of it."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db import models
from django.db import transaction
from django.db.models import Exists
from django.db.models import F
from django.db.models import OuterRef

from openedx_verifiable_credentials.exceptions import BatchError
from openedx_verifiable_credentials.flows.steps import leaves
from openedx_verifiable_credentials.flows.steps.bulk.judging import ERASED
from openedx_verifiable_credentials.flows.steps.bulk.judging import Candidate
from openedx_verifiable_credentials.flows.steps.bulk.judging import Judged
from openedx_verifiable_credentials.flows.steps.bulk.judging import Refusal
from openedx_verifiable_credentials.flows.steps.bulk.judging import bulk_wallet
from openedx_verifiable_credentials.flows.steps.bulk.rows import insert_alike
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.leaves import Leaf
from openedx_verifiable_credentials.flows.steps.status_lists import Place
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models import BatchMail
from openedx_verifiable_credentials.models import BatchRefusal
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import Learner
from openedx_verifiable_credentials.models.batch import BatchState
from openedx_verifiable_credentials.models.batch import ChunkState
from openedx_verifiable_credentials.models.credential import CredentialState


class Made(NamedTuple):
    """
    A signed credential that nobody has yet. ``sealed_document``: its payload under its learner's key; ``shape_id``: the
    primary key of its shape, None where the payload is the whole document; ``leaf``: None where it is not to be
    anchored.
    """

    candidate: Candidate
    uuid: UUID
    place: Place
    learner_id: int
    sealed_document: bytes
    shape_id: int | None
    leaf: Leaf | None


def insert(
    chunk: BatchChunk, judged: Judged, made: Sequence[Made], *, created: datetime.datetime, now: datetime.datetime
) -> None:
    """
    The credentials of a part with their leaves, its refusals, its event and its new state.

    Raises BatchError ``lease_lost``: the part is another worker's by now, the batch is over, or a key was compromised;
    IntegrityError where a certificate has its credential since it was looked at, or a learner was erased; ErasedError
    where something of a certificate was.
    """
    key_ids = {one.candidate.key.pk for one in made}
    with transaction.atomic(durable=True):
        _claim(chunk, judged, len(made), key_ids)
        _require_still_good(chunk, key_ids)
        if _erased(made):
            raise ErasedError
        _insert_credentials(chunk.batch, made, created, now)
        leaves.write([(one.uuid, one.leaf) for one in made if one.leaf is not None], now)
        BatchRefusal.objects.bulk_create(
            BatchRefusal(
                batch_id=chunk.batch_id, certificate_uuid=one.certificate_uuid, code=one.code, sentence=one.sentence
            )
            for one in judged.refused
        )
        if chunk.batch.mail and made:
            learners = {one.learner_id for one in made}
            mails = [BatchMail(batch_id=chunk.batch_id, learner_id=pk, changed=now) for pk in learners]
            BatchMail.objects.bulk_create(mails, ignore_conflicts=True)
        if made:
            _tell(chunk, made, now)


class ErasedError(Exception):
    """What was held about a learner was erased since the certificates were looked at."""


def without_erased(judged: Judged, made: Sequence[Made]) -> list[Made]:
    """Those of ``made`` of whose learners nothing was erased; the certificates of the others are refused."""
    learners = {one.learner_id for one in made}
    left = set(Learner.objects.filter(pk__in=learners).values_list("pk", flat=True))
    gone = {one.candidate.award.certificate_uuid for one in made if one.learner_id not in left} | _erased(made)
    judged.refused += [Refusal(one, "erased", ERASED) for one in sorted(gone)]
    return [one for one in made if one.candidate.award.certificate_uuid not in gone]


def _erased(made: Sequence[Made]) -> set[UUID]:
    """Who was erased has no row any more; one that was made for them since would bring them back."""
    certificates = [one.candidate.award.certificate_uuid for one in made]
    rows = Credential.objects.filter(certificate_uuid__in=certificates, erased_at__isnull=False)
    return set(rows.values_list("certificate_uuid", flat=True))


def _require_still_good(chunk: BatchChunk, key_ids: Collection[int]) -> None:
    """
    The batch goes on and no key is compromised, as of now and until all is committed: whoever changes that waits. Plain
    reads lock nothing, and see what was there when the transaction began.
    """
    batches = _shared(Batch, ("state",), [chunk.batch_id])
    keys = _shared(IssuerKey, ("compromised_since",), sorted(key_ids))
    if batches != [(BatchState.READY,)] or any(since is not None for (since,) in keys):
        raise BatchError("lease_lost", "The batch is over, or its key was compromised.")


def _shared(model: type[models.Model], columns: Sequence[str], pks: Sequence[int]) -> list[tuple[Any, ...]]:
    """Read under a lock that other readers share."""
    if not pks:  # of a part of which nothing is issued, and a query for nothing is none
        return []
    rows = model._default_manager.filter(pk__in=pks).values_list(*columns)
    if connection.vendor != "mysql":
        return list(rows)  # the write before has locked everything
    statement, given = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} LOCK IN SHARE MODE", given)
        return list(cursor.fetchall())


def _claim(chunk: BatchChunk, judged: Judged, issued: int, key_ids: Collection[int]) -> None:
    """The write that locks the part comes first; what it asks about cannot change until all is committed."""
    mine = BatchChunk.objects.filter(
        Exists(Batch.objects.filter(pk=OuterRef("batch"), state=BatchState.READY)),
        pk=chunk.pk,
        worker=chunk.worker,
        state=ChunkState.LEASED,
    )
    bad_keys = IssuerKey.objects.filter(pk__in=key_ids, compromised_since__isnull=False)
    changed = mine.filter(~Exists(bad_keys)).update(
        state=ChunkState.INSERTED,
        issued=F("issued") + issued,
        held=judged.held,
        refused=len(judged.refused),
        problem="",
    )
    if not changed:
        raise BatchError("lease_lost", "This part was taken over, or its batch is over.")


_VARYING = ("uuid", "certificate_uuid", "learner_id", "live_key", "status_list_id", "status_index", "sealed_document")


def _insert_credentials(
    batch: Batch, made: Sequence[Made], created: datetime.datetime, now: datetime.datetime
) -> None:  # fmt: skip
    groups: dict[tuple[object, ...], list[Made]] = defaultdict(list)
    for one in made:
        terms = None if one.shape_id is not None else id(one.candidate.terms)
        plan = one.candidate.plan
        groups[
            one.candidate.key.pk, one.shape_id, terms, plan.organization_key, one.candidate.award.achievement_key
        ].append(one)
    for group in groups.values():
        rows = [
            (
                one.uuid,
                one.candidate.award.certificate_uuid,
                one.learner_id,
                one.candidate.live_key,
                one.place.status_list.pk,
                one.place.index,
                one.sealed_document,
            )
            for one in group
        ]
        insert_alike(Credential, _alike(batch, group[0], created, now), _VARYING, rows)


def _alike(batch: Batch, made: Made, created: datetime.datetime, now: datetime.datetime) -> dict[str, object]:
    """What all credentials of the same configuration, terms and issuer have."""
    candidate = made.candidate
    award, issuer = candidate.award, candidate.key.issuer
    return {
        "issuer_id": issuer.pk,
        "key_id": candidate.key.pk,
        "batch_id": batch.pk,
        "shape_id": made.shape_id,
        "profile_id": batch.profile_id,
        "wallet_id": bulk_wallet(batch.profile_id).id,
        "is_bound": False,
        "kind": award.kind.value,
        "achievement_key": award.achievement_key,
        "organization_key": candidate.plan.organization_key,
        "issuer_organization": issuer.organization_key,
        "site_id": award.platform.site_id,
        "terms": {} if made.shape_id is not None else candidate.terms.as_json(),
        "state": CredentialState.ISSUED,
        "created": created,
        "issued_at": now,
    }


def _tell(chunk: BatchChunk, made: Sequence[Made], now: datetime.datetime) -> None:
    """One event for all of them: a row for each would cost as much again as the credential's."""
    append_event(
        "batch.issued",
        now,
        batch=chunk.batch.uuid,
        profile=chunk.batch.profile_id,
        part=str(chunk.number),
        credentials=[str(one.uuid) for one in made],
    )
