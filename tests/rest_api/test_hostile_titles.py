"""Threat 28: a wallet that decodes HTML entities in the whole reply still reads the text that was signed."""

import json
import re

import pytest
from hypothesis import HealthCheck
from hypothesis import Phase
from hypothesis import given
from hypothesis import settings as hypothesis

from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core.wording import WORDINGS
from tests import asking
from tests import properties
from tests import seed
from tests.conftest import MadeOffer
from tests.wallet import make_wallet
from tests.wallet import read_reply

TEXTS = 200
PER_CREDENTIAL = 4  # the certificate's title, the course's, the organisation's name, the signatory's
BATCHES = 5
LANGUAGES = tuple(WORDINGS)  # our sentences around them, each in one batch at least
# Each of these means something else once entities are decoded.
ENTITIES = (
    "R&amp;D",
    "&lt;b&gt;bold&lt;/b&gt;",
    "&#x22;,&#34;name&#34;:&#34;forged",
    "&quot;,&quot;evil&quot;:&quot;1",
    "a &copy b &copy; c &notin; d &nbsp;e",
    "&amp;amp;amp;",
    "&#92;u0022 &bsol;&quot;",
    "&#0; &#55296; &#1114112; &#x80;",
    "&NewLine;&Tab;&lbrace;&rcub;&lsqb;",
    "<script>alert('&apos;')</script> & more",
)


def titles():
    """As many different titles as there are certificates, half of them with an entity inside."""
    found = {}

    @hypothesis(
        max_examples=TEXTS,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    @given(properties.titles)
    def collect(title):
        title = title.encode("utf-8", "replace").decode()[:120]
        entity = ENTITIES[len(found) % len(ENTITIES)] if len(found) % 2 else ""
        found.setdefault(f"{len(found)} {entity}{title}"[:200])

    collect()
    return list(found)[:TEXTS]


TITLES = titles()


def test_there_are_two_hundred():
    assert len(set(TITLES)) == TEXTS
    assert sum("&" in title for title in TITLES) >= TEXTS / 2


def certificate(site, learner, texts):
    """A certificate with these texts wherever the host lets one type."""
    title, course_title, organization, signatory = texts
    configuration = seed.make_course(site, seed.CourseOptions(title=title, run_title=course_title, signatory=signatory))
    owner = seed.make_organization(site, key=f"Org{configuration.pk}", name=organization)
    configuration.course_run.course.owners.set([owner])
    return seed.backdate(seed.award(learner, configuration), days=1)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_wallet_reads_what_was_signed(settings, ready, ada, ada_client, batch):
    settings.LANGUAGE_CODE = LANGUAGES[batch % len(LANGUAGES)]
    texts = iter(TITLES[batch::BATCHES])
    wanted = list(zip(*[texts] * PER_CREDENTIAL, strict=True))
    offer = MadeOffer(asking.init(ada_client, *(certificate(ready, ada, chosen) for chosen in wanted)).json())
    response = offer.claim(make_wallet())
    assert response.status_code == 201
    assert not re.search(rb"[&<>]", response.content)
    body = read_reply(response.content)
    # Each was verified in this form before it left (core.self_check); reading it the wallet's way changes nothing.
    assert body == json.loads(response.content)
    for document, chosen in zip(body["verifiableCredential"], wanted, strict=True):
        title, course_title, organization, signatory = map(text.clean_line, chosen)
        achievement = document["credentialSubject"]["achievement"]
        assert (document["name"], achievement["name"]) == (title, course_title)
        assert title in document["description"] and course_title in achievement["description"]
        assert achievement["creator"]["name"] == organization
        assert document["issuer"]["official"] == f"{signatory}, Dean"


def test_a_reply_that_was_not_escaped_would_be_read_differently(make_offer, course_certificate, wallet):
    """What the test above is worth: the same document, written plainly."""
    document = make_offer(course_certificate).claim(wallet).json()
    plain = json.dumps({**document, "name": "R&amp;D"}).encode()
    assert read_reply(plain) != json.loads(plain)
