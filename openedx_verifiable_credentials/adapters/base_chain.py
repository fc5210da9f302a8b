"""
A public chain of Ethereum's kind, asked through web3.py: Base, and whatever answers the same JSON-RPC.

How several endpoints stand in for each other, and why:

- They are asked in the order of the settings; one that failed stands behind the others until it answers again. What an
  endpoint does not know is asked of the next, since not all are at the same block. Nothing is asked twice of the same.
- An endpoint's chain id is asked before anything else is believed, and anew after each failure.
- A transaction goes to every endpoint that answers. It is on its way where one of them has it.
- The data fee of a second layer is what its GasPriceOracle says, where the chain has one (OP Stack).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from typing import Any
from typing import TypeVar

from Crypto.Hash import keccak

from openedx_verifiable_credentials.adapters import chain_answers
from openedx_verifiable_credentials.adapters import chain_library
from openedx_verifiable_credentials.adapters.chain_answers import RefusalError
from openedx_verifiable_credentials.adapters.chain_endpoints import Endpoint
from openedx_verifiable_credentials.data import BlockTag
from openedx_verifiable_credentials.data import ChainBlock
from openedx_verifiable_credentials.data import ChainFees
from openedx_verifiable_credentials.data import ChainReceipt
from openedx_verifiable_credentials.data import ChainTransaction
from openedx_verifiable_credentials.data import Nonces
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.data import Sent
from openedx_verifiable_credentials.exceptions import AnchoringError
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import TransientError

# A predeploy of every OP Stack chain.
GAS_PRICE_ORACLE = "0x420000000000000000000000000000000000000f"
_WORD_BYTES = 32
_BLOCKS_OF_FEES = 10
_MIDDLE_PERCENTILE = 50
# What counts where endpoints differ: the transaction is on its way as soon as one of them has it.
_MOST_TELLING = (Sent.TAKEN, Sent.KNOWN, Sent.NONCE_USED, Sent.UNDERPRICED, Sent.UNAFFORDABLE)
_T = TypeVar("_T")
# Method and parameters → the result as JSON has it.
_Ask = Callable[..., Any]


@dataclasses.dataclass
class _Node:
    host: str
    ask: _Ask
    is_proven: bool = False
    has_failed: bool = False


class Web3Ledger:
    """
    Implements :class:`..ports.Ledger`.

    ``urls``: JSON-RPC endpoints, in the order in which they are asked; ``chain_id``: what they must answer for;
    ``timeout``: seconds for one answer of one endpoint.

    Raises ConfigurationError where there is no endpoint, or web3.py is not installed.
    """

    def __init__(self, urls: Sequence[Secret], chain_id: int, timeout: float):
        if not urls:
            raise ConfigurationError("No endpoint is configured for this network: set OPENEDX_VC_ANCHOR_RPC_URLS.")
        self._chain_id = chain_id
        self._rpc = chain_library.load("openedx_verifiable_credentials.adapters.chain_rpc")
        self._nodes = [self._open(Endpoint(url, timeout)) for url in urls]
        self._has_no_oracle = False

    @property
    def chain_id(self) -> int:
        """The expected one (EIP-155)."""
        return self._chain_id

    def balance(self, address: str) -> int:
        """Wei, by the newest block."""
        return self._first(lambda ask: chain_answers.quantity(ask("eth_getBalance", address, "latest")))

    def nonces(self, address: str) -> Nonces:
        """What numbers the account has used; ``finalized`` is 0 where the chain has no such blocks, or none kept."""

        def count(ask: _Ask, tag: str) -> int:
            return chain_answers.quantity(ask("eth_getTransactionCount", address, tag))

        def count_finalized(ask: _Ask) -> int:
            try:
                return count(ask, BlockTag.FINALIZED.value)
            except RefusalError:
                return 0

        return self._first(lambda ask: Nonces(count(ask, "latest"), count(ask, "pending"), count_finalized(ask)))

    def fees(self) -> ChainFees:
        """What a transaction pays now."""
        return self._first(
            lambda ask: ChainFees(
                chain_answers.base_fee(ask("eth_getBlockByNumber", "latest", False)), self._priority_fee(ask)
            )
        )

    def data_fee(self, raw: bytes) -> int:
        """Wei: what the GasPriceOracle asks for these bytes and their gas limit at most; 0 where there is none."""
        if self._has_no_oracle:
            return 0
        return self._first(lambda ask: self._data_fee(ask, raw))

    def send(self, raw: bytes) -> Sent:
        """Hand over a signed transaction, to every endpoint that answers; what the most telling of them says."""
        problems: list[Exception] = []
        outcomes = set()
        # Every chain id first: nothing is sent while one of the addresses is another chain's.
        for node in [node for node in self._in_order() if self._is_there(node, problems)]:
            try:
                outcomes.add(self._answer(node, lambda ask: self._send(ask, raw)))
            except (TransientError, RefusalError) as error:
                problems.append(error)
        for outcome in _MOST_TELLING:
            if outcome in outcomes:
                return outcome
        raise self._worst(problems)

    def transaction(self, transaction_hash: bytes) -> ChainTransaction | None:
        """None: no endpoint knows it."""

        def ask_for(ask: _Ask) -> ChainTransaction | None:
            found = ask("eth_getTransactionByHash", "0x" + transaction_hash.hex())
            return None if found is None else chain_answers.transaction(found, transaction_hash)

        return self._find(ask_for)

    def receipt(self, transaction_hash: bytes) -> ChainReceipt | None:
        """None: it is in no block."""

        def ask_for(ask: _Ask) -> ChainReceipt | None:
            found = ask("eth_getTransactionReceipt", "0x" + transaction_hash.hex())
            return None if found is None else chain_answers.receipt(found, transaction_hash)

        return self._find(ask_for)

    def block(self, which: int | BlockTag) -> ChainBlock | None:
        """A block of the canonical chain, by number or tag; None: there is none yet, or the chain has no such tag."""
        tag, number = (which.value, None) if isinstance(which, BlockTag) else (hex(which), which)

        def ask_for(ask: _Ask) -> ChainBlock | None:
            try:
                found = ask("eth_getBlockByNumber", tag, False)
            except RefusalError:
                if which in (BlockTag.SAFE, BlockTag.FINALIZED):
                    return None
                raise
            return None if found is None else chain_answers.block(found, number)

        return self._find(ask_for)

    # --- One question to one endpoint

    def _priority_fee(self, ask: _Ask) -> int:
        try:
            return chain_answers.quantity(ask("eth_maxPriorityFeePerGas"))
        except RefusalError:
            past = ask("eth_feeHistory", hex(_BLOCKS_OF_FEES), "latest", [_MIDDLE_PERCENTILE])
            return chain_answers.usual_reward(past)

    def _data_fee(self, ask: _Ask, raw: bytes) -> int:
        if not chain_answers.octets(ask("eth_getCode", GAS_PRICE_ORACLE, "latest")):
            self._has_no_oracle = True
            return 0
        fee = self._oracle(ask, "getL1Fee", "bytes", raw)
        try:
            return fee + self._oracle(ask, "getOperatorFee", "uint256", self._rpc.gas_limit(raw))
        except RefusalError as refused:
            # Oracles from before the operator fee have no such function.
            if refused.word != chain_answers.REVERTED:
                raise
            return fee

    def _oracle(self, ask: _Ask, function: str, kind: str, value: bytes | int) -> int:
        call = {"to": GAS_PRICE_ORACLE, "data": self._rpc.call_data(function, kind, value)}
        return int.from_bytes(chain_answers.octets(ask("eth_call", call, "latest"), _WORD_BYTES), "big")

    def _send(self, ask: _Ask, raw: bytes) -> Sent:
        transaction_hash = keccak.new(data=raw, digest_bits=256).digest()
        try:
            answered = ask("eth_sendRawTransaction", "0x" + raw.hex())
        except RefusalError as refused:
            if refused.word not in _MOST_TELLING:
                raise
            if refused.word != Sent.NONCE_USED:
                return Sent(refused.word)
            # Most nodes say so of a transaction, too, that is in a block itself.
            found = ask("eth_getTransactionByHash", "0x" + transaction_hash.hex())
            return Sent.NONCE_USED if found is None else Sent.KNOWN
        if chain_answers.octets(answered, chain_answers.HASH_BYTES) != transaction_hash:
            raise AnchoringError("bad_answer", "An endpoint of the chain took another transaction than it was sent.")
        return Sent.TAKEN

    # --- Several endpoints

    def _open(self, endpoint: Endpoint) -> _Node:
        return _Node(endpoint.host, self._rpc.connect(endpoint))

    def _first(self, question: Callable[[_Ask], _T]) -> _T:
        """The answer of the first endpoint that has one."""
        problems: list[Exception] = []
        for answer in self._answers(question, problems):
            return answer
        raise self._worst(problems)

    def _find(self, question: Callable[[_Ask], _T | None]) -> _T | None:
        """What the first endpoint knows that knows something; None where one answers at least, and none does."""
        problems: list[Exception] = []
        is_answered = False
        for answer in self._answers(question, problems):
            if answer is not None:
                return answer
            is_answered = True
        if is_answered:
            return None
        raise self._worst(problems)

    def _answers(self, question: Callable[[_Ask], _T], problems: list[Exception]) -> Iterator[_T]:
        for node in self._in_order():
            try:
                yield self._answer(node, question)
            except (TransientError, RefusalError) as error:
                problems.append(error)

    def _in_order(self) -> list[_Node]:
        return sorted(self._nodes, key=lambda node: node.has_failed)

    def _answer(self, node: _Node, question: Callable[[_Ask], _T]) -> _T:
        try:
            if not node.is_proven:
                self._prove(node)
            answer = question(node.ask)
        except TransientError:
            node.has_failed, node.is_proven = True, False
            raise
        node.has_failed = False
        return answer

    def _prove(self, node: _Node) -> None:
        found = chain_answers.quantity(node.ask("eth_chainId"))
        if found != self._chain_id:
            raise AnchoringError(
                "wrong_chain",
                f"The endpoint {node.host} answers for chain {found}; expected is chain {self._chain_id}.",
            )
        node.is_proven = True

    def _is_there(self, node: _Node, problems: list[Exception]) -> bool:
        try:
            self._answer(node, lambda ask: None)
        except (TransientError, RefusalError) as error:
            problems.append(error)
            return False
        return True

    def _worst(self, problems: list[Exception]) -> Exception:
        """One error for those of all endpoints. That something was refused says more than that others were away."""
        for problem in problems:
            if isinstance(problem, RefusalError):
                return AnchoringError(
                    "refused_by_node", f"The chain's endpoints refuse: JSON-RPC error {problem.code}."
                )
        reasons = " ".join(problem.message for problem in problems if isinstance(problem, TransientError))
        return TransientError("chain_unavailable", f"No endpoint of the chain answers. {reasons}")
