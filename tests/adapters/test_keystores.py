"""One contract for every key store; then what each of them refuses, and what none of them ever tells."""

from __future__ import annotations

import base64
import concurrent.futures
import json
import os
import traceback

import nacl.signing
import pytest
from Crypto.Hash import SHA256
from Crypto.PublicKey import ECC
from Crypto.Signature import DSS
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat
from django.views.debug import ExceptionReporter

from openedx_verifiable_credentials.adapters import keystores
from openedx_verifiable_credentials.adapters import local_keys
from openedx_verifiable_credentials.adapters.keystores import StoredKey
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import SigningError
from tests import softhsm
from tests.threats import canaries

DID = "did:web:credentials.example.org"
SEED = Secret(bytes(range(0x60, 0x80)))
ALGORITHMS = (v.ED25519, v.P256)
STORES = ("database", "file", "file-jwk", "environment", "environment-jwk", "pkcs11")
VARIABLE = "ISSUER_KEY_2026"


def private_key(algorithm):
    if algorithm == v.ED25519:
        return Ed25519PrivateKey.from_private_bytes(SEED.reveal())
    return ec.derive_private_key(int.from_bytes(SEED.reveal(), "big"), ec.SECP256R1())


def pem(algorithm, format=PrivateFormat.PKCS8, encryption=None):
    return private_key(algorithm).private_bytes(Encoding.PEM, format, encryption or NoEncryption())


def jwk(algorithm):
    public = dids.public_jwk(multibase(algorithm))
    return {**public, "d": base64.urlsafe_b64encode(SEED.reveal()).rstrip(b"=").decode()}


def multibase(algorithm):
    return dids.multikey(local_keys.public_key(SEED, algorithm))


@pytest.fixture(name="token")
def make_token(tmp_path, monkeypatch, settings):
    """A token with a key of each algorithm."""
    from openedx_verifiable_credentials.adapters import pkcs11

    token = softhsm.Token(tmp_path / "hsm")
    token.make()
    token.add(softhsm.ED25519_LABEL, v.ED25519)
    token.add(softhsm.P256_LABEL, v.P256)
    monkeypatch.setenv("SOFTHSM2_CONF", str(token.configuration))
    settings.OPENEDX_VC_PKCS11_MODULE = token.module
    settings.OPENEDX_VC_PKCS11_PASSWORD = softhsm.PIN
    pkcs11.close()
    yield token
    pkcs11.close()


class Stored:
    """A key in a store, and how others are told of it."""

    def __init__(self, store, reference, algorithm, public="", seed=None):
        self.facts = StoredKey(DID, store, reference, algorithm, public, seed)

    def open(self, **changes):
        return keystores.open_key(StoredKey(**{**self.facts.__dict__, **changes}))


@pytest.fixture(
    name="stored",
    params=[
        pytest.param((store, algorithm), id=f"{store} {algorithm}", marks=[pytest.mark.softhsm] * (store == "pkcs11"))
        for store in STORES
        for algorithm in ALGORITHMS
    ],
)
def make_stored(request, tmp_path, monkeypatch):
    store, algorithm = request.param
    store, _, form = store.partition("-")
    text = json.dumps(jwk(algorithm)).encode() if form else pem(algorithm)
    if store == "database":
        return Stored(store, "", algorithm, multibase(algorithm), SEED)
    if store == "file":
        (tmp_path / "key").write_bytes(text)
        return Stored(store, str(tmp_path / "key"), algorithm, multibase(algorithm))
    if store == "environment":
        monkeypatch.setenv(VARIABLE, text.decode())
        return Stored(store, VARIABLE, algorithm, multibase(algorithm))
    request.getfixturevalue("token")
    reference = softhsm.ED25519 if algorithm == v.ED25519 else softhsm.P256
    return Stored(store, reference, algorithm)


def verifies(method, message, signature):
    """By libraries that none of the stores sign with."""
    algorithm, public_key = dids.read_public_key(method.public_key_multibase)
    try:
        if algorithm == v.ED25519:
            nacl.signing.VerifyKey(public_key).verify(message, signature)
        else:
            key = ECC.import_key(public_key, curve_name="P-256")
            DSS.new(key, "fips-186-3").verify(SHA256.new(message), signature)
    except Exception:
        return False
    return True


class TestContract:
    """What :class:`..ports.Signer` promises."""

    def test_it_signs_64_bytes_that_verify(self, stored):
        signer = stored.open()
        assert dids.algorithm_of(signer.method.public_key_multibase) == stored.facts.algorithm
        assert signer.method.id == f"{DID}#{signer.method.public_key_multibase}"
        assert signer.method.controller == DID
        for message in (b"", bytes(64), os.urandom(64), b"x" * 100_000):
            signature = signer.sign(message)
            assert isinstance(signature, bytes)
            assert len(signature) == 64
            assert verifies(signer.method, message, signature)
            assert not verifies(signer.method, message + b"x", signature)
            assert not verifies(signer.method, message, signature[:-1] + bytes([signature[-1] ^ 1]))

    def test_it_is_the_same_key_every_time(self, stored):
        method = stored.open().method
        assert stored.open(public_key_multibase=method.public_key_multibase).method == method

    def test_another_key_than_the_known_one_is_refused(self, stored):
        other = dids.multikey(local_keys.public_key(Secret(b"\x07" * 32), stored.facts.algorithm))
        with pytest.raises(SigningError) as refusal:
            stored.open(public_key_multibase=other)
        assert refusal.value.code == "key_mismatch"

    def test_a_key_of_the_other_algorithm_is_refused(self, stored):
        other = v.P256 if stored.facts.algorithm == v.ED25519 else v.ED25519
        with pytest.raises((ConfigurationError, SigningError)):
            stored.open(algorithm=other)

    def test_many_threads_sign_at_once(self, stored):
        signer = stored.open()
        messages = [os.urandom(64) for _ in range(64)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            signatures = list(pool.map(signer.sign, messages))
        assert all(verifies(signer.method, *pair) for pair in zip(messages, signatures, strict=True))

    def test_it_signs_before_and_after_a_fork(self, stored):
        signer = stored.open()
        assert verifies(signer.method, b"before", signer.sign(b"before"))
        child = os.fork()
        if child == 0:
            status = 1
            try:
                status = 0 if verifies(signer.method, b"child", signer.sign(b"child")) else 2
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert verifies(signer.method, b"after", signer.sign(b"after"))

    def test_its_repr_tells_the_public_half_only(self, stored):
        signer = stored.open()
        text = f"{signer!r} {signer} {stored.facts!r}"
        assert signer.method.public_key_multibase in text
        assert canaries.found(canaries.of_bytes(SEED.reveal()), text) == []
        assert softhsm.PIN not in text


def refusal_of(call):
    """The sentence; and that neither it nor Django's page of it holds the key."""
    with pytest.raises((ConfigurationError, SigningError)) as caught:
        call()
    error = caught.value
    page = ExceptionReporter(None, type(error), error, error.__traceback__).get_traceback_html()
    page += "".join(traceback.format_exception(error))
    assert canaries.found(canaries.of_bytes(SEED.reveal()), page) == []
    assert base64.b64encode(b"not quite" + SEED.reveal()[:9]).decode() not in page
    return str(error)


def corrupted(algorithm):
    """Texts that hold the key, and are no key."""
    body = pem(algorithm).decode()
    good = jwk(algorithm)
    seed = SEED.reveal()
    return {
        "empty": b"",
        "only space": b" \n",
        "cut PEM": body[: len(body) // 2].encode(),
        "PEM without its end": body.replace("-----END PRIVATE KEY-----\n", "").encode(),
        "PEM with a flipped letter": body.replace("MC4C", "MC5C").replace("MIGH", "MIGI").encode(),
        "two lines too many": body.replace("\n", "\n\n\n-----\n", 1).encode(),
        "encrypted": pem(algorithm, encryption=BestAvailableEncryption(b"pass")),
        "raw": seed,
        "hex": seed.hex().encode(),
        "base64": base64.b64encode(seed),
        "JSON that is no JWK": json.dumps({"seed": seed.hex()}).encode(),
        "cut JWK": json.dumps(good).encode()[:-1],
        "JWK without d": json.dumps({name: value for name, value in good.items() if name != "d"}).encode(),
        "JWK of another public key": json.dumps({**good, "x": "A" * 43}).encode(),
        "JWK without public key": json.dumps({"kty": good["kty"], "crv": good["crv"], "d": good["d"]}).encode(),
        "JWK of another curve": json.dumps({**good, "crv": "secp256k1"}).encode(),
        "JWK with a short d": json.dumps({**good, "d": good["d"][:-2]}).encode(),
        "JWK with a number": json.dumps({**good, "d": int.from_bytes(seed, "big")}).encode(),
        "JWK in a list": json.dumps([good]).encode(),
        "not UTF-8": b"\xff\xfe" + seed,
        "JWK that is not UTF-8": b'{"d": "' + seed + b'\xff"}',
        "too large": b" " * 70_000 + pem(algorithm),
        "deep": b'{"d":' * 50_000,
    }


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("name", corrupted(v.ED25519))
def test_a_file_without_a_key_is_refused_and_nothing_of_it_told(tmp_path, name, algorithm):
    (tmp_path / "key").write_bytes(corrupted(algorithm)[name])
    said = refusal_of(Stored("file", str(tmp_path / "key"), algorithm).open)
    assert str(tmp_path / "key") in said
    assert "PEM" in said


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("name", [name for name, text in corrupted(v.ED25519).items() if text and b"\0" not in text])
def test_a_variable_without_a_key_is_refused_and_nothing_of_it_told(monkeypatch, name, algorithm):
    text = corrupted(algorithm)[name]
    monkeypatch.setitem(os.environb, VARIABLE.encode(), text)
    said = refusal_of(Stored("environment", VARIABLE, algorithm).open)
    assert VARIABLE in said


@pytest.mark.parametrize("kind", ["missing", "directory", "pipe", "unreadable name"])
def test_what_is_no_file_is_refused_at_once(tmp_path, kind):
    path = tmp_path / "key"
    if kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    name = f"{path}\0x" if kind == "unreadable name" else str(path)
    assert "key file" in refusal_of(Stored("file", name, v.ED25519).open)


@pytest.mark.parametrize("name", ["", "PATH", "HOME", "ISSUER", "SIGN"])
def test_a_variable_whose_value_error_pages_would_show_is_refused(monkeypatch, name):
    if name:
        monkeypatch.setenv(name, pem(v.ED25519).decode())
    assert "KEY or SECRET" in refusal_of(Stored("environment", name, v.ED25519).open)


def test_a_variable_that_is_not_set_is_named(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert VARIABLE in refusal_of(Stored("environment", VARIABLE, v.ED25519).open)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_variable_may_have_its_lines_in_one(monkeypatch, algorithm):
    monkeypatch.setenv(VARIABLE, pem(algorithm).decode().replace("\n", "\\n"))
    signer = Stored("environment", VARIABLE, algorithm).open()
    assert signer.method.public_key_multibase == multibase(algorithm)


def test_the_other_pem_of_elliptic_curves_is_read(tmp_path):
    """SEC 1, as ``openssl ecparam -genkey`` writes it."""
    (tmp_path / "key").write_bytes(pem(v.P256, PrivateFormat.TraditionalOpenSSL))
    assert Stored("file", str(tmp_path / "key"), v.P256).open().method.public_key_multibase == multibase(v.P256)


def test_a_key_file_may_be_a_link_as_secrets_of_kubernetes_are(tmp_path):
    (tmp_path / "real").write_bytes(pem(v.ED25519))
    (tmp_path / "key").symlink_to(tmp_path / "real")
    assert Stored("file", str(tmp_path / "key"), v.ED25519).open()


@pytest.mark.parametrize(
    ("mode", "exposed"),
    [(0o600, None), (0o640, None), (0o644, "read"), (0o602, "write"), (0o666, "read and write")],
)
def test_a_file_that_everybody_may_read_is_noticed(tmp_path, mode, exposed):
    path = tmp_path / "key"
    path.write_bytes(pem(v.ED25519))
    path.chmod(mode)
    assert keystores.exposed_to(str(path)) == exposed
    assert keystores.exposed_to(str(tmp_path / "none")) is None


@pytest.mark.parametrize("seed", [b"", b"\x01" * 31, b"\x01" * 33, b"\xff" * 32, bytes(32)])
def test_a_seed_in_the_database_that_is_no_p256_key_is_refused(seed):
    with pytest.raises(SigningError) as refusal:
        keystores.open_key(StoredKey(DID, "database", "", v.P256, multibase(v.P256), Secret(seed)))
    assert refusal.value.code in ("unsupported_key", "key_mismatch")


def test_a_store_that_is_not_there_is_refused():
    assert "store" in refusal_of(Stored("cupboard", "", v.ED25519).open)
    assert "store" in refusal_of(Stored("database", "", v.ED25519).open)


def test_a_remote_key_signs_nothing_here():
    key = Stored("remote", "tenant", v.ED25519, multibase(v.ED25519)).open()
    assert key.method.public_key_multibase == multibase(v.ED25519)
    assert "documents" in refusal_of(lambda: key.sign(b"x"))


@pytest.mark.parametrize(
    ("store", "reference"),
    [
        ("database", "x"),
        ("file", ""),
        ("file", "relative/key.pem"),
        ("environment", "PATH"),
        ("pkcs11", ""),
        ("remote", ""),
    ],
)
def test_a_reference_that_cannot_be_is_refused(store, reference):
    with pytest.raises(ConfigurationError):
        keystores.require_reference(store, reference)
