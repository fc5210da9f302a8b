"""The chain of the sandbox: a node on loopback in a process of its own, which ends when the server does."""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import PublicFormat

from openedx_verifiable_credentials.core import accounts
from tests.chain import node

NETWORK = "base-sepolia"
# What is sent is in a block at once; others come like those of Base, so that it is final after a few seconds.
_BLOCKS = ("--block-time", "2", "--mixed-mining")
_KEPT_SECONDS = "2"
_LOOK_SECONDS = 0.5


def missing() -> str | None:
    """Why there is none; None where one can be started."""
    if node.binary() is None:
        return "run `npm ci --ignore-scripts` in tests/chain, needs Node.js 20"
    if importlib.util.find_spec("web3") is None:
        return "pip install -r requirements/anchoring.txt"
    return None


def address_of(private_key: bytes) -> str:
    """The account of a key."""
    public = ec.derive_private_key(int.from_bytes(private_key), ec.SECP256K1()).public_key()
    return accounts.address_of(public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))


def start(kept: Path, private_key: bytes) -> str:
    """
    The address of a node whose chain is kept in a file, and on which the account of ``private_key`` has an ether; ""
    where it does not start. To be called before threads are started.
    """
    reads, writes = os.pipe()
    parent = os.getpid()
    if os.fork() == 0:
        os.close(reads)
        # From a terminal it comes to all; the server's end is what counts.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        status = 1
        try:
            _keep(kept, private_key, parent, writes)
            status = 0
        except Exception as error:
            print(f"The chain of the sandbox: {error}", file=sys.stderr, flush=True)
        finally:
            os._exit(status)
    os.close(writes)
    with os.fdopen(reads, encoding="ascii") as told:
        return told.read()


def _keep(kept: Path, private_key: bytes, parent: int, writes: int) -> None:
    with node.running("--state", str(kept), "--state-interval", _KEPT_SECONDS, *_BLOCKS) as running:
        running.set_balance(address_of(private_key), node.ETHER)
        with os.fdopen(writes, "w", encoding="ascii") as tells:
            tells.write(running.url)
        while os.getppid() == parent and running.process.poll() is None:
            time.sleep(_LOOK_SECONDS)
