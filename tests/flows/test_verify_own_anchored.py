"""What this service anchored is valid, by what it publishes of its keys and by what a real chain has."""

import datetime

import pytest
from django.test import override_settings

from openedx_verifiable_credentials.api import own_documents
from openedx_verifiable_credentials.api import verifying
from openedx_verifiable_credentials.api.public_credentials import anchored_form
from openedx_verifiable_credentials.api.public_credentials import find_shared
from openedx_verifiable_credentials.core.checks.report import CheckName
from openedx_verifiable_credentials.core.checks.report import Verdict
from openedx_verifiable_credentials.exceptions import FetchError
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models.anchor import AnchorKey
from tests import anchored
from tests import anchored_rows
from tests import foreign
from tests import sharing
from tests.chain import verified
from tests.chain.node import ETHER

pytestmark = pytest.mark.anvil
LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
LATER = datetime.datetime(2999, 1, 1, tzinfo=datetime.UTC)


@pytest.fixture(name="page")
def make_page(course_certificate, web_issuer, ada_client, make_offer, wallet):
    """The public page of Ada's credential, of version 1.1: the Merkle proof of its anchored form stands alone."""
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    return sharing.share(ada_client)


@pytest.fixture(name="batch")
def make_batch(page, node):
    """Its batch: the transaction is on the chain, from the account of the key that is published."""
    batch = anchored_rows.anchored(Credential.objects.get())
    AnchorKey.objects.update(address=anchored.ACCOUNT, created=LONG_AGO)
    node.set_balance(anchored.ACCOUNT, ETHER)
    sent = verified.send(node, bytes.fromhex(batch.root))
    batch.transactions.update(hash=sent.removeprefix("0x"))
    with override_settings(OPENEDX_VC_ANCHOR_RPC_URLS={"base-sepolia": [node.url]}):
        yield batch


def form_of(page):
    return anchored_form(find_shared(page.split("/")[-2]))


def code_of(report):
    return report.get(CheckName.SIGNATURE).code


def test_it_verifies_whole_and_is_marked_as_on_a_test_network(page, batch):
    report = verifying.verify(form_of(page))
    assert (code_of(report), report.get(CheckName.ISSUER).code) == ("test_network_anchor", "issuer_confirmed")
    assert report.verdict is Verdict.VALID_WITH_WARNINGS
    assert verifying.verify(form_of(page).replace(b"2026", b"2027")).verdict is Verdict.INVALID
    # The original has no anchor, and needs none.
    assert verifying.verify(foreign.raw(find_shared(page.split("/")[-2]).document)).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"retired_at": LATER}, "test_network_anchor"),
        ({"revoked_at": LATER}, "test_network_anchor"),
        ({"revoked_at": LONG_AGO + datetime.timedelta(days=1)}, "anchor_wrong_sender"),
        ({"created": LATER}, "anchor_wrong_sender"),
    ],
    ids=str,
)
def test_a_key_that_ended_after_the_block_leaves_it_good(page, batch, members, code):
    # Had before: of a key that is revoked nobody gets another one.
    form = form_of(page)
    AnchorKey.objects.update(**members)
    assert code_of(verifying.verify(form)) == code


def test_after_a_reorganisation_it_is_not_confirmed_any_more(page, batch, node):
    node.reorg(node.height())
    report = verifying.verify(form_of(page))
    assert code_of(report) == "anchor_not_found"
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


def test_offline_the_anchor_is_not_looked_up(page, batch):
    report = verifying.verify(form_of(page), offline=True)
    assert code_of(report) == "anchor_not_checked"
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


def test_the_profile_of_ours_is_found_by_its_address(page, batch, web_issuer):
    assert b"ecdsa-koblitz-pubkey" in own_documents.find_own_document(web_issuer.profile_url)
    with pytest.raises(FetchError):
        own_documents.find_own_document(web_issuer.profile_url.replace(web_issuer.slug, "nobody"))
