"""Learners who claim, click and are erased at the same moment, on the database that production runs on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import Learner
from openedx_verifiable_credentials.models import Offer
from tests import asking
from tests import retiring
from tests import seed
from tests.concurrency.test_claims import at_once
from tests.conftest import MadeOffer
from tests.wallet import make_wallet

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]
CLAIMS, ROUNDS = 12, 4
ROOT, STAND_IN = str(Path(__file__).resolve().parents[2]), "tests/credentials_service"


@pytest.fixture(name="certificates")
def make_certificates(ready, ada):
    """Of many courses, all Ada's."""
    return [seed.backdate(seed.award(ada, seed.make_course(ready)), days=3) for _ in range(CLAIMS)]


def offered(browser: Any, certificates: list[Any]) -> list[tuple[MadeOffer, Any]]:
    """An offer and a presentation for each."""
    offers = [MadeOffer(asking.init(browser, certificate).json()) for certificate in certificates]
    return [(offer, make_wallet().present(offer.challenge)) for offer in offers]


def require_sound() -> None:
    """A document stands beside the key that opens it, or it is not there; and so does everything else."""
    keks = get_means().keks
    for row in Credential.objects.select_related("learner"):
        assert (row.sealed_document is None) == (row.learner is None) == (row.erased_at is not None)
        if row.learner is not None:
            assert keys.open_document(row, keys.open_learner_key(row.learner, keks))
        else:
            assert row.state != "intended"
    erased = Credential.objects.filter(erased_at__isnull=False).count()
    assert Event.objects.filter(kind="credential.erased").count() == erased


@pytest.mark.parametrize("seed_number", range(ROUNDS))
def test_what_is_claimed_while_its_learner_is_erased_is_erased_or_refused(
    settings, ada_client, certificates, seed_number
):
    pairs = offered(ada_client, certificates)
    pauses = random.Random(seed_number)
    waits = [pauses.uniform(0, 0.3) for _ in range(CLAIMS)] + [pauses.uniform(0.2, 2) for _ in range(2)]

    def work(number: int) -> Any:
        time.sleep(waits[number])
        if number < CLAIMS:
            offer, presentation = pairs[number]
            return offer.post(presentation).status_code
        if seed_number % 2 == 0:
            return erasing.erase_by_username("ada")
        if number == CLAIMS:
            retiring.retire(settings, "ada")
        return [result.waiting for result in erasing.erase_retired()]

    results = at_once(work, CLAIMS + 2)
    assert not [result for result in results if isinstance(result, Exception)]
    codes = Counter(results[:CLAIMS])
    assert set(codes) <= {201, 404, 410, 503}, codes
    require_sound()
    list(erasing.erase_retired())  # the other of the two may have looked before the name was another
    assert not Learner.objects.exists()
    assert not Offer.objects.exists()
    assert not Credential.objects.filter(sealed_document__isnull=False).exists()
    handed_over = Credential.objects.filter(issued_at__isnull=False).count()
    assert handed_over == codes[201]


def test_clicks_claims_erasures_and_tidying_at_once(ready, ada, ada_client, certificates):
    """The account is active: it clicks on while it is erased."""
    pairs = offered(ada_client, certificates)

    def work(number: int) -> Any:
        if number < CLAIMS:
            return pairs[number][0].post(pairs[number][1]).status_code
        if number % 3 == 0:
            browser = Client(raise_request_exception=False)
            browser.force_login(ada)
            answers = [asking.init(browser, certificates[number - CLAIMS]).status_code for _ in range(3)]
            return answers[-1]
        if number % 3 == 1:
            erasing.erase_by_username("ada")
            Learner.objects.update(created="2026-01-01T00:00:00Z")
            return 200
        erasing.tidy_learners(everything=True)
        return 200

    codes = Counter(at_once(work, 2 * CLAIMS))
    assert set(codes) <= {200, 201, 404, 410, 503}, codes
    require_sound()
    erasing.erase_by_username("ada")
    assert not Credential.objects.filter(sealed_document__isnull=False).exists()
    # And afterwards it is as if nothing had been.
    [(offer, presentation)] = offered(ada_client, certificates[:1])
    assert offer.post(presentation).status_code == 201
    require_sound()


def killed_at(number: int) -> int:
    """The exit status of a process that erases, and kills itself before its ``number``th write."""
    database = connection.settings_dict
    environment = {**os.environ, **{f"DB_{name}": str(database[name]) for name in ("ENGINE", "NAME", "USER", "HOST")}}
    environment |= {"DB_PORT": str(database["PORT"]), "PYTHONPATH": os.pathsep.join([ROOT, f"{ROOT}/{STAND_IN}"])}
    command = [sys.executable, "-m", "tests.concurrency.erasing_worker", str(number)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=120).returncode


def test_killed_anywhere_a_learner_is_erased_or_not_and_the_next_run_goes_on(settings, ready, ada, bob):
    courses = [seed.make_course(ready) for _ in range(2)]
    for learner in (ada, bob):
        browser = Client()
        browser.force_login(learner)
        own = [seed.backdate(seed.award(learner, course), days=1) for course in courses]
        assert {offer.post(shown).status_code for offer, shown in offered(browser, own)} == {201}
    retiring.rename(settings, {"ada": "retired__user_1", "bob": "retired__user_2"})
    seen = []
    # Each goes on where the one before died.
    for number in (1, 4, 8, 16):
        assert killed_at(number) in (-signal.SIGKILL, 0)
        require_sound()
        seen.append(Credential.objects.filter(erased_at__isnull=False).count())
        assert Learner.objects.count() == (4 - seen[-1]) / 2
    assert set(seen) <= {0, 2, 4}
    assert seen == sorted(seen)
    assert seen[0] == 0 < seen[-1]
    assert killed_at(1_000) == 0
    require_sound()
    assert not Learner.objects.exists() and not Offer.objects.exists()
