"""What endpoints answer: read as it is written where it has the form, and refused with one code where it has not."""

from __future__ import annotations

import contextlib
import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.adapters import chain_answers
from openedx_verifiable_credentials.exceptions import AnchoringError

HASH = bytes(range(32))
QUANTITIES = st.integers(0, 2**256 - 1)
BLOCK = {"number": "0x10", "hash": "0x" + "ab" * 32, "timestamp": "0x6900aabb", "baseFeePerGas": "0x7"}
TRANSACTION = {
    "hash": "0x" + HASH.hex(), "from": "0x" + "Ab" * 20, "to": "0x" + "cD" * 20, "value": "0x0", "input": "0x5a",
    "nonce": "0x3", "blockNumber": "0x10", "blockHash": "0x" + "ab" * 32,
}  # fmt: skip
RECEIPT = {
    "transactionHash": "0x" + HASH.hex(), "status": "0x1", "blockNumber": "0x10", "blockHash": "0x" + "ab" * 32,
    "gasUsed": "0x5708", "effectiveGasPrice": "0x2",
}  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["0x", "0x1", "0X1", "0x" + "0" * 64]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*BLOCK, *TRANSACTION]), inner),
    max_leaves=8,
)


@given(QUANTITIES)
def test_every_quantity_is_read_as_it_is_written(value: int) -> None:
    assert chain_answers.quantity(hex(value)) == value
    assert chain_answers.octets(f"0x{value:064x}", 32) == value.to_bytes(32, "big")


@pytest.mark.parametrize(
    "value", ["0x", "1", "0x-1", "0x 1", "0x1 ", "0x1\n", "0x" + "1" * 65, "٣", "0x٣", 1, True, None]
)
def test_anything_else_is_no_quantity(value: Any) -> None:
    with pytest.raises(AnchoringError, match="bad_answer"):
        chain_answers.quantity(value)


@pytest.mark.parametrize(
    "value", ["", "0x5", "5a", "0x5a\n", "0xzz", "0x" + "00" * 31, "0x" + "00" * 33, None, [], b""]
)
def test_anything_else_is_no_hash(value: Any) -> None:
    with pytest.raises(AnchoringError, match="bad_answer"):
        chain_answers.octets(value, 32)


@given(st.dictionaries(st.sampled_from([*BLOCK, *TRANSACTION, *RECEIPT, "l1Fee", "reward"]), JSON, max_size=2), JSON)
def test_whatever_comes_is_read_or_refused_with_one_code(changed: dict[str, Any], other: Any) -> None:
    questions: list[tuple[Any, Any]] = [
        (BLOCK, lambda answer: chain_answers.block(answer, 16)),
        (BLOCK, lambda answer: chain_answers.block(answer, None)),
        (BLOCK, chain_answers.base_fee),
        ({}, chain_answers.usual_reward),
        (TRANSACTION, lambda answer: chain_answers.transaction(answer, HASH)),
        (RECEIPT, lambda answer: chain_answers.receipt(answer, HASH)),
    ]
    for good, read in questions:
        for answer in ({**good, **changed}, other):
            with contextlib.suppress(AnchoringError):
                read(answer)


def test_a_good_answer_of_each_kind_is_read() -> None:
    block = chain_answers.block(BLOCK, 16)
    assert (block.number, block.hash) == (16, b"\xab" * 32)
    assert block.time == datetime.datetime.fromtimestamp(0x6900AABB, datetime.UTC)
    transaction = chain_answers.transaction(TRANSACTION, HASH)
    assert (transaction.sender, transaction.to, transaction.nonce) == ("0x" + "ab" * 20, "0x" + "cd" * 20, 3)
    assert chain_answers.transaction({**TRANSACTION, "to": None}, HASH).to == "", "one that made a contract"
    receipt = chain_answers.receipt(RECEIPT, HASH)
    assert receipt is not None
    assert (receipt.succeeded, receipt.fee) == (True, 2 * 0x5708)
    rewards = {"reward": [["0x5"], ["0x1"], ["0x3"]]}
    assert chain_answers.usual_reward(rewards) == 3
    with pytest.raises(AnchoringError):
        chain_answers.usual_reward({"reward": [["0x5"], []]})


@given(st.integers(), st.text())
def test_every_refusal_has_one_of_few_words(code: int, message: str) -> None:
    words = {"known", "nonce_used", "unaffordable", "underpriced", "reverted", "busy", "unknown"}
    assert chain_answers.refusal(code, message) in words


def test_a_refusals_own_text_goes_nowhere() -> None:
    assert chain_answers.refusal(-32000, "https://canary.example/v2/token: nope") == chain_answers.UNKNOWN
