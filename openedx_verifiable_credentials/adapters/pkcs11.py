"""
Keys in a security module, through PKCS#11. They never leave it: the module signs, ``cryptography`` verifies.

How it is handled, and why:

- One call at a time in a process: python-pkcs11 initialises the module for one thread (PKCS#11 §5.4), and login is the
  whole process's. A token's session is opened at its first signature and kept.
- A forked process has the memory of its parent, but not its sessions: it initialises the module anew.
- After an error nothing is known of module, session and login: all are opened anew, and the call is made once more. If
  that fails, the module is away for the moment (``hsm_unavailable``).
- A wrong PIN is not tried again by this process: tokens lock themselves after a few.
- A key is used only after it was seen to sign for its public key.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from typing import TypeVar
from urllib.parse import unquote
from urllib.parse import unquote_to_bytes

import pkcs11
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11 import Attribute
from pkcs11 import KeyType
from pkcs11 import Mechanism
from pkcs11 import ObjectClass
from pkcs11 import exceptions as errors

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.data import VerificationMethod
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.exceptions import TransientError

_SIGNATURE_BYTES = 64
_KEY_TYPES = {v.ED25519: KeyType.EC_EDWARDS, v.P256: KeyType.EC}
_WRONG_PIN = (errors.PinIncorrect, errors.PinInvalid, errors.PinLenRange, errors.PinLocked, errors.PinExpired)
_T = TypeVar("_T")


@dataclasses.dataclass(frozen=True)
class Reference:
    """Which key: what a PKCS#11 URI (RFC 7512) says of a token and of an object in it."""

    token: str | None = None
    serial: bytes | None = None
    label: str | None = None
    key_id: bytes | None = None

    @property
    def token_filter(self) -> dict[str, Any]:
        """What the library finds the token by."""
        found = {"token_label": self.token, "token_serial": self.serial}
        return {name: value for name, value in found.items() if value is not None}

    def object_filter(self, algorithm: str, kind: ObjectClass) -> dict[Attribute, Any]:
        """What the library finds the object by."""
        found = {Attribute.LABEL: self.label, Attribute.ID: self.key_id}
        named = {name: value for name, value in found.items() if value is not None}
        return {Attribute.CLASS: kind, Attribute.KEY_TYPE: _KEY_TYPES[algorithm], **named}


def read_reference(text: str) -> Reference:
    """The reference in ``text``. Raises ConfigurationError."""
    if not text.startswith("pkcs11:"):
        token, _, label = text.partition("/")
        if not token or not label:
            raise ConfigurationError(
                "A key in a token is called pkcs11:token=…;object=… (RFC 7512), or by the labels of both: token/label."
            )
        return Reference(token=token, label=label)
    parts = dict(part.partition("=")[::2] for part in re.split("[;?&]", text.removeprefix("pkcs11:")) if part)
    if {"pin-value", "pin-source"} & parts.keys():
        raise ConfigurationError("A PIN does not belong into the reference of a key: OPENEDX_VC_PKCS11_PASSWORD.")
    if not parts.keys() <= {"token", "serial", "object", "id", "type"} or parts.get("type", "private") != "private":
        raise ConfigurationError("Of a PKCS#11 URI only token, serial, object, id and type=private are known here.")
    if not {"token", "serial"} & parts.keys() or not {"object", "id"} & parts.keys():
        raise ConfigurationError("A PKCS#11 URI needs token or serial, and object or id.")
    return Reference(
        token=unquote(parts["token"]) if "token" in parts else None,
        serial=unquote_to_bytes(parts["serial"]) if "serial" in parts else None,
        label=unquote(parts["object"]) if "object" in parts else None,
        key_id=unquote_to_bytes(parts["id"]) if "id" in parts else None,
    )


class Pkcs11Signer:
    """A key of a token. Implements :class:`..ports.Signer`."""

    def __init__(self, reference: Reference, algorithm: str, method: VerificationMethod):
        self._reference = reference
        self._algorithm = algorithm
        self._method = method

    @property
    def method(self) -> VerificationMethod:
        """The public half."""
        return self._method

    def sign(self, message: bytes) -> bytes:
        """64 bytes, made inside the module. Raises SigningError, TransientError, ConfigurationError."""
        return _module.run(self._reference, lambda session: session.sign(self._reference, self._algorithm, message))

    def __repr__(self) -> str:
        return f"Pkcs11Signer({self._method.id})"


def open_key(did: str, reference: str, algorithm: str, public_key_multibase: str = "") -> Pkcs11Signer:
    """
    The signer of the key at ``reference``; with ``public_key_multibase``, of that very key.

    Raises ConfigurationError (module, PIN, reference); SigningError ``key_not_found``, ``key_mismatch``,
    ``unsupported_key``; TransientError ``hsm_unavailable``.
    """
    read = read_reference(reference)
    if algorithm not in _KEY_TYPES:
        raise SigningError("unsupported_key", f"Keys in a token are Ed25519 or P-256, not {algorithm}.")
    proven = _module.run(read, lambda session: session.prove(read, algorithm, public_key_multibase))
    return Pkcs11Signer(read, algorithm, VerificationMethod(f"{did}#{proven}", did, proven))


def close() -> None:
    """Ends every session of this process; the next signature opens a new one."""
    _module.close()


class _Session:
    """A session of a token, logged in, and the keys that were found in it."""

    def __init__(self, session: Any):
        self._session = session
        self._keys: dict[tuple[Reference, str], Any] = {}
        self._proven: dict[tuple[Reference, str], str] = {}

    def sign(self, reference: Reference, algorithm: str, message: bytes) -> bytes:
        key = self._key(reference, algorithm)
        if algorithm == v.P256:
            signature = key.sign(hashlib.sha256(message).digest(), mechanism=Mechanism.ECDSA)
        else:
            signature = key.sign(message, mechanism=Mechanism.EDDSA)
        if len(signature) != _SIGNATURE_BYTES:
            raise SigningError("unsupported_key", f"The token's signature is not {_SIGNATURE_BYTES} bytes long.")
        return bytes(signature)

    def prove(self, reference: Reference, algorithm: str, expected: str) -> str:
        """The public key in Multikey form: the expected one, or the token's; seen to verify what the key signs."""
        known = self._proven.get((reference, algorithm))
        if known is None or known != (expected or known):
            public_key_multibase = expected or self._public_key(reference, algorithm)
            message = os.urandom(32)
            if not _verifies(public_key_multibase, algorithm, message, self.sign(reference, algorithm, message)):
                raise SigningError("key_mismatch", "The key in the token does not belong to its public key.")
            known = self._proven[reference, algorithm] = public_key_multibase
        return known

    def _key(self, reference: Reference, algorithm: str) -> Any:
        name = (reference, algorithm)
        if name not in self._keys:
            self._keys[name] = self._find(reference, algorithm, ObjectClass.PRIVATE_KEY)
        return self._keys[name]

    def _public_key(self, reference: Reference, algorithm: str) -> str:
        point = bytes(self._find(reference, algorithm, ObjectClass.PUBLIC_KEY)[Attribute.EC_POINT])
        raw_length = 32 if algorithm == v.ED25519 else 65
        # An OCTET STRING around the point (PKCS#11 v2.40 §2.3.3), or the point alone as some modules have it.
        if len(point) == raw_length + 2 and point[:2] == bytes([4, raw_length]):
            point = point[2:]
        if len(point) != raw_length:
            raise SigningError("unsupported_key", f"The token's public key is not of the form of {algorithm}.")
        if algorithm == v.P256:
            point = bytes([2 + point[-1] % 2]) + point[1:33]
        return dids.multikey(point)

    def _find(self, reference: Reference, algorithm: str, kind: ObjectClass) -> Any:
        found = list(self._session.get_objects(reference.object_filter(algorithm, kind)))
        if len(found) != 1:
            what = "private key" if kind == ObjectClass.PRIVATE_KEY else "public key (--public-key can say it instead)"
            raise SigningError(
                "key_not_found", f"The token has {len(found) or 'no'} {algorithm} {what} of that name; it must be one."
            )
        return found[0]


class _Module:
    """The PKCS#11 libraries in this process, and the sessions in them."""

    def __init__(self) -> None:
        self._ready: set[str] = set()
        self._guard = threading.Lock()
        self._start_process()
        # Nobody is inside the library when a process is copied: the copy would wait for ever for who is not there.
        os.register_at_fork(
            before=self._enter,
            after_in_parent=self._leave,
            after_in_child=self._start_child,
        )

    def _start_child(self) -> None:
        # Whoever held it in the parent is not there to let go of it.
        self._guard = threading.Lock()
        self._start_process()

    def _start_process(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.RLock()
        self._sessions: dict[tuple[str, Reference], _Session] = {}
        self._refused: list[tuple[Reference, Secret]] = []
        # Initialised in the parent: not for us.
        self._inherited, self._ready = self._ready, set()

    def _enter(self) -> None:
        self._lock.acquire()

    def _leave(self) -> None:
        self._lock.release()

    def run(self, reference: Reference, work: Callable[[_Session], _T]) -> _T:
        """What ``work`` makes of the session of the reference's token; from an error it starts once more."""
        with self._guard:
            if self._pid != os.getpid():  # some servers fork without telling Python
                self._start_process()
        with self._lock:
            try:
                return self._attempt(reference, work)
            except TransientError:
                return self._attempt(reference, work)

    def close(self) -> None:
        """Forgets sessions, libraries and refused PINs."""
        with self._lock:
            self._reset()
            self._refused.clear()

    def _attempt(self, reference: Reference, work: Callable[[_Session], _T]) -> _T:
        try:
            return work(self._session(reference))
        except errors.PKCS11Error as error:
            self._reset()
            if isinstance(error, _WRONG_PIN):
                raise ConfigurationError("The token refuses its user PIN: change OPENEDX_VC_PKCS11_PASSWORD.") from None
            if isinstance(error, errors.MultipleTokensReturned):
                raise ConfigurationError("Several tokens have that name; say its serial in the reference.") from error
            if isinstance(error, errors.NoSuchToken):
                sentence = "The security module has no such token; it must be connected, and have that name."
                raise TransientError("hsm_unavailable", sentence) from error
            sentence = "The security module does not answer as it should; try again."
            raise TransientError("hsm_unavailable", sentence) from error

    def _session(self, reference: Reference) -> _Session:
        token_only = dataclasses.replace(reference, label=None, key_id=None)
        name = (_library_path(), token_only)
        if name not in self._sessions:
            token = self._library(name[0]).get_token(**reference.token_filter)
            self._sessions[name] = _Session(self._log_in(token, token_only))
        return self._sessions[name]

    def _log_in(self, token: Any, token_only: Reference) -> Any:
        pin = app_settings.pkcs11_pin(token.label)
        if pin is None:
            raise ConfigurationError("A key is in a PKCS#11 token: set OPENEDX_VC_PKCS11_PASSWORD to its user PIN.")
        if any(token_only == other and pin.reveal() == refused.reveal() for other, refused in self._refused):
            raise ConfigurationError(
                "The token has refused its user PIN, which is not tried again: change OPENEDX_VC_PKCS11_PASSWORD."
            )
        try:
            return token.open(user_pin=pin.reveal().decode("utf-8", "surrogatepass"))
        except errors.UserAlreadyLoggedIn:
            return token.open()
        except _WRONG_PIN:
            self._refused.append((token_only, pin))
            raise

    def _library(self, path: str) -> Any:
        if path in self._inherited:
            self._inherited.discard(path)
            _finalise(path)
        if path not in self._ready:
            try:
                pkcs11.lib(path)
            except errors.PKCS11Error as error:
                if type(error) is errors.PKCS11Error:  # not an answer of a library, but none
                    raise ConfigurationError(f"OPENEDX_VC_PKCS11_MODULE: {path} is no PKCS#11 library.") from error
                raise
            self._ready.add(path)
        return pkcs11.lib(path)

    def _reset(self) -> None:
        self._sessions.clear()
        for path in self._ready:
            _finalise(path)
        self._ready.clear()


def _finalise(path: str) -> None:
    # What is said here is of no use: the next call initialises the library anew, or fails.
    with contextlib.suppress(errors.PKCS11Error):
        pkcs11.lib(path).finalize()


def _library_path() -> str:
    path = app_settings.pkcs11_module()
    if not path:
        raise ConfigurationError("A key is in a PKCS#11 token: set OPENEDX_VC_PKCS11_MODULE to its library.")
    if not Path(path).is_file():
        raise ConfigurationError(f"OPENEDX_VC_PKCS11_MODULE: there is no library {path}.")
    return path


def _verifies(public_key_multibase: str, algorithm: str, message: bytes, signature: bytes) -> bool:
    known, public_key = dids.read_public_key(public_key_multibase)
    try:
        if known != algorithm:
            return False
        if algorithm == v.ED25519:
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
        else:
            point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
            r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            point.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


_module = _Module()
