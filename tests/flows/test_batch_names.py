"""Whatever learners are called: each credential says the facts of its own certificate, and no other's."""

from __future__ import annotations

import json

import pytest
from credentials.apps.core.models import User
from django.db import connection

from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import DocumentShape
from tests import bulk
from tests import ledgers
from tests import policies
from tests import seed

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = [
    "Ada Lovelace",
    'Robert "); DROP TABLE Students;--',
    "O'Brien\\ \\u0041",
    "Zoë 🎓 Ågren",
    "محمد بن موسى",
    "a" * 250,
    "<b>&amp;</b>",
    "slot0x1",
    "{name} %s %b",
    "Line\nBreak\tTab",
    "e\u0301 \u200d \u2028 x",
    "\x1fhidden",
    "",
]


@pytest.mark.parametrize("profile_id", ["obv3-vc1", "obv3-vc2"])
def test_each_credential_has_the_facts_of_its_own_certificate(ready, profile_id):
    """Names, addresses and grades of all kinds; accounts whose names differ in case only."""
    courses = [seed.make_course(ready), seed.make_course(ready, seed.CourseOptions(title="T" * 255))]
    expected = {}
    for number, name in enumerate(NAMES):
        learner = seed.make_learner(f"Learner{number}", name)
        course = courses[number % 2]
        if number % 3:
            seed.grade(learner, course, percent=f"0.{number:02}", letter="" if number % 4 else "B")
        expected[seed.backdate(seed.award(learner, course), days=number + 1).uuid] = (learner, number)
    if connection.vendor != "mysql":
        other = seed.make_learner("learner0", "Somebody Else")
        expected[seed.backdate(seed.award(other, courses[0]), days=40).uuid] = (other, 39)
    policies.make_policy(policies.SITE, ready.pk, name=True, email=True, grade=True)
    progress = bulk.issue(profile_id=profile_id)
    assert (progress.state, progress.issued, progress.refused) == ("done", len(expected), 0)
    for row in Credential.objects.select_related("learner", "shape"):
        learner, number = expected[row.certificate_uuid]
        assert row.learner.user_id == learner.pk
        said = json.loads(bulk.document(row))
        kinds = {one["identityType"]: one for one in said["credentialSubject"]["identifier"]}
        address = kinds["emailAddress"]
        assert address["identityHash"] == policies.hashed(learner.email, address["salt"])
        full = User.objects.get(pk=learner.pk).get_full_name()
        told = kinds.get("name", {"identityHash": ""})["identityHash"]
        assert told == text.clean_line(full)
        percent = [one["value"] for one in said["credentialSubject"].get("result", ()) if one["value"] != "B"]
        assert percent == ([str(number)] if number % 3 and number < 39 else [])
    for shape in DocumentShape.objects.all():
        for learner, _ in expected.values():
            for secret in (learner.email, learner.full_name):
                assert not secret or len(secret) < 4 or secret.encode() not in bytes(shape.outline)
    ledgers.require_sound()
