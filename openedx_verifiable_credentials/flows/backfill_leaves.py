"""
Leaves of what was issued while anchoring was off, computed from the sealed documents.

Where it has come to is told by the rows themselves: stopped anywhere, the next run goes on with what is left. Claims,
batches and other runs go on meanwhile.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import logging
from collections import Counter
from collections.abc import Iterator
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.db.models import QuerySet

from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.flows.steps import leaves
from openedx_verifiable_credentials.flows.steps.leaves import Leaf
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.races import until_settled
from openedx_verifiable_credentials.models import AnchorLeaf
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models.credential import CredentialState

logger = logging.getLogger(__name__)

_Computed = dict[int, tuple[Credential, Leaf]]
_AT_ONCE = 100
_BUSY = "Others are changing the same credentials just now; run it again."
_NOT_OPENED = "not_opened"


@dataclasses.dataclass
class Backfill:
    """
    How far it is: credentials without a leaf when it began (``total``); so many of them looked at; leaves written;
    credentials that ended, were erased or got their leaf meanwhile (``passed``); and by code those of which no leaf can
    be computed. ``not_opened``: no key opens the document, or it is damaged.
    """

    total: int
    looked_at: int = 0
    written: int = 0
    passed: int = 0
    failed: Counter[str] = dataclasses.field(default_factory=Counter)


def backfill(means: Means, form: str) -> Iterator[Backfill]:
    """
    A leaf for every issued credential of a did:web issuer that has none; ``form``: as anchored credentials are written.

    Yields the same object after each part, further on each time. Raises TransientError ``busy``.
    """
    result = Backfill(total=_without_leaf().count())
    last = 0
    while rows := list(
        _without_leaf().filter(pk__gt=last).select_related("learner", "shape").order_by("pk")[:_AT_ONCE]
    ):  # fmt: skip
        last = rows[-1].pk
        computed = _computed(means, form, rows, result)
        written = until_settled(functools.partial(_written, computed, means.now()), _BUSY)
        result.looked_at += len(rows)
        result.written += written
        result.passed += len(computed) - written
        yield result


def _without_leaf() -> QuerySet[Credential]:
    return Credential.objects.filter(
        state=CredentialState.ISSUED,
        sealed_document__isnull=False,
        issuer__did__startswith=leaves.WEB,
        anchor_leaf__isnull=True,
    )


def _computed(
    means: Means, form: str, rows: Sequence[Credential], result: Backfill
) -> dict[int, tuple[Credential, Leaf]]:
    """By primary key. Before anything is locked: each takes milliseconds."""
    opened: dict[int, Secret] = {}
    found: _Computed = {}
    for row in rows:
        try:
            found[row.pk] = row, _leaf(means, form, row, opened)
        except ConfigurationError:
            result.failed[_NOT_OPENED] += 1
            logger.error("Credential %s has no leaf: its document does not open", row.uuid)
        except VerifiableCredentialsError as error:
            result.failed[error.code] += 1
            logger.error("Credential %s has no leaf: %s", row.uuid, error)
    return found


def _leaf(means: Means, form: str, row: Credential, opened: dict[int, Secret]) -> Leaf:
    assert row.learner is not None  # only erasing takes it away, and the document with it
    key = opened.get(row.learner.pk)
    if key is None:
        key = opened[row.learner.pk] = keys.open_learner_key(row.learner, means.keks)
    return leaves.leaf_of(keys.open_document(row, key), leaves.covers_for(row.profile_id, form))


@transaction.atomic(durable=True)
def _written(computed: _Computed, now: datetime.datetime) -> int:
    """How many were. What was erased since must not come back, not even as a hash."""
    good = Credential.objects.filter(
        pk__in=computed, state=CredentialState.ISSUED, sealed_document__isnull=False
    )  # fmt: skip
    # A write comes first: it locks against erasures, revocations and other runs until all is committed.
    good.update(created=F("created"))
    have = set(AnchorLeaf.objects.filter(credential__in=computed).values_list("credential_id", flat=True))
    missing = [pk for pk in good.order_by("pk").values_list("pk", flat=True) if pk not in have]
    leaves.write([(computed[pk][0].uuid, computed[pk][1]) for pk in missing], now)
    return len(missing)
