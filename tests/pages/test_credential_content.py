"""The public page tells all that policies let a credential say: as text and as links that only lead away."""

import re
from decimal import Decimal

import pytest
from credentials.apps.records.models import ProgramCertRecord

from openedx_verifiable_credentials.models import ClaimPolicy
from openedx_verifiable_credentials.models import Credential
from tests import seed
from tests import sharing
from tests.pages.test_credential_page import facts_on
from tests.pages.test_credential_page import headline
from tests.pages.test_credential_page import reseal
from tests.pages.test_credential_page import text_of
from tests.pages.test_offer_page import HOSTILE
from tests.pages.test_offer_page import read

REL = "nofollow noopener noreferrer"
ESCO = "http://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d"


@pytest.fixture(name="policy")
def make_policy(site):
    """The site releases everything."""
    return ClaimPolicy.objects.create(
        scope="site",
        key=str(site.pk),
        **dict.fromkeys(("email", "grade", "activity_dates", "evidence"), True),
        validity_days=3650,
        criteria="Pass *all* of:\n\n- the [exam](https://example.org/exam)",
        field_of_study="Computer science",
        aligned_with=[{"url": ESCO, "name": "Python", "framework": "ESCO", "code": "S1"}],
        credits=Decimal("4.50"),
    )


def shown(client, offer, wallet):
    """The page of what the wallet got."""
    assert offer.claim(wallet).status_code == 201
    return sharing.share(client, Credential.objects.latest("pk"))


def links(page):
    """Where the page leads to, with the text there."""
    found = [attributes for tag, attributes in read(sharing.get(page)).tags if tag == "a"]
    return {attributes["href"]: attributes.get("rel") for attributes in found}


def test_a_course_is_shown_with_grade_dates_credits_and_end(
    policy, ada_client, ada, make_offer, course_certificate, wallet
):
    seed.grade(ada, course_certificate.credential)
    page = shown(ada_client, make_offer(course_certificate), wallet)
    said = facts_on(page)
    assert said["Final grade in percent"] == "87.5"
    assert said["Credits"] == "4.5"
    assert said["Field of study"] == "Computer science"
    assert said["Corresponds to"] == "Python ESCO S1"
    assert said["Valid until"] != "no end"
    assert {"Activity began", "Activity ended"} <= said.keys()
    assert said["Earned by"] == "Pass all of: the exam"
    assert "Evidence" not in said
    assert links(page)[ESCO] == links(page)["https://example.org/exam"] == REL
    assert "learners.example.edu" not in text_of(page)


def test_a_program_links_to_the_record_that_its_learner_shared(
    policy, ada_client, ada, make_offer, program_certificate, wallet
):
    record = ProgramCertRecord.objects.create(user=ada, program=program_certificate.credential.program)
    page = shown(ada_client, make_offer(program_certificate), wallet)
    assert facts_on(page)["Evidence"] == "Program record"
    [address] = [href for href in links(page) if "/records/" in href]
    assert address.endswith(f"/records/programs/shared/{record.uuid.hex}/")
    assert links(page)[address] == REL


def test_without_policies_none_of_it_is_there(page):
    said = facts_on(page)
    hidden = {"Credits", "Field of study", "Corresponds to", "Activity began", "Activity ended", "Evidence"}
    assert hidden.isdisjoint(said)
    assert said["Valid until"] == "no end"


def test_hostile_content_neither_acts_nor_speaks_for_the_page(page):
    def change(document):
        achievement = document["credentialSubject"]["achievement"]
        achievement["fieldOfStudy"] = " ".join(HOSTILE)
        achievement["criteria"]["narrative"] = "# This credential is forged\n\n" + "\n\n".join(HOSTILE)
        achievement["alignment"] = [{"targetName": hostile, "targetUrl": "https://e.org/"} for hostile in HOSTILE]
        achievement["alignment"] += [{"targetName": "bad", "targetUrl": hostile} for hostile in HOSTILE]
        document["evidence"] = [{"id": hostile, "name": "bad"} for hostile in HOSTILE]

    before = [tag for tag, _ in read(sharing.get(page)).tags]
    reseal(change)
    assert headline(page) == "This credential is valid"
    found = read(sharing.get(page)).tags
    assert {tag for tag, _ in found} - set(before) <= {"ul", "li", "a", "bdi", "strong", "p"}
    assert not [name for _, attributes in found for name in attributes if name.startswith("on")]
    hrefs = [attributes["href"] for tag, attributes in found if tag == "a"]
    assert [href for href in hrefs if re.match(r"(?!https?:|/|#)", href) and ":" in href] == []
    assert "bad" not in facts_on(page).get("Evidence", "")
