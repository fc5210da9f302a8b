"""
One process of many that issue a batch: ``python -m tests.concurrency.batch_worker JSON``, on the database that DB_*
names. What it says goes to stdout, one JSON object a line; :data:`WORK` has what the plan may ask for.

Every message that a key signs is written to the file ``signatures`` before it is signed.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any
from unittest import mock

from tests.concurrency.dying import fork
from tests.concurrency.dying import killed_at
from tests.concurrency.dying import say

PROFILE = "obv3-vc2"


def set_up(plan: dict[str, Any]) -> None:
    """Django, with the isolation and the size of parts of ``plan``."""
    import django
    from django.conf import settings

    if plan.get("isolation"):
        settings.DATABASES["default"].setdefault("OPTIONS", {})["isolation_level"] = plan["isolation"]
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        # Processes die here, not the machine: what they wrote needs no disk.
        options = {"timeout": 30, "init_command": "PRAGMA synchronous=OFF"}
        settings.DATABASES["default"].setdefault("OPTIONS", {}).update(options)
    django.setup()
    from openedx_verifiable_credentials.flows.steps.bulk import listing

    listing.CHUNK = plan.get("chunk", listing.CHUNK)
    listing._AT_ONCE = 2


@contextlib.contextmanager
def recorded(path: str, reached: Callable[[str], None] = lambda what: None) -> Iterator[None]:
    """Every message that is signed, in the file at ``path``, before it is; ``reached`` is told before and after."""
    from openedx_verifiable_credentials.adapters.local_keys import LocalSigner

    sign = LocalSigner.sign

    def sign_and_tell(signer: LocalSigner, message: bytes) -> bytes:
        reached("signature")
        with open(path, "a", encoding="ascii") as file:
            file.write(message.hex() + "\n")
        signature = sign(signer, message)
        reached("signed")
        return signature

    with mock.patch.object(LocalSigner, "sign", sign_and_tell):
        yield


@contextlib.contextmanager
def clock(seconds: float) -> Iterator[None]:
    """This process thinks that it is that much later."""
    import datetime

    from django.utils import timezone

    now = timezone.now
    with mock.patch.object(timezone, "now", lambda: now() + datetime.timedelta(seconds=seconds)):
        yield


def drain(name: str, batch: Any = None, pause: float = 0.05) -> int:
    """Everything there is to do; how many parts it worked on, whatever became of them."""
    from openedx_verifiable_credentials.api import batches

    count, end = 0, time.monotonic() + 120
    for one in batches.Worker(name).work(batch):
        assert time.monotonic() < end, "nothing comes to an end"
        if isinstance(one, float):
            time.sleep(min(one, pause))
        else:
            count += 1
    return count


def die_at_every_point(plan: dict[str, Any]) -> int:
    """
    A batch of all there is, in forked processes: the first is killed at its first point, the second at its second, and
    so on, until one lives. Each begins anew; another one goes on with what it left, its lease freed or run out. Three
    lines each: ``{"at": …}``, and what was left before and after the other one, as :func:`_left`.
    """
    from django.db import connections

    connections.close_all()
    # The list of places is there, and published.
    assert not fork(lambda: _work_and_die(plan, 10**9))
    number, killed = 0, True
    while killed:
        killed = fork(lambda number=number: _work_and_die(plan, number))  # type: ignore[misc]
        assert not fork(lambda number=number: _go_on(plan, number))  # type: ignore[misc]
        number += 1
    return 0


def _work_and_die(plan: dict[str, Any], number: int) -> None:
    from openedx_verifiable_credentials.models import Batch
    from openedx_verifiable_credentials.models import Credential
    from openedx_verifiable_credentials.models import Event
    from openedx_verifiable_credentials.models import Learner

    for model in (Credential, Batch, Event, Learner):
        model.objects.all().delete()
    with open(plan["signatures"], "w", encoding="ascii"):
        pass
    batch = _ordered()
    if plan["kill"] == "listing":
        with killed_at(number):
            _list(batch, "first")
        return
    _list(batch, "first")
    with killed_at(number) as reached, recorded(plan["signatures"], reached):
        drain("first", batch)


def _ordered() -> Any:
    from openedx_verifiable_credentials.api import batches

    return batches.create(batches.Order(batches.Selection(), PROFILE))


def _list(batch: Any, worker: str) -> None:
    from openedx_verifiable_credentials.api import batches

    for _ in batches.list_certificates(batch, worker):
        pass


def _go_on(plan: dict[str, Any], number: int) -> None:
    from openedx_verifiable_credentials.api import batches
    from openedx_verifiable_credentials.models import Batch

    _tell(plan)
    batch = Batch.objects.get().uuid
    later = 0
    if number % 2:
        batches.free("first")
    else:
        later = 700 if plan["kill"] == "listing" else 130
    with clock(later), recorded(plan["signatures"]):
        _list(batch, "second")
        drain("second", batch)
    _tell(plan)


def _tell(plan: dict[str, Any]) -> None:
    say(json.dumps(_left(plan)))


def _left(plan: dict[str, Any]) -> dict[str, Any]:
    """What the database holds, and how many different messages were signed."""
    from openedx_verifiable_credentials.flows.steps.bulk import listing
    from openedx_verifiable_credentials.models import Batch
    from openedx_verifiable_credentials.models import BatchChunk
    from openedx_verifiable_credentials.models import Credential
    from tests import ledgers

    with open(plan["signatures"], encoding="ascii") as file:
        signed = set(file.read().split())
    ledgers.require_sound()
    parts = list(BatchChunk.objects.order_by("batch", "number"))
    return {
        "batches": list(Batch.objects.order_by("pk").values_list("state", flat=True)),
        "parts": [part.state for part in parts],
        "listed": sorted(one.hex for part in parts for one in listing.unpacked(part.certificates)),
        "places": [place for part in parts for place in part.places],
        "signed": len(signed),
        "issued": sorted(one.hex for one in Credential.objects.values_list("certificate_uuid", flat=True)),
        "keys": Credential.objects.filter(live_key__isnull=False).count(),
    }


def work(plan: dict[str, Any]) -> int:
    """Until nothing is left to do, as soon as it is told so; how many parts that were."""
    from django.db import connection

    connection.ensure_connection()
    say(json.dumps("ready"))
    sys.stdin.readline()
    with clock(plan.get("clock", 0)), recorded(plan["signatures"]):
        say(json.dumps({"parts": drain(f"worker {os.getpid()}")}))
    return 0


def order(plan: dict[str, Any]) -> int:
    """``count`` batches of all there is, listed."""
    for _ in range(plan["count"]):
        _list(_ordered(), "lister")
    return 0


def tell(plan: dict[str, Any]) -> int:
    """What there is."""
    _tell(plan)
    return 0


WORK = {"die": die_at_every_point, "work": work, "order": order, "tell": tell}

if __name__ == "__main__":
    chosen = json.loads(sys.argv[1])
    set_up(chosen)
    sys.exit(WORK[chosen["what"]](chosen))
