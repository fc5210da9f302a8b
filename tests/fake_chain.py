"""
A chain in memory, for tests that need many of them or none of a node's ways: blocks, what waits, reorganisations.

``FakeLedger`` implements ``ports.Ledger`` on it; tests/adapters/test_ledgers.py holds it to what the adapter does with
a real node. Transactions are read with eth-account, so what is sent must be signed as for a real chain.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from typing import Any

from Crypto.Hash import keccak

from openedx_verifiable_credentials.adapters import chain_library
from openedx_verifiable_credentials.data import BlockTag
from openedx_verifiable_credentials.data import ChainBlock
from openedx_verifiable_credentials.data import ChainFees
from openedx_verifiable_credentials.data import ChainReceipt
from openedx_verifiable_credentials.data import ChainTransaction
from openedx_verifiable_credentials.data import Nonces
from openedx_verifiable_credentials.data import Sent
from openedx_verifiable_credentials.exceptions import AnchoringError
from openedx_verifiable_credentials.exceptions import TransientError
from tests.chain.node import CHAIN_ID
from tests.chain.node import FINALIZED_AFTER
from tests.chain.node import SAFE_AFTER

_GENESIS = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
_BLOCK_TIME = datetime.timedelta(seconds=2)
_BASE_GAS, _GAS_PER_BYTE = 21_000, 40
_GWEI = 10**9


@dataclasses.dataclass(frozen=True)
class _Sent:
    hash: bytes
    sender: str
    to: str
    value: int
    data: bytes
    nonce: int
    gas: int
    most: int
    tip: int
    chain_id: int

    @property
    def cost(self) -> int:
        return self.value + self.gas * self.most

    def price(self, base_fee: int) -> int:
        return min(self.most, base_fee + self.tip)


@dataclasses.dataclass(frozen=True)
class _Block:
    number: int
    hash: bytes
    time: datetime.datetime
    base_fee: int
    transactions: tuple[_Sent, ...]


class FakeChain:
    """Blocks are made as transactions come in, until :meth:`automine` says otherwise. Named as ``chain.node.Node``."""

    def __init__(self, chain_id: int = CHAIN_ID):
        self.chain_id = chain_id
        self.base_fee = _GWEI
        self._granted: dict[str, int] = {}
        self._pool: dict[tuple[str, int], _Sent] = {}
        self._automine = True
        self._made = 0
        self._blocks: list[_Block] = []
        self.mine()

    def height(self) -> int:
        """The number of the newest block."""
        return len(self._blocks) - 1

    def mine(self, blocks: int = 1) -> None:
        """So many blocks more; the first takes what waits."""
        for _ in range(blocks):
            taken: list[_Sent] = []
            for each in sorted(self._pool.values(), key=lambda sent: sent.nonce):
                is_next = each.nonce == self.nonce(each.sender) + sum(one.sender == each.sender for one in taken)
                if is_next and each.most >= self.base_fee and each.cost <= self.balance(each.sender):
                    taken.append(each)
            self._append(tuple(taken))
            for each in taken:
                self._pool.pop((each.sender, each.nonce))

    def automine(self, on: bool) -> None:
        """Whether each transaction gets a block at once."""
        self._automine = on

    def reorg(self, depth: int) -> None:
        """Puts ``depth`` other, empty blocks in place of the newest. The transactions in them are gone."""
        del self._blocks[-depth:]
        for _ in range(depth):
            self._append(())

    def drop(self, transaction_hash: str) -> None:
        """Forgets a transaction that waits."""
        self._pool = {key: sent for key, sent in self._pool.items() if "0x" + sent.hash.hex() != transaction_hash}

    def set_balance(self, address: str, wei: int) -> None:
        """Gives an account so much, or takes it away."""
        self._granted[address.lower()] = wei + self._spent(address.lower())

    def set_next_block_base_fee(self, wei: int) -> None:
        """What blocks burn for a unit of gas from now on."""
        self.base_fee = wei

    def balance(self, address: str) -> int:
        """What an account has."""
        return self._granted.get(address.lower(), 0) - self._spent(address.lower())

    def nonce(self, address: str, tag: str = "latest") -> int:
        """How many transactions of an account are in blocks; with "pending", those that wait, too."""
        in_blocks = sum(each.sender == address.lower() for _, each in self.all(self._until(tag)))
        waiting = {nonce for sender, nonce in self._pool if sender == address.lower()}
        while tag == "pending" and in_blocks in waiting:
            in_blocks += 1
        return in_blocks

    def take(self, raw: bytes) -> Sent:
        """A transaction that comes in. Raises AnchoringError where it is none."""
        sent = _read(raw)
        if sent is None or sent.chain_id != self.chain_id:
            raise AnchoringError("refused_by_node", "The chain refuses the transaction.")
        rival = self._pool.get((sent.sender, sent.nonce))
        if sent == rival or any(sent == each for _, each in self.all()):
            return Sent.KNOWN
        if sent.nonce < self.nonce(sent.sender):
            return Sent.NONCE_USED
        if sent.cost > self.balance(sent.sender):
            return Sent.UNAFFORDABLE
        if sent.most < self.base_fee or (
            rival and (10 * sent.most < 11 * rival.most or 10 * sent.tip < 11 * rival.tip)
        ):
            return Sent.UNDERPRICED
        self._pool[sent.sender, sent.nonce] = sent
        if self._automine:
            self.mine()
        return Sent.TAKEN

    def all(self, until: int | None = None) -> list[tuple[_Block, _Sent]]:
        """Every transaction in a block, with its block."""
        blocks = self._blocks if until is None else self._blocks[: until + 1]
        return [(block, each) for block in blocks for each in block.transactions]

    def waiting(self) -> list[_Sent]:
        """Those that are in no block."""
        return list(self._pool.values())

    def block(self, which: int | BlockTag) -> _Block | None:
        """By number or tag."""
        number = which if isinstance(which, int) else self._until(which.value)
        return self._blocks[number] if number < len(self._blocks) else None

    def _until(self, tag: str) -> int:
        behind = {"safe": SAFE_AFTER, "finalized": FINALIZED_AFTER}.get(tag, 0)
        return max(0, self.height() - behind)

    def _spent(self, address: str) -> int:
        return sum(
            each.value + _gas(each) * each.price(block.base_fee) for block, each in self.all() if each.sender == address
        )

    def _append(self, transactions: tuple[_Sent, ...]) -> None:
        number = len(self._blocks)
        self._made += 1
        block_hash = hashlib.sha256(f"{self.chain_id} {self._made}".encode()).digest()
        time = _GENESIS + number * _BLOCK_TIME
        self._blocks.append(_Block(number, block_hash, time, self.base_fee, transactions))


class FakeLedger:
    """Implements ``ports.Ledger`` on a :class:`FakeChain`. ``is_down``: nothing answers."""

    def __init__(self, chain: FakeChain, chain_id: int = CHAIN_ID):
        self._chain = chain
        self._chain_id = chain_id
        self.is_down = False

    @property
    def chain_id(self) -> int:
        """The expected one."""
        return self._chain_id

    def balance(self, address: str) -> int:
        """Wei."""
        return self._asked().balance(address)

    def nonces(self, address: str) -> Nonces:
        """What numbers the account has used."""
        chain = self._asked()
        return Nonces(*(chain.nonce(address, tag) for tag in ("latest", "pending", "finalized")))

    def fees(self) -> ChainFees:
        """What a transaction pays now."""
        return ChainFees(self._asked().base_fee, _GWEI)

    def data_fee(self, raw: bytes) -> int:
        """None is asked."""
        self._asked()
        return 0

    def send(self, raw: bytes) -> Sent:
        """Hand over a signed transaction."""
        return self._asked().take(raw)

    def transaction(self, transaction_hash: bytes) -> ChainTransaction | None:
        """In a block or waiting."""
        chain = self._asked()
        places: list[tuple[_Block | None, _Sent]] = [*chain.all(), *((None, each) for each in chain.waiting())]
        for block, each in places:
            if each.hash == transaction_hash:
                number, block_hash = (None, None) if block is None else (block.number, block.hash)
                return ChainTransaction(
                    each.hash, each.sender, each.to, each.value, each.data, each.nonce, number, block_hash
                )
        return None

    def receipt(self, transaction_hash: bytes) -> ChainReceipt | None:
        """In a block."""
        for block, each in self._asked().all():
            if each.hash == transaction_hash:
                return ChainReceipt(True, block.number, block.hash, _gas(each) * each.price(block.base_fee))
        return None

    def block(self, which: int | BlockTag) -> ChainBlock | None:
        """A block of the canonical chain."""
        found = self._asked().block(which)
        return None if found is None else ChainBlock(found.number, found.hash, found.time)

    def _asked(self) -> FakeChain:
        if self.is_down:
            raise TransientError("chain_unavailable", "No endpoint of the chain answers.")
        if self._chain.chain_id != self._chain_id:
            raise AnchoringError("wrong_chain", "Another chain answers.")
        return self._chain


def _gas(sent: _Sent) -> int:
    """What a transfer with non-zero data uses (EIP-7623)."""
    return _BASE_GAS + _GAS_PER_BYTE * len(sent.data)


def _read(raw: bytes) -> _Sent | None:
    account, typed = chain_library.load("eth_account"), chain_library.load("eth_account.typed_transactions")
    try:
        read: dict[str, Any] = typed.TypedTransaction.from_bytes(chain_library.load("hexbytes").HexBytes(raw)).as_dict()
        sender = account.Account.recover_transaction(raw).lower()
    except Exception:
        return None
    return _Sent(
        hash=keccak.new(data=raw, digest_bits=256).digest(),
        sender=sender,
        to="0x" + bytes(read["to"]).hex(),
        value=read["value"],
        data=bytes(read["data"]),
        nonce=read["nonce"],
        gas=read["gas"],
        most=read["maxFeePerGas"],
        tip=read["maxPriorityFeePerGas"],
        chain_id=read["chainId"],
    )
