"""
What tests anchor with, against the node of tests/chain: leaves without credentials, an account with coins, a clock that
chain and worker share; and what must hold in the end, by the chain itself.
"""

from __future__ import annotations

import dataclasses
import datetime
import secrets
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from openedx_verifiable_credentials.adapters import chain_library
from openedx_verifiable_credentials.adapters.base_chain import Web3Ledger
from openedx_verifiable_credentials.core.networks import NETWORKS
from openedx_verifiable_credentials.core.suites import merkle_proof
from openedx_verifiable_credentials.data import AnchorCall
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.data import SignedTransaction
from openedx_verifiable_credentials.flows import anchor
from openedx_verifiable_credentials.flows.anchor import AnchorMeans
from openedx_verifiable_credentials.flows.anchor import FeeCaps
from openedx_verifiable_credentials.models import AnchorBatch
from openedx_verifiable_credentials.models import AnchorKey
from openedx_verifiable_credentials.models import AnchorLeaf
from openedx_verifiable_credentials.models import AnchorTransaction
from openedx_verifiable_credentials.models.anchor import AnchorState
from openedx_verifiable_credentials.models.anchor import LeafCover
from tests.chain import node as chain
from tests.chain.node import Node

ADDRESS = "0x" + "deaddead" * 5
GWEI = 10**9
NETWORK = "base-sepolia"


class RandomKey:
    """A key that lives as long as the test; ``secret``: 64 hexadecimal digits. Implements ports.LedgerSigner."""

    def __init__(self, secret: str = "") -> None:
        self._account = chain_library.load("eth_account").Account.from_key(secret or secrets.token_bytes(32))
        self.address = self._account.address.lower()
        self.public_key = self._account._key_obj.public_key.to_compressed_bytes()

    def sign(self, call: AnchorCall) -> SignedTransaction:
        """As the port says."""
        signed = self._account.sign_transaction(
            {
                "type": 2,
                "chainId": call.chain_id,
                "nonce": call.nonce,
                "to": bytes.fromhex(call.to[2:]),
                "value": 0,
                "data": call.data,
                "gas": call.gas,
                "maxFeePerGas": call.max_fee_per_gas,
                "maxPriorityFeePerGas": call.max_priority_fee_per_gas,
            }
        )
        return SignedTransaction(bytes(signed.hash), bytes(signed.raw_transaction))


class Died(BaseException):
    """Nothing that the code under test could catch by accident."""


Reached = Callable[[str], None]


class Watched:
    """A ledger that tells of its calls: before and after each, by "before send" and the like."""

    def __init__(self, ledger: Any, reached: Reached):
        self._ledger, self._reached = ledger, reached

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._ledger, name)
        if not callable(found):
            return found

        def call(*given: Any) -> Any:
            self._reached(f"before {name}")
            answer = found(*given)
            self._reached(f"after {name}")
            return answer

        return call


class WatchedSigner(Watched):
    """A signer that does so."""


class World:
    """A chain, an account on it, and a worker."""

    def __init__(self, node: Node, secret: str = "", **changes: Any):
        self.node = node
        self.signer = RandomKey(secret)
        self.ledger = Web3Ledger([Secret(node.url.encode())], chain.CHAIN_ID, 5)
        self.later = datetime.timedelta(0)
        self.changes = changes
        node.set_balance(self.signer.address, chain.ETHER)
        node.mine(5)  # something is final

    def now(self) -> datetime.datetime:
        """By the worker's clock."""
        return timezone.now() + self.later

    def wait(self, **delta: float) -> None:
        """So much later, for worker and chain."""
        by = datetime.timedelta(**delta)
        self.later += by
        self.node.call("evm_increaseTime", int(by.total_seconds()))

    def means(self, reached: Reached | None = None, **changes: Any) -> AnchorMeans:
        """Of a worker; ``reached`` is told of its calls of ledger and signer."""
        means = AnchorMeans(
            ledger=self.ledger,
            signer=self.signer,
            network_name=NETWORK,
            network=NETWORKS[NETWORK],
            address=ADDRESS,
            caps=FeeCaps(10**15, 10**16),
            leaves=100,
            every=datetime.timedelta(minutes=15),
            stuck=datetime.timedelta(minutes=3),
            now=self.now,
        )
        means = dataclasses.replace(means, **{**self.changes, **changes})
        if reached is not None:
            watched: Any = Watched(means.ledger, reached), Watched(means.signer, reached)
            means = dataclasses.replace(means, ledger=watched[0], signer=watched[1])
        return means

    def run(self, *, flush: bool = True, only_follow: bool = False, **changes: Any) -> anchor.AnchorRun:
        """One turn of a worker."""
        return anchor.run(self.means(**changes), flush=flush, only_follow=only_follow)

    def add_leaves(self, count: int = 3) -> list[AnchorLeaf]:
        """That wait; no credentials are beside them."""
        last = AnchorLeaf.objects.order_by("-credential_id").values_list("credential_id", flat=True).first() or 10**9
        rows = [
            AnchorLeaf(
                credential_id=last + number, leaf=secrets.token_hex(32), covers=LeafCover.PROOF, created=self.now()
            )
            for number in range(1, count + 1)
        ]
        return AnchorLeaf.objects.bulk_create(rows, batch_size=1000)

    def settle(self, turns: int = 40, blocks: int = 1) -> None:
        """Turns of a worker, and so many blocks after each, until every leaf is in a final one."""
        for _ in range(turns):
            self.run()
            if self.is_settled():
                return
            self.node.mine(blocks)
        raise AssertionError(list(AnchorBatch.objects.exclude(state=AnchorState.FINALIZED).values()))

    def is_settled(self) -> bool:
        """Whether the worker thinks so."""
        unfinished = AnchorBatch.objects.exclude(state=AnchorState.FINALIZED)
        return not AnchorLeaf.objects.filter(batch=None).exists() and not unfinished.exists()

    def anchors(self) -> list[dict[str, Any]]:
        """What our accounts have on the chain that carries something, in order, receipts beside (``receipt``)."""
        senders = set(AnchorKey.objects.values_list("address", flat=True))
        found = [each for each in self.node.transactions() if each["from"] in senders and each["input"] != "0x"]
        return [{**each, "receipt": self.node.receipt(each["hash"])} for each in found]


def cost(sent: dict[str, Any]) -> int:
    """Wei, by its receipt."""
    return int(sent["receipt"]["gasUsed"], 16) * int(sent["receipt"]["effectiveGasPrice"], 16)


def require_sound(world: World, leaves: int) -> None:
    """
    By the chain: every leaf is in exactly one final anchor and its proof leads there, no root was paid twice, and no
    batch and no day cost more than it may.
    """
    node, caps = world.node, world.means().caps
    sent = world.anchors()
    roots = Counter(each["input"] for each in sent if each["receipt"]["status"] == "0x1")
    assert set(roots.values()) <= {1}, "a root was paid twice"
    stored = {"0x" + one for one in AnchorTransaction.objects.values_list("hash", flat=True)}
    assert {each["hash"] for each in sent} <= stored, "sent, and not stored before"
    final = int(node.block("finalized")["number"], 16)
    by_hash = {each["hash"]: each for each in sent}
    rows = list(AnchorLeaf.objects.select_related("batch__transaction", "inclusion"))
    assert len(rows) == leaves
    counted: Counter[str] = Counter()
    for row in rows:
        transaction = by_hash["0x" + row.batch.transaction.hash]
        assert int(transaction["blockNumber"], 16) <= final
        assert transaction["receipt"]["status"] == "0x1"
        assert (transaction["to"], transaction["value"]) == (ADDRESS, "0x0")
        proof = merkle_proof.read(
            merkle_proof.write(
                bytes.fromhex(row.batch.root),
                bytes.fromhex(row.leaf),
                bytes(row.inclusion.path),
                bytes.fromhex(row.batch.transaction.hash),
                NETWORKS[NETWORK].codes,
            )
        )
        assert proof.is_sound
        assert proof.target.hex() == row.leaf
        assert "0x" + proof.root.hex() == transaction["input"]
        counted[transaction["input"]] += 1
    # No final anchor but for a batch of these leaves.
    assert counted == Counter({"0x" + each.root: each.leaf_count for each in AnchorBatch.objects.all()})
    assert set(counted) == set(roots)
    times = [(int(node.block(int(each["blockNumber"], 16))["timestamp"], 16), cost(each)) for each in sent]
    assert all(wei <= caps.batch for _, wei in times)
    for end, _ in times:
        assert sum(wei for time, wei in times if end - 86_400 < time <= end) <= caps.day
    for batch in AnchorBatch.objects.select_related("transaction"):
        mined = by_hash["0x" + batch.transaction.hash]
        assert (int(mined["blockNumber"], 16), mined["blockHash"]) == (batch.block_number, "0x" + batch.block_hash)
        assert int(batch.fee) == cost(mined)
