"""Chains as verification sees them: by the settings, with few questions, and whatever goes wrong is no verdict."""

import dataclasses
import datetime
import sys

import pytest
from django.test import override_settings

from openedx_verifiable_credentials.api import chain_reading
from openedx_verifiable_credentials.api import verifying
from openedx_verifiable_credentials.api.chain_reading import BoundedReader
from openedx_verifiable_credentials.api.chain_reading import LedgerReader
from openedx_verifiable_credentials.app_settings import anchoring
from openedx_verifiable_credentials.core.checks.report import CheckName
from openedx_verifiable_credentials.core.networks import NETWORKS
from openedx_verifiable_credentials.data import BlockTag
from openedx_verifiable_credentials.data import ChainBlock
from openedx_verifiable_credentials.data import ChainReceipt
from openedx_verifiable_credentials.data import ChainTransaction
from openedx_verifiable_credentials.exceptions import AnchoringError
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import FetchError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from tests import anchored
from tests import foreign
from tests import merkle

TIME = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
HASH = bytes.fromhex(merkle.TRANSACTION)
ROOT = bytes(range(32))
BLOCK = ChainBlock(10, b"\1" * 32, TIME)
OTHER = b"\2" * 32
TRANSACTION = ChainTransaction(HASH, anchored.ACCOUNT, "0x" + "de" * 20, 0, ROOT, 0, 10, BLOCK.hash)
RECEIPT = ChainReceipt(True, 10, BLOCK.hash, 0)


class FixedLedger:
    """As much of ports.Ledger as is asked here, with these answers; errors are raised."""

    def __init__(self, transaction=TRANSACTION, receipt=RECEIPT, block=BLOCK, safe=12, finalized=8, **_):
        self.answers = {
            "transaction": transaction,
            "receipt": receipt,
            10: block,
            BlockTag.SAFE: safe and ChainBlock(safe, OTHER, TIME),
            BlockTag.FINALIZED: finalized and ChainBlock(finalized, OTHER, TIME),
        }
        self.asked = []

    def _answer(self, name):
        self.asked.append(name)
        if isinstance(self.answers[name], Exception):
            raise self.answers[name]
        return self.answers[name]

    def transaction(self, transaction_hash):
        assert transaction_hash == HASH
        return self._answer("transaction")

    def receipt(self, transaction_hash):
        assert transaction_hash == HASH
        return self._answer("receipt")

    def block(self, which):
        return self._answer(which)


def reader(ledger, **options):
    return LedgerReader({"base": NETWORKS["base"]}, lambda _: ledger, **options)


def find(ledger, chain="base", network="mainnet"):
    return reader(ledger).find_anchor(chain, network, merkle.TRANSACTION)


def test_what_a_transaction_carries_is_told_with_few_questions():
    ledger = FixedLedger()
    found = find(ledger)
    assert (found.root, found.sender, found.block_time) == (ROOT, anchored.ACCOUNT, TIME)
    assert (found.network, found.is_test_network) == ("Base", False)
    assert len(ledger.asked) == 5


@pytest.mark.parametrize(
    ("safe", "finalized", "firmness"),
    [
        (9, 8, BlockTag.LATEST),
        (10, 8, BlockTag.SAFE),
        (12, 10, BlockTag.FINALIZED),
        (None, None, BlockTag.LATEST),
        (None, 12, BlockTag.FINALIZED),
    ],
)
def test_how_firm_its_block_is_follows_from_the_tags(safe, finalized, firmness):
    assert find(FixedLedger(safe=safe, finalized=finalized)).firmness is firmness


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"transaction": None}, "no_such_transaction"),
        (
            {"transaction": dataclasses.replace(TRANSACTION, block_number=None, block_hash=None)},
            "no_such_transaction",
        ),
        ({"transaction": dataclasses.replace(TRANSACTION, block_hash=OTHER)}, "reorganised"),
        ({"block": None}, "reorganised"),
        ({"block": ChainBlock(10, OTHER, TIME)}, "reorganised"),
        ({"receipt": None}, "reorganised"),
        ({"receipt": ChainReceipt(True, 10, OTHER, 0)}, "reorganised"),
        ({"receipt": ChainReceipt(False, 10, BLOCK.hash, 0)}, "reverted"),
        ({"receipt": ChainReceipt(False, 10, OTHER, 0)}, "reorganised"),
    ],
    ids=str,
)
def test_what_is_wrong_with_it_has_a_code(answers, code):
    with pytest.raises(AnchoringError) as caught:
        find(FixedLedger(**answers))
    assert caught.value.code == code


@pytest.mark.parametrize(
    "error",
    [
        TransientError("chain_unavailable", "a"),
        AnchoringError("wrong_chain", "a"),
        AnchoringError("bad_answer", "a"),
    ],
    ids=str,
)
@pytest.mark.parametrize("where", ["transaction", "receipt", "block"])
def test_a_chain_that_cannot_be_asked_says_nothing(where, error):
    with pytest.raises(FetchError) as caught:
        find(FixedLedger(**{where: error}))
    assert caught.value.code == "fetch_failed"


def test_a_chain_that_is_not_configured_is_not_asked():
    ledger = FixedLedger()
    for chain, network in (("base", "sepolia"), ("eth", "mainnet"), ("mocknet", "mocknet"), ("77", "5")):
        assert find(ledger, chain, network) is None
    assert ledger.asked == []


def test_what_is_anchored_under_another_networks_name_is_found_where_it_is():
    ledgers = {"base": FixedLedger(), "ethereum": FixedLedger(transaction=None)}
    both = {name: NETWORKS[name] for name in ledgers}
    lent = LedgerReader(both, ledgers.__getitem__, {("eth", "mainnet"): "base"})
    assert lent.find_anchor("eth", "mainnet", merkle.TRANSACTION).network == "Base"
    assert ledgers["ethereum"].asked == []
    ledgers["base"].answers["transaction"] = None
    with pytest.raises(AnchoringError) as caught:
        lent.find_anchor("eth", "mainnet", merkle.TRANSACTION)
    assert caught.value.code == "no_such_transaction"
    assert ledgers["ethereum"].asked == ["transaction"]
    for answer, code in (
        (TransientError("chain_unavailable", "a"), "fetch_failed"),
        (dataclasses.replace(TRANSACTION, block_hash=OTHER), "reorganised"),
    ):
        ledgers["base"].answers["transaction"] = answer
        with pytest.raises(VerifiableCredentialsError) as caught:
            lent.find_anchor("eth", "mainnet", merkle.TRANSACTION)
        assert caught.value.code == code


def test_one_request_looks_up_so_many_anchors_and_no_more():
    bounded = BoundedReader(reader(FixedLedger()), 2)
    for _ in range(2):
        assert bounded.find_anchor("base", "mainnet", merkle.TRANSACTION).root == ROOT
    with pytest.raises(FetchError):
        bounded.find_anchor("base", "mainnet", merkle.TRANSACTION)
    with pytest.raises(FetchError):
        BoundedReader(reader(FixedLedger()), 2, seconds=-1).find_anchor("base", "mainnet", merkle.TRANSACTION)


@pytest.mark.parametrize(("each", "asked"), [(5, 5), (6, 4), (11, 2), (30, 1)])
def test_a_chain_that_answers_slowly_is_asked_no_further(each, asked):
    ledger = FixedLedger()
    slow = reader(ledger, seconds=20, clock=lambda: each * len(ledger.asked))
    if asked == 5:
        assert slow.find_anchor("base", "mainnet", merkle.TRANSACTION).root == ROOT
    else:
        with pytest.raises(FetchError) as caught:
            slow.find_anchor("base", "mainnet", merkle.TRANSACTION)
        assert caught.value.code == "fetch_failed"
    assert len(ledger.asked) == asked


# --- By the settings

URL = "https://node.example/token"
LEDGER = {
    "OPENEDX_VC_LEDGER": "tests.flows.test_chain_reading.RememberedLedger",
    "OPENEDX_VC_FETCHER": "tests.fetchers.FakeFetcher",
}


class RememberedLedger(FixedLedger):
    """What each was made with."""

    made: list[dict] = []

    def __init__(self, **options):
        super().__init__()
        self.made.append(options)


@pytest.fixture(autouse=True)
def forget():
    RememberedLedger.made.clear()


def test_without_endpoints_there_is_no_reader():
    assert chain_reading.get_chain_reader() is None


@override_settings(**LEDGER, OPENEDX_VC_ANCHOR_RPC_URLS={"base": [URL]}, OPENEDX_VC_ANCHOR_TIMEOUT_SECONDS=7)
def test_a_chain_is_opened_when_it_is_first_asked():
    found = chain_reading.get_chain_reader()
    assert RememberedLedger.made == []
    for _ in range(2):
        assert found.find_anchor("base", "mainnet", merkle.TRANSACTION).root == ROOT
    [options] = RememberedLedger.made
    assert [url.reveal() for url in options.pop("urls")] == [URL.encode()]
    assert options == {"chain_id": 8453, "timeout": 7}


@override_settings(
    **LEDGER,
    OPENEDX_VC_ANCHOR_NETWORK="base-sepolia",
    OPENEDX_VC_ANCHOR_LABEL="ethereum-sepolia",
    OPENEDX_VC_ANCHOR_RPC_URLS={"base-sepolia": [URL]},
)
def test_a_label_of_ours_leads_to_the_network_that_it_stands_for():
    found = chain_reading.get_chain_reader().find_anchor("eth", "sepolia", merkle.TRANSACTION)
    assert (found.network, found.is_test_network) == ("Base Sepolia", True)


@override_settings(OPENEDX_VC_LEDGER="nowhere.Ledger", OPENEDX_VC_ANCHOR_RPC_URLS={"base": [URL]})
def test_a_ledger_that_cannot_be_imported_says_nothing_and_the_log_says_why(caplog):
    with pytest.raises(FetchError) as caught:
        chain_reading.get_chain_reader().find_anchor("base", "mainnet", merkle.TRANSACTION)
    assert caught.value.code == "fetch_failed"
    assert "OPENEDX_VC_LEDGER: nowhere.Ledger cannot be imported" in caplog.text


@override_settings(OPENEDX_VC_ANCHOR_RPC_URLS={"base": [URL]})
def test_without_the_packages_of_anchoring_a_chain_says_nothing_and_the_log_says_what_to_install(monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "openedx_verifiable_credentials.adapters.chain_rpc", None)
    with pytest.raises(FetchError):
        chain_reading.get_chain_reader().find_anchor("base", "mainnet", merkle.TRANSACTION)
    assert "openedx-verifiable-credentials[anchoring]" in caplog.text
    assert URL not in caplog.text


@override_settings(OPENEDX_VC_ANCHOR_PUBLIC_RPC_URLS={"base": ["https://open.example"]})
def test_browsers_are_told_the_public_endpoints_and_no_others():
    with override_settings(OPENEDX_VC_ANCHOR_RPC_URLS={"base": [URL], "ethereum": [URL]}):
        shown = {each["title"]: each for each in chain_reading.shown_networks()}
    assert shown["Base"] == {
        "chain": "base",
        "network": "mainnet",
        "codes": [8453, 8453],
        "chainId": 8453,
        "isTest": False,
        "title": "Base",
        "urls": ["https://open.example"],
    }
    assert shown["Ethereum"]["urls"] == []
    assert chain_reading.node_addresses() == ["https://open.example"]


@pytest.mark.parametrize("value", [{"nowhere": [URL]}, {"base": []}, {"base": URL}, {"base": ["ftp://a"]}, [URL], 5])
def test_public_endpoints_of_another_form_are_a_matter_of_the_settings_and_close_no_page(value, caplog):
    with override_settings(OPENEDX_VC_ANCHOR_PUBLIC_RPC_URLS=value):
        with pytest.raises(ConfigurationError):
            anchoring.anchor_public_rpc_urls()
        assert {each["title"]: each["urls"] for each in chain_reading.shown_networks()}["Base"] == []
        assert chain_reading.node_addresses() == []
    assert "OPENEDX_VC_ANCHOR_PUBLIC_RPC_URLS" in caplog.text


@override_settings(**LEDGER, OPENEDX_VC_ANCHOR_RPC_URLS={"base": [URL]})
def test_the_api_asks_the_chain_unless_it_is_offline_or_may_ask_for_nothing(db):
    document = foreign.raw(anchored.anchored(anchored.unsigned(), network=merkle.BASE))
    for options, asked in (({}, 1), ({"most_fetches": 1}, 1), ({"most_fetches": 0}, 0), ({"offline": True}, 0)):
        RememberedLedger.made.clear()
        report = verifying.verify(document, **options)
        assert len(RememberedLedger.made) == asked
        if not asked:
            assert report.get(CheckName.SIGNATURE).code == "anchor_not_checked"
