"""
DIDKit, behind one door. It signs Ed25519Signature2020 credentials of did:key issuers.

How it is handled, and why:

- It runs on one event loop in one thread of its own, started at the first signature, so never before a web server
  forks. A process that was forked after that gets :class:`SigningError` instead of a loop that is not there.
- The thread is stopped at exit and the interpreter given a moment, so that native threads are not inside Python while
  it goes down.
- It knows contexts by URL from its own bundle only: ours are put in their place, and the proof is taken over to our
  document, whose members keep our order.
- It answers some failures as text: whatever is not a proof of the suite, key and date asked for is an error here.
- Only did:key issuers: for others it fetches the DID document at every call.
"""

from __future__ import annotations

import asyncio
import atexit
import base64
import concurrent.futures
import datetime
import json
import os
import threading
import time
from collections.abc import Callable
from collections.abc import Coroutine
from typing import Any

import didkit

from openedx_verifiable_credentials.adapters.local_keys import LocalSigner
from openedx_verifiable_credentials.core import contexts
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.ports import Signer

_TIMEOUT_SECONDS = 20
_EXIT_PAUSE_SECONDS = 0.05
# What DIDKit does not bundle, or bundles in another version than the one that is pinned here.
_INLINED = frozenset((v.OPEN_BADGES_V3, v.STATUS_V1))


class DidkitSecurer:
    """Implements :class:`..ports.Securer` for ``Ed25519Signature2020``, did:key issuers and local keys."""

    def secure(self, document: JsonObject, *, suite: str, signer: Signer, created: datetime.datetime) -> JsonObject:
        """The proof of ``document``."""
        if not isinstance(signer, LocalSigner) or suite != v.ED25519_SIGNATURE_2020:
            raise SigningError("unsupported_key", "DIDKit signs Ed25519Signature2020 with local keys only.")
        if not _needs_no_fetch(document["issuer"]["id"], signer.method.id):
            raise SigningError("unsupported_key", "DIDKit signs for did:key issuers only.")
        options = {
            "type": suite,
            "verificationMethod": dids.method_for_suite(signer.method, suite),
            "proofPurpose": v.ASSERTION_METHOD,
            "created": timestamp(created),
        }
        answer = _call(
            lambda: didkit.issue_credential(
                json.dumps(_with_known_contexts(document)), json.dumps(options), json.dumps(_jwk(signer))
            )
        )
        return _proof(answer, options)


def verify(document: JsonObject) -> list[str]:
    """
    What DIDKit finds wrong with a signed VC 1.1 credential of a did:key issuer; empty when the proof is good.

    It looks at the proof only: dates and status are the caller's to check.
    """
    proof = document.get("proof")
    if not isinstance(proof, dict):
        return ["The credential has no proof."]
    if not _needs_no_fetch(document["issuer"]["id"], str(proof.get("verificationMethod"))):
        return ["DIDKit verifies credentials of did:key issuers only."]
    answer = _call(lambda: didkit.verify_credential(json.dumps(_with_known_contexts(document)), "{}"))
    report = json.loads(answer)
    errors = [str(error) for error in report["errors"]]
    return errors if errors or "proof" in report["checks"] else ["DIDKit checked no proof."]


def _needs_no_fetch(*dids_or_urls: str) -> bool:
    return all(value.startswith("did:key:") for value in dids_or_urls)


def _with_known_contexts(document: JsonObject) -> JsonObject:
    inlined = [
        contexts.get_context(context)["@context"] if context in _INLINED else context
        for context in document["@context"]
    ]
    return {**document, "@context": inlined}


def _jwk(signer: LocalSigner) -> dict[str, str]:
    public = dids.read_multikey(signer.method.public_key_multibase)
    return {"kty": "OKP", "crv": "Ed25519", "x": _base64url(public), "d": _base64url(signer.seed.reveal())}


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _proof(answer: str, options: dict[str, str]) -> JsonObject:
    proof = json.loads(answer).get("proof")
    if not isinstance(proof, dict) or any(proof.get(name) != value for name, value in options.items()):
        raise SigningError("didkit_failed", "DIDKit did not return the proof it was asked for.")
    ordered = {name: proof[name] for name in ("type", "created", "verificationMethod", "proofPurpose", "proofValue")}
    if ordered.keys() != proof.keys():
        raise SigningError("didkit_failed", "DIDKit returned a proof with members that were not asked for.")
    return ordered


class _Loop:
    """One event loop in one daemon thread of this process."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="didkit", daemon=True)
        self._thread.start()
        atexit.register(self._stop)

    def run(self, work: Coroutine[Any, Any, str]) -> str:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_TIMEOUT_SECONDS)

    def _stop(self) -> None:
        if self.pid != os.getpid():
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(1)
        time.sleep(_EXIT_PAUSE_SECONDS)


_lock = threading.Lock()
_running: _Loop | None = None


def _loop() -> _Loop:
    global _running  # noqa: PLW0603  (one loop a process is the point)
    with _lock:
        if _running is None:
            _running = _Loop()
    if _running.pid != os.getpid():
        raise SigningError(
            "didkit_forked", "DIDKit was used before this process was forked and cannot be used after it."
        )
    return _running


def _call(start: Callable[[], Any]) -> str:
    async def work() -> str:
        return await start()

    try:
        return _loop().run(work())
    except (didkit.DIDKitException, ValueError) as error:  # type: ignore[misc]
        # The cause stays for debuggers; its text may quote the document, so it is not repeated here.
        raise SigningError("didkit_failed", "DIDKit refused the document or the key.") from error
    except concurrent.futures.TimeoutError as error:
        raise TransientError("didkit_timeout", f"DIDKit did not answer in {_TIMEOUT_SECONDS} seconds.") from error
    except BaseException as error:
        # What native code raises instead of returning has no class to import, and may be no Exception.
        if type(error).__name__ not in ("RustPanic", "PanicException"):
            raise
        raise SigningError("didkit_failed", "DIDKit could not process the document.") from None
