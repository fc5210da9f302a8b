"""
The chains that anchors may be on, and how an anchor names them: ``blink:<chain>:<network>:<transaction>``, in a proof
as two code numbers. Settings add to the table; a code that is in no table is shown as a number.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class Network:
    """
    ``codes``: of chain and network in a proof; ``chain_id``: of EIP-155, None for chains that have none;
    ``is_test``: anyone can have coins there, so its anchors prove nothing. ``explorer``: a page about a transaction,
    with ``{}`` where its hash goes, 0x included; "" for none. ``title``: for people.
    """

    chain: str
    network: str
    codes: tuple[int, int]
    chain_id: int | None
    is_test: bool
    title: str
    explorer: str = ""

    def blink(self, transaction: str) -> str:
        """How an anchor is written for people. ``transaction``: 64 hexadecimal digits."""
        return f"blink:{self.chain}:{self.network}:{transaction}"


NETWORKS: Mapping[str, Network] = {
    "base": Network("base", "mainnet", (8453, 8453), 8453, False, "Base", "https://basescan.org/tx/{}"),
    "base-sepolia": Network(
        "base", "sepolia", (8453, 84_532), 84_532, True, "Base Sepolia", "https://sepolia.basescan.org/tx/{}"
    ),
    "ethereum": Network("eth", "mainnet", (1, 1), 1, False, "Ethereum", "https://etherscan.io/tx/{}"),
    "ethereum-sepolia": Network(
        "eth", "sepolia", (1, 11_155_111), 11_155_111, True, "Ethereum Sepolia", "https://sepolia.etherscan.io/tx/{}"
    ),
}
# Read in proofs of others, never written.
OTHERS: tuple[Network, ...] = (
    Network("btc", "mainnet", (0, 1), None, False, "Bitcoin"),
    Network("btc", "testnet", (0, 3), None, True, "Bitcoin Testnet"),
    Network("eth", "ropsten", (1, 3), 3, True, "Ethereum Ropsten"),
    Network("eth", "rinkeby", (1, 4), 4, True, "Ethereum Rinkeby"),
    Network("eth", "goerli", (1, 5), 5, True, "Ethereum Goerli"),
    Network("mtc", "mainnet", (2, 137), 137, False, "Polygon"),
    Network("mtc", "mumbai", (2, 80_001), 80_001, True, "Polygon Mumbai"),
)


def by_codes(known: Mapping[str, Network] = NETWORKS) -> dict[tuple[int, int], Network]:
    """Every network of ``known`` and of others, by its codes."""
    return {each.codes: each for each in (*OTHERS, *known.values())}


def find(known: Mapping[str, Network], name: str, chain_id: int | None) -> Network | None:
    """Where something is: by its name; by its chain where no network has the name any more, or one of another chain."""
    on_chain = {each: network for each, network in known.items() if network.chain_id == chain_id}
    return on_chain.get(name) or next(iter(on_chain.values()), None)
