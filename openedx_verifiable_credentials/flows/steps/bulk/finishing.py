"""
After a part was written: its certificates' status is asked once more. Whatever the host revokes from here on finds the
credential; what it revoked between our first look and the ledger's row shows here.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from uuid import UUID

from openedx_verifiable_credentials.flows.steps.bulk import orders
from openedx_verifiable_credentials.flows.steps.claimable import AWARDED
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.revoking import REVOCABLE
from openedx_verifiable_credentials.flows.steps.revoking import Ending
from openedx_verifiable_credentials.flows.steps.revoking import revoke
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models.batch import ChunkState
from openedx_verifiable_credentials.models.credential import EndReason

_FEW_DELETED = 3
_ONE_IN = 10


def look_again(means: Means, chunk: BatchChunk, certificate_uuids: Sequence[UUID]) -> None:
    """The part is done; so is its batch, where it was the last. Raises TransientError ``busy``."""
    statuses = means.source.statuses(certificate_uuids)
    for reason, over in (
        (EndReason.HOST_REVOKED, [one for one in certificate_uuids if statuses.get(one, AWARDED) != AWARDED]),
        (EndReason.HOST_DELETED, _deleted(certificate_uuids, statuses)),
    ):
        if over:
            rows = Credential.objects.filter(certificate_uuid__in=over, batch=chunk.batch_id, state__in=REVOCABLE)
            revoke(list(rows.values_list("pk", flat=True)), Ending(reason, means.now()))
    done = BatchChunk.objects.filter(pk=chunk.pk, state=ChunkState.INSERTED)
    done.update(state=ChunkState.DONE, worker="", leased_until=None)
    orders.finish(chunk.batch, means.now())


def _deleted(certificate_uuids: Sequence[UUID], statuses: Mapping[UUID, str]) -> list[UUID]:
    """Where many are gone at once, the host may have lost them: that is for ``vc_reconcile --all`` and its question."""
    gone = [one for one in certificate_uuids if one not in statuses]
    return gone if len(gone) <= _FEW_DELETED or len(gone) * _ONE_IN <= len(certificate_uuids) else []
