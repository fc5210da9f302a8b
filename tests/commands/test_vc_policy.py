"""``vc_policy``: what policies let be claimed, and why."""

import json
import uuid

import pytest
from django.core.management import CommandError
from django.core.management import call_command

from openedx_verifiable_credentials.models import ClaimPolicy
from tests import asking
from tests import seed
from tests.commands.run import fails
from tests.commands.run import run

pytestmark = pytest.mark.django_db


def save(scope, key, **says):
    """A policy."""
    return ClaimPolicy.objects.create(scope=scope, key=str(key), **says)


class TestExplain:
    @pytest.mark.parametrize("written", [str, lambda one: one.hex, lambda one: str(one).upper(), lambda one: one.urn])
    def test_a_uuid_may_be_written_in_any_way(self, course_certificate, written):
        said = run("vc_policy", "explain", written(course_certificate.uuid))
        assert f"Certificate: {course_certificate.uuid} (course, awarded)" in said

    def test_every_point_has_a_line_with_its_reason(self, course_certificate):
        save("organization", "ExampleX", name=False, final=True, wallets=["download"])
        lines = run("vc_policy", "explain", course_certificate.uuid.hex).splitlines()
        assert "Title: Introduction to Everything" in lines
        assert "Wallets: download" in lines
        assert "  Learner's name: withheld, because the rule of organisation ExampleX says so (final)" in lines
        assert "  Issuing: on, by default" in lines
        assert "Problem: Nobody would be named: neither name nor e-mail is allowed. Downloads are refused." in lines

    def test_the_credential_is_shown_only_where_it_is_asked_for(self, course_certificate):
        assert "OpenBadgeCredential" not in run("vc_policy", "explain", course_certificate.uuid.hex)
        said = run("vc_policy", "explain", course_certificate.uuid.hex, "--credential")
        assert "obv3-vc1, issuer default: unsigned, an example" in said
        assert said.count('"OpenBadgeCredential"') == 2
        assert "Example Learner" in said
        assert "Ada" not in said

    def test_json_says_the_same(self, program_certificate):
        save("program", program_certificate.credential.program_uuid, validity_days=1, tags=["a", "b"])
        found = json.loads(run("vc_policy", "explain", program_certificate.uuid.hex, "--json"))
        assert (found["certificate"], found["kind"]) == (str(program_certificate.uuid), "program")
        by_point = {one["point"]: one for one in found["decisions"]}
        assert by_point["tags"]["value"] == ["a", "b"]
        assert by_point["validity_days"]["rule"]["scope"] == "program"
        assert by_point["name"]["rule"] is None
        assert found["problems"] == ["The validity is over: nothing can be claimed any more."]
        assert "credentials" not in found
        more = json.loads(run("vc_policy", "explain", program_certificate.uuid.hex, "--json", "--credential"))
        assert [one["profile"] for one in more["credentials"]] == ["obv3-vc1", "obv3-vc2"]

    def test_an_unknown_certificate_is_a_clear_error(self):
        _, sentence = fails("vc_policy", "explain", str(uuid.uuid4()))
        assert sentence == "The service has no course or program certificate with this uuid. [unknown_certificate]"

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [(["explain", "no-uuid"], "invalid UUID value"), (["explain"], "certificate"), ([], "explain | list | check")],
    )
    def test_wrong_arguments_are_told(self, arguments, sentence):
        with pytest.raises(CommandError, match=sentence.replace("|", r"\|")):
            call_command("vc_policy", *arguments)


class TestList:
    def test_without_policies_it_says_so(self):
        assert run("vc_policy", "list") == "There is no claim policy: the defaults hold everywhere.\n"

    def test_every_policy_says_what_it_says(self):
        first = save("organization", "ExampleX", name=False, final=True)
        second = save("program", uuid.UUID(int=1), speaks_for_courses=True)
        assert run("vc_policy", "list").splitlines() == [
            f"{first.pk}.1 organisation ExampleX: final",
            "  Learner's name: withheld",
            f"{second.pk}.1 program {uuid.UUID(int=1)}: for courses",
            "  says nothing",
        ]

    def test_json_has_all_of_it(self):
        save("organization", "ExampleX", wallets=["lc_wallet", "download"], credits="2.50")
        [found] = json.loads(run("vc_policy", "list", "--json"))
        assert (found["scope"], found["key"], found["final"]) == ("organization", "ExampleX", False)
        assert found["says"] == {"wallet": ["download", "lc_wallet"], "credits": 2.5}

    def test_what_people_typed_moves_no_cursor(self):
        save("organization", "Ex\x1b[2J", criteria="a\x1b[31m")
        assert "\x1b" not in run("vc_policy", "list")
        assert "\x1b" not in run("vc_policy", "list", "--json")


class TestCheck:
    def test_sound_policies_are_told_so(self, course_certificate):
        save("organization", "ExampleX", wallets=["download"], name=False)
        assert run("vc_policy", "check") == "The claim policies are sound.\n"

    def test_a_scope_that_nothing_has(self, course_certificate):
        save("course_run", "course-v1:none+such+run", name=False)
        said, sentence = fails("vc_policy", "check")
        assert said == (
            "course run course-v1:none+such+run: The service has no certificate that this policy speaks about.\n"
        )
        assert sentence == "Findings: 1."

    def test_ids_that_do_not_exist(self, course_certificate):
        save("organization", "ExampleX", wallets=["download", "pocket"], profiles=["obv3-vc2", "obv9"])
        said, sentence = fails("vc_policy", "check")
        assert "organisation ExampleX: There is no profile obv9; known: obv3-vc1, obv3-vc2." in said
        assert "organisation ExampleX: There is no wallet pocket; known: lc_wallet, download." in said
        assert sentence == "Findings: 2."

    def test_organisations_whose_sets_have_no_common_member(self, ready):
        program = seed.make_program(ready, [], organizations=("A", "B"))
        save("organization", "A", profiles=["obv3-vc1"])
        save("organization", "B", profiles=["obv3-vc2"])
        said, sentence = fails("vc_policy", "check")
        assert f"program {program.program_uuid}: No credential profile is left: " in said
        assert sentence == "Findings: 1."

    def test_a_wallet_whose_profile_a_wider_policy_takes_away(self, course_certificate, ready):
        seed.make_course(ready)
        save("site", ready.pk, profiles=["obv3-vc2"], final=True)
        save("organization", "ExampleX", wallets=["lc_wallet", "download"])
        said, sentence = fails("vc_policy", "check")
        assert f"course {course_certificate.credential.course_id} and 1 more: Wallet lc_wallet verifies " in said
        assert sentence == "Findings: 1."

    @pytest.mark.parametrize("many", [1, 5])
    def test_the_number_of_queries_does_not_grow(self, ready, many):
        for _ in range(many):
            course = seed.make_course(ready)
            seed.make_program(ready, [course])
            save("course_run", course.course_id, name=False, wallets=["download"])
        with asking.capture() as captured:
            run("vc_policy", "check")
        assert len(captured) <= 10
