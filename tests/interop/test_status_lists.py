"""Other people's libraries read our status lists as we do: bit by bit, and beside the credentials they are about."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openedx_verifiable_credentials.core import status_list as core
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import StatusList
from tests import asking
from tests.commands.run import run
from tests.interop import judges
from tests.wallet import make_wallet

pytestmark = [pytest.mark.node, pytest.mark.slow]
COUNT = 10_000
LENGTH = core.MIN_LENGTH
FIXED = (0, 7, 8, 9, 71, 131_071)
FORMS = {"bitstring": True, "statusList2021": False}
_AS_CHARACTERS = [f"{byte:08b}".encode() for byte in range(256)]


def some_bits(number: int, choose: random.Random) -> bytes:
    """Nothing, everything, just one, a few, or noise that is thin or thick."""
    if number < 2:
        return (b"\0", b"\xff")[number] * (LENGTH // 8)
    if number < 2 + len(FIXED):
        return core.with_bits(core.empty_bits(LENGTH), [FIXED[number - 2]])
    if number % 8:
        few = choose.choices(range(LENGTH), k=round(2 ** choose.uniform(0, 12)))
        return core.with_bits(core.empty_bits(LENGTH), few)
    noise = choose.getrandbits(LENGTH)
    for _ in range(choose.randrange(5)):
        noise = noise & choose.getrandbits(LENGTH) if choose.random() < 0.5 else noise | choose.getrandbits(LENGTH)
    return noise.to_bytes(LENGTH // 8, "big")


def lists(expected: list[dict[str, Any]]) -> Iterator[str]:
    """The lines for read_lists.mjs; ``expected`` grows by what each must be read as."""
    choose = random.Random(20260302)
    for number in range(COUNT):
        bits = some_bits(number, choose)
        indices = [*FIXED, *choose.sample(range(LENGTH), 64)]
        line: dict[str, Any] = {"indices": indices, "whole": number % 100 in (0, 1, 2, 7)}
        line |= {name: core.encode(bits, multibase=multibase) for name, multibase in FORMS.items()}
        answer: dict[str, Any] = {"length": LENGTH, "set": [index for index in indices if core.get_bit(bits, index)]}
        if line["whole"]:
            answer["sha256"] = hashlib.sha256(b"".join(_AS_CHARACTERS[byte] for byte in bits)).hexdigest()
        for name, multibase in FORMS.items():
            assert core.decode(line[name], multibase=multibase) == bits
        expected.append({"bits": bits if line["whole"] else None, "answer": answer})
        yield json.dumps(line)


def test_ten_thousand_lists_are_read_alike_by_the_libraries_of_digital_bazaar():
    expected: list[dict[str, Any]] = []
    wrong: list[tuple[int, str]] = []
    wholes = 0
    for number, answers in enumerate(judges.read_lists(lists(expected))):
        for name, multibase in FORMS.items():
            again = answers[name].pop("again", None)
            if answers[name] != expected[number]["answer"]:
                wrong.append((number, name))
            if again is not None:  # and what they write is read by us
                wholes += 1
                assert core.decode(again, multibase=multibase) == expected[number]["bits"]
    assert wrong == []
    assert len(expected) == number + 1 == COUNT
    assert wholes == COUNT // 100 * 4 * 2


@pytest.mark.parametrize("name", FORMS)
def test_the_libraries_want_the_form_that_they_get(name):
    """Each refuses what is meant for the other: the two documents are needed."""
    bits = core.empty_bits(LENGTH)
    good = {form: core.encode(bits, multibase=multibase) for form, multibase in FORMS.items()}
    [answers] = judges.read_lists([json.dumps({**good, "indices": [0]})])
    assert answers[name] == {"length": LENGTH, "set": []}
    other = core.encode(bits, multibase=not FORMS[name])
    with pytest.raises(judges.GaveUp):
        list(judges.read_lists([json.dumps({**good, name: other, "indices": [0]})]))


# --- Credentials with the lists that are about them

PROFILES = {"lc_wallet": "obv3-vc1", "download": "obv3-vc2"}


def claim(browser: Any, certificate: Any, wallet_id: str) -> dict[str, Any]:
    """The signed credential, as a learner's wallet or download gets it."""
    from tests.conftest import MadeOffer

    made = asking.init(browser, certificate, wallet=wallet_id)
    assert made.status_code == 200, made.content
    if wallet_id == "download":
        path = made.json()["deeplink"].removeprefix("https://credentials.example.edu") + "download/"
        response = browser.post(path)
    else:
        response = MadeOffer(made.json()).claim(make_wallet())
    assert response.status_code in (200, 201), response.content
    credential: dict[str, Any] = json.loads(response.content)
    return credential


class Issued:
    """Four credentials of each profile, and what verifiers fetch about them."""

    def __init__(self, request: Any, client: Any, directory: Path):
        from tests import seed

        self._client, self._directory = client, directory
        # What was published is fetched at once, not when a copy has become too old.
        request.getfixturevalue("settings").OPENEDX_VC_STATUS_CACHE_SECONDS = 0
        site = request.getfixturevalue("ready")
        course = seed.make_course(site)
        self.certificates: dict[str, Any] = {}
        self.credentials: dict[str, dict[str, Any]] = {}
        for number in range(4):
            learner = seed.make_learner(f"learner{number}", f"Learner {number}")
            certificate = seed.backdate(seed.award(learner, course), days=1)
            client.force_login(learner)
            for wallet_id, profile in PROFILES.items():
                self.certificates[f"{profile} {number}"] = certificate
                self.credentials[f"{profile} {number}"] = claim(client, certificate, wallet_id)
        client.logout()

    def lists(self) -> dict[str, Any]:
        """Every form of every list by its address, over HTTP."""
        from django.test import Client

        found = {}
        for row in StatusList.objects.select_related("issuer"):
            for form in core.ListForm:
                if not row.suspends and form.purpose == "suspension":
                    continue
                url = core.list_url(row.issuer.base_url, str(row.uuid), form)
                response = Client().get(url.removeprefix("https://credentials.example.edu"))
                assert response.status_code == 200, url
                found[url] = json.loads(response.content)
        return found

    def verdicts(self, lists: dict[str, Any] | None = None) -> dict[str, dict[str, Any]]:
        """By case: what every judge says now."""
        return judges.verdicts(self.credentials, {}, self._directory, self.lists() if lists is None else lists)


@pytest.fixture
def issued(request: Any, client: Any, tmp_path: Path) -> Issued:
    """By a did:key issuer."""
    return Issued(request, client, tmp_path)


def require(verdicts: dict[str, dict[str, Any]], over: set[str], step: str = "revocation_status") -> None:
    """Those that are ``over`` are refused for their status by every judge and for nothing else; the others are good."""
    for case, report in verdicts.items():
        detail = report["verifierCore"]["detail"]
        assert f"{step}: {str(case not in over).lower()}" in detail, (case, detail)
        assert sum(one.endswith("_status: false") for one in detail) == (case in over), (case, detail)
        assert "valid_signature: true" in detail, (case, detail)
        assert report["verifierCore"]["verified"] is (case not in over), (case, detail)
        assert report["digitalbazaar"]["verified"] is True, (case, report)
        for name in judges.STATUSES:
            assert report[name] == {"checked": True, "set": case in over}, (case, report[name])


@pytest.mark.django_db
def test_a_revocation_in_the_host_is_seen_by_every_verifier_and_touches_nobody_else(issued):
    require(issued.verdicts(), set())
    issued.certificates["obv3-vc1 1"].revoke()
    run("vc_reconcile")
    require(issued.verdicts(), {"obv3-vc1 1", "obv3-vc2 1"})
    issued.certificates["obv3-vc2 3"].revoke()
    run("vc_reconcile")
    require(issued.verdicts(), {"obv3-vc1 1", "obv3-vc2 1", "obv3-vc1 3", "obv3-vc2 3"})


@pytest.mark.django_db
def test_what_is_wrong_with_a_list_is_noticed_by_every_verifier(issued):
    """Their checks are not idle: each list is fetched, its proof verified, its issuer and purpose compared."""
    lists = issued.lists()
    changes = {
        "another bit": lambda document: document["credentialSubject"].update(
            encodedList=core.encode(
                core.with_bits(core.empty_bits(LENGTH), [1]), multibase="2021" not in document["id"]
            )
        ),
        "another purpose": lambda document: document["credentialSubject"].update(statusPurpose="suspension"),
        "no proof": lambda document: document.pop("proof"),
        "another issuer": lambda document: document.update(issuer=make_wallet().did),
    }
    for name, change in changes.items():
        changed = json.loads(json.dumps(lists))
        for document in changed.values():
            change(document)
        for case, report in issued.verdicts(changed).items():
            assert report["verifierCore"]["verified"] is False, (name, case, report)
            assert "revocation_status: true" not in report["verifierCore"]["detail"]
            for judge in judges.STATUSES:
                assert report[judge]["checked"] is False, (name, case, report[judge])
    for case, report in issued.verdicts({}).items():
        assert report["verifierCore"]["verified"] is False, case
        assert report["bitstringStatus"]["checked"] is report["status2021"]["checked"] is False


@pytest.mark.django_db
def test_a_suspension_is_seen_and_can_be_lifted(settings, request, client, tmp_path):
    settings.OPENEDX_VC_SUSPENSION = True
    issued = Issued(request, client, tmp_path)
    require(issued.verdicts(), set(), "suspension_status")
    chosen = {
        case: Credential.objects.get(uuid=issued.credentials[case]["id"][9:]) for case in ("obv3-vc1 2", "obv3-vc2 2")
    }
    for row in chosen.values():
        run("vc_suspend", credential=row.uuid)
    require(issued.verdicts(), set(chosen), "suspension_status")
    for row in chosen.values():
        run("vc_suspend", credential=row.uuid, lift=True)
    require(issued.verdicts(), set(), "suspension_status")
