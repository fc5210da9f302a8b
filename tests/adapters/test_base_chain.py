"""Several endpoints before one node, and what they do wrong: nothing is believed, sent twice or given away by it."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from openedx_verifiable_credentials.adapters.base_chain import GAS_PRICE_ORACLE
from openedx_verifiable_credentials.adapters.base_chain import Web3Ledger
from openedx_verifiable_credentials.adapters.chain_endpoints import MAX_BYTES
from openedx_verifiable_credentials.data import BlockTag
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.data import Sent
from openedx_verifiable_credentials.exceptions import AnchoringError
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from tests.chain import proxy as wrong
from tests.chain.accounts import NOBODY
from tests.chain.accounts import Payer
from tests.chain.node import CHAIN_ID
from tests.chain.node import ETHER
from tests.chain.node import Node
from tests.chain.node import running
from tests.chain.proxy import Proxy

pytestmark = pytest.mark.anvil
TOKEN = "canary-token-4711"
NOT_FOUND = {"code": -32601, "message": "the method does not exist"}


def open_ledger(*urls: str, timeout: float = 5) -> Web3Ledger:
    return Web3Ledger([Secret(url.encode()) for url in urls], CHAIN_ID, timeout)


@pytest.fixture
def proxies(node: Node) -> Iterator[list[Proxy]]:
    """Three ways to one node."""
    with ExitStack() as stack:
        yield [stack.enter_context(wrong.before(node.url)) for _ in range(3)]


@pytest.fixture
def payer(node: Node) -> Payer:
    node.automine(False)
    payer = Payer()
    node.set_balance(payer.address, ETHER)
    return payer


def closed_port() -> str:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listening.getsockname()[1]}"


def failing(proxies: list[Proxy], **members: Any) -> None:
    for name, value in members.items():
        setattr(proxies[0], name, value)


def refusing(code: int, message: str) -> Any:
    return lambda answer: {"jsonrpc": "2.0", "id": answer["id"], "error": {"code": code, "message": message}}


def with_result(**members: Any) -> Any:
    return lambda answer: {**answer, "result": {**answer["result"], **members}}


def code_of(question: Any) -> str:
    with pytest.raises(VerifiableCredentialsError) as error:
        question()
    assert TOKEN not in str(error.value)
    return error.value.code


def variables_of(error: Any) -> str:
    """Of every frame of the package's that the error came through, as error pages show them."""
    frames = [entry.frame for entry in error.traceback if "openedx_verifiable_credentials/adapters" in str(entry.path)]
    assert frames
    return repr([frame.f_locals for frame in frames]) + repr((error.value.__cause__, error.value.__context__))


# --- Failover

AWAY = {
    "hangs up": wrong.hang_up,
    "hangs up in the middle": wrong.truncate,
    "429": wrong.status(429),
    "500": wrong.status(500),
    "503": wrong.status(503),
    "a redirect": wrong.status(307, b"", Location="http://127.0.0.1:1/"),
    "401": wrong.status(401),
    "a page": wrong.body(b"<html>Welcome</html>"),
    "nothing": wrong.body(b""),
    "no UTF-8": wrong.body(b"\xff\xfe{}"),
    "deep": wrong.body(b"[" * 100_000),
    "a list": wrong.body(b"[]"),
    "null": wrong.body(b"null"),
    "another question's answer": wrong.body(b'{"jsonrpc": "2.0", "id": 99, "result": "0x1"}'),
    "neither result nor error": wrong.body(b'{"jsonrpc": "2.0", "id": 0}'),
    "endless": wrong.body(b" " * (MAX_BYTES + 1)),
}


@pytest.mark.parametrize("way", AWAY)
def test_the_next_endpoint_is_asked_where_one_fails(proxies: list[Proxy], payer: Payer, way: str) -> None:
    failing(proxies, misbehave=AWAY[way])
    ledger = open_ledger(proxies[0].url, proxies[1].url)
    assert ledger.balance(payer.address) == ETHER
    assert proxies[1].methods() == ["eth_chainId", "eth_getBalance"]
    assert code_of(lambda: open_ledger(proxies[0].url).balance(payer.address)) == "chain_unavailable"
    assert len(proxies[0].asked) == 2, "nothing is asked twice"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (-32005, "daily request count exceeded"),
        (429, "no"),
        (-32000, "rate limit reached"),
        (-32000, "request timed out"),
    ],
)
def test_one_that_is_busy_is_left_for_the_next(proxies: list[Proxy], payer: Payer, code: int, message: str) -> None:
    failing(proxies, change=refusing(code, message))
    assert open_ledger(proxies[0].url, proxies[1].url).balance(payer.address) == ETHER
    assert code_of(lambda: open_ledger(proxies[0].url).balance(payer.address)) == "chain_unavailable"


def test_one_that_is_down_is_not_waited_for_each_time(proxies: list[Proxy], node: Node, payer: Payer) -> None:
    ledger = open_ledger(closed_port(), proxies[0].url, proxies[1].url)
    ledger.balance(payer.address)
    failing(proxies, misbehave=wrong.status(503))
    ledger.balance(payer.address)
    proxies[0].asked.clear()
    ledger.balance(payer.address)
    assert proxies[0].asked == [], "what failed last stands behind what answers"
    proxies[1].misbehave = wrong.status(503)
    proxies[0].misbehave = lambda handler: False
    assert ledger.balance(payer.address) == ETHER
    assert proxies[0].methods() == ["eth_chainId", "eth_getBalance"], "its chain is asked anew"


def test_one_deadline_holds_for_a_whole_answer(proxies: list[Proxy], payer: Payer) -> None:
    released = threading.Event()
    failing(proxies, misbehave=wrong.slowly(released))
    try:
        ledger = open_ledger(proxies[0].url, proxies[1].url, timeout=0.4)
        assert ledger.balance(payer.address) == ETHER
        with pytest.raises(TransientError, match="takes too long"):
            open_ledger(proxies[0].url, timeout=0.4).balance(payer.address)
    finally:
        released.set()


def test_a_node_that_is_stopped_is_down(node: Node, payer: Payer) -> None:
    ledger = open_ledger(node.url)
    assert ledger.block(0) is not None
    node.stop()
    assert code_of(lambda: ledger.block(0)) == "chain_unavailable"
    assert code_of(lambda: ledger.send(payer.anchor().raw)) == "chain_unavailable"


def test_one_that_lags_behind_does_not_hide_what_the_next_knows(node: Node, payer: Payer) -> None:
    with running() as behind:
        ledger = open_ledger(behind.url, node.url)
        signed = payer.anchor()
        node.call("eth_sendRawTransaction", "0x" + signed.raw.hex())
        assert ledger.transaction(signed.hash) is not None
        node.mine()
        assert ledger.receipt(signed.hash) is not None
        assert ledger.block(1) is not None
        assert ledger.block(2) is None
        behind.stop()
        assert ledger.block(2) is None, "one that answers is enough"


# --- Another chain


def test_nothing_is_sent_where_one_of_the_addresses_is_another_chains(node: Node, payer: Payer) -> None:
    with running(chain_id=8453) as other:
        signed = payer.anchor()
        assert code_of(lambda: open_ledger(node.url, other.url).send(signed.raw)) == "wrong_chain"
        assert node.waiting() == set()
        ledger = open_ledger(other.url, node.url)
        with pytest.raises(AnchoringError, match="chain 8453; expected is chain 84532"):
            ledger.fees()


def test_the_chain_is_asked_anew_after_a_failure(proxies: list[Proxy], node: Node, payer: Payer) -> None:
    ledger = open_ledger(proxies[0].url)
    ledger.fees()
    failing(proxies, misbehave=wrong.status(502))
    assert code_of(ledger.fees) == "chain_unavailable"
    with running(chain_id=8453) as other:
        failing(proxies, misbehave=lambda handler: False, target=other.url)
        assert code_of(ledger.fees) == "wrong_chain"


# --- Sending


def test_a_transaction_goes_to_every_endpoint_once(proxies: list[Proxy], payer: Payer) -> None:
    ledger = open_ledger(*(proxy.url for proxy in proxies))
    assert ledger.send(payer.anchor().raw) is Sent.TAKEN
    assert [proxy.methods() for proxy in proxies] == [["eth_chainId", "eth_sendRawTransaction"]] * 3


def test_a_lost_answer_is_an_error_and_the_same_bytes_are_known_then(
    proxies: list[Proxy], node: Node, payer: Payer
) -> None:
    failing(proxies, only="eth_sendRawTransaction", misbehave=wrong.lose_the_answer)
    ledger, signed = open_ledger(proxies[0].url), payer.anchor()
    assert code_of(lambda: ledger.send(signed.raw)) == "chain_unavailable"
    assert node.waiting() == {"0x" + signed.hash.hex()}
    assert proxies[0].methods().count("eth_sendRawTransaction") == 1, "nothing is sent twice"
    failing(proxies, misbehave=lambda handler: False)
    assert ledger.send(signed.raw) is Sent.KNOWN
    node.mine()
    assert ledger.send(signed.raw) is Sent.KNOWN
    assert len(node.transactions()) == 1


def test_where_one_endpoint_fails_the_others_have_it(proxies: list[Proxy], node: Node, payer: Payer) -> None:
    failing(proxies, only="eth_sendRawTransaction", misbehave=wrong.status(500))
    ledger = open_ledger(proxies[0].url, closed_port(), proxies[1].url)
    assert ledger.send(payer.anchor().raw) is Sent.TAKEN
    assert len(node.waiting()) == 1


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        ("already known", Sent.KNOWN),
        ("ALREADY_EXISTS: already known", Sent.KNOWN),
        ("transaction already imported", Sent.KNOWN),
        ("AlreadyKnown", Sent.KNOWN),
        ("Known transaction", Sent.KNOWN),
        ("nonce too low: next nonce 5, tx nonce 4", Sent.NONCE_USED),
        ("OldNonce, Current nonce: 5", Sent.NONCE_USED),
        ("replacement transaction underpriced", Sent.UNDERPRICED),
        ("transaction underpriced: gas tip cap 0, minimum needed 1", Sent.UNDERPRICED),
        ("max fee per gas less than block base fee: address 0x1", Sent.UNDERPRICED),
        ("FeeTooLowToCompete", Sent.UNDERPRICED),
        ("insufficient funds for gas * price + value: balance 0", Sent.UNAFFORDABLE),
        ("Upfront cost exceeds account balance", Sent.UNAFFORDABLE),
    ],
)
def test_every_nodes_words_are_understood(proxies: list[Proxy], payer: Payer, message: str, outcome: Sent) -> None:
    failing(proxies, only="eth_sendRawTransaction", misbehave=_says(message))
    assert open_ledger(proxies[0].url).send(payer.anchor().raw) is outcome
    # Whoever has it counts more than whoever refuses it.
    assert open_ledger(proxies[0].url, proxies[1].url).send(payer.anchor().raw) is Sent.TAKEN


def _says(message: str) -> Any:
    def misbehave(handler: Any) -> bool:
        asked = json.loads(handler.body)["id"]
        handler.send(
            json.dumps({"jsonrpc": "2.0", "id": asked, "error": {"code": -32000, "message": message}}).encode()
        )
        return True

    return misbehave


def test_other_words_are_told_by_their_number_only(proxies: list[Proxy], payer: Payer, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    failing(proxies, only="eth_sendRawTransaction", misbehave=_says(f"https://{TOKEN}@example.org says no"))
    with pytest.raises(AnchoringError) as error:
        open_ledger(proxies[0].url).send(payer.anchor().raw)
    assert error.value.code == "refused_by_node"
    assert "-32000" in error.value.message
    assert TOKEN not in variables_of(error) + caplog.text


def test_one_that_says_it_took_another_is_not_believed(proxies: list[Proxy], payer: Payer) -> None:
    failing(proxies, only="eth_sendRawTransaction", change=lambda answer: {**answer, "result": "0x" + "00" * 32})
    assert code_of(lambda: open_ledger(proxies[0].url).send(payer.anchor().raw)) == "bad_answer"


# --- Answers that are none

LIES: list[tuple[str, dict[str, Any]]] = [
    ("eth_getTransactionReceipt", {"transactionHash": "0x" + "11" * 32}),
    ("eth_getTransactionReceipt", {"transactionHash": None}),
    ("eth_getTransactionReceipt", {"blockHash": "0x1234"}),
    ("eth_getTransactionReceipt", {"status": "0x2"}),
    ("eth_getTransactionReceipt", {"status": None}),
    ("eth_getTransactionReceipt", {"status": True}),
    ("eth_getTransactionReceipt", {"gasUsed": 22_280}),
    ("eth_getTransactionReceipt", {"gasUsed": "0x"}),
    ("eth_getTransactionReceipt", {"l1Fee": "0xzz"}),
    ("eth_getTransactionReceipt", {"effectiveGasPrice": "0x" + "f" * 65}),
    ("eth_getTransactionByHash", {"hash": "0x" + "11" * 32}),
    ("eth_getTransactionByHash", {"from": "0x1234"}),
    ("eth_getTransactionByHash", {"input": "5a"}),
    ("eth_getTransactionByHash", {"nonce": -1}),
    ("eth_getBlockByNumber", {"number": "0x7"}),
    ("eth_getBlockByNumber", {"hash": None}),
    ("eth_getBlockByNumber", {"timestamp": "0xffffffffffffffff"}),
]


@pytest.mark.parametrize(("method", "members"), LIES)
def test_a_lie_is_not_believed(
    proxies: list[Proxy], node: Node, payer: Payer, method: str, members: dict[str, Any]
) -> None:
    ledger, signed = open_ledger(proxies[0].url), payer.anchor()
    ledger.send(signed.raw)
    node.mine()
    questions: dict[str, Any] = {
        "eth_getTransactionReceipt": lambda: ledger.receipt(signed.hash),
        "eth_getTransactionByHash": lambda: ledger.transaction(signed.hash),
        "eth_getBlockByNumber": lambda: ledger.block(1),
    }
    assert questions[method]() is not None
    failing(proxies, only=method, change=with_result(**members))
    assert code_of(questions[method]) == "bad_answer"


@pytest.mark.parametrize("result", [[], "text", 5, True])
def test_another_kind_of_answer_is_none(proxies: list[Proxy], payer: Payer, result: Any) -> None:
    failing(proxies, change=lambda answer: {**answer, "result": result}, only="eth_getTransactionReceipt")
    assert code_of(lambda: open_ledger(proxies[0].url).receipt(bytes(32))) == "bad_answer"
    failing(proxies, only="eth_getBalance")
    assert code_of(lambda: open_ledger(proxies[0].url).balance(NOBODY)) == "bad_answer"


@pytest.mark.parametrize("nowhere", [None, "0x" + "00" * 32])
def test_a_receipt_of_a_block_that_is_not_made_yet_is_none(
    proxies: list[Proxy], node: Node, payer: Payer, nowhere: str | None
) -> None:
    ledger, signed = open_ledger(proxies[0].url), payer.anchor()
    ledger.send(signed.raw)
    node.mine()
    failing(proxies, change=with_result(blockHash=nowhere), only="eth_getTransactionReceipt")
    assert ledger.receipt(signed.hash) is None
    failing(proxies, only="eth_getTransactionByHash")
    waiting = ledger.transaction(signed.hash)
    assert waiting is not None
    assert waiting.block_number is None


def test_one_that_was_reverted_is_told_as_such(node: Node, payer: Payer) -> None:
    node.set_code(NOBODY, bytes.fromhex("5f5ffd"))  # PUSH0 PUSH0 REVERT
    ledger, signed = open_ledger(node.url), payer.anchor()
    assert ledger.send(signed.raw) is Sent.TAKEN
    node.mine()
    receipt = ledger.receipt(signed.hash)
    assert receipt is not None
    assert not receipt.succeeded
    assert receipt.fee > 0


def test_a_chain_without_tags_has_no_safe_block(proxies: list[Proxy]) -> None:
    failing(proxies, change=refusing(-32602, "invalid block tag"), only="eth_getBlockByNumber")
    ledger = open_ledger(proxies[0].url)
    assert ledger.block(BlockTag.SAFE) is None
    assert ledger.block(BlockTag.FINALIZED) is None
    assert code_of(lambda: ledger.block(BlockTag.LATEST)) == "refused_by_node"
    failing(proxies, only="eth_getTransactionCount", misbehave=_only_for("finalized"), change=lambda answer: answer)
    nonces = ledger.nonces(NOBODY)
    assert (nonces.latest, nonces.finalized) == (0, 0)


def _only_for(tag: str) -> Any:
    return lambda handler: tag in json.loads(handler.body)["params"] and _says("invalid block tag")(handler)


# --- Fees


def test_without_a_suggestion_others_fees_count(proxies: list[Proxy], node: Node, payer: Payer) -> None:
    ledger = open_ledger(proxies[0].url)
    for nonce in range(3):
        ledger.send(payer.anchor(nonce, tip=(nonce + 1) * 10**8).raw)
        node.mine()
    failing(proxies, only="eth_maxPriorityFeePerGas", change=refusing(**NOT_FOUND))
    assert 10**8 <= ledger.fees().priority_fee <= 3 * 10**8
    assert ledger.fees().base_fee == int(node.block()["baseFeePerGas"], 16)
    assert "eth_feeHistory" in proxies[0].methods()


def test_what_others_pay_must_be_said(proxies: list[Proxy]) -> None:
    failing(proxies, only="eth_getBlockByNumber", change=with_result(baseFeePerGas=None))
    assert code_of(open_ledger(proxies[0].url).fees) == "bad_answer"


def constant(value: int) -> bytes:
    """A contract that answers every call with ``value``: PUSH32, PUSH0 MSTORE, PUSH1 32 PUSH0 RETURN."""
    return b"\x7f" + value.to_bytes(32, "big") + bytes.fromhex("5f5260205ff3")


# CALLDATALOAD of the first word, its first four bytes compared with getL1Fee's; what is not it reverts.
ONLY_L1_FEE = bytes.fromhex("5f3560e01c6349948e0e14601557" + "5f5ffd" + "00" * 4 + "5b" + "6107d05f5260205ff3")


def test_the_oracle_of_a_second_layer_says_what_data_costs(proxies: list[Proxy], node: Node, payer: Payer) -> None:
    signed = payer.anchor()
    node.set_code(GAS_PRICE_ORACLE, constant(1_234_567))
    ledger = open_ledger(proxies[0].url)
    assert ledger.data_fee(signed.raw) == 2 * 1_234_567, "for the data, and the operator's"
    node.set_code(GAS_PRICE_ORACLE, ONLY_L1_FEE)
    assert ledger.data_fee(signed.raw) == 2000, "an oracle from before the operator's fee"


def test_the_oracle_is_asked_about_the_very_transaction(proxies: list[Proxy], node: Node, payer: Payer) -> None:
    node.set_code(GAS_PRICE_ORACLE, constant(7))
    calls: list[str] = []

    def listen(handler: Any) -> bool:
        calls.append(json.loads(handler.body)["params"][0]["data"])
        return False

    failing(proxies, only="eth_call", misbehave=listen)
    signed = payer.anchor()
    open_ledger(proxies[0].url).data_fee(signed.raw)
    l1_fee, operator_fee = calls
    # getL1Fee(bytes): one argument of changing length; getOperatorFee(uint256): the gas limit.
    padded = signed.raw.hex() + "00" * (-len(signed.raw) % 32)
    assert l1_fee == f"0x49948e0e{32:064x}{len(signed.raw):064x}{padded}"
    assert operator_fee[10:] == f"{25_000:064x}"


def test_an_oracle_that_answers_with_something_else_is_not_believed(node: Node, payer: Payer) -> None:
    node.set_code(GAS_PRICE_ORACLE, bytes.fromhex("60405ff3"))  # two words
    assert code_of(lambda: open_ledger(node.url).data_fee(payer.anchor().raw)) == "bad_answer"
    node.set_code(GAS_PRICE_ORACLE, bytes.fromhex("5f5ffd"))
    assert code_of(lambda: open_ledger(node.url).data_fee(payer.anchor().raw)) == "refused_by_node"


def test_that_there_is_no_oracle_is_asked_once(proxies: list[Proxy], payer: Payer) -> None:
    ledger = open_ledger(proxies[0].url)
    for _ in range(3):
        assert ledger.data_fee(payer.anchor().raw) == 0
    assert proxies[0].methods() == ["eth_chainId", "eth_getCode"]


def test_a_second_layers_fees_count_as_paid(proxies: list[Proxy], node: Node, payer: Payer) -> None:
    ledger, signed = open_ledger(proxies[0].url), payer.anchor()
    ledger.send(signed.raw)
    node.mine()
    plain = ledger.receipt(signed.hash)
    members = {"l1Fee": "0x64", "operatorFeeScalar": "0x2", "operatorFeeConstant": "0x5"}
    failing(proxies, only="eth_getTransactionReceipt", change=with_result(**members))
    whole = ledger.receipt(signed.hash)
    assert plain is not None
    assert whole is not None
    assert whole.fee == plain.fee + 0x64 + 22_280 * 2 * 100 + 5


# --- Addresses with tokens


def test_tokens_are_sent_and_never_shown(proxies: list[Proxy], payer: Payer, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    address = proxies[0].url.replace("http://", f"http://user:{TOKEN}%2B@") + f"/v2/{TOKEN}?key={TOKEN}"
    ledger = open_ledger(address)
    assert ledger.balance(payer.address) == ETHER
    assert proxies[0].asked[0][1]["Authorization"].startswith("Basic ")
    assert TOKEN not in proxies[0].asked[0][1]["Host"]
    for misbehave in (wrong.status(403), wrong.hang_up, wrong.body(TOKEN.encode()), _says(TOKEN)):
        failing(proxies, misbehave=misbehave)
        with pytest.raises(VerifiableCredentialsError) as error:
            ledger.balance(payer.address)
        assert TOKEN not in str(error.value) + variables_of(error)
        assert TOKEN not in repr(ledger.__dict__)
    assert TOKEN not in caplog.text


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://",
        f"{TOKEN}",
        f"ftp://h/{TOKEN}",
        f"http://h:99999/{TOKEN}",
        f"http://h/a {TOKEN}",
        f"http://h/\r\n{TOKEN}:",
    ],
)
def test_an_address_that_is_none_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        open_ledger(url)
    assert TOKEN not in str(error.value)
    assert error.value.__context__ is None


def test_no_endpoint_and_no_library_are_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="OPENEDX_VC_ANCHOR_RPC_URLS"):
        open_ledger()
    monkeypatch.setitem(__import__("sys").modules, "openedx_verifiable_credentials.adapters.chain_rpc", None)
    with pytest.raises(ConfigurationError, match=r"pip install openedx-verifiable-credentials\[anchoring\]"):
        open_ledger("http://127.0.0.1:1")


def test_no_proxy_of_the_environment_is_asked(node: Node, payer: Payer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, closed_port())
    assert open_ledger(node.url).balance(payer.address) == ETHER
