"""Staff see what became of anchors; nothing is written there, and no signed transaction is shown."""

from __future__ import annotations

import dataclasses

import pytest
from django.test import Client

from openedx_verifiable_credentials import models
from openedx_verifiable_credentials.core.networks import NETWORKS
from tests import anchor_rows
from tests import rows
from tests.anchor_rows import add_batch
from tests.staff import APP
from tests.staff import staff

pytestmark = pytest.mark.django_db
BATCHES, TRANSACTIONS = f"{APP}anchorbatch/", f"{APP}anchortransaction/"
STATES = ("prepared", "signed", "broadcast", "mined", "safe", "finalized")


@pytest.fixture(name="browser")
def make_browser(db):
    """Staff who may look."""
    return staff("view_anchorbatch", "view_anchortransaction")[0]


def page(browser: Client, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("state", STATES)
def test_a_batch_of_every_state_can_be_looked_at(browser, state):
    batch = add_batch(state, problem="fee_cap" if state == "prepared" else "")
    listed, shown = page(browser, BATCHES), page(browser, f"{BATCHES}{batch.pk}/change/")
    for text in (batch.root, "Base Sepolia (test network)", state.capitalize()):
        assert text in listed and text in shown
    assert ("fee_cap" in listed) is (state == "prepared")
    if state in ("mined", "safe", "finalized"):
        assert f'href="https://sepolia.basescan.org/tx/0x{batch.transaction.hash}"' in shown
        assert f"0x{batch.block_hash}" in shown
        assert "0.00000004456 ether" in shown and "0.00000004456 ether" in listed


def test_a_page_about_transactions_may_have_other_braces(browser, settings):
    settings.OPENEDX_VC_ANCHOR_NETWORKS = {
        "base-sepolia": dataclasses.asdict(NETWORKS["base-sepolia"]) | {"explorer": "https://example.org/{x}?tx={}"}
    }
    batch = add_batch("mined")
    assert f"https://example.org/{{x}}?tx=0x{batch.transaction.hash}" in page(browser, f"{BATCHES}{batch.pk}/change/")


def test_a_real_network_is_not_called_a_test(browser):
    add_batch(network="base")
    models.AnchorBatch.objects.update(chain_id=8453)
    listed = page(browser, BATCHES)
    assert ">Base<" in listed and "test network" not in listed


def test_a_test_network_is_called_one_whatever_has_its_name_now(browser):
    batch = add_batch("mined", network="base")
    listed, shown = page(browser, BATCHES), page(browser, f"{BATCHES}{batch.pk}/change/")
    assert ">Base Sepolia (test network)<" in listed
    assert "https://sepolia.basescan.org/" in shown and "https://basescan.org/" not in shown


def test_a_network_that_is_no_longer_configured_is_shown_by_its_name(browser, settings):
    batch = add_batch("mined", network="gone")
    models.AnchorBatch.objects.update(chain_id=31_337)
    assert ">gone<" in page(browser, BATCHES)
    settings.OPENEDX_VC_ANCHOR_NETWORKS = {"bad": 5}
    assert batch.transaction.hash in page(browser, f"{BATCHES}{batch.pk}/change/")


def test_transactions_are_shown_without_their_bytes(browser):
    batch = add_batch("broadcast")
    [sent] = batch.transactions.all()
    for address in (TRANSACTIONS, f"{TRANSACTIONS}{sent.pk}/change/", f"{BATCHES}{batch.pk}/change/"):
        shown = page(browser, address)
        assert f"0x{sent.hash}" in shown
        assert "0.000004456 ether" in shown
        assert "raw bytes" not in shown and anchor_rows.RAW.hex() not in shown
    assert "0.2 gwei" in page(browser, f"{TRANSACTIONS}{sent.pk}/change/")


@pytest.mark.parametrize("prefix", ["", "0x"])
def test_a_batch_is_found_by_its_whole_root_and_a_transaction_by_its_hash(browser, prefix):
    found, other = add_batch("signed"), add_batch("signed")
    listed = page(browser, f"{BATCHES}?q={prefix}{found.root.upper()}")
    assert found.root in listed and other.root not in listed
    sent = found.transactions.get()
    listed = page(browser, f"{TRANSACTIONS}?q={prefix}{sent.hash}")
    assert sent.hash in listed and other.transactions.get().hash not in listed
    assert found.root not in page(browser, f"{BATCHES}?q={found.root[:63]}")


@pytest.mark.parametrize("address", [BATCHES, TRANSACTIONS])
def test_nothing_is_written_and_only_who_may_look_can_look(address, ada):
    add_batch("mined")
    may, _ = staff("view_anchorbatch", "change_anchorbatch", "view_anchortransaction", "delete_anchortransaction")
    model = models.AnchorBatch if address == BATCHES else models.AnchorTransaction
    row = model.objects.get().pk
    before = rows.snapshot()
    assert may.get(f"{address}add/").status_code == 403
    assert may.post(f"{address}{row}/change/", {"state": "finalized"}).status_code == 403
    assert may.post(f"{address}{row}/delete/", {"post": "yes"}).status_code == 403
    assert rows.changed(before) == []
    for browser in (Client(), staff(name="helper")[0]):
        assert browser.get(address).status_code in (302, 403)


def test_a_list_costs_as_many_queries_for_many_as_for_few(browser, django_assert_max_num_queries):
    for _ in range(10):
        add_batch("mined")
    with django_assert_max_num_queries(12):
        page(browser, BATCHES)
    with django_assert_max_num_queries(12):
        page(browser, TRANSACTIONS)
