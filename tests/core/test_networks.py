"""The networks that anchors may be on, and their names in proofs."""

import json
import re
from pathlib import Path

import pytest

from openedx_verifiable_credentials.core import networks
from openedx_verifiable_credentials.core.networks import Network

ALL = (*networks.NETWORKS.values(), *networks.OTHERS)
TRANSACTION = "1f" * 32
SCRIPT = Path(__file__).parents[2] / "frontend" / "src" / "verifier" / "networks.js"


@pytest.mark.parametrize(
    ("name", "codes", "chain_id", "is_test", "blink"),
    [
        ("base", (8453, 8453), 8453, False, "blink:base:mainnet:"),
        ("base-sepolia", (8453, 84_532), 84_532, True, "blink:base:sepolia:"),
        ("ethereum", (1, 1), 1, False, "blink:eth:mainnet:"),
        ("ethereum-sepolia", (1, 11_155_111), 11_155_111, True, "blink:eth:sepolia:"),
    ],
)
def test_where_we_anchor(name, codes, chain_id, is_test, blink):
    network = networks.NETWORKS[name]
    assert (network.codes, network.chain_id, network.is_test) == (codes, chain_id, is_test)
    assert network.blink(TRANSACTION) == blink + TRANSACTION


def test_no_two_have_the_same_codes_names_or_chain_id():
    ids = [network.chain_id for network in ALL if network.chain_id is not None]
    for values in (ids, [network.codes for network in ALL], [(network.chain, network.network) for network in ALL]):
        assert len(set(values)) == len(values)


def test_only_main_networks_are_no_test_networks():
    assert {network.network for network in ALL if not network.is_test} == {"mainnet"}
    assert not [network.title for network in ALL if network.is_test and network.network == "mainnet"]


def test_a_page_about_a_transaction_is_made_of_its_hash():
    for network in networks.NETWORKS.values():
        assert re.fullmatch(r"https://[a-z.]+/tx/0x" + TRANSACTION, network.explorer.format("0x" + TRANSACTION))


def test_those_of_the_settings_stand_beside_and_before_the_others():
    own = Network("learncoin", "mainnet", (99, 7), 7_777, False, "LearnCoin")
    renamed = Network("mine", "test", (0, 1), 5_555, True, "Mine")
    found = networks.by_codes({**networks.NETWORKS, "learncoin": own, "mine": renamed})
    assert (found[99, 7], found[0, 1]) == (own, renamed)
    assert found[8453, 8453] is networks.NETWORKS["base"]
    assert (99, 7) not in networks.by_codes()
    assert len(networks.by_codes()) == len(ALL)


def test_the_verifier_in_browsers_knows_the_same():
    rows = re.findall(r"^  row\((.+)\),$", SCRIPT.read_text(encoding="utf-8"), re.MULTILINE)
    written = [json.loads(f"[{row.replace('_', '')}]".replace("'", '"')) for row in rows]
    known = [[one.chain, one.network, list(one.codes), one.chain_id, one.is_test, one.title] for one in ALL]
    assert sorted(written, key=str) == sorted(known, key=str)


@pytest.mark.parametrize(
    ("name", "chain_id", "title"),
    [
        ("base", 8453, "Base"),
        ("base-sepolia", 84_532, "Base Sepolia"),
        ("base", 84_532, "Base Sepolia"),
        ("gone", 1, "Ethereum"),
        ("base", 31_337, None),
        ("base", None, None),
    ],
)
def test_where_something_is_follows_from_the_chain_more_than_from_a_name(name, chain_id, title):
    found = networks.find(networks.NETWORKS, name, chain_id)
    assert (found and found.title) == title
