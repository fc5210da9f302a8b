"""
What an endpoint of a chain answers, read by the execution API's schemas (hexadecimal texts), before it is believed.

Whatever has another form, or answers another question, is AnchoringError ``bad_answer``. Sentences never quote it.
"""

from __future__ import annotations

import datetime
import re
from typing import Any

from openedx_verifiable_credentials.data import ChainBlock
from openedx_verifiable_credentials.data import ChainReceipt
from openedx_verifiable_credentials.data import ChainTransaction
from openedx_verifiable_credentials.data import Sent
from openedx_verifiable_credentials.exceptions import AnchoringError

HASH_BYTES = 32
# What a refusal says about the transaction or the question, whichever node said it.
REVERTED, BUSY, UNKNOWN = "reverted", "busy", "unknown"
_QUANTITY = re.compile(r"0x[0-9a-fA-F]{1,64}")
_OCTETS = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_NOWHERE = bytes(HASH_BYTES)
# The words of geth, reth, Erigon, Nethermind, Besu and anvil, without case, blanks and signs; the first that fits.
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (Sent.KNOWN, ("alreadyknown", "alreadyimported", "knowntransaction", "alreadyexists")),
    (Sent.NONCE_USED, ("noncetoolow", "oldnonce")),
    (Sent.UNAFFORDABLE, ("insufficientfunds", "insufficientbalance", "upfrontcost")),
    (
        Sent.UNDERPRICED,
        ("underpriced", "feetoolow", "lessthanblockbasefee", "belowcurrentbasefee", "pricebelow", "pricetoolow")
        + ("replacementnotallowed", "couldnotreplace"),
    ),
    (REVERTED, ("revert",)),
    (BUSY, ("ratelimit", "toomanyrequests", "limitexceeded", "timeout", "timedout", "capacity")),
)
_BUSY_CODES = (429, -32005)


class RefusalError(Exception):
    """A JSON-RPC error: its code, and what it says in one word, as :func:`refusal` gives it."""

    def __init__(self, code: int, word: str):
        super().__init__(f"{word} ({code})")
        self.code = code
        self.word = word


def refusal(code: int, message: str) -> str:
    """
    A JSON-RPC error in one word: a value of :class:`..data.Sent`, REVERTED, BUSY or UNKNOWN. Its text goes no further:
    some nodes quote what they were asked, and where.
    """
    if code in _BUSY_CODES:
        return BUSY
    letters = re.sub("[^a-z]", "", message[:1000].lower())
    return next((str(word) for word, signs in _WORDS if any(sign in letters for sign in signs)), UNKNOWN)


def quantity(value: Any) -> int:
    """A number below 2²⁵⁶."""
    if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
        raise AnchoringError("bad_answer", "An endpoint of the chain answers with something else than a number.")
    return int(value, 16)


def octets(value: Any, length: int | None = None) -> bytes:
    """Bytes; so many, where ``length`` says so."""
    if not isinstance(value, str) or not _OCTETS.fullmatch(value) or length not in (None, len(value) // 2 - 1):
        raise AnchoringError("bad_answer", "An endpoint of the chain answers with something else than the bytes asked.")
    return bytes.fromhex(value[2:])


def block(answer: Any, asked: int | None) -> ChainBlock:
    """``asked``: its number; None where a tag was asked for."""
    members = _members(answer)
    number = quantity(members.get("number"))
    if asked not in (None, number):
        raise AnchoringError("bad_answer", "An endpoint of the chain answers with another block.")
    return ChainBlock(number, octets(members.get("hash"), HASH_BYTES), _moment(members.get("timestamp")))


def base_fee(answer: Any) -> int:
    """What a block burns for a unit of gas (EIP-1559)."""
    return quantity(_members(answer).get("baseFeePerGas"))


def usual_reward(answer: Any) -> int:
    """The middle one of what eth_feeHistory gives for one percentile of each block."""
    rewards = _members(answer).get("reward")
    if not isinstance(rewards, list) or not rewards or not all(isinstance(each, list) and each for each in rewards):
        raise AnchoringError("bad_answer", "An endpoint of the chain does not say what others pay.")
    return sorted(quantity(each[0]) for each in rewards)[len(rewards) // 2]


def transaction(answer: Any, asked: bytes) -> ChainTransaction:
    """``asked``: its hash."""
    members = _members(answer)
    _require_hash(members.get("hash"), asked)
    where = _block_hash(members)
    to = members.get("to")
    return ChainTransaction(
        hash=asked,
        sender=_address(members.get("from")),
        to="" if to is None else _address(to),
        value=quantity(members.get("value")),
        data=octets(members.get("input")),
        nonce=quantity(members.get("nonce")),
        block_number=None if where is None else quantity(members.get("blockNumber")),
        block_hash=where,
    )


def receipt(answer: Any, asked: bytes) -> ChainReceipt | None:
    """``asked``: the transaction's hash. None: of a block that is not made yet, as some endpoints have them."""
    members = _members(answer)
    _require_hash(members.get("transactionHash"), asked)
    where = _block_hash(members)
    if where is None:
        return None
    status = quantity(members.get("status"))
    if status not in (0, 1):
        raise AnchoringError("bad_answer", "An endpoint of the chain does not say whether a transaction succeeded.")
    gas = quantity(members.get("gasUsed"))
    fee = gas * quantity(members.get("effectiveGasPrice")) + _optional(members, "l1Fee") + _operator_fee(members, gas)
    return ChainReceipt(status == 1, quantity(members.get("blockNumber")), where, fee)


def _operator_fee(members: dict[str, Any], gas: int) -> int:
    """
    OP Stack, Jovian: gas × scalar × 100 + constant. Before, since Isthmus, it was gas × scalar ÷ 10⁶ + constant, which
    is never more.
    """
    return gas * _optional(members, "operatorFeeScalar") * 100 + _optional(members, "operatorFeeConstant")


def _optional(members: dict[str, Any], name: str) -> int:
    return 0 if members.get(name) is None else quantity(members[name])


def _members(answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise AnchoringError("bad_answer", "An endpoint of the chain answers with something else than an object.")
    return answer


def _block_hash(members: dict[str, Any]) -> bytes | None:
    """None, also where a block that is not made yet stands in: it has a hash of nothing but zeros."""
    value = members.get("blockHash")
    found = _NOWHERE if value is None else octets(value, HASH_BYTES)
    return None if found == _NOWHERE else found


def _require_hash(value: Any, asked: bytes) -> None:
    if octets(value, HASH_BYTES) != asked:
        raise AnchoringError("bad_answer", "An endpoint of the chain answers about another transaction.")


def _address(value: Any) -> str:
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        raise AnchoringError("bad_answer", "An endpoint of the chain answers with something else than an address.")
    return value.lower()


def _moment(value: Any) -> datetime.datetime:
    seconds = quantity(value)
    try:
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    except (OverflowError, OSError, ValueError):
        raise AnchoringError("bad_answer", "An endpoint of the chain answers with an impossible time.") from None
