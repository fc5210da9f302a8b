"""
A shared credential whose root is on the chain of a node, in the sandbox of a running server: ``python -m
tests.browser.anchored_on_chain PORT`` in its environment prints the address of its page.
"""

from __future__ import annotations

import datetime
import subprocess
import sys
from pathlib import Path

import django

from openedx_verifiable_credentials.core import accounts
from tests.chain import verified
from tests.chain.node import ETHER
from tests.chain.node import Node
from tests.servers import running

TITLE = "Signed by the Academy"
# Twice the generator of secp256k1: other tests have the generator itself.
POINT = bytes.fromhex("02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5")
LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


def main() -> None:
    """Issue, share, anchor."""
    django.setup()

    from openedx_verifiable_credentials.models import Credential
    from openedx_verifiable_credentials.models.anchor import AnchorAccount
    from openedx_verifiable_credentials.models.anchor import AnchorKey
    from tests import anchored_rows
    from tests.browser import world

    node = Node(None, int(sys.argv[1]))  # type: ignore[arg-type]
    shared = world._shared("ada", TITLE)
    batch = anchored_rows.anchored(Credential.objects.get(uuid=shared["uuid"]))
    address, multibase = accounts.address_of(POINT), accounts.multikey(POINT)
    key, _ = AnchorKey.objects.get_or_create(
        address=address, defaults={"public_key_multibase": multibase, "created": LONG_AGO}
    )
    batch.account, _ = AnchorAccount.objects.get_or_create(key=key, chain_id=batch.chain_id)
    batch.save()
    node.set_balance(address, ETHER)
    sent = verified.send(node, bytes.fromhex(batch.root), address)
    batch.transactions.update(hash=sent.removeprefix("0x"))
    print(shared["page"])


def share(database: Path, node: Node) -> str:
    """The same, in the sandbox that has this database."""
    port = node.url.rpartition(":")[2]
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.anchored_on_chain", port],
        cwd=running.ROOT, env=running.sandbox_environment(database.parent), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


if __name__ == "__main__":
    main()
