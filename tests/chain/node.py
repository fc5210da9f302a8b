"""
A node of Ethereum on loopback (anvil), with the chain id of Base Sepolia; and what a test does to its chain.

Asked with the standard library alone: what it says of a transaction does not go through the code under test.
"""

from __future__ import annotations

import contextlib
import json
import platform
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHAIN_ID = 84_532
# Safe and finalized are so many blocks behind the newest.
SAFE_AFTER, FINALIZED_AFTER = 2, 4
ETHER = 10**18
HERE = Path(__file__).parent
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_LISTENING = "Listening on 127.0.0.1:"
_no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class NodeError(Exception):
    """What the node answered in place of a result: a JSON-RPC error, with its ``code``."""

    def __init__(self, code: int, message: str):
        super().__init__(f"{message} ({code})")
        self.code = code


def binary() -> Path | None:
    """The program; None where npm did not install it, or there is none for this machine."""
    system, machine = platform.system().lower(), _MACHINES.get(platform.machine(), "")
    path = HERE / "node_modules" / "@foundry-rs" / f"anvil-{system}-{machine}" / "bin" / "anvil"
    return path if path.is_file() else None


class Node:
    """
    A running node. Blocks are made as transactions come in, until :meth:`automine` says otherwise.

    Hashes go in and come out as text with 0x, as the node has them; amounts are wei.
    """

    def __init__(self, process: subprocess.Popen[bytes], port: int):
        self.process = process
        self.url = f"http://127.0.0.1:{port}"
        self._asked = 0

    def call(self, method: str, *params: Any) -> Any:
        """The result of one JSON-RPC call. Raises NodeError."""
        self._asked += 1
        body = {"jsonrpc": "2.0", "id": self._asked, "method": method, "params": list(params)}
        request = urllib.request.Request(
            self.url, json.dumps(body).encode(), headers={"Content-Type": "application/json"}
        )
        with _no_proxy.open(request, timeout=20) as response:
            answer = json.load(response)
        if "error" in answer:
            raise NodeError(answer["error"]["code"], answer["error"]["message"])
        return answer["result"]

    # --- What is on the chain

    def height(self) -> int:
        """The number of the newest block."""
        return int(self.call("eth_blockNumber"), 16)

    def block(self, which: int | str = "latest") -> dict[str, Any]:
        """A block with its whole transactions, by number or tag."""
        found: dict[str, Any] = self.call("eth_getBlockByNumber", hex(which) if isinstance(which, int) else which, True)
        return found

    def transactions(self, sender: str | None = None) -> list[dict[str, Any]]:
        """Every transaction of the chain in its order, or those of one account."""
        blocks = (self.block(number) for number in range(self.height() + 1))
        found = (each for block in blocks for each in block["transactions"])
        return [each for each in found if sender in (None, each["from"])]

    def transaction(self, transaction_hash: str) -> dict[str, Any] | None:
        """A transaction, in a block or waiting."""
        found: dict[str, Any] | None = self.call("eth_getTransactionByHash", transaction_hash)
        return found

    def receipt(self, transaction_hash: str) -> dict[str, Any] | None:
        """The receipt; None where the transaction is in no block."""
        found: dict[str, Any] | None = self.call("eth_getTransactionReceipt", transaction_hash)
        return found

    def waiting(self) -> set[str]:
        """The hashes of the transactions that are in no block."""
        content = self.call("txpool_content")
        accounts = [*content["pending"].values(), *content["queued"].values()]
        return {each["hash"] for account in accounts for each in account.values()}

    def balance(self, address: str) -> int:
        """What an account has."""
        return int(self.call("eth_getBalance", address, "latest"), 16)

    def nonce(self, address: str, tag: str = "latest") -> int:
        """How many transactions of an account are in blocks; with "pending", those that wait, too."""
        return int(self.call("eth_getTransactionCount", address, tag), 16)

    # --- What a test does to it

    def mine(self, blocks: int = 1) -> None:
        """So many blocks more; the first takes what waits."""
        for _ in range(blocks):
            self.call("evm_mine")

    def automine(self, on: bool) -> None:
        """Whether each transaction gets a block of its own, some milliseconds after the node took it."""
        self.call("evm_setAutomine", on)

    def reorg(self, depth: int) -> None:
        """
        Puts ``depth`` other, empty blocks in place of the newest. The transactions in them are gone: they do not even
        wait any more.
        """
        self.call("anvil_reorg", depth, [])

    def drop(self, transaction_hash: str) -> None:
        """Forgets a transaction that waits."""
        self.call("anvil_dropTransaction", transaction_hash)

    def set_balance(self, address: str, wei: int) -> None:
        """Gives an account so much, or takes it away."""
        self.call("anvil_setBalance", address, hex(wei))

    def set_nonce(self, address: str, nonce: int) -> None:
        """As if an account had sent so many transactions."""
        self.call("anvil_setNonce", address, hex(nonce))

    def set_next_block_base_fee(self, wei: int) -> None:
        """What the next block burns for a unit of gas; those after it go on from there."""
        self.call("anvil_setNextBlockBaseFeePerGas", hex(wei))

    def set_code(self, address: str, code: bytes) -> None:
        """Puts a contract at an address."""
        self.call("anvil_setCode", address, "0x" + code.hex())

    def transact(self, sender: str, **members: Any) -> str:
        """A transaction of any account, without its key; its hash. ``members``: as in eth_sendTransaction."""
        self.call("anvil_impersonateAccount", sender)
        try:
            return str(self.call("eth_sendTransaction", {"from": sender, **members}))
        finally:
            self.call("anvil_stopImpersonatingAccount", sender)

    def snapshot(self) -> str:
        """Remembers the chain as it is now; for :meth:`revert`."""
        return str(self.call("evm_snapshot"))

    def revert(self, snapshot: str) -> None:
        """Makes the chain what it was; a snapshot serves once."""
        assert self.call("evm_revert", snapshot)

    def stop(self) -> None:
        """Ends the program. Its address refuses connections from then on."""
        self.process.kill()
        self.process.wait(20)


@contextlib.contextmanager
def running(*options: str, chain_id: int = CHAIN_ID) -> Iterator[Node]:
    """A node with a fresh chain. ``options``: more of anvil's own."""
    program = binary()
    assert program is not None, "run `npm ci --ignore-scripts` in tests/chain"
    with tempfile.NamedTemporaryFile() as output:
        command = [
            program, "--host", "127.0.0.1", "--port", "0", "--chain-id", str(chain_id), "--slots-in-an-epoch", "2",
            "--accounts", "0", "--threads", "1", *options,
        ]  # fmt: skip
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield Node(process, _port(process, Path(output.name)))
        finally:
            process.kill()
            process.wait(20)


def _port(process: subprocess.Popen[bytes], output: Path) -> int:
    """Where it listens: it says so when it does."""
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        _, found, rest = output.read_text(encoding="utf-8").partition(_LISTENING)
        if found and "\n" in rest:
            return int(rest.split()[0])
        time.sleep(0.005)
    raise AssertionError(f"anvil does not start: {output.read_text(encoding='utf-8')[-1000:]}")
