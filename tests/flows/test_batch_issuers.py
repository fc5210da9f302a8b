"""Batches whose issuers are several, come later, or keep their keys somewhere else."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.models import Credential
from tests import bulk
from tests import ledgers
from tests import seed
from tests.adapters.test_keystores import make_token  # noqa: F401
from tests.commands.run import run
from tests.flows.test_key_stores import make_options  # noqa: F401
from tests.flows.test_many_issuers import program

pytestmark = pytest.mark.django_db(transaction=True)


def an_issuer_of(organization: str) -> None:
    """That signs for it from now on."""
    issuers.create_issuer(
        issuers.NewIssuer(
            name=organization,
            slug=organization.lower(),
            method="web",
            base_url=f"https://{organization.lower()}.example",
            organization_key=organization,
        )
    )


@pytest.mark.parametrize("organization", ["AcademyX", "CollegeX"])
def test_an_organisation_that_signs_for_itself_later_adds_its_own(settings, ready, ada, organization):
    """Of a program that each organisation signs; the site's issuer has signed for both before."""
    settings.OPENEDX_VC_JOINT_PROGRAMS = "each"
    certificate = program(ready, ada, "AcademyX", "CollegeX")
    assert bulk.issue(certificates=(certificate.uuid,)).issued == 1
    an_issuer_of(organization)
    batch = bulk.order(certificates=(certificate.uuid,))
    bulk.work_patiently(batch)
    progress = batches.look(batch)
    assert (progress.state, progress.issued) == ("done", 1)
    again = bulk.issue(certificates=(certificate.uuid,))
    assert (again.issued, again.held) == (0, 1)
    signed_by = Counter(Credential.objects.values_list("issuer__slug", flat=True))
    assert signed_by == {"default": 1, organization.lower(): 1}
    ledgers.require_sound()


@pytest.mark.parametrize("profile_id", ["obv3-vc1", "obv3-vc2"])
def test_a_batch_is_signed_wherever_the_key_is_kept(make_options_, site, switched_on, profile_id):
    run("vc_create_issuer", "--name", "The Academy", *make_options_)
    course = seed.make_course(site)
    names = [f"Learner Number {number}" for number in range(3)]
    for number, name in enumerate(names):
        seed.backdate(seed.award(seed.make_learner(f"learner{number}", name), course), days=1)
    progress = bulk.issue(profile_id=profile_id)
    assert (progress.state, progress.issued) == ("done", 3)
    told = [json.loads(bulk.document(row)) for row in Credential.objects.select_related("learner", "shape")]
    assert sorted(one["credentialSubject"]["identifier"][0]["identityHash"] for one in told) == names
    ledgers.require_sound()


@pytest.fixture(name="make_options_")
def options_of_a_store(options):
    """Of each store."""
    return options


def test_an_issuer_with_p256_only_issues_what_it_can_sign(site, switched_on):
    run("vc_create_issuer", "--name", "The Academy", "--algorithm", "P-256")
    course = seed.make_course(site)
    for number in range(3):
        seed.backdate(seed.award(seed.make_learner(f"learner{number}", f"Learner {number}"), course), days=1)
    old, new = bulk.issue(profile_id="obv3-vc1"), bulk.issue(profile_id="obv3-vc2")
    assert (old.state, old.issued, old.refused) == ("done", 0, 3)
    assert (new.state, new.issued, new.refused) == ("done", 3, 0)
    ledgers.require_sound()
