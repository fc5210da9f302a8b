"""What saving a claim policy would change, before it is saved."""

import json
import random

import pytest
from credentials.apps.core.models import User

from openedx_verifiable_credentials.api import policies
from openedx_verifiable_credentials.core.subjects import hash_email
from openedx_verifiable_credentials.flows.steps.policies import resolve_all
from openedx_verifiable_credentials.host.certificates import CredentialsService
from openedx_verifiable_credentials.models import ClaimPolicy
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Issuer
from tests import asking
from tests import seed

pytestmark = pytest.mark.django_db


def policy(scope, key, **says):
    """One that is not saved."""
    return ClaimPolicy(scope=scope, key=str(key), **says)


def saved(scope, key, **says):
    """One that is."""
    row = policy(scope, key, **says)
    row.save()
    return row


def words(preview):
    """What would change, and for how many certificates."""
    return dict(preview.summary)


def subjects(preview, when):
    """The subjects of the samples before (0) or after (1)."""
    return [pair[when].document["credentialSubject"] for pair in preview.samples]


class TestCounts:
    def test_awarded_certificates_of_the_scope_are_counted_by_group(
        self, ready, course_certificate, program_certificate, bob
    ):
        seed.award(bob, course_certificate.credential)
        seed.award(bob, seed.make_course(ready, seed.CourseOptions(organization="OtherX")))
        found = policies.preview(policy("organization", "ExampleX", name=False))
        assert found.certificates == 3
        assert {(one.group.title, one.group.awarded) for one in found.groups} == {
            ("Introduction to Everything", 2),
            ("Everything, in Depth", 1),
        }
        assert words(found) == {"Learner's name: allowed → withheld": 3}

    def test_what_says_what_holds_already_changes_nothing(self, course_certificate):
        saved("site", course_certificate.credential.site_id, email=True)
        found = policies.preview(policy("organization", "ExampleX", name=True, email=True))
        assert (found.certificates, found.groups, found.concerned) == (0, (), 1)

    def test_what_a_nearer_policy_settles_does_not_change(self, ready, course_certificate, bob):
        other = seed.make_course(ready)
        seed.award(bob, other)
        saved("course_run", course_certificate.credential.course_id, name=True)
        found = policies.preview(policy("organization", "ExampleX", name=False))
        assert [one.group.case.course_run for one in found.groups] == [other.course_id]
        assert found.concerned == 2
        final = policies.preview(policy("organization", "ExampleX", name=False, final=True))
        assert final.certificates == 2

    def test_an_edit_is_compared_with_what_is_saved(self, course_certificate):
        row = saved("organization", "ExampleX", name=False, validity_days=30)
        row.name, row.validity_days, row.grade = None, 60, True
        assert words(policies.preview(row)) == {
            "Learner's name: withheld → allowed": 1,
            "Validity: 30 days from the award → 60 days from the award": 1,
            "Grade: withheld → allowed": 1,
        }
        assert ClaimPolicy.objects.get().name is False

    def test_a_deletion_gives_back_what_wider_policies_say(self, course_certificate):
        saved("site", course_certificate.credential.site_id, validity_days=365)
        row = saved("organization", "ExampleX", validity_days=30, name=False)
        found = policies.preview(row, deleted=True)
        assert words(found) == {
            "Validity: 30 days from the award → 365 days from the award": 1,
            "Learner's name: withheld → allowed": 1,
        }
        assert {one.point: one.after.rule is None for one in found.groups[0].changes} == {
            "validity_days": False,
            "name": True,
        }
        assert ClaimPolicy.objects.count() == 2

    def test_a_policy_that_moves_changes_both_places(self, ready, course_certificate, bob):
        other = seed.make_course(ready, seed.CourseOptions(organization="OtherX"))
        seed.award(bob, other)
        row = saved("organization", "ExampleX", name=False)
        row.key = "OtherX"
        assert words(policies.preview(row)) == {
            "Learner's name: withheld → allowed": 1,
            "Learner's name: allowed → withheld": 1,
        }

    def test_a_program_changes_its_courses_only_where_it_speaks_for_them(self, program_certificate):
        key = program_certificate.credential.program_uuid
        assert policies.preview(policy("program", key, name=False)).certificates == 1
        assert policies.preview(policy("program", key, name=False, speaks_for_courses=True)).certificates == 2

    def test_live_credentials_stay_as_they_are_and_are_counted(
        self, ready, course_certificate, make_offer, wallet, bob
    ):
        assert make_offer(course_certificate).claim(wallet).status_code == 201
        seed.award(bob, course_certificate.credential)
        before = Credential.objects.get().terms
        found = policies.preview(policy("course_run", course_certificate.credential.course_id, name=False))
        assert (found.certificates, found.issued) == (2, 1)
        assert Credential.objects.get().terms == before
        Credential.objects.update(state="revoked")
        assert policies.preview(policy("organization", "ExampleX", name=False)).issued == 0

    def test_those_of_other_courses_are_not_counted(self, ready, course_certificate, make_offer, wallet, bob):
        assert make_offer(course_certificate).claim(wallet).status_code == 201
        other = seed.make_course(ready)
        seed.award(bob, other)
        assert policies.preview(policy("course_run", other.course_id, name=False)).issued == 0


class TestSamples:
    def test_an_unsigned_credential_in_each_profile_before_and_after(self, course_certificate):
        found = policies.preview(policy("organization", "ExampleX", name=False))
        assert [pair[0].profile_id for pair in found.samples] == ["obv3-vc1", "obv3-vc2"]
        for before, after in zip(subjects(found, 0), subjects(found, 1), strict=True):
            assert before["identifier"][0]["identityHash"] == "Example Learner"
            assert "identifier" not in after
            assert before["achievement"] == after["achievement"]
        assert all("proof" not in one.document for pair in found.samples for one in pair)

    def test_nothing_of_a_real_learner_shows(self, course_certificate, program_certificate, ada):
        seed.grade(ada, course_certificate.credential, percent="0.6180")
        User.objects.update(full_name="Zerlinde Quux", email="zerlinde@quux.example")
        says = {"name": True, "email": True, "grade": True, "evidence": True}
        for scope, key in (
            ("course_run", course_certificate.credential.course_id),
            ("program", program_certificate.credential.program_uuid),
        ):
            found = policies.preview(policy(scope, key, **says))
            shown = json.dumps([[before.document, after.document] for before, after in found.samples])
            assert "Example Learner" in shown
            for secret in (
                "Zerlinde", "zerlinde", "61.8", '"ada"', str(course_certificate.uuid), course_certificate.uuid.hex,
                str(program_certificate.uuid), program_certificate.uuid.hex,
            ):  # fmt: skip
                assert secret not in shown

    def test_what_a_policy_allows_shows_as_it_would_for_the_example_learner(self, course_certificate):
        course = course_certificate.credential.course_id
        says = {"name": False, "email": True, "grade": True, "validity_days": 30, "criteria": "Build a *boat*."}
        for before, after in policies.preview(policy("course_run", course, **says)).samples:
            subject = after.document["credentialSubject"]
            [identity] = subject["identifier"]
            assert identity["identityHash"] == hash_email("learner@example.com", identity["salt"])
            assert [one["value"] for one in subject["result"]] == ["87.5", "B"]
            assert subject["achievement"]["criteria"]["narrative"] == "Build a *boat*."
            assert {"validUntil", "expirationDate"} & set(after.document)
            assert not {"validUntil", "expirationDate"} & set(before.document)
            assert "result" not in before.document["credentialSubject"]

    def test_the_record_of_a_program_is_an_example_too(self, program_certificate):
        key = program_certificate.credential.program_uuid
        for _, after in policies.preview(policy("program", key, evidence=True)).samples:
            [evidence] = after.document["evidence"]
            assert evidence["id"].endswith("/00000000000040008000000000000000/")

    def test_where_a_profile_or_issuing_is_taken_away_it_says_so(self, course_certificate):
        found = policies.preview(policy("organization", "ExampleX", profiles=["obv3-vc2"]))
        (before, after), others = found.samples
        assert before.document is not None
        assert (after.document, after.note) == (None, "This profile is not offered.")
        assert others[0].document == others[1].document
        off = policies.preview(policy("organization", "ExampleX", issuing=False))
        assert {after.note for _, after in off.samples} == {"Issuing is off."}

    def test_the_example_is_one_that_changes(self, ready, course_certificate, bob):
        other = seed.make_course(ready, seed.CourseOptions(run_title="Another"))
        seed.award(bob, other)
        saved("course_run", course_certificate.credential.course_id, name=False)
        found = policies.preview(policy("organization", "ExampleX", name=False))
        assert found.example.title == "Another"

    def test_without_any_certificate_there_is_none(self, ready):
        course = seed.make_course(ready)
        found = policies.preview(policy("course_run", course.course_id, name=False))
        assert (found.samples, found.certificates, found.issued) == ((), 0, 0)
        assert found.problem == "No certificate of these has been awarded yet: there is no example."

    def test_without_an_issuer_it_says_so(self, site, ada):
        course = seed.make_course(site)
        seed.award(ada, course)
        found = policies.preview(policy("course_run", course.course_id, name=False))
        assert found.certificates == 1
        assert "No issuer is set up" in found.problem

    def test_what_cannot_be_composed_is_told_and_breaks_nothing(self, course_certificate):
        Issuer.objects.update(name="")
        found = policies.preview(policy("organization", "ExampleX", name=False))
        assert found.certificates == 1
        assert {(one.document, one.note) for pair in found.samples for one in pair} == {
            (None, "The name of the issuer is empty. [missing_text]")
        }


@pytest.mark.parametrize("many", [1, 6])
def test_the_number_of_queries_does_not_grow(ready, ada, issuer, many):
    for _ in range(many):
        course = seed.make_course(ready)
        seed.award(ada, course)
        seed.award(ada, seed.make_program(ready, [course]))
        saved("course_run", course.course_id, email=True)
    row = policy("site", ready.pk, name=False)
    with asking.capture() as captured:
        found = policies.preview(row)
    assert found.certificates == 2 * many
    assert len(captured) <= 16


def test_what_is_counted_is_what_then_differs(ready, ada, bob):
    """Random policies, each previewed, then saved: the certificates whose terms differ are those that were counted."""
    dice = random.Random(5)
    courses = [seed.make_course(ready, seed.CourseOptions(organization=one)) for one in ("A", "A", "B")]
    programs = [seed.make_program(ready, courses[:2], organizations=("A", "B")), seed.make_program(ready, courses[2:])]
    certificates = [seed.award(one, what) for one in (ada, bob) for what in courses + programs]
    places = [
        ("site", ready.pk), ("organization", "A"), ("organization", "B"), ("program_type", "micromasters"),
        *(("program", one.program_uuid) for one in programs), *(("course_run", one.course_id) for one in courses),
    ]  # fmt: skip
    for scope, key in dice.choices(places, k=25):
        row = ClaimPolicy.objects.filter(scope=scope, key=str(key)).first() or policy(scope, key)
        row.name, row.grade = dice.choice((None, True, False)), dice.choice((None, True, False))
        row.validity_days = dice.choice((None, 10, 20))
        row.final, row.speaks_for_courses = dice.random() < 0.2, dice.random() < 0.5
        deleted = row.pk is not None and dice.random() < 0.3
        before, found = values(certificates), policies.preview(row, deleted=deleted)
        if deleted:
            row.delete()
        else:
            row.save()
        after = values(certificates)
        assert found.certificates == sum(before[one] != after[one] for one in before)


def values(certificates):
    """What holds for each certificate at every point."""
    source = CredentialsService()
    awards = source.get_awards([one.uuid for one in certificates])
    found = resolve_all(source, list(awards.values()))
    return {uuid: [one.value for one in resolution.decisions.values()] for uuid, resolution in found.items()}
