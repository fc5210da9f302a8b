"""
Processes that issue while anchoring is on, or that compute leaves of what was issued before: ``python -m
tests.concurrency.leaf_worker JSON``, on the database that DB_* names. What it says goes to stdout, one JSON object a
line.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from tests.concurrency import batch_worker
from tests.concurrency.dying import fork
from tests.concurrency.dying import killed_at
from tests.concurrency.dying import say


def die_at_every_point(plan: dict[str, Any]) -> int:
    """
    As :func:`.batch_worker.die_at_every_point`: each is killed one point later than the one before it, and another one
    goes on. Three lines each: ``{"at": …}``, and what was left before and after the other one, as :func:`_tell`.
    """
    from django.db import connections

    connections.close_all()
    assert not fork(lambda: _work(plan, None))
    number, killed = 0, True
    while killed:
        killed = fork(lambda number=number: _work(plan, number))  # type: ignore[misc]
        _tell()
        connections.close_all()
        assert not fork(lambda: _go_on(plan))
        _tell()
        connections.close_all()
        number += 1
    return 0


def _work(plan: dict[str, Any], number: int | None) -> None:
    from openedx_verifiable_credentials.models import AnchorLeaf
    from openedx_verifiable_credentials.models import Batch
    from openedx_verifiable_credentials.models import Credential

    last = 10**9 if number is None else number
    AnchorLeaf.objects.all().delete()
    if plan["kill"] == "backfill":
        if number is None:
            _anchoring(False)
            batch_worker.drain("first", _listed())
            _anchoring(True)
        with killed_at(last):
            _backfill()
        return
    Credential.objects.all().delete()
    Batch.objects.all().delete()
    batch = _listed()
    with killed_at(last):
        batch_worker.drain("first", batch)


def _go_on(plan: dict[str, Any]) -> None:
    from openedx_verifiable_credentials.api import batches

    if plan["kill"] == "backfill":
        _backfill()
        return
    batches.free("first")
    batch_worker.drain("second")


def backfill(_plan: dict[str, Any]) -> int:
    """As soon as it is told so; how many leaves it wrote."""
    from django.db import connection

    connection.ensure_connection()
    say(json.dumps("ready"))
    sys.stdin.readline()
    say(json.dumps({"written": _backfill()}))
    return 0


def issue(_plan: dict[str, Any]) -> int:
    """All there is, while anchoring is off."""
    _anchoring(False)
    batch_worker.drain("worker", _listed())
    return 0


def tell(_plan: dict[str, Any]) -> int:
    """What there is."""
    _tell()
    return 0


def _listed() -> Any:
    batch = batch_worker._ordered()
    batch_worker._list(batch, "lister")
    return batch


def _anchoring(is_on: bool) -> None:
    from django.conf import settings

    settings.OPENEDX_VC_ANCHORING = is_on


def _backfill() -> int:
    from openedx_verifiable_credentials.api import anchor_leaves
    from openedx_verifiable_credentials.flows import backfill_leaves

    backfill_leaves._AT_ONCE = 2
    written = 0
    for progress in anchor_leaves.backfill():
        written = progress.written
    return written


def _tell() -> None:
    """The certificates that have a credential, and those whose credential has the leaf of its document."""
    from openedx_verifiable_credentials.core import anchoring
    from openedx_verifiable_credentials.models import AnchorLeaf
    from openedx_verifiable_credentials.models import Credential
    from tests import reissued

    found = []
    for leaf in AnchorLeaf.objects.select_related("credential"):
        assert anchoring.leaf_of(reissued.document_of(leaf.credential), leaf.covers).hex() == leaf.leaf
        found.append(leaf.credential.certificate_uuid.hex)
    issued = Credential.objects.filter(state="issued").values_list("certificate_uuid", flat=True)
    say(json.dumps({"issued": sorted(one.hex for one in issued), "leaves": sorted(found)}))


WORK = {"die": die_at_every_point, "backfill": backfill, "issue": issue, "tell": tell}

if __name__ == "__main__":
    chosen = json.loads(sys.argv[1])
    batch_worker.set_up(chosen)
    _anchoring(True)
    sys.exit(WORK[chosen["what"]](chosen))
