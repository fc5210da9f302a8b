"""
Everything that is sealed under a key-encryption key, sealed anew under the current one.

Each row is changed only if it still holds the bytes that were opened, so claims go on meanwhile. Where it has come to
is told by the rows themselves: stopped anywhere, the next run goes on with what is left.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db import transaction

from openedx_verifiable_credentials.adapters.sealed import KeyEncryptionKeys
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.flows.steps.races import until_settled
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import Learner
from openedx_verifiable_credentials.models import StatusList

BATCH = 200
# Everything that a key-encryption key seals: model, sealed column. The row's uuid is what each value is bound to.
SEALED: tuple[tuple[type[models.Model], str], ...] = (
    (IssuerKey, "sealed_seed"),
    (StatusList, "sealed_order_key"),
    (Learner, "sealed_key"),
)


@dataclasses.dataclass(frozen=True)
class Progress:
    """
    So far: values sealed anew, those that do not open with any key that is configured, and those that are left, the
    unopened ones among them.
    """

    rewrapped: int = 0
    unopened: int = 0
    left: int = 0


def count_left(keks: KeyEncryptionKeys) -> int:
    """How many values are not sealed under the current key."""
    return sum(_old(model, column, keks).count() for model, column in SEALED)


def rewrap(keks: KeyEncryptionKeys) -> Iterator[Progress]:
    """Progress after every batch, and at the end. Raises TransientError ``busy``."""
    rewrapped = unopened = 0
    for model, column in SEALED:
        last = 0
        while batch := list(_old(model, column, keks).filter(pk__gt=last).order_by("pk")[:BATCH]):
            last = batch[-1].pk
            opened, refused = _rewrap_batch(batch, column, keks)
            rewrapped, unopened = rewrapped + opened, unopened + refused
            yield Progress(rewrapped, unopened, count_left(keks))
    yield Progress(rewrapped, unopened, count_left(keks))


def _old(model: type[models.Model], column: str, keks: KeyEncryptionKeys) -> Any:
    rows = model._default_manager.exclude(sealed_with=keks.current).filter(**{f"{column}__isnull": False})
    return rows.only("pk", "uuid", column, "sealed_with")


def _rewrap_batch(batch: list[Any], column: str, keks: KeyEncryptionKeys) -> tuple[int, int]:
    @transaction.atomic(durable=True)
    def rewrap() -> list[bool | None]:
        return [_rewrap_row(row, column, keks) for row in batch]

    done = until_settled(rewrap, "Others are working on the same rows just now; run it again.")
    return done.count(True), done.count(None)


def _rewrap_row(row: Any, column: str, keks: KeyEncryptionKeys) -> bool | None:
    """True where it was sealed anew, False where somebody else changed it meanwhile, None where it does not open."""
    before, name = bytes(getattr(row, column)), row.sealed_with
    try:
        value = keks.unseal(name, before, row.uuid.bytes)
    except ConfigurationError:
        return None
    kek, after = keks.seal(value, row.uuid.bytes)
    rows = type(row)._default_manager.filter(pk=row.pk, sealed_with=name, **{column: before})
    return bool(rows.update(**{column: after, "sealed_with": kek}))
