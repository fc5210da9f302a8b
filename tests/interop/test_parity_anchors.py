"""
Our two verifiers look up anchors on the chain of a real node, and say the same of each: what is to be said.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import pytest

from openedx_verifiable_credentials.adapters.base_chain import Web3Ledger
from openedx_verifiable_credentials.api.chain_reading import LedgerReader
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.flows.verify import Expectations
from openedx_verifiable_credentials.flows.verify import Verifier
from openedx_verifiable_credentials.flows.verify import VerifyMeans
from tests import anchored
from tests import foreign
from tests.chain import verified
from tests.chain.node import ETHER
from tests.chain.node import Node
from tests.chain.node import running
from tests.chain.remembering import remembering
from tests.chain.verified import Expected
from tests.frontend import building
from tests.interop.parity.making import Case

pytestmark = [pytest.mark.anvil, pytest.mark.slow]


@dataclasses.dataclass(frozen=True)
class World:
    """A chain with the cases on it."""

    node: Node
    networks: dict[str, Any]
    cases: list[Expected]


@pytest.fixture(scope="module", name="world")
def make_world() -> Iterator[World]:
    with running() as node, remembering(node) as front:
        cases = verified.expected(node, front)
        yield World(node, verified.networks(node, front), cases)


def in_python(world: World, case: Case) -> dict[str, Any]:
    networks = {name: network for name, (network, _) in world.networks.items()}
    urls = {name: [Secret(url.encode()) for url in urls] for name, (_, urls) in world.networks.items()}
    reader = LedgerReader(
        networks, lambda name: Web3Ledger(urls=urls[name], chain_id=networks[name].chain_id, timeout=5)
    )
    means = VerifyMeans(lambda _: None, lambda _: None, None, reader, lambda: case.now, networks)
    asked = Expectations(**case.expected)
    report: dict[str, Any] = Verifier(means, case.documents).verify(case.raw, expected=asked).as_json()
    return report


def in_javascript(world: World) -> list[dict[str, Any]]:
    networks = verified.as_javascript(world.networks)
    return building.judge(dataclasses.replace(each.case, networks=networks).line() for each in world.cases)


def said(report: dict[str, Any]) -> tuple[str, str, str]:
    [signature] = [check for check in report["checks"] if check["check"] == "signature"]
    return signature["code"], signature["detail"]["proofs"][-1]["code"], report["verdict"]


def test_in_python_each_has_its_own_verdict(world: World) -> None:
    found = {each.case.name: said(in_python(world, each.case)) for each in world.cases}
    assert found == {each.case.name: (each.code, each.anchor, each.verdict) for each in world.cases}


@pytest.mark.node
def test_in_a_browser_each_has_the_same(world: World) -> None:
    ours = [in_python(world, each.case) for each in world.cases]
    # A number of a block, and with it how firm it is, says the same at any moment: the chain stands still.
    assert json.loads(json.dumps(ours)) == in_javascript(world)


@pytest.mark.node
def test_both_say_the_same_of_an_anchor_that_is_to_answer_a_challenge(node: Node) -> None:
    node.set_balance(anchored.ACCOUNT, ETHER)
    bare = foreign.presentation([], anchored.BY, signed=False)
    sent = verified.send(node, anchored.root_of(bare))
    document = anchored.anchored(
        bare, transaction=sent, proofPurpose="authentication", challenge="abc", domain="verifier.example"
    )
    published = {**anchored.did_document(), "authentication": [anchored.METHOD]}
    networks = {"base-sepolia": (verified.TEST, [node.url])}
    whole = Case(
        "presentation",
        foreign.raw(document),
        {foreign.did_url(): foreign.raw(published)},
        now=foreign.NOW,
        networks=verified.as_javascript(networks),
    )
    cases = [
        dataclasses.replace(whole, expected=asked)
        for asked in ({}, {"challenge": "abc"}, {"domain": "verifier.example"})
    ]
    ours = [in_python(World(node, networks, []), case) for case in cases]
    assert [said(report)[0] for report in ours] == ["test_network_anchor", "wrong_challenge", "wrong_challenge"]
    assert json.loads(json.dumps(ours)) == building.judge(case.line() for case in cases)


@pytest.mark.node
@pytest.mark.parametrize("code", [2**53 - 1, 2**53, 2**53 + 1, 2**64 - 1])
def test_both_read_the_same_numbers_of_chains(node: Node, code: int) -> None:
    document = anchored.anchored(anchored.signed(), network=(8453, code))
    served = {url: foreign.raw(each) for url, each in anchored.published().items()}
    case = Case("code", foreign.raw(document), served, now=foreign.NOW)
    assert [json.loads(json.dumps(in_python(World(node, {}, []), case)))] == building.judge([case.line()])


def test_nothing_but_a_whole_anchor_is_valid(world: World) -> None:
    singles = [each for each in world.cases if each.case.name.startswith("single")]
    valid = {each.case.name for each in singles if in_python(world, each.case)["verdict"] == "valid"}
    later = ("dated", "revoked later", "listed for nothing any more", *list(verified.METHODS)[:4])
    assert valid == {"single: good", *(f"single: good, {name}" for name in later)}


def test_how_firm_a_block_is_goes_up_with_the_chain_until_the_block_is_gone(node: Node) -> None:
    node.set_balance(anchored.ACCOUNT, ETHER)
    bare = anchored.unsigned()
    document = anchored.anchored(bare, transaction=verified.send(node, anchored.root_of(bare)))
    served = {url: foreign.raw(each) for url, each in anchored.published().items()}
    case = Case("growing", foreign.raw(document), served, now=foreign.NOW)
    world = World(node, {"base-sepolia": (verified.TEST, [node.url])}, [])
    states = []
    for _ in range(6):
        [proof] = in_python(world, case)["checks"][1]["detail"]["proofs"]
        assert proof["code"] == "test_network_anchor"
        states.append(proof["anchor"]["state"])
        node.mine()
    assert list(dict.fromkeys(states)) == ["mined", "safe", "finalized"]
    node.reorg(node.height())
    assert said(in_python(world, case))[0] == "anchor_not_found"
