"""Why a certificate may be claimed or not, and what its credential would say."""

import json
import uuid

import pytest
from credentials.apps.core.models import User
from credentials.apps.credentials.models import CourseCertificate

from openedx_verifiable_credentials.api import policies
from openedx_verifiable_credentials.exceptions import AwardError
from openedx_verifiable_credentials.models import ClaimPolicy
from openedx_verifiable_credentials.models import Issuer
from tests import seed

pytestmark = pytest.mark.django_db


def save(scope, key, **says):
    """A policy."""
    return ClaimPolicy.objects.create(scope=scope, key=str(key), **says)


def said(certificate):
    """Each point's sentence."""
    return {one.point: policies.describe(one) for one in policies.explain(certificate.uuid).decisions}


def test_without_policies_all_is_offered_and_there_is_no_problem(course_certificate):
    found = policies.explain(course_certificate.uuid)
    assert found.problems == ()
    assert found.resolution.profiles == ("obv3-vc1", "obv3-vc2")
    assert found.wallets == ("lc_wallet", "download")
    assert [one.document is not None for one in found.samples] == [True, True]


def test_every_point_has_its_value_and_the_rule_that_decided(course_certificate):
    save("site", course_certificate.credential.site_id, grade=True, name=True)
    save("organization", "ExampleX", name=False, final=True)
    save("course_run", course_certificate.credential.course_id, name=True)
    sentences = said(course_certificate)
    assert sentences["name"] == ("Learner's name: withheld, because the rule of organisation ExampleX says so (final)")
    assert sentences["grade"].startswith("Grade: allowed, because the rule of site ")
    assert sentences["email"] == "Hashed e-mail identifier: withheld, by default"


def test_nothing_of_its_learner_is_in_it(course_certificate, program_certificate, ada):
    seed.grade(ada, course_certificate.credential, percent="0.6180")
    User.objects.update(full_name="Zerlinde Quux", email="zerlinde@quux.example")
    save("organization", "ExampleX", name=True, email=True, grade=True, evidence=True)
    for certificate in (course_certificate, program_certificate):
        found = policies.explain(certificate.uuid)
        shown = repr(found) + json.dumps(found.as_json()) + json.dumps([one.document for one in found.samples])
        assert "Example Learner" in shown
        assert not any(secret in shown for secret in ("Zerlinde", "zerlinde", "61.8", "'ada'", '"ada"'))


def test_a_certificate_that_is_unknown_is_refused():
    with pytest.raises(AwardError) as caught:
        policies.explain(uuid.uuid4())
    assert caught.value.code == "unknown_certificate"


@pytest.mark.parametrize(
    ("says", "problem"),
    [
        ({"issuing": False}, "Issuing is off."),
        ({"wallets": []}, "No wallet is left: "),
        ({"profiles": []}, "No credential profile is left: "),
        ({"wallets": ["lc_wallet"], "profiles": ["obv3-vc2"]}, "Wallet lc_wallet verifies obv3-vc1, "),
        ({"validity_days": 2}, "The validity is over: "),
        ({"name": False}, "Nobody would be named: neither name nor e-mail is allowed."),
    ],
)
def test_problems_are_told(course_certificate, says, problem):
    assert policies.explain(course_certificate.uuid).problems == ()
    save("organization", "ExampleX", **says)
    assert any(one.startswith(problem) for one in policies.explain(course_certificate.uuid).problems)


def test_an_email_identifier_names_somebody(course_certificate):
    save("organization", "ExampleX", name=False, email=True)
    assert policies.explain(course_certificate.uuid).problems == ()


def test_an_account_without_what_is_allowed_is_a_problem(course_certificate):
    problem = "Nobody would be named: the account lacks what is allowed. Downloads are refused."
    User.objects.update(full_name="", first_name="", last_name="")
    assert policies.explain(course_certificate.uuid).problems == (problem,)
    save("organization", "ExampleX", email=True)
    assert policies.explain(course_certificate.uuid).problems == ()
    User.objects.update(email="")
    assert policies.explain(course_certificate.uuid).problems == (problem,)


def test_while_issuing_is_off_no_wallet_is_offered(course_certificate):
    save("organization", "ExampleX", issuing=False)
    assert policies.explain(course_certificate.uuid).wallets == ()


def test_what_the_service_refuses_is_told_too(course_certificate):
    CourseCertificate.objects.update(is_active=False)
    assert policies.explain(course_certificate.uuid).problems == ("This certificate is not active.",)
    CourseCertificate.objects.update(is_active=True)
    course_certificate.revoke()
    assert policies.explain(course_certificate.uuid).problems == ("This certificate has been revoked.",)


def test_without_an_issuer_there_is_no_sample(course_certificate):
    Issuer.objects.update(is_default=None)
    found = policies.explain(course_certificate.uuid)
    assert found.samples == ()
    assert any("No issuer is set up" in problem for problem in found.problems)


def test_the_validity_counts_from_the_award(course_certificate):
    save("organization", "ExampleX", validity_days=30)
    found = policies.explain(course_certificate.uuid)
    assert (found.valid_until - found.award.awarded_at).days == 30
