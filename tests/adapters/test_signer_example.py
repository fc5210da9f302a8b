"""The signer that the documentation shows as an example works as it stands there."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import PublicFormat

from openedx_verifiable_credentials.data import AnchorCall
from tests.chain import node as chain

pytestmark = pytest.mark.anvil
PAGE = Path(__file__).parents[2] / "docs" / "how-tos" / "anchor-credentials.rst"
SINK = "0x" + "de" * 20


class Service:
    """Signs 32-byte digests, differently each time and with either s, as such services do."""

    def __init__(self, signs_with: ec.EllipticCurvePrivateKey | None = None) -> None:
        self._key = ec.generate_private_key(ec.SECP256K1())
        self._signs_with = signs_with or self._key

    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)

    def sign(self, digest: bytes) -> bytes:
        return self._signs_with.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))


def example(service: Service) -> Any:
    """The class of the page."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition('    """A key in a service')
    code, found, _ = rest.partition("\nRaise ``SigningError``")
    assert found
    names: dict[str, Any] = {"service": service}
    exec(textwrap.dedent('    """A key in a service' + code), names)
    return names["ServiceKey"]()


def call(nonce: int) -> AnchorCall:
    return AnchorCall(chain.CHAIN_ID, nonce, SINK, bytes([nonce]) * 32, 25_000, 10**10, 10**9)


def test_a_node_takes_what_it_signs(node: chain.Node) -> None:
    signer = example(Service())
    node.set_balance(signer.address, chain.ETHER)
    for nonce in range(8):
        signed = signer.sign(call(nonce))
        assert node.call("eth_sendRawTransaction", "0x" + signed.raw.hex()) == "0x" + signed.hash.hex()
    node.mine()
    assert [one["input"] for one in node.transactions(signer.address)] == [
        "0x" + (bytes([nonce]) * 32).hex() for nonce in range(8)
    ]


def test_a_service_that_signs_with_another_key_is_noticed() -> None:
    signer = example(Service(signs_with=ec.generate_private_key(ec.SECP256K1())))
    with pytest.raises(ValueError, match="another key"):
        signer.sign(call(0))
