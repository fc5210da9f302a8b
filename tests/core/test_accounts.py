"""Accounts of Ethereum: addresses of keys, and each form of a key in its one spelling."""

import base64
import json
from pathlib import Path

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import PublicFormat
from hypothesis import assume
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.adapters import chain_library
from openedx_verifiable_credentials.core import accounts
from openedx_verifiable_credentials.exceptions import DocumentError

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
SECRETS = st.integers(1, ORDER - 1)
DIDS = json.loads((Path(__file__).parents[1] / "vectors" / "did-key.json").read_text(encoding="utf-8"))
KOBLITZ = [vector["did"].removeprefix("did:key:") for vector in DIDS if vector["key"] == "secp256k1"]
# By private key: the first two numbers, and the first accounts of every development node.
KNOWN = {
    1: "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf",
    2: "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF",
    0xAC0974BEC39A17E36BA4A6B4D238FF944BACB478CBED5EFCAE784D7BF4F2FF80: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
    0x59C6995E998F97A5A0044966F0945389DC9E86DAE88C7A8412F4603B6B78690D: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
}


def point(secret, form=PublicFormat.CompressedPoint):
    return ec.derive_private_key(secret, ec.SECP256K1()).public_key().public_bytes(Encoding.X962, form)


def is_refused(call, *arguments):
    with pytest.raises(DocumentError, match="unsupported_key"):
        call(*arguments)
    return True


@pytest.mark.parametrize(("secret", "address"), KNOWN.items(), ids=KNOWN.values())
def test_well_known_keys_have_their_well_known_addresses(secret, address):
    assert accounts.address_of(point(secret)) == address.lower()
    assert accounts.checksummed(address.lower()) == address
    assert accounts.account_id(8453, address.lower()) == f"eip155:8453:{address}"


@pytest.mark.parametrize(
    "address",
    [  # ERC-55
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77",
        "0x27b1fdb04752bbc536007a920d24acb045561c26",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ],
)
def test_the_published_capitals_are_written_whatever_was_given(address):
    digits = address[2:]
    assert {accounts.checksummed("0x" + each) for each in (digits, digits.lower(), digits.upper())} == {address}


@pytest.mark.anvil
@given(secret=SECRETS)
def test_addresses_are_those_of_another_library(secret):
    account = chain_library.load("eth_account").Account.from_key(secret.to_bytes(32, "big"))
    assert accounts.checksummed(accounts.address_of(point(secret))) == account.address


@given(secret=SECRETS)
def test_every_form_of_a_key_is_read_back(secret):
    key = point(secret)
    assert accounts.multikey(key).startswith("zQ3s")
    assert accounts.read_multikey(accounts.multikey(key)) == key
    jwk = accounts.public_jwk(key)
    assert accounts.read_jwk({**jwk, "kid": "any", "alg": "ES256K"}) == key
    x, y = (base64.urlsafe_b64decode(jwk[name] + "=") for name in "xy")
    assert b"\x04" + x + y == point(secret, PublicFormat.UncompressedPoint)
    assert accounts.read_account_id(accounts.account_id(1, accounts.address_of(key))) == accounts.address_of(key)


@pytest.mark.parametrize("value", KOBLITZ)
def test_published_keys_are_read_and_written_back(value):
    assert accounts.multikey(accounts.read_multikey(value)) == value


@given(secret=SECRETS, where=st.integers(0, 100), character=st.characters(max_codepoint=0x2FF))
def test_a_changed_character_is_another_key_or_none(secret, where, character):
    value = accounts.multikey(point(secret))
    where %= len(value)
    assume(value[where] != character)
    try:
        found = accounts.read_multikey(value[:where] + character + value[where + 1 :])
    except DocumentError as refusal:
        assert refusal.code == "unsupported_key"
    else:
        assert found != point(secret)


@given(raw=st.binary(max_size=70))
def test_what_is_no_point_has_no_address(raw):
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), raw)
        is_point = len(raw) == 33
    except ValueError:
        is_point = False
    if is_point:
        assert accounts.read_multikey(accounts.multikey(raw)) == raw
    else:
        assert is_refused(accounts.address_of, raw)
        assert is_refused(accounts.multikey, raw)
        assert is_refused(accounts.public_jwk, raw)


GOOD = point(1)
# No point has this x, and none has one that is not smaller than the field's prime.
OFF_THE_CURVE = b"\x02" + (5).to_bytes(32, "big")
TOO_GREAT = b"\x02" + (2**256 - 2**32 - 976).to_bytes(32, "big")


def spelled(raw):
    return "z" + base58.b58encode(raw).decode("ascii")


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "",
        "z",
        accounts.multikey(GOOD)[1:],
        accounts.multikey(GOOD) + " ",
        accounts.multikey(GOOD) * 2,
        "z1" + accounts.multikey(GOOD)[1:],
        "z" * 100_000,
        spelled(b"\xe7\x01" + OFF_THE_CURVE),
        spelled(b"\xe7\x01" + TOO_GREAT),
        spelled(b"\xe7\x01" + GOOD[1:]),
        spelled(b"\xe7\x01" + point(1, PublicFormat.UncompressedPoint)),
        spelled(b"\xe7\x81\x00" + GOOD),
        spelled(b"\x80\x24" + GOOD),
        spelled(GOOD),
        "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
    ],
    ids=lambda value: repr(value)[:30],
)
def test_other_keys_and_other_spellings_are_refused(value):
    assert is_refused(accounts.read_multikey, value)


JWK = accounts.public_jwk(GOOD)


@pytest.mark.parametrize(
    "jwk",
    [
        None,
        [],
        {},
        {**JWK, "kty": "OKP"},
        {**JWK, "crv": "P-256"},
        {**JWK, "crv": ["secp256k1"]},
        {**JWK, "x": JWK["y"]},
        {**JWK, "y": JWK["x"]},
        {**JWK, "x": JWK["x"] + "="},
        {**JWK, "x": JWK["x"] + "A"},
        {**JWK, "x": ""},
        {**JWK, "x": "é" * 43},
        {**JWK, "y": 7},
        {name: member for name, member in JWK.items() if name != "y"},
        accounts.public_jwk(point(2)) | {"x": JWK["x"]},
    ],
    ids=lambda jwk: json.dumps(jwk)[:60],
)
def test_other_jwks_are_refused(jwk):
    assert accounts.read_jwk(JWK) == GOOD
    assert is_refused(accounts.read_jwk, jwk)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        KNOWN[1],
        f"eip155:{KNOWN[1]}",
        f"eip155::{KNOWN[1]}",
        f"eip155:01:{KNOWN[1]}",
        f"eip155:-1:{KNOWN[1]}",
        f"eip155:1:{KNOWN[1]}\n",
        f"eip155:1:{KNOWN[1][:-1]}",
        f"eip155:1:{KNOWN[1]}0",
        f"EIP155:1:{KNOWN[1]}",
        f"bip122:1:{KNOWN[1]}",
        f"eip155:1:0X{KNOWN[1][2:]}",
        f"eip155:١:{KNOWN[1]}",
    ],
    ids=repr,
)
def test_what_is_no_account_is_refused(value):
    assert is_refused(accounts.read_account_id, value)
