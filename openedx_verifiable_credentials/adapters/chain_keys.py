"""
The key that pays for anchors, in this process's memory: out of an encrypted key file (Web3 Secret Storage), or of a
variable of the environment.

- A key file is made slow to open on purpose, a second or more: a process opens it once, and again when it has changed.
  What was opened before a fork need not be opened after it.
- Signatures are deterministic (RFC 6979) with the lower s (EIP-2): the same call gives the same transaction for ever.
- No library's frame with the key in it is in a chain of errors: error pages show variables.
"""

from __future__ import annotations

import dataclasses
import os
import re
import threading

from openedx_verifiable_credentials.adapters import chain_library
from openedx_verifiable_credentials.adapters import keystores
from openedx_verifiable_credentials.app_settings import anchoring as settings
from openedx_verifiable_credentials.core import accounts
from openedx_verifiable_credentials.data import AnchorCall
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.data import SignedTransaction
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import SigningError

_KEY = re.compile(rb"(?:0x)?([0-9A-Fa-f]{64})")
_VARIABLE = "OPENEDX_VC_ANCHOR_PRIVATE_KEY"
_ADDRESS = re.compile(r"0x[0-9A-Fa-f]{40}")
_DYNAMIC_FEE = 2
_MOST_SHORT, _MOST = 2**64 - 1, 2**256
_KEY_BYTES = 32
# Of the group of secp256k1 (SEC 2 §2.4.1).
_ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141


@dataclasses.dataclass(frozen=True)
class _Key:
    secret: Secret
    public_key: bytes
    address: str


_opened: dict[tuple[str, int, int], _Key] = {}
_opening = threading.Lock()


def _renew() -> None:
    """In a forked child: a thread of the parent that was opening a file is not there to let go of the lock."""
    global _opening  # noqa: PLW0603  (a lock cannot be taken from its holder)
    _opening = threading.Lock()


os.register_at_fork(after_in_child=_renew)


def reset() -> None:
    """Forgets the keys that were opened."""
    _opened.clear()


class ConfiguredKey:
    """
    The key that the settings name. Implements :class:`..ports.LedgerSigner`.

    Raises ConfigurationError where there is none, or it cannot be opened.
    """

    def __init__(self) -> None:
        self._key = _find()

    @property
    def address(self) -> str:
        """0x and 40 hexadecimal digits, lower case."""
        return self._key.address

    @property
    def public_key(self) -> bytes:
        """33 bytes: the compressed point."""
        return self._key.public_key

    def sign(self, call: AnchorCall) -> SignedTransaction:
        """
        The signed transaction (EIP-1559), the same for the same call. Raises SigningError ``anchor_not_signed`` where
        the call is none that can be signed.
        """
        signed = _sign(call, self._key)
        if signed is None:
            raise SigningError("anchor_not_signed", "The transaction of an anchor cannot be signed as it stands.")
        return signed


def _find() -> _Key:
    path = settings.anchor_keystore()
    if path:
        return _from_file(path)
    written = settings.anchor_private_key()
    if written is None:
        raise ConfigurationError(
            "No key pays for anchors: set OPENEDX_VC_ANCHOR_KEYSTORE to the path of an encrypted key file, or the "
            f"environment variable {_VARIABLE}."
        )
    key = _from_digits(written)
    if key is None:
        raise ConfigurationError(
            f"The environment variable {_VARIABLE} does not hold a key of secp256k1: 64 hexadecimal digits."
        )
    return key


def _from_file(path: str) -> _Key:
    password = settings.anchor_keystore_password()
    if password is None:
        raise ConfigurationError(
            "OPENEDX_VC_ANCHOR_KEYSTORE is set and nothing opens it: set OPENEDX_VC_ANCHOR_KEYSTORE_PASSWORD."
        )
    exposed = keystores.exposed_to(path)
    if exposed:
        raise ConfigurationError(
            f"Everybody on this machine may {exposed} the key file {path}: take that right from others than its group."
        )
    with _opening:
        version = _version(path)
        if version not in _opened:
            _opened[version] = _open_file(path, password)
        return _opened[version]


def _version(path: str) -> tuple[str, int, int]:
    """Changes with the file. What cannot be looked at is told by who opens it."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return path, 0, 0
    return path, found.st_mtime_ns, found.st_ino


def _open_file(path: str, password: Secret) -> _Key:
    key = _decrypted(keystores.read_file(path), password)
    if key is None:
        raise ConfigurationError(
            f"The key file {path} cannot be opened: it must be an encrypted key file of Ethereum (version 3), and "
            "OPENEDX_VC_ANCHOR_KEYSTORE_PASSWORD its password."
        )
    return key


def _decrypted(stored: Secret, password: Secret) -> _Key | None:
    account = chain_library.load("eth_account").Account
    try:
        return _read(Secret(bytes(account.decrypt(stored.reveal().decode("utf-8"), password.reveal().decode("utf-8")))))
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError):
        return None


def _from_digits(written: Secret) -> _Key | None:
    match = _KEY.fullmatch(written.reveal().strip())
    return None if match is None else _read(Secret(bytes.fromhex(match[1].decode("ascii"))))


def _read(secret: Secret) -> _Key | None:
    """None: 32 bytes that are no key, or not 32."""
    if len(secret.reveal()) != _KEY_BYTES or not 0 < int.from_bytes(secret.reveal(), "big") < _ORDER:
        return None
    public_key = chain_library.load("eth_keys").keys.PrivateKey(secret.reveal()).public_key.to_compressed_bytes()
    return _Key(secret, public_key, accounts.address_of(public_key))


def _sign(call: AnchorCall, key: _Key) -> SignedTransaction | None:
    if not _can_be_signed(call):
        return None
    members = {
        "type": _DYNAMIC_FEE,
        "chainId": call.chain_id,
        "nonce": call.nonce,
        "to": bytes.fromhex(call.to[2:]),
        "value": 0,
        "data": call.data,
        "gas": call.gas,
        "maxFeePerGas": call.max_fee_per_gas,
        "maxPriorityFeePerGas": call.max_priority_fee_per_gas,
    }
    try:
        signed = chain_library.load("eth_account").Account.sign_transaction(members, key.secret.reveal())
    except (ArithmeticError, TypeError, ValueError):
        return None
    return SignedTransaction(bytes(signed.hash), bytes(signed.raw_transaction))


def _can_be_signed(call: AnchorCall) -> bool:
    """Whether every member is of the kind and the size that a transaction has (EIP-1559, EIP-2681)."""
    short = (call.chain_id, call.nonce, call.gas)
    numbers = (*short, call.max_fee_per_gas, call.max_priority_fee_per_gas)
    if not all(type(number) is int for number in numbers) or not isinstance(call.data, bytes):
        return False
    are_in_range = all(0 <= number < _MOST_SHORT for number in short) and all(0 <= number < _MOST for number in numbers)
    return are_in_range and _ADDRESS.fullmatch(call.to) is not None
