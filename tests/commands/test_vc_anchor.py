"""``vc_anchor``, against a real node: rounds, what it would cost, how things stand, keys, and what is refused."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import signal
import threading
import time

import pytest
from django.core.management import CommandError
from django.core.management import call_command

from openedx_verifiable_credentials import tasks
from openedx_verifiable_credentials.models import AnchorBatch
from openedx_verifiable_credentials.models import AnchorKey
from openedx_verifiable_credentials.models import AnchorLeaf
from openedx_verifiable_credentials.models import AnchorTransaction
from openedx_verifiable_credentials.models import Credential
from tests import anchor_rows
from tests import lists
from tests import rows
from tests.chain import node as chain
from tests.commands.run import fails
from tests.commands.run import run
from tests.sandbox_chain import address_of
from tests.wallet import make_wallet

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.anvil]
KEY = bytes([7]) * 32
ACCOUNT = address_of(KEY)
TOKEN = "a-token-of-an-endpoint"
DEAD = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def anchoring(ready, web_issuer, node, settings, monkeypatch):
    """On the test network, with an account that has coins."""
    node.set_balance(ACCOUNT, chain.ETHER)
    monkeypatch.setenv("OPENEDX_VC_ANCHOR_PRIVATE_KEY", KEY.hex())
    settings.OPENEDX_VC_ANCHORING = True
    settings.OPENEDX_VC_ANCHOR_NETWORK = "base-sepolia"
    settings.OPENEDX_VC_ANCHOR_RPC_URLS = {"base-sepolia": [f"{node.url}/?{TOKEN}"]}
    settings.OPENEDX_VC_ANCHOR_MAX_FEE_PER_BATCH_WEI = chain.ETHER // 100
    settings.OPENEDX_VC_ANCHOR_MAX_FEE_PER_DAY_WEI = chain.ETHER // 10


def add_leaves(issuer, count=3, *, ago=3600):
    """They have waited for so many seconds."""
    return [anchor_rows.add_leaf(one, ago=ago) for one in lists.add_credentials(issuer, count)]


def held_up(*arguments, status=3):
    """What is said before the exit status, and the last sentence."""
    out = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("vc_anchor", *arguments, stdout=out, stderr=out)
    assert caught.value.returncode == status
    return out.getvalue() + str(caught.value)


def on_chain(node):
    """The data of every transaction of the account, once none waits for its block."""
    deadline = time.monotonic() + 10
    while node.waiting() and time.monotonic() < deadline:
        time.sleep(0.01)
    return [one["input"].removeprefix("0x") for one in node.transactions(ACCOUNT)]


# Rounds


def test_rounds_take_what_waits_into_a_final_block(web_issuer, node):
    add_leaves(web_issuer)
    said = run("vc_anchor")
    batch = AnchorBatch.objects.get()
    assert f"{batch.uuid}: its leaves and its root are fixed." in said
    assert f"{batch.uuid}: its transaction is signed and stored." in said
    assert on_chain(node) == [batch.root]
    node.mine(chain.FINALIZED_AFTER)
    assert f"{batch.uuid}: in a block." in run("vc_anchor")
    batch.refresh_from_db()
    assert (batch.state, batch.leaf_count, batch.leaves.count()) == ("finalized", 3, 3)
    before = rows.snapshot()
    assert run("vc_anchor") == ""
    assert rows.changed(before) == [] and on_chain(node) == [batch.root]


def test_leaves_wait_for_the_clock_unless_they_are_flushed(web_issuer, node):
    add_leaves(web_issuer, 2, ago=0)
    assert run("vc_anchor") == "2 credentials wait for a batch.\n"
    assert not AnchorBatch.objects.exists() and on_chain(node) == []
    run("vc_anchor", "--flush")
    assert on_chain(node) == [AnchorBatch.objects.get().root]


def test_a_full_batch_does_not_wait(web_issuer, settings):
    settings.OPENEDX_VC_ANCHOR_LEAVES = 2
    add_leaves(web_issuer, 3, ago=0)
    assert "1 credential waits for a batch." in run("vc_anchor")
    assert AnchorBatch.objects.get().leaf_count == 2


def test_again_and_again_until_it_is_asked_to_stop(web_issuer, node):
    add_leaves(web_issuer)
    stop = threading.Event()
    deadline = time.monotonic() + 60

    def end():
        while not stop.wait(0.2) and time.monotonic() < deadline:
            node.mine()
            if AnchorBatch.objects.filter(state="finalized").exists():
                break
        os.kill(os.getpid(), signal.SIGTERM)

    timer = threading.Thread(target=_closing(end))
    timer.start()
    try:
        said = run("vc_anchor", "--every", "0.2")
    finally:
        stop.set()
        timer.join()
    assert said.count("in a block.") == 1
    assert len(on_chain(node)) == 1


def _closing(work):
    """A thread has a connection of its own."""
    from django.db import connections

    def closing():
        try:
            work()
        finally:
            connections.close_all()

    return closing


# What holds it up


def test_a_fee_above_the_cap_holds_a_batch_up_and_nothing_is_signed(web_issuer, node, settings):
    add_leaves(web_issuer)
    settings.OPENEDX_VC_ANCHOR_MAX_FEE_PER_BATCH_WEI = 1
    said = held_up()
    assert "[fee_cap]" in said and "A batch is held up" in said
    assert not AnchorTransaction.objects.exists() and on_chain(node) == []
    assert "fee_cap" in run("vc_anchor", "status")
    settings.OPENEDX_VC_ANCHOR_MAX_FEE_PER_BATCH_WEI = chain.ETHER // 100
    run("vc_anchor")
    assert len(on_chain(node)) == 1


def test_an_empty_account_holds_a_batch_up(web_issuer, node):
    add_leaves(web_issuer)
    node.set_balance(ACCOUNT, 0)
    assert "[balance]" in held_up()
    assert on_chain(node) == []
    node.set_balance(ACCOUNT, chain.ETHER)
    run("vc_anchor")
    assert len(on_chain(node)) == 1


def test_an_endpoint_of_another_chain_gets_nothing(web_issuer, node, settings):
    add_leaves(web_issuer)
    settings.OPENEDX_VC_ANCHOR_NETWORK = "base"
    settings.OPENEDX_VC_ANCHOR_RPC_URLS = {"base": [f"{node.url}/?{TOKEN}"]}
    said = held_up(status=1)
    assert "wrong_chain" in said and TOKEN not in said
    assert on_chain(node) == []


def test_no_endpoint_answers(web_issuer, node, settings):
    add_leaves(web_issuer)
    settings.OPENEDX_VC_ANCHOR_RPC_URLS = {"base-sepolia": [f"{DEAD}/?{TOKEN}"]}
    said = held_up(status=1)
    assert "chain_unavailable" in said and TOKEN not in said
    assert "chain_unavailable" in fails("vc_anchor", "--dry-run")[1]


def test_while_anchoring_is_off_what_was_sent_is_followed_and_nothing_else(web_issuer, node, settings):
    add_leaves(web_issuer)
    run("vc_anchor")
    add_leaves(web_issuer)
    settings.OPENEDX_VC_ANCHORING = False
    node.mine(chain.FINALIZED_AFTER)
    assert "ANCHORING is False" in held_up("--flush", status=1)
    assert AnchorBatch.objects.get().state == "finalized"
    before = rows.snapshot()
    assert "ANCHORING is False" in held_up("--flush", status=1)
    assert rows.changed(before) == [] and len(on_chain(node)) == 1


def test_while_the_switch_is_off_what_was_sent_is_followed_and_nothing_else(web_issuer, node, switched_on):
    add_leaves(web_issuer)
    run("vc_anchor")
    add_leaves(web_issuer)
    switched_on.active = False
    switched_on.save()
    switched_on.flush()
    node.mine(chain.FINALIZED_AFTER)
    assert "switch" in held_up("--flush", status=1)
    assert AnchorBatch.objects.get().state == "finalized" and len(on_chain(node)) == 1


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("OPENEDX_VC_ANCHOR_RPC_URLS", {}, "names no endpoint of Base Sepolia"),
        ("OPENEDX_VC_ANCHOR_KEYSTORE", "no-such-file.json", "is not there"),
        ("OPENEDX_VC_LEDGER", "no.such.Class", "cannot be imported"),
        ("OPENEDX_VC_ANCHOR_NETWORK", "nowhere", "must be one of"),
    ],
)
def test_what_is_not_set_up_is_one_sentence(web_issuer, settings, name, value, sentence):
    add_leaves(web_issuer)
    setattr(settings, name, value)
    before = rows.snapshot()
    for arguments in ([], ["--dry-run"]):
        assert sentence in fails("vc_anchor", *arguments)[1]
    assert rows.changed(before) == []


def test_without_the_packages_it_says_what_to_install(web_issuer, monkeypatch):
    add_leaves(web_issuer)
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "web3" else find_spec(name, *more)
    )
    before = rows.snapshot()
    for arguments in ([], ["--dry-run"]):
        assert "pip install openedx-verifiable-credentials[anchoring]" in fails("vc_anchor", *arguments)[1]
    assert rows.changed(before) == []


BAD = {
    "no time at all": (["--every", "0"], "above 0"),
    "no end of time": (["--every", "inf"], "above 0"),
    "a dry run for ever": (["--every", "1", "--dry-run"], "do not go together"),
    "an option of a round": (["--flush", "status"], "is not for status"),
    "a time without a key": (["key", "--publish", "--since", "2026-11-22"], "--since goes with --revoke"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_wrong_call_does_nothing(web_issuer, node, what):
    add_leaves(web_issuer)
    arguments, sentence = BAD[what]
    before = rows.snapshot()
    assert sentence in fails("vc_anchor", *arguments)[1]
    assert rows.changed(before) == [] and on_chain(node) == []


# What it would cost, how things stand


def test_a_dry_run_says_what_it_costs_and_writes_nothing(web_issuer, node, settings):
    settings.OPENEDX_VC_ANCHOR_LEAVES = 2
    add_leaves(web_issuer, 3, ago=0)
    before = rows.snapshot()
    said = run("vc_anchor", "--dry-run")
    assert rows.changed(before) == [] and on_chain(node) == []
    lines = dict(line.split(": ", 1) for line in said.splitlines() if ": " in line)
    assert lines["Network"] == "Base Sepolia (TEST NETWORK)"
    assert lines["Account"] == ACCOUNT
    assert (lines["Credentials that wait"], lines["Batches, one transaction each"]) == ("3", "2")
    assert lines["Balance"] == f"1 ether ({chain.ETHER} wei)"
    each, both = (int(lines[name].split("(")[1].split()[0]) for name in ("Each costs at most", "All cost at most"))
    assert both == 2 * each and 0 < each < chain.ETHER // 100
    assert said.endswith("Nothing was written or sent.\n")
    run("vc_anchor", "--flush")
    paid = chain.ETHER - node.balance(ACCOUNT)
    assert 0 < paid <= both


@pytest.mark.parametrize(("balance", "cap", "code"), [(0, chain.ETHER, "balance"), (chain.ETHER, 1, "fee_cap")])
def test_a_dry_run_says_what_would_hold_it_up(web_issuer, node, settings, balance, cap, code):
    add_leaves(web_issuer)
    node.set_balance(ACCOUNT, balance)
    settings.OPENEDX_VC_ANCHOR_MAX_FEE_PER_BATCH_WEI = cap
    said = held_up("--dry-run")
    assert f"[{code}]" in said and "Nothing was written or sent." in said


def test_the_status_is_a_table_of_batches(web_issuer, node):
    add_leaves(web_issuer)
    run("vc_anchor")
    run("vc_anchor")
    add_leaves(web_issuer, 1, ago=0)
    before = rows.snapshot()
    said = run("vc_anchor", "status")
    batch = AnchorBatch.objects.get()
    assert "Network: Base Sepolia (TEST NETWORK)" in said
    assert "Credentials that wait: 1, the first since 2" in said
    assert "Batches: 1 mined" in said
    [row] = [line for line in said.splitlines() if line.startswith(str(batch.uuid))]
    assert "Base Sepolia (TEST NETWORK)" in row and f"0x{batch.transaction.hash}" in row and " mined " in row
    assert rows.changed(before) == [] and TOKEN not in said


def test_the_status_is_told_when_no_endpoint_answers_or_nothing_is_set_up(web_issuer, node, settings):
    add_leaves(web_issuer)
    run("vc_anchor")
    settings.OPENEDX_VC_ANCHOR_RPC_URLS = {"base-sepolia": [DEAD]}
    said = run("vc_anchor", "status")
    assert "Balance: not known" in said and "chain_unavailable" in said
    assert str(AnchorBatch.objects.get().uuid) in said
    settings.OPENEDX_VC_ANCHOR_RPC_URLS = {}
    said = run("vc_anchor", "status")
    assert "names no endpoint" in said and str(AnchorBatch.objects.get().uuid) in said


def test_a_network_that_is_no_test_is_not_called_one(web_issuer, node, settings):
    settings.OPENEDX_VC_ANCHOR_NETWORKS = {
        "campus": {
            "chain": "campus", "network": "one", "codes": [99, 99], "chain_id": chain.CHAIN_ID, "is_test": False,
            "title": "Campus Chain",
        }
    }  # fmt: skip
    settings.OPENEDX_VC_ANCHOR_NETWORK = "campus"
    settings.OPENEDX_VC_ANCHOR_RPC_URLS = {"campus": [node.url]}
    add_leaves(web_issuer)
    for arguments in (["--dry-run"], [], ["status"]):
        assert "TEST NETWORK" not in run("vc_anchor", *arguments)
    assert "Campus Chain" in run("vc_anchor", "status")


def test_batches_of_another_network_are_followed_there(web_issuer, node, settings):
    add_leaves(web_issuer)
    run("vc_anchor")
    with chain.running(chain_id=8453) as base:
        base.set_balance(ACCOUNT, chain.ETHER)
        settings.OPENEDX_VC_ANCHOR_NETWORK = "base"
        settings.OPENEDX_VC_ANCHOR_RPC_URLS = {"base-sepolia": [node.url], "base": [base.url]}
        add_leaves(web_issuer)
        node.mine(chain.FINALIZED_AFTER)
        run("vc_anchor")
        assert sorted(AnchorBatch.objects.values_list("network", flat=True)) == ["base", "base-sepolia"]
        assert AnchorBatch.objects.get(network="base-sepolia").state == "finalized"
        assert len(on_chain(base)) == len(on_chain(node)) == 1


# Keys


def test_a_key_is_published_rotated_and_revoked(web_issuer, monkeypatch):
    assert "No key pays" in run("vc_anchor", "keys")
    assert f"{ACCOUNT} pays for anchors" in run("vc_anchor", "key", "--publish")
    assert ACCOUNT in run("vc_anchor", "keys") and "84532" in run("vc_anchor", "keys")
    other = bytes([8]) * 32
    monkeypatch.setenv("OPENEDX_VC_ANCHOR_PRIVATE_KEY", other.hex())
    said = run("vc_anchor", "key", "--rotate")
    assert f"{address_of(other)} pays" in said and f"{ACCOUNT} sends nothing new" in said
    assert AnchorKey.objects.get(address=ACCOUNT).retired_at is not None
    assert f"{address_of(other)} is revoked" in run("vc_anchor", "key", "--revoke", address_of(other))
    assert "REVOKED since" in run("vc_anchor", "keys")
    assert other.hex() not in run("vc_anchor", "keys") and KEY.hex() not in run("vc_anchor", "keys")


def test_a_key_that_was_revoked_sends_nothing(web_issuer, node):
    run("vc_anchor", "key", "--publish")
    run("vc_anchor", "key", "--revoke", ACCOUNT)
    add_leaves(web_issuer)
    assert "[key_retired]" in held_up(status=1)
    assert on_chain(node) == []


def test_a_key_that_is_not_there_is_not_revoked(web_issuer):
    assert "no_such_key" in fails("vc_anchor", "key", "--revoke", "0x" + "00" * 20)[1]


# Beside the command


def test_the_task_does_a_round(web_issuer, node, settings):
    add_leaves(web_issuer)
    assert tasks.anchor() > 0
    assert on_chain(node) == [AnchorBatch.objects.get().root]
    settings.OPENEDX_VC_ANCHORING = False
    node.mine(chain.FINALIZED_AFTER)
    assert tasks.anchor() > 0
    settings.OPENEDX_VC_ANCHOR_RPC_URLS = {}
    assert tasks.anchor() == 0, "nothing is asked where there is nothing to do"


def line_of_the_doctor():
    out = io.StringIO()
    with contextlib.suppress(CommandError):
        call_command("vc_doctor", stdout=out)
    [line] = [line for line in out.getvalue().splitlines() if "  anchoring: " in line] or [""]
    assert TOKEN not in line
    return line


def test_the_doctor_asks_the_chain(node, settings):
    assert line_of_the_doctor().startswith("OK    anchoring: Base Sepolia (TEST NETWORK) answers; " + ACCOUNT)
    node.set_balance(ACCOUNT, chain.ETHER // 10**6)
    assert line_of_the_doctor().startswith("WARN") and "that is low" in line_of_the_doctor()
    settings.OPENEDX_VC_ANCHOR_RPC_URLS = {"base-sepolia": [f"{DEAD}/?{TOKEN}"]}
    assert line_of_the_doctor().startswith("WARN") and "chain_unavailable" in line_of_the_doctor()
    settings.OPENEDX_VC_ANCHOR_RPC_URLS = {"base": [f"{node.url}/?{TOKEN}"]}
    settings.OPENEDX_VC_ANCHOR_NETWORK = "base"
    assert line_of_the_doctor().startswith("FAIL") and "wrong_chain" in line_of_the_doctor()
    settings.OPENEDX_VC_ANCHORING = "yes"
    assert line_of_the_doctor().startswith("FAIL")
    settings.OPENEDX_VC_ANCHORING = False
    assert line_of_the_doctor() == ""


# What was issued before


@pytest.fixture(name="issued_before")
def make_issued_before(course_certificate, make_offer, settings):
    """A credential of the did:web issuer, from before anchoring was on."""
    settings.OPENEDX_VC_ANCHORING = False
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    settings.OPENEDX_VC_ANCHORING = True
    return Credential.objects.get(issuer__did__startswith="did:web:")


def test_what_was_issued_before_gets_its_leaf_once(issued_before, node):
    assert not AnchorLeaf.objects.exists()
    said = run("vc_anchor", "backfill")
    assert "1 credentials looked at: 1 leaves written" in said
    assert AnchorLeaf.objects.get().credential == issued_before
    before = rows.snapshot()
    assert "Nothing is left to do" in run("vc_anchor", "backfill")
    assert rows.changed(before) == []
    run("vc_anchor", "--flush")
    assert on_chain(node) == [AnchorBatch.objects.get().root]


def test_a_document_that_does_not_open_is_counted(issued_before):
    Credential.objects.filter(pk=issued_before.pk).update(sealed_document=b"damaged")
    said = held_up("backfill")
    assert "0 leaves written" in said and "1 have none: not_opened" in said
    assert not AnchorLeaf.objects.exists()
