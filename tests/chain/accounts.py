"""Accounts of a test's own, and transactions as anchors are, signed with eth-account and not by the code under test."""

from __future__ import annotations

from openedx_verifiable_credentials.adapters import chain_library
from openedx_verifiable_credentials.data import AnchorCall
from openedx_verifiable_credentials.data import SignedTransaction
from tests.chain.node import CHAIN_ID

GWEI = 10**9
NOBODY = "0x" + "de" * 20
GAS = 25_000


class Payer:
    """An account with a fresh key."""

    def __init__(self) -> None:
        self._account = chain_library.load("eth_account").Account.create()
        self.address = self._account.address.lower()
        self.private_key = self._account.key.hex().removeprefix("0x")

    def sign(self, call: AnchorCall) -> SignedTransaction:
        """The signed transaction."""
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

    def anchor(
        self,
        nonce: int = 0,
        root: bytes = b"\x5a" * 32,
        *,
        fee: int = 4 * GWEI,
        tip: int = GWEI,
        chain_id: int = CHAIN_ID,
    ) -> SignedTransaction:
        """One that carries ``root``."""
        return self.sign(AnchorCall(chain_id, nonce, NOBODY, root, GAS, fee, tip))
