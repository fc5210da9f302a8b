"""The key that pays for anchors: where it is found, what it signs, and that it is never seen."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import pickle
import re
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.adapters import chain_keys
from openedx_verifiable_credentials.adapters import chain_library
from openedx_verifiable_credentials.adapters.chain_keys import ConfiguredKey
from openedx_verifiable_credentials.data import AnchorCall
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.ports import LedgerSigner
from tests.chain.accounts import GAS
from tests.chain.accounts import GWEI
from tests.chain.accounts import NOBODY
from tests.chain.accounts import Payer
from tests.chain.node import CHAIN_ID

pytestmark = pytest.mark.anvil
ROOT = Path(__file__).resolve().parents[2]
VARIABLE = "OPENEDX_VC_ANCHOR_PRIVATE_KEY"
PASSWORD = "canary-password-4711"
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
CALL = AnchorCall(CHAIN_ID, 7, NOBODY, bytes(range(32)), GAS, 4 * GWEI, GWEI)


@pytest.fixture
def payer() -> Payer:
    return Payer()


@pytest.fixture(autouse=True)
def nothing_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.delenv("OPENEDX_VC_ANCHOR_KEYSTORE_PASSWORD", raising=False)
    chain_keys.reset()


@pytest.fixture
def in_variable(payer: Payer, monkeypatch: pytest.MonkeyPatch) -> Payer:
    monkeypatch.setenv(VARIABLE, payer.private_key)
    return payer


def write_file(path: Path, payer: Payer, password: str = PASSWORD) -> Path:
    """As any wallet writes it, but quick to open."""
    account = chain_library.load("eth_account").Account
    stored = account.encrypt(bytes.fromhex(payer.private_key), password, kdf="pbkdf2", iterations=2)
    path.write_text(json.dumps(stored), encoding="utf-8")
    path.chmod(0o600)
    return path


@pytest.fixture
def in_file(payer: Payer, tmp_path: Path, settings: Any) -> Path:
    path = write_file(tmp_path / "anchor-key.json", payer)
    settings.OPENEDX_VC_ANCHOR_KEYSTORE = str(path)
    settings.OPENEDX_VC_ANCHOR_KEYSTORE_PASSWORD = PASSWORD
    return path


def refusal() -> str:
    with pytest.raises(ConfigurationError) as error:
        ConfiguredKey()
    assert isinstance(error.value.__context__, OSError | None), "no library's frames, which hold keys"
    assert PASSWORD not in str(error.value)
    return str(error.value)


# --- What it signs


def test_a_call_becomes_the_transaction_that_it_says(in_variable: Payer) -> None:
    key = ConfiguredKey()
    signed = key.sign(CALL)
    typed = chain_library.load("eth_account.typed_transactions").TypedTransaction
    read = typed.from_bytes(chain_library.load("hexbytes").HexBytes(signed.raw)).as_dict()
    assert signed.raw[0] == 2
    assert {name: read[name] for name in ("type", "chainId", "nonce", "value", "gas")} == {
        "type": 2, "chainId": CHAIN_ID, "nonce": 7, "value": 0, "gas": GAS,
    }  # fmt: skip
    assert (read["maxFeePerGas"], read["maxPriorityFeePerGas"]) == (4 * GWEI, GWEI)
    assert (bytes(read["to"]).hex(), bytes(read["data"]), list(read["accessList"])) == (NOBODY[2:], CALL.data, [])
    assert chain_library.load("eth_account").Account.recover_transaction(signed.raw).lower() == key.address
    assert key.address == in_variable.address
    assert signed == in_variable.sign(CALL)
    assert len(signed.hash) == 32
    assert len(key.public_key) == 33


def test_the_node_knows_it_by_the_same_hash_and_sender(in_variable: Payer, node: Any) -> None:
    node.set_balance(in_variable.address, 10**18)
    node.automine(False)
    signed = ConfiguredKey().sign(dataclasses.replace(CALL, nonce=0))
    assert node.call("eth_sendRawTransaction", "0x" + signed.raw.hex()) == "0x" + signed.hash.hex()
    node.mine()
    (found,) = node.transactions()
    assert (found["hash"], found["from"]) == ("0x" + signed.hash.hex(), in_variable.address)


def test_a_known_key_has_a_known_account_and_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    """The generator of the group is the public key of 1 (SEC 2 §2.4.1)."""
    monkeypatch.setenv(VARIABLE, "0x" + "1".rjust(64, "0"))
    key = ConfiguredKey()
    assert key.public_key.hex() == "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
    assert key.address == "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"


@given(st.integers(0, 2**64 - 2), st.binary(min_size=32, max_size=32), st.integers(0, 2**100))
def test_the_same_call_gives_the_same_bytes_and_the_lower_s(nonce: int, root: bytes, fee: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, "5a" * 32)
        call = AnchorCall(CHAIN_ID, nonce, NOBODY, root, GAS, fee, fee // 2)
        signed = ConfiguredKey().sign(call)
        assert signed == ConfiguredKey().sign(call)
        assert signed != ConfiguredKey().sign(dataclasses.replace(call, data=root[::-1] + b"x"))
    rlp = chain_library.load("rlp").decode(signed.raw[1:])
    assert 0 < int.from_bytes(rlp[-1], "big") <= ORDER // 2


@pytest.mark.parametrize(
    "members",
    [{"nonce": -1}, {"chain_id": -1}, {"gas": -1}, {"max_fee_per_gas": 2**256}, {"to": "0xdead"}, {"data": "text"}],
)
def test_a_call_that_is_none_is_not_signed(in_variable: Payer, members: dict[str, Any]) -> None:
    with pytest.raises(SigningError) as error:
        ConfiguredKey().sign(dataclasses.replace(CALL, **members))
    assert error.value.code == "anchor_not_signed"
    assert error.value.__context__ is None


# --- Where it is


@pytest.mark.parametrize("write", [str, str.upper, "0x{}".format, " {}\n".format])
def test_the_variable_holds_digits(payer: Payer, monkeypatch: pytest.MonkeyPatch, write: Any) -> None:
    monkeypatch.setenv(VARIABLE, write(payer.private_key))
    assert ConfiguredKey().address == payer.address


@pytest.mark.parametrize(
    "value",
    ["canary", "5a" * 31, "5a" * 33, "0x0x" + "5a" * 31, "00" * 32, f"{ORDER:064x}", "ff" * 32, "5a" * 31 + "\udcff"],
)
def test_anything_else_in_the_variable_is_refused_unseen(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(VARIABLE, value)
    message = refusal()
    assert VARIABLE in message
    assert value not in message


def test_without_a_key_it_is_said_where_one_goes() -> None:
    message = refusal()
    assert VARIABLE in message
    assert "OPENEDX_VC_ANCHOR_KEYSTORE" in message


def test_the_key_file_goes_before_the_variable(in_file: Path, payer: Payer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "5a" * 32)
    assert ConfiguredKey().address == payer.address


def test_the_password_may_be_in_the_environment(
    in_file: Path, payer: Payer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OPENEDX_VC_ANCHOR_KEYSTORE_PASSWORD = ""
    assert "OPENEDX_VC_ANCHOR_KEYSTORE_PASSWORD" in refusal()
    monkeypatch.setenv("OPENEDX_VC_ANCHOR_KEYSTORE_PASSWORD", PASSWORD)
    assert ConfiguredKey().address == payer.address


def test_a_wrong_password_opens_nothing(in_file: Path, settings: Any) -> None:
    settings.OPENEDX_VC_ANCHOR_KEYSTORE_PASSWORD = "canary-other"
    message = refusal()
    assert str(in_file) in message
    assert "canary" not in message


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"{}", b"[]", b"null", b'{"version": 3}', b'{"version": 3, "crypto": 5}', b"[" * 60_000]
    + [b'{"version": 4, "crypto": {}}', b'{"version": 3, "crypto": {"kdf": "none"}}', b"x" * 100_000],
)
def test_a_file_that_is_none_is_refused(in_file: Path, content: bytes) -> None:
    in_file.write_bytes(content)
    assert str(in_file) in refusal()


def test_a_changed_cipher_text_is_noticed(in_file: Path) -> None:
    stored = json.loads(in_file.read_text())
    text = stored["crypto"]["ciphertext"]
    stored["crypto"]["ciphertext"] = ("0" if text[0] != "0" else "1") + text[1:]
    in_file.write_text(json.dumps(stored))
    assert str(in_file) in refusal()


@pytest.mark.parametrize(("mode", "refused"), [(0o600, False), (0o640, False), (0o644, True), (0o602, True)])
def test_a_file_that_everybody_may_read_or_write_is_refused(in_file: Path, mode: int, refused: bool) -> None:
    in_file.chmod(mode)
    if refused:
        assert "Everybody" in refusal()
    else:
        assert ConfiguredKey().address


def test_a_file_that_is_not_there_or_no_file_is_refused(in_file: Path) -> None:
    in_file.unlink()
    assert "cannot be read" in refusal()
    in_file.mkdir(mode=0o700)
    assert str(in_file) in refusal()


# --- It is opened once


@pytest.fixture
def openings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Counts how often a file is decrypted."""
    account, counted = chain_library.load("eth_account").Account, list[str]()
    decrypt = account.decrypt

    def counting(*arguments: Any) -> Any:
        counted.append("opened")
        return decrypt(*arguments)

    monkeypatch.setattr(account, "decrypt", counting)
    return counted


def test_a_process_opens_the_file_once_whoever_asks(in_file: Path, payer: Payer, openings: list[str]) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(ConfiguredKey().address)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == [payer.address] * 8
    assert openings == ["opened"]


def test_a_file_that_changed_is_opened_again(in_file: Path, openings: list[str]) -> None:
    ConfiguredKey()
    other = Payer()
    write_file(in_file, other)
    os.utime(in_file, ns=(1, 1))
    assert ConfiguredKey().address == other.address
    assert len(openings) == 2


def test_a_forked_process_has_what_was_opened_and_is_not_held_up(in_file: Path, payer: Payer) -> None:
    ConfiguredKey()
    with chain_keys._opening:
        child = os.fork()
        if child == 0:
            os._exit(0 if ConfiguredKey().address == payer.address else 1)
    assert os.waitpid(child, 0)[1] == 0


# --- Another signer


class Service:
    """A key management service: signs digests, answers in DER, with the higher s as often as with the lower."""

    def __init__(self, payer: Payer):
        self._key = ec.derive_private_key(int(payer.private_key, 16), ec.SECP256K1())
        self.given: list[int] = []

    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)

    def sign(self, digest: bytes) -> bytes:
        r, s = decode_dss_signature(self._key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256()))))
        s = s if len(self.given) % 2 == (s > ORDER // 2) else ORDER - s
        self.given.append(s)
        return encode_dss_signature(r, s)


def test_the_signer_in_the_documentation_signs(payer: Payer, node: Any) -> None:
    """What operators copy works as it stands there."""
    page = ROOT / "docs" / "how-tos" / "anchor-credentials.rst"
    section = page.read_text(encoding="utf-8").partition(".. _external-signers:")[2]
    (block,) = re.findall(r"\.\. code-block:: python\n\n((?:    .*\n|\n)+)", section)[:1]
    service = Service(payer)
    names: dict[str, Any] = {"service": service}
    chain_library.load("eth_account")
    exec(textwrap.dedent(block), names)
    signer: LedgerSigner = names["ServiceKey"]()
    assert signer.address == payer.address
    node.set_balance(payer.address, 10**18)
    for nonce in range(4):
        signed = signer.sign(dataclasses.replace(CALL, nonce=nonce))
        assert node.call("eth_sendRawTransaction", "0x" + signed.raw.hex()) == "0x" + signed.hash.hex()
    node.mine()
    assert {each["from"] for each in node.transactions()} == {payer.address}
    assert {s > ORDER // 2 for s in service.given} == {True, False}


# --- It is never seen


def test_neither_key_nor_password_shows(
    in_file: Path, payer: Payer, caplog: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    key = ConfiguredKey()
    key.sign(CALL)
    monkeypatch.setenv(VARIABLE, payer.private_key)
    with pytest.raises(SigningError) as error:
        key.sign(dataclasses.replace(CALL, nonce=-1))
    frames = [entry.frame.f_locals for entry in error.traceback if "adapters" in str(entry.path)]
    settings.OPENEDX_VC_ANCHOR_KEYSTORE_PASSWORD = "canary-wrong"
    chain_keys.reset()
    with pytest.raises(ConfigurationError) as refused:
        ConfiguredKey()
    frames += [entry.frame.f_locals for entry in refused.traceback if "adapters" in str(entry.path)]
    shown = repr(frames) + repr(key) + repr(vars(key)) + caplog.text
    number = str(int(payer.private_key, 16))
    for secret in (payer.private_key, payer.private_key.upper(), number, PASSWORD, "canary-wrong", "ciphertext"):
        assert secret not in shown
    with pytest.raises(TypeError):
        pickle.dumps(key)


# --- The libraries


def test_without_the_libraries_it_is_said_what_to_install(in_variable: Payer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "eth_account", None)
    monkeypatch.setitem(sys.modules, "eth_keys", None)
    with pytest.raises(ConfigurationError, match=r"pip install openedx-verifiable-credentials\[anchoring\]"):
        ConfiguredKey()


def test_loading_them_leaves_the_process_its_recursion_limit() -> None:
    program = (
        "import sys; before = sys.getrecursionlimit(); "
        "from openedx_verifiable_credentials.adapters import chain_library; "
        "chain_library.load('web3'); chain_library.load('eth_account'); "
        "sys.exit(before != sys.getrecursionlimit())"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 0
