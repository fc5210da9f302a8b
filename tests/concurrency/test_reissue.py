"""
Credentials that are issued anew by several at once, while others revoke them, and by processes that are killed: there
never are two successors, and nothing ends without one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from openedx_verifiable_credentials.api import publishing
from openedx_verifiable_credentials.api import reconciling
from openedx_verifiable_credentials.api import reissuing
from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import Offer
from tests import ledgers
from tests import reissued
from tests.concurrency.test_claims import at_once
from tests.wallet import make_wallet

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).parents[2]
COUNT = 10


@pytest.fixture(name="old")
def make_old(make_offer: Any, course_certificate: Any, web_issuer: Any, ada: Any) -> Credential:
    """Issued, before the name was corrected."""
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    reissued.rename(ada)
    return Credential.objects.get()


@pytest.fixture(name="many")
def make_many(old: Credential) -> list[Credential]:
    """And more like it."""
    return [old, *reissued.copies(old, COUNT - 1)]


def last(chunks: Any) -> reissuing.Reissue:
    done: reissuing.Reissue = [*chunks][-1]
    return done


@pytest.mark.usefixtures("many")
def test_several_at_once_make_one_successor_of_each():
    facts = reissuing.Facts(issuer="academy")
    results = at_once(lambda _: last(reissuing.reissue_where(facts, reason="name_corrected")), 4)
    assert not [one for one in results if isinstance(one, Exception)], results
    # Whoever is overtaken is told so; whoever comes later finds that it is done.
    skipped, failed = (sum((getattr(one, name) for one in results), Counter()) for name in ("skipped", "failed"))
    assert set(skipped) <= {"credential_ended", "unchanged"}
    assert set(failed) <= {"busy"}
    last(reissuing.reissue_where(facts, reason="name_corrected"))
    states = Counter(Credential.objects.values_list("state", flat=True))
    assert (states["issued"], states["superseded"], states["intended"]) == (COUNT, COUNT, 0)
    assert Event.objects.filter(kind="credential.superseded").count() == COUNT
    publishing.publish_due(now=True)
    reissued.require_sound()
    ledgers.require_sound()


def test_revocations_at_the_same_time_win_or_come_later(many):
    uuids = [row.uuid for row in many]

    def work(number: int) -> Any:
        if number < 2:
            return last(reissuing.reissue_credentials(uuids, reason="name_corrected"))
        part = uuids[:: 1 if number == 2 else -1][: COUNT // 2]
        for one in part:
            list(revoking.revoke_credentials([one], reason="staff"))
        return None

    results = at_once(work, 4)
    assert not [one for one in results if isinstance(one, Exception)], results
    assert set(Credential.objects.filter(uuid__in=uuids).values_list("state", flat=True)) == {"revoked"}
    for row in Credential.objects.filter(uuid__in=uuids):
        # Revoked before it was issued anew, it has no successor; afterwards, one.
        superseded = Event.objects.filter(kind="credential.superseded", ids__credential=str(row.uuid)).count()
        assert row.replaced_by.filter(state="issued").count() == superseded <= 1
    publishing.publish_due(now=True)
    ledgers.require_sound()


def test_new_claims_that_supersede_at_the_same_time_leave_one(
    ready, ada, ada_client, web_issuer, make_offer, course_certificate, settings
):
    """Whether a claim supersedes the old one or the one that was issued anew for it: one stands at the end."""
    settings.OPENEDX_VC_ON_NEW_CLAIM = "supersede"
    for number in range(3):
        make_offer(course_certificate).claim(make_wallet())
        offers = [_another(make_offer(course_certificate)) for _ in range(4)]
        reissued.rename(ada, f"Ada {number}")
        wallets = [make_wallet().present(offer.challenge) for offer in offers]

        def work(nth: int, offers: Any = offers, wallets: Any = wallets) -> Any:
            if nth < len(offers):
                return offers[nth].post(wallets[nth]).status_code
            named = [course_certificate.uuid]
            return last(reissuing.reissue_certificates(named, reason="name_corrected", force=True))

        results = at_once(work, 6)
        assert set(results[:4]) <= {201, 409, 410, 503}, results
        assert 201 in results[:4]
        for done in results[4:]:
            assert set(done.failed) <= {"busy"}, done
            assert set(done.skipped) <= {"credential_ended"}, done
        states = Counter(Credential.objects.values_list("state", flat=True))
        assert states["issued"] == 1, (states, results)
    reconciling.tidy()
    publishing.publish_due(now=True)
    reissued.require_sound()
    ledgers.require_sound()


def _another(offer: Any) -> Any:
    """The next click makes a new one."""
    Offer.objects.update(reuse_key=None)
    return offer


def test_killed_anywhere_there_is_one_that_counts_and_the_next_run_finishes(old):
    database = connection.settings_dict
    environment = {**os.environ, **{f"DB_{name}": str(database[name]) for name in ("ENGINE", "NAME", "USER", "HOST")}}
    environment |= {
        "DB_PORT": str(database["PORT"]),
        "DJANGO_SETTINGS_MODULE": "credentials.settings.test",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "credentials_service")]),
    }
    command = [sys.executable, "-m", "tests.concurrency.reissue_worker", str(old.certificate_uuid)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stderr[-3000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    places = [line["at"] for line in lines[::2]]
    assert places[-1] == "lived"
    # The place in the list, the intent, the release.
    assert places.count("before COMMIT") >= 3
    assert places.count("after COMMIT") >= 3
    assert len(places) > 20
    is_done = False
    for place, left in zip(places, lines[1::2], strict=True):
        states = left["states"]
        is_done = is_done or "superseded" in states
        assert Counter(states)["issued"] == 1, place
        assert states[0] == ("superseded" if is_done else "issued"), place
        assert left["successor"] == [is_done], place
        assert left["marked"] == [is_done] + [False] * (len(states) - 1), place
        assert Counter(states)["intended"] <= 1, place
    assert is_done
    assert Counter(lines[-1]["states"])["intended"] == 0
    publishing.publish_due(now=True)
    reissued.require_sound()
    ledgers.require_sound()
    assert reconciling.tidy() == 0
