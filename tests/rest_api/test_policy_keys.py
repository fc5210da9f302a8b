"""Which certificate a policy's key is of: letter by letter, on every database, for keys of every form."""

import pytest

from openedx_verifiable_credentials.models import Credential
from tests import asking
from tests import policies
from tests import seed
from tests.conftest import MadeOffer

WITHHELD = {"name": False}


def old_style(certificate):
    """The course run has a key of the old form from now on."""
    configuration = certificate.credential
    key = "ExampleX/Ünits/2013_Spring"
    type(configuration).objects.filter(pk=configuration.pk).update(course_id=key)
    type(configuration.course_run).objects.filter(pk=configuration.course_run.pk).update(key=key)
    return key


def says_name(client, certificate, wallet):
    """Whether the credential of this certificate names its learner."""
    response = asking.init(client, certificate)
    assert response.status_code == 200, response.content
    document = MadeOffer(response.json()).claim(wallet).json()
    row = Credential.objects.get(uuid=document["id"])
    assert row.terms["name"] is ("name" in policies.identities(document))
    return row.terms["name"]


def test_keys_that_differ_in_case_or_accents_are_others(ada_client, course_certificate, program_certificate, wallet):
    run = course_certificate.credential.course_id
    course = run.removeprefix("course-v1:").rpartition("+")[0]
    for scope, key in (
        (policies.ORGANIZATION, "examplex"),
        (policies.ORGANIZATION, "EXAMPLEX"),
        (policies.ORGANIZATION, "ÉxampleX"),
        (policies.ORGANIZATION, "ExampleX "),
        (policies.COURSE, course.lower()),
        (policies.COURSE_RUN, run.upper()),
    ):
        policies.make_policy(scope, key, **WITHHELD)
    assert says_name(ada_client, course_certificate, wallet)
    assert says_name(ada_client, program_certificate, wallet)
    policies.make_policy(policies.ORGANIZATION, "ExampleX", **WITHHELD)
    assert not says_name(ada_client, program_certificate, wallet)


@pytest.mark.parametrize("scope", [policies.ORGANIZATION, policies.COURSE, policies.COURSE_RUN])
def test_course_keys_of_the_old_form_are_known(ada_client, course_certificate, wallet, scope):
    key = old_style(course_certificate)
    keys = {policies.ORGANIZATION: "ExampleX", policies.COURSE: "ExampleX+Ünits", policies.COURSE_RUN: key}
    policies.make_policy(scope, keys[scope], **WITHHELD)
    assert not says_name(ada_client, course_certificate, wallet)


@pytest.mark.parametrize("slug", ["Micro-Masters", "", "MICRO-MASTERS"])
def test_program_types_are_read_in_lower_case_and_an_empty_one_is_of_no_policy(
    ada_client, program_certificate, wallet, slug
):
    program = program_certificate.credential.program
    type(program).objects.filter(pk=program.pk).update(type_slug=slug)
    policies.make_policy("program_type", "", issuing=False)
    policies.make_policy("program_type", "micro-masters", **WITHHELD)
    assert says_name(ada_client, program_certificate, wallet) is not bool(slug)


def test_a_policy_of_the_empty_key_speaks_of_no_organisation(ada_client, ready, program_certificate):
    organization = seed.make_organization(ready)
    type(organization).objects.filter(pk=organization.pk).update(key="")
    policies.make_policy(policies.ORGANIZATION, "", issuing=False, final=True)
    listed = ada_client.get(asking.LIST).json()["program_credentials"]
    assert [row["uuid"] for row in listed] == [program_certificate.uuid.hex]
    # It is the credential that cannot name such an organisation.
    assert asking.refusal(asking.init(ada_client, program_certificate)) == (409, "missing_text")
