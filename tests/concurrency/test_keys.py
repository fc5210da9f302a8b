"""Keys that are replaced and sealed anew while learners claim, and while processes are killed."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import uuid
from collections import Counter
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openedx_verifiable_credentials.adapters.sealed import KeyEncryptionKeys
from openedx_verifiable_credentials.api import issuer_keys
from openedx_verifiable_credentials.api.means import get_key_encryption_keys
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.flows.steps.publishing import publish
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import Learner
from openedx_verifiable_credentials.models import StatusList
from tests.concurrency.test_claims import at_once
from tests.concurrency.test_status_lists import ROOT
from tests.concurrency.test_status_lists import Shared
from tests.concurrency.test_status_lists import on_each_database
from tests.wallet import make_wallet

committed = pytest.mark.django_db(transaction=True)
NEW = {"new": "A" * 43 + "="}


def deaths(shared: Shared, **plan: Any) -> list[tuple[str, dict[str, Any]]]:
    """Where it died, and what it left; first, what was there before."""
    environment = {
        **os.environ,
        **shared.environment,
        "DJANGO_SETTINGS_MODULE": "credentials.settings.test",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "credentials_service")]),
    }
    plan["isolation"] = shared.isolation
    command = [sys.executable, "-m", "tests.concurrency.key_worker", json.dumps(plan)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    pairs = zip(lines[1::2], lines[2::2], strict=True)
    return [("before", lines[0]), *((where["at"], left) for where, left in pairs)]


@pytest.fixture(name="keks")
def make_keks(settings) -> dict[str, str]:
    return dict(settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS)


@committed
@on_each_database
def test_a_rotation_that_is_killed_was_made_or_was_not(web_issuer, keks, tmp_path, mode):
    left = deaths(Shared(tmp_path, mode), what="rotate", keks=keks)
    assert left[-1][0] == "lived"
    places = [where for where, _ in left]
    assert "before COMMIT" in places
    assert "after COMMIT" in places
    assert len(places) > 6
    count = 1
    for where, state in left:
        count += where in ("after COMMIT", "lived")
        signing = [key for key in state["keys"] if key[1]]
        assert len(state["keys"]) == count, where
        assert [signing] == [state["keys"][-1:]], "one signs, the newest"
        assert all(key[2] for key in state["keys"][:-1]), "the others are retired"
        assert state["events"].count("key.rotated") == count - 1, where


@committed
@on_each_database
def test_a_retirement_that_is_killed_was_made_or_was_not(web_issuer, keks, tmp_path, mode):
    key = web_issuer.keys.get().public_key_multibase
    left = deaths(Shared(tmp_path, mode), what="retire", key=key, keks=keks)
    assert left[-1][0] == "lived"
    is_over = False
    for where, state in left:
        is_over = is_over or where in ("after COMMIT", "lived")
        assert state["keys"] == [[key, None if is_over else True, is_over, is_over]], where
        assert state["events"] == (["key.retired", "key.compromised"] if is_over else []), where


@committed
@on_each_database
def test_a_rewrapping_that_is_killed_loses_nothing_and_goes_on(web_issuer, keks, tmp_path, mode):
    old = get_key_encryption_keys()
    for number in range(5):
        make_learner(old, number)
    left = deaths(Shared(tmp_path, mode), what="rewrap", keks={**NEW, **keks})
    values = left[0][1]["values"]
    assert len(values) == 6
    assert left[0][1]["left"] == 6
    for where, state in left:
        assert state["values"] == values, where
    amounts = [state["left"] for _, state in left]
    assert amounts == sorted(amounts, reverse=True), "what is done stays done"
    assert (left[-1][0], amounts[-1]) == ("lived", 0)


def make_learner(keks: KeyEncryptionKeys, number: int) -> None:
    learner_uuid = uuid.uuid4()
    name, sealed = keks.seal(Secret(bytes([number + 1]) * 32), learner_uuid.bytes)
    Learner.objects.create(
        uuid=learner_uuid, user_id=1000 + number, sealed_key=sealed, sealed_with=name, created=timezone.now()
    )


def one_key_signs() -> bool:
    """Of an issuer and algorithm, at this moment."""
    rows = IssuerKey.objects.filter(signs=True).values_list("issuer", "algorithm")
    return Counter(rows) == Counter(dict.fromkeys(rows, 1))


class Load:
    """Learners that claim, and what goes on until the last of them is done."""

    def __init__(self, site: Any, count: int):
        from tests import seed

        course = seed.make_course(site)
        self._over = threading.Event()
        self._left = threading.Semaphore(0)
        self.claims = []
        self.seen: list[bool] = []
        for number in range(count):
            learner = seed.make_learner(f"learner{number}", f"Learner {number}")
            browser = Client(raise_request_exception=False)
            browser.force_login(learner)
            self.claims.append((browser, seed.backdate(seed.award(learner, course), days=1)))

    def run(self, number: int) -> Any:
        """The answer to a claim, or one of the others."""
        if number < len(self.claims):
            try:
                return self._claim(*self.claims[number])
            finally:
                self._left.release()
        others = (self._wait, self._rotate, self._rotate, self._rewrap, self._publish)
        return others[number - len(self.claims)]()

    def _claim(self, browser: Client, certificate: Any) -> Any:
        from tests import asking
        from tests.conftest import MadeOffer

        offer = MadeOffer(asking.init(browser, certificate).json())
        return offer.post(make_wallet().present(offer.challenge))

    def _wait(self) -> None:
        for _ in self.claims:
            assert self._left.acquire(timeout=100)
        self._over.set()

    def _rotate(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(TransientError):
                issuer_keys.rotate_key("academy", issuer_keys.NewKey())

    def _rewrap(self) -> None:
        while not self._over.is_set():
            list(issuer_keys.rewrap_keys())

    def _publish(self) -> None:
        while not self._over.is_set():
            self.seen.append(one_key_signs())
            for status_list in StatusList.objects.all():
                publish(get_means(), status_list)


@committed
@pytest.mark.mariadb
@pytest.mark.slow
def test_rotation_rewrapping_and_publishing_while_learners_claim(site, switched_on, web_issuer, settings):
    """Every claim is served; every credential is named by the DID document; nothing is left behind."""
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = {**settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS, **NEW}
    load = Load(site, 24)
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = {**NEW, **settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS}
    results = at_once(load.run, 24 + 5)
    responses, others = results[:24], results[24:]
    assert others == [None] * 5, others
    statuses = Counter(getattr(response, "status_code", repr(response)) for response in responses)
    # Whoever loses every race is told to try again.
    assert set(statuses) <= {201, 503}, statuses
    assert statuses[201] >= 12, statuses
    assert load.seen
    assert all(load.seen)
    list(issuer_keys.rewrap_keys())
    assert issuer_keys.count_keys_to_rewrap() == 0
    assert web_issuer.keys.filter(signs=True).count() == 1
    assert web_issuer.keys.filter(retired_at=None).count() == 1
    assert Event.objects.filter(kind="key.rotated").count() == web_issuer.keys.count() - 1 > 1
    assert_listed(statuses[201])


def assert_listed(count: int) -> None:
    """Every credential opens, and its key is in the DID document."""
    document = Client().get("/.well-known/did.json", HTTP_HOST="credentials.example.edu").json()
    keks = get_key_encryption_keys()
    issued = Credential.objects.filter(state="issued").select_related("learner", "key")
    assert len(issued) == count
    for credential in issued:
        signed = json.loads(keys.open_document(credential, keys.open_learner_key(credential.learner, keks)))
        _, proof = get_profile(credential.profile_id).detach(signed)
        assert proof["verificationMethod"] in document["assertionMethod"]
        assert credential.key.public_key_multibase in proof["verificationMethod"]
