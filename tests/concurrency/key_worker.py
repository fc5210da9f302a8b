"""
One process that replaces keys or seals them anew and is killed in the middle: ``python -m tests.concurrency.key_worker
JSON``, with ``{"what": "rotate" | "retire" | "rewrap", "keks": {…}}``.

Before its first statement, before its second, and so on, before the commit and after it, until one lives; each goes on
with what the one before it has left. Two lines each: ``{"at": …}``, and ``{"keys": […], "values": {…}, "events": […],
"left": …}``; the latter once before all.
"""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Any

from tests.concurrency.dying import fork
from tests.concurrency.dying import killed_at
from tests.concurrency.dying import say


def _do(plan: dict[str, Any]) -> None:
    from openedx_verifiable_credentials.api import issuer_keys
    from openedx_verifiable_credentials.models import IssuerKey

    if plan["what"] == "rotate":
        issuer_keys.rotate_key("academy", issuer_keys.NewKey())
    elif plan["what"] == "rewrap":
        list(issuer_keys.rewrap_keys())
    else:
        import datetime

        since = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
        key = IssuerKey.objects.get(public_key_multibase=plan["key"])
        issuer_keys.retire_key("academy", str(key.uuid), compromised_since=since)


def _do_and_die(plan: dict[str, Any], number: int) -> None:
    with killed_at(number):
        _do(plan)


def _tell() -> None:
    """What is there; of sealed values a digest of what they hold, so that none of them is in a log."""
    from openedx_verifiable_credentials.api import issuer_keys
    from openedx_verifiable_credentials.api.means import get_key_encryption_keys
    from openedx_verifiable_credentials.flows.rewrap_keys import SEALED
    from openedx_verifiable_credentials.flows.steps.keys import open_signer
    from openedx_verifiable_credentials.models import Event
    from openedx_verifiable_credentials.models import IssuerKey

    keks = get_key_encryption_keys()
    keys = []
    for key in IssuerKey.objects.select_related("issuer").order_by("pk"):
        open_signer(key, keks)
        dates = [date is not None for date in (key.retired_at, key.compromised_since)]
        keys.append([key.public_key_multibase, key.signs, *dates])
    values = {
        f"{model.__name__} {row.uuid}": hashlib.sha256(
            keks.unseal(row.sealed_with, getattr(row, column), row.uuid.bytes).reveal()
        ).hexdigest()
        for model, column in SEALED
        for row in model._default_manager.all()
    }
    events = list(Event.objects.filter(kind__startswith="key").order_by("pk").values_list("kind", flat=True))
    left = issuer_keys.count_keys_to_rewrap()
    say(json.dumps({"keys": keys, "values": values, "events": events, "left": left}))


def main() -> int:
    """The exit status."""
    plan = json.loads(sys.argv[1])
    import django
    from django.conf import settings

    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = plan["keks"]
    if plan.get("isolation"):
        settings.DATABASES["default"].setdefault("OPTIONS", {})["isolation_level"] = plan["isolation"]
    django.setup()
    number, killed = 0, True
    assert not fork(_tell)
    while killed:
        killed = fork(lambda number=number: _do_and_die(plan, number))  # type: ignore[misc]
        assert not fork(_tell)
        number += 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
