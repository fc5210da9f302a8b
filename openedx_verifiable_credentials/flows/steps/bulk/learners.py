"""Learners' rows and their keys, for all of a part at once."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Collection
from collections.abc import Mapping
from uuid import UUID

from openedx_verifiable_credentials.adapters import sealed
from openedx_verifiable_credentials.adapters.sealed import KeyEncryptionKeys
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows.steps.bulk.rows import insert_alike
from openedx_verifiable_credentials.models import Learner


@dataclasses.dataclass(frozen=True)
class KeyOf:
    """A learner's row and the key of their documents."""

    learner_id: int
    key: Secret


def get_or_create(user_ids: Collection[int], keks: KeyEncryptionKeys, now: datetime.datetime) -> dict[int, KeyOf]:
    """
    By account. One query, two more where somebody is new. Raises TransientError ``busy`` where a learner is erased just
    then, ConfigurationError.
    """
    found = _found(user_ids, keks, {})
    missing = set(user_ids) - found.keys()
    if missing:
        made = {user_id: (uuid.uuid4(), sealed.generate_key()) for user_id in sorted(missing)}
        rows = [(name, user_id, *keks.seal(key, name.bytes)) for user_id, (name, key) in made.items()]
        # Another worker or a click may be faster: then theirs stands.
        insert_alike(Learner, {"created": now}, _COLUMNS, rows, ignore_conflicts=True)
        found |= _found(missing, keks, dict(made.values()))
        if missing - found.keys():
            raise TransientError("busy", "Learners are being erased just now.")
    return found


_COLUMNS = ("uuid", "user_id", "sealed_with", "sealed_key")


def _found(user_ids: Collection[int], keks: KeyEncryptionKeys, ours: Mapping[UUID, Secret]) -> dict[int, KeyOf]:
    """``ours``: keys by the row's uuid, of rows that were just made."""
    rows = Learner.objects.filter(user_id__in=user_ids)
    columns = rows.values_list("user_id", "pk", "sealed_with", "sealed_key", "uuid")
    return {
        user_id: KeyOf(pk, ours.get(learner_uuid) or keks.unseal(sealed_with, sealed_key, learner_uuid.bytes))
        for user_id, pk, sealed_with, sealed_key, learner_uuid in columns
    }
