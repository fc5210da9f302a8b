"""
Generated, nasty but legal certificates under generated policies, half of which release everything: every credential
verifies elsewhere, no changed one does.
"""

from __future__ import annotations

import copy
import dataclasses
import datetime
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from openedx_verifiable_credentials.adapters.didkit import DidkitSecurer
from openedx_verifiable_credentials.adapters.local_keys import LocalSigner
from openedx_verifiable_credentials.adapters.own_suites import OwnSuites
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import policies
from openedx_verifiable_credentials.core import self_check
from openedx_verifiable_credentials.core import status_list
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core import wording
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.core.profiles import CredentialProfile
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import Terms
from tests import awards
from tests import signed
from tests.interop import judges
from tests.unchanging import unchanging

pytestmark = [pytest.mark.node, pytest.mark.slow]
COUNT = 200
# What is said of both kinds where everything that there is may be said.
FULL = [(make(), awards.EVERYTHING) for make in (awards.full_award, awards.program_award)]
# And where our own sentences are in other languages, with titles in theirs and in others.
WORDED = [
    (awards.in_language(make(**changes), language), awards.worded(awards.EVERYTHING))
    for language in wording.WORDINGS
    for make in (awards.full_award, awards.program_award)
    for changes in ({}, {"title": "مقدمة في البرمجة (C++)"}, {"title": "Años «luz» & más"})
]
_KEY = signed.signer()
_WEB = signed.signer(8, host="credentials.example.org")


def nasty_cases(count: int) -> list[tuple[Award, Terms]]:
    """The same ones at every run; every second one says all that can be said. None has expired."""
    found: list[tuple[Award, Terms]] = []

    @unchanging(count * 2)
    @given(awards.awards, awards.terms)
    def collect(award: Award, terms: Terms) -> None:
        if len(found) < count:
            released = dict.fromkeys(policies.CLAIMS, True) if len(found) % 2 else {}
            terms = dataclasses.replace(terms, validity_days=36_500 if len(found) % 4 else None, **released)
            found.append((dataclasses.replace(award, awarded_at=min(award.awarded_at, signed.CREATED)), terms))

    while len(found) < count:
        before = len(found)
        collect()
        assert len(found) > before
    return found


def list_url(signer: LocalSigner, form: ListForm = ListForm.REVOCATION) -> str:
    """Each issuer has one list."""
    return status_list.list_url("https://credentials.example.org", "web" if signer is _WEB else "key", form)


def release_lists(profile: CredentialProfile) -> dict[str, Any]:
    """The lists of both issuers in both forms, by address. Nothing is revoked."""
    served = {}
    for signer in (_KEY, _WEB):
        for form in (ListForm.REVOCATION, ListForm.REVOCATION_2021):
            written = status_list.list_profile(profile, form, v.ED25519)
            document = status_list.compose_list(
                status_list.empty_bits(status_list.MIN_LENGTH),
                form,
                profile=written,
                url=list_url(signer, form),
                issuer=signer.method.controller,
                valid_from=signed.CREATED,
                valid_until=signed.CREATED + datetime.timedelta(days=36_525),
                ttl=datetime.timedelta(minutes=5),
            )
            served[document["id"]] = signed.sign(document, written, signer)
    return served


def release(award: Award, terms: Terms, profile: CredentialProfile, number: int) -> dict[str, Any]:
    """As it would leave, twice for a did:key issuer and twice for a did:web one in turn."""
    signer = _WEB if number // 2 % 2 else _KEY
    entry = status_list.compose_entry(list_url(signer), number, ListForm.REVOCATION)
    unsigned = signed.unsigned(award, profile, signer.method.controller, terms, status=[entry])
    securer = DidkitSecurer() if profile is OBV3_VC1 and signer is _KEY else OwnSuites()
    proof = securer.secure(unsigned, suite=profile.suite_for(v.ED25519), signer=signer, created=signed.CREATED)
    raw = json_text.write(profile.attach(unsigned, proof))
    self_check.require_good_release(raw, unsigned=unsigned, profile=profile, method=signer.method)
    credential: dict[str, Any] = json.loads(raw)
    return credential


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_what_we_release_verifies_elsewhere_and_what_was_changed_does_not(profile: CredentialProfile, tmp_path: Path):
    choose = random.Random(20260301)
    cases: dict[str, Any] = {}
    for number, (award, terms) in enumerate([*FULL, *WORDED, *nasty_cases(COUNT - len(FULL) - len(WORDED))]):
        credential = release(award, terms, profile, number)
        cases[f"{number} good"] = credential
        for name, change in (("flipped", flip), ("removed", remove), ("added", add)):
            cases[f"{number} {name}"] = change(copy.deepcopy(credential), choose)
    web = _WEB.method.controller
    documents = {web: dids.did_document(web, [_WEB.method])}
    reports = judges.verdicts(cases, documents, tmp_path, release_lists(profile))
    wrong = [
        (case, judge, report[judge]["detail"])
        for case, report in reports.items()
        for judge in judges.JUDGES
        if report[judge]["verified"] != case.endswith("good")
    ]
    assert wrong == []
    statuses = [report[name] for case, report in reports.items() if case.endswith("good") for name in judges.STATUSES]
    assert statuses == [{"checked": True, "set": False}] * 2 * COUNT
    assert len(cases) == 4 * COUNT


def flip(document: dict[str, Any], choose: random.Random) -> dict[str, Any]:
    """One character of one string is another one."""
    holders = [
        (node, key) for node in _nodes(document) for key, value in _items(node) if isinstance(value, str) and value
    ]
    node, key = choose.choice(holders)
    position = choose.randrange(len(node[key]))
    other = "x" if node[key][position] != "x" else "y"
    node[key] = node[key][:position] + other + node[key][position + 1 :]
    return document


def remove(document: dict[str, Any], choose: random.Random) -> dict[str, Any]:
    """One member of one object is gone; none of an image that is named twice: that one still says it."""
    objects = [node for node in _nodes(document) if isinstance(node, dict)]
    names = [node.get("id") for node in objects]
    node = choose.choice([node for node in objects if "id" not in node or names.count(node["id"]) == 1])
    del node[choose.choice(sorted(node))]
    return document


def add(document: dict[str, Any], choose: random.Random) -> dict[str, Any]:
    """One object has a member more: one that a context defines, or one that none does."""
    node = choose.choice([node for node in _nodes(document) if isinstance(node, dict)])
    name = choose.choice([name for name in ("description", "name", "neverDefined") if name not in node])
    node[name] = "added"
    return document


def _items(node: Any) -> Any:
    return node.items() if isinstance(node, dict) else enumerate(node)


def _nodes(node: Any) -> list[Any]:
    if not isinstance(node, dict | list):
        return []
    return [node, *(inner for _, value in _items(node) for inner in _nodes(value))]
