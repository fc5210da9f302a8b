"""
One process of many that hand out places in status lists and revoke: ``python -m tests.concurrency.list_worker JSON``.

It works on the database that DB_* names. What it did goes to stdout, one line each, after the database has said yes:
``place LIST INDEX``, ``revoking LIST INDEX``, ``revoked LIST INDEX``, at the end ``done SECONDS``; or the error of a
thread, and an exit status of 1. Without ``threads`` it dies instead, see :func:`die_at_every_point`.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
import traceback
from collections.abc import Iterable
from typing import Any

from tests.concurrency.dying import fork
from tests.concurrency.dying import killed_at
from tests.concurrency.dying import say

PROFILE = "obv3-vc1"


def set_up(plan: dict[str, Any]) -> None:
    """Django, with the lists and the isolation of ``plan``."""
    import django
    from django.conf import settings

    settings.OPENEDX_VC_STATUS_LIST_FILL_PERCENT = plan.get("fill", 50)
    if plan.get("isolation"):
        settings.DATABASES["default"].setdefault("OPTIONS", {})["isolation_level"] = plan["isolation"]
    django.setup()


def allocate(count: int, issuer: Any = None) -> list[tuple[int, int]]:
    """``count`` places: list and index."""
    from openedx_verifiable_credentials.api.means import get_means
    from openedx_verifiable_credentials.flows.steps import status_lists
    from openedx_verifiable_credentials.models import Issuer

    places = status_lists.allocate(get_means(), issuer or Issuer.objects.get(), PROFILE, count)
    return [(place.status_list.pk, place.index) for place in places]


def revoke(places: Iterable[tuple[int, int]], attempts: int = 8) -> None:
    """As flows do: in a transaction, tried again where the database says so."""
    from django.db import DatabaseError
    from django.db import transaction
    from django.utils import timezone

    from openedx_verifiable_credentials.flows.steps import status_lists
    from openedx_verifiable_credentials.flows.steps.races import is_race
    from openedx_verifiable_credentials.models import Credential

    credentials = [Credential(status_list_id=pk, status_index=index) for pk, index in places]
    for attempt in range(attempts):
        try:
            with transaction.atomic():
                status_lists.mark_revoked(credentials, timezone.now())
            return
        except DatabaseError as error:
            if not is_race(error) or attempt == attempts - 1:
                raise


def work(choose: random.Random, count: int) -> None:
    """``count`` places in handfuls; about half of them are revoked, together with some of earlier lists."""
    kept: list[tuple[int, int]] = []
    left = count
    while left:
        places = allocate(min(left, choose.choice((1, 1, 2, 5, 20, 60))))
        left -= len(places)
        say(*(f"place {pk} {index}" for pk, index in places))
        kept += places
        if choose.random() < 0.3 or not left:
            choose.shuffle(kept)
            half, most = len(kept) // 2, len(kept) * 3 // 4
            chosen, kept = kept[:half], kept[half:most]  # the last quarter is never revoked
            say(*(f"revoking {pk} {index}" for pk, index in chosen))
            revoke(chosen)
            say(*(f"revoked {pk} {index}" for pk, index in chosen))


def load(plan: dict[str, Any]) -> int:
    """``threads`` that do it at the same time."""
    from django.db import connection
    from django.db import connections

    failed: list[str] = []
    start = threading.Barrier(plan["threads"] + 1)

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            start.wait(60)
            work(random.Random(plan["seed"] * 1000 + number), plan["count"])
        except BaseException:
            failed.append(traceback.format_exc())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(plan["threads"])]
    for thread in threads:
        thread.start()
    say("ready")
    sys.stdin.readline()
    start.wait(60)
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    say(*failed, f"done {time.perf_counter() - began:.2f}")
    return 1 if failed else 0


def die_at_every_point(plan: dict[str, Any]) -> int:
    """
    What ``plan`` says, in forked processes: the first is killed before its first statement, the second before its
    second, and so on, before the commit and after it, until one lives. Each begins anew with ``plan["allocated"]`` of
    the places of each of ``plan["lists"]`` lists, and says where it died and what it left:
    ``{"at": …, "lists": [{"allocated": …, "open": …, "bits": […], …}, …]}``.
    """
    from django.db import connections

    connections.close_all()
    number, killed = 0, True
    while killed:
        fork(lambda: _begin_anew(plan))
        killed = fork(lambda number=number: _do_and_die(plan, number))  # type: ignore[misc]
        assert not fork(_tell)
        number += 1
    return 0


def _begin_anew(plan: dict[str, Any]) -> None:
    from openedx_verifiable_credentials.api.means import get_means
    from openedx_verifiable_credentials.flows.steps import status_lists
    from openedx_verifiable_credentials.models import Issuer
    from openedx_verifiable_credentials.models import StatusList

    StatusList.objects.all().delete()
    for _ in range(plan["lists"]):
        StatusList.objects.update(open_key=None)
        status_lists._open_list(get_means(), Issuer.objects.get(), PROFILE, plan["allocated"])


def _tell() -> None:
    from openedx_verifiable_credentials.models import StatusList

    rows = [
        {
            "allocated": row.allocated,
            "open": row.open_key is not None,
            "bits": sum(byte.bit_count() for byte in row.bits),
            "version": row.bits_version,
            "waits": row.changed_at is not None,
        }
        for row in StatusList.objects.order_by("pk")
    ]
    say(json.dumps({"lists": rows}))


def _do_and_die(plan: dict[str, Any], number: int) -> None:
    from openedx_verifiable_credentials.models import Issuer
    from openedx_verifiable_credentials.models import StatusList

    issuer = Issuer.objects.get()
    pks = list(StatusList.objects.order_by("pk").values_list("pk", flat=True))
    with killed_at(number):
        if "revoke" in plan:
            revoke([(pk, index) for pk in pks for index in plan["revoke"]])
        else:
            allocate(plan["allocate"], issuer)


def main() -> int:
    """The exit status."""
    plan = json.loads(sys.argv[1])
    set_up(plan)
    return load(plan) if "threads" in plan else die_at_every_point(plan)


if __name__ == "__main__":
    sys.exit(main())
