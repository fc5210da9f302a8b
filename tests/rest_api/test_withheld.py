"""
A claim that policies withhold, or the learner leaves out, is nowhere in the signed bytes: whatever the policies, for
courses and programs, in both credential profiles; and whatever is released is there. The credential verifies.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from credentials.apps.records.models import ProgramCertRecord
from django.core.cache import cache
from hypothesis import HealthCheck
from hypothesis import example
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from openedx_verifiable_credentials.api import policies as explaining
from openedx_verifiable_credentials.api import verifying
from openedx_verifiable_credentials.core.policies import CLAIMS
from openedx_verifiable_credentials.models import ClaimPolicy
from openedx_verifiable_credentials.models import Credential
from tests import asking
from tests import policies
from tests import properties
from tests import seed
from tests.conftest import MadeOffer
from tests.wallet import make_wallet

MANY = hypothesis(
    properties.settings.get_profile("ours"),
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
ALIGNED = [{"url": "https://esco.example.org/everything", "name": "Everything"}]
_maybe = st.sampled_from((None, None, True, False))
_says = st.fixed_dictionaries(
    {
        **dict.fromkeys(CLAIMS, _maybe),
        "issuing": st.sampled_from((None, None, None, True, False)),
        "final": st.booleans(),
        "validity_days": st.sampled_from((None, None, 1, 30, 4000)),
        "profiles": st.sampled_from((None, None, None, ["obv3-vc1"], ["obv3-vc2"], [])),
        "wallets": st.sampled_from((None, None, None, ["lc_wallet"], ["download"], ["lc_wallet", "download"])),
        "aligned_with": st.sampled_from((None, ALIGNED)),
    }
)
SCOPES = ("site", "organization", "program", "program_type", "course", "course_run")


@dataclasses.dataclass
class World:
    """Ada, what she has, and the facts that credentials may tell."""

    ada: Any
    client: Any
    certificates: dict[str, Any]
    keys: dict[str, str]
    facts: dict[str, dict[str, list[str]]]

    def claim(self, kind: str, wallet: str, left_out: list[str]) -> Any:
        """The response that ends a claim: the credential, or the first refusal."""
        named = {"credential_uuid": self.certificates[kind].uuid.hex, "storage_id": wallet, "leave_out": left_out}
        made = asking.post_json(self.client, asking.INIT, named)
        if made.status_code != 200:
            return made
        if wallet == "lc_wallet":
            return MadeOffer(made.json()).claim(make_wallet())
        # Of what was refused before, the same offer may come back.
        return self.client.post(f"{urlsplit(made.json()['deeplink']).path}download/")


@pytest.fixture(name="world")
def make_world(settings, ready, ada, ada_client, course_certificate, program_certificate):
    """Everything that could be told is there to be told."""
    settings.OPENEDX_VC_MAX_LIVE_CREDENTIALS = 1000
    course, program = course_certificate.credential, program_certificate.credential
    seed.grade(ada, course, "0.9137", "B+")
    record = ProgramCertRecord.objects.create(user=ada, program=program.program)
    run = course.course_run
    dates = [moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (run.start_date, run.end_date)]
    common = {
        "name": ["Ada Lovelace"],
        "email": ['"emailAddress"'],
        "activity_dates": dates,
        "alignments": [ALIGNED[0]["url"]],
        "signatories": ["Grace Hopper"],
    }
    return World(
        ada=ada,
        client=ada_client,
        certificates={"course": course_certificate, "program": program_certificate},
        keys={
            "site": str(course.site_id),
            "organization": "ExampleX",
            "program": str(program.program_uuid),
            "program_type": program.program.type_slug,
            "course": run.course.key,
            "course_run": run.key,
        },
        facts={
            "course": {**common, "grade": ['"91.37"', '"B+"'], "evidence": []},
            "program": {**common, "grade": [], "evidence": [record.uuid.hex]},
        },
    )


@MANY
@given(
    rules=st.dictionaries(st.sampled_from(SCOPES), _says, max_size=4),
    for_courses=st.booleans(),
    left_out=st.lists(st.sampled_from(CLAIMS), max_size=2),
    kind=st.sampled_from(("course", "program")),
)
# These are met whatever else is drawn.
@example(rules={}, for_courses=False, left_out=[], kind="course")
@example(rules={"site": {"issuing": False}}, for_courses=False, left_out=[], kind="program")
@example(rules={"organization": {"wallets": ["download"]}}, for_courses=False, left_out=[], kind="course")
def _claims_say_what_they_may(
    world: World, seen: set[str], rules: Any, for_courses: bool, left_out: list[str], kind: str
) -> None:
    cache.clear()  # so many requests are too many
    ClaimPolicy.objects.all().delete()
    for scope, says in rules.items():
        speaks = for_courses and scope == "program"
        policies.make_policy(scope, world.keys[scope], speaks_for_courses=speaks, **says)
    held = {one.point: one.value for one in explaining.explain(world.certificates[kind].uuid).decisions}
    for wallet, profile in (("lc_wallet", "obv3-vc1"), ("download", "obv3-vc2")):
        response = world.claim(kind, wallet, left_out)
        expected = _refusals(held, wallet, profile, left_out)
        if expected:
            seen |= expected
            assert response.status_code in (403, 409)
            assert any(code in response.content.decode() for code in expected), (expected, response.content)
            continue
        assert response.status_code in (200, 201), response.content
        seen.add(profile)
        _require_said(world, kind, held, left_out, response.content)


def _refusals(held: dict[str, Any], wallet: str, profile: str, left_out: list[str]) -> set[str]:
    """The codes of what is in the way; empty where nothing is."""
    names = any(held[name] and name not in left_out for name in ("name", "email"))
    days = held["validity_days"]
    found = {
        "issuing_off": not held["issuing"],
        "wallet_not_offered": not (held[f"wallet:{wallet}"] and held[f"profile:{profile}"]),
        "validity_over": days is not None and days < 2,
        "names_nobody": wallet == "download" and not names,
    }
    return {code for code, is_so in found.items() if is_so}


def _require_said(world: World, kind: str, held: dict[str, Any], left_out: list[str], raw: bytes) -> None:
    """What is released, and nothing else; the ledger says the same; and it verifies."""
    said = policies.plain(raw)
    row = Credential.objects.get(uuid=json.loads(raw)["id"].removeprefix("urn:uuid:"))
    for claim in CLAIMS:
        released = held[claim] and claim not in left_out
        assert row.terms[claim] == released
        for fact in world.facts[kind][claim]:
            is_there = released and (claim != "alignments" or bool(held["aligned_with"]))
            assert (fact in said) == is_there, (claim, fact)
    assert world.ada.email not in said
    assert ('"salt"' in said) == row.terms["email"]
    assert ('"resultDescription"' in said) == row.terms["grade"]
    assert row.terms.get("validity_days") == held["validity_days"]
    report = verifying.verify(raw, offline=True)
    assert report.verdict in ("valid", "valid_with_warnings"), report.as_json()


def test_what_is_withheld_is_nowhere_in_the_bytes_and_what_is_released_is(world):
    seen: set[str] = set()
    _claims_say_what_they_may(world, seen)
    # It would prove little if most examples were refused.
    assert {"obv3-vc1", "obv3-vc2", "issuing_off", "wallet_not_offered"} <= seen
