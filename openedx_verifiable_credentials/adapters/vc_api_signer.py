"""
A remote signing service, which has the key and gives back whole signed credentials (VC API, "Issue Credential").

Two dialects: ``dcc`` is the signing-service of the Digital Credentials Consortium, which takes the bare credential and
gives the signed one back; ``vc-api`` wraps both in objects (VC API §3.2.1).

How it is handled, and why:

- Only over https (a setting allows http), to the address in the settings; a redirect is an error, not a hint.
- One answer has a time and a size; the address is asked again when it could not be reached or said that it is busy.
  After a few failures in a row it is left alone for half a minute, so that claims fail at once instead of waiting.
- What comes back must be what was sent, and one proof more, made with the key and the suite that were asked for. The
  self-check verifies that proof before anything leaves.
- The token is in no error, and no library's frame with it in a chain of errors: error pages show variables.
"""

from __future__ import annotations

import datetime
import time
from typing import Any
from urllib.parse import quote

import requests
from circuitbreaker import CircuitBreaker
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.adapters.keystores import RemoteKey
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import suites
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.core.suites import rdf_proof
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.ports import Signer

_MORE_BYTES = 16 * 1024
_CHUNK_BYTES = 16 * 1024
_BUSY = (429, 502, 503, 504)
_CONNECT_SECONDS = 3
_RETRIES = 2
_BACKOFF_SECONDS = 0.2
_FAILURES_IN_A_ROW = 5
_PAUSE_SECONDS = 30
_CLOCKS_DIFFER = datetime.timedelta(minutes=5)
# What the Digital Credentials Consortium's service calls the suites.
_DCC_SUITES = {v.ED25519_SIGNATURE_2020: "ed25519", v.EDDSA_RDFC_2022: "eddsa2022"}


class VcApiSecurer:
    """Implements :class:`..ports.Securer` for keys that are with a remote signing service."""

    def secure(self, document: JsonObject, *, suite: str, signer: Signer, created: datetime.datetime) -> JsonObject:
        """
        The proof of ``document``. Its ``created`` is the service's, not earlier than ours.

        Raises SigningError ``signing_service_refused``, ``signing_service_failed``; TransientError
        ``signing_service_down``; ConfigurationError.
        """
        if not isinstance(signer, RemoteKey):
            raise SigningError("unsupported_key", "The remote signing service signs with keys of its own only.")
        address = app_settings.signing_service_url()
        if not address:
            raise ConfigurationError("A key is with a remote signing service: set OPENEDX_VC_SIGNING_SERVICE_URL.")
        method = dids.method_for_suite(signer.method, suite)
        if app_settings.signing_service_dialect() == "dcc":
            url, body = _dcc_request(address, signer.tenant, suite), document
        else:
            tenant = f"/instances/{quote(signer.tenant, safe='')}" if signer.tenant else ""
            url = f"{address}{tenant}/credentials/issue"
            options = {"type": suite, "verificationMethod": method, "created": timestamp(created)}
            body = {"credential": document, "options": options}
        answer = _ask(url, body)
        signed = answer.get("verifiableCredential", answer)
        return _proof(signed, document, suites.configure(suite, rdf_proof.ProofOptions(method, "")), created)


def _dcc_request(address: str, tenant: str, suite: str) -> str:
    if suite not in _DCC_SUITES:
        raise SigningError("unsupported_key", f"The remote signing service does not make {suite} proofs.")
    return f"{address}/instance/{quote(tenant, safe='')}/credentials/sign?suite={_DCC_SUITES[suite]}"


def _proof(signed: Any, document: JsonObject, wanted: JsonObject, created: datetime.datetime) -> JsonObject:
    """The one proof of ``signed``, its members in our order."""
    if not isinstance(signed, dict) or {name: value for name, value in signed.items() if name != "proof"} != document:
        raise SigningError("signing_service_failed", "The signing service returned another document than it was sent.")
    proof = signed.get("proof")
    if isinstance(proof, list) and len(proof) == 1:
        proof = proof[0]
    if not isinstance(proof, dict) or proof.keys() != {*wanted, "proofValue"}:
        raise SigningError("signing_service_failed", "The signing service did not return one proof of the suite.")
    if {**proof, "created": ""} != {**wanted, "proofValue": proof["proofValue"]}:
        raise SigningError(
            "signing_service_failed", f"The signing service's proof is not made with {wanted['verificationMethod']}."
        )
    if not _is_recent(proof["created"], created):
        raise SigningError("signing_service_failed", "The signing service's proof has another date than now.")
    return {name: proof[name] for name in (*wanted, "proofValue")}


def _is_recent(text: Any, created: datetime.datetime) -> bool:
    try:
        moment = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.UTC)
    except (TypeError, ValueError):
        return False
    return created - _CLOCKS_DIFFER <= moment <= datetime.datetime.now(datetime.UTC) + _CLOCKS_DIFFER


# --- HTTP


class _Bearer(requests.auth.AuthBase):
    """Put on as ``auth``, so that a .netrc file does not take its place."""

    def __init__(self, token: Secret):
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token.reveal().decode('utf-8', 'surrogatepass')}"
        return request


# By address. No lock: what is done to it is one step each.
_breakers: dict[str, CircuitBreaker] = {}


def reset() -> None:
    """Forgets earlier failures."""
    _breakers.clear()


def _breaker(url: str) -> CircuitBreaker:
    new = CircuitBreaker(_FAILURES_IN_A_ROW, _PAUSE_SECONDS, TransientError)
    return _breakers.setdefault(app_settings.signing_service_url() or url, new)


def _ask(url: str, body: JsonObject) -> JsonObject:
    breaker = _breaker(url)
    if breaker.opened:
        raise TransientError("signing_service_down", "The signing service has failed repeatedly and is left alone.")
    answer: JsonObject = breaker.call(_post, url, json_text.write(body))
    return answer


def _post(url: str, body: bytes) -> JsonObject:
    outcome = _exchange(url, body, len(body) + _MORE_BYTES)
    # Raised here, outside of the handlers: what libraries raise has the token in its frames.
    if isinstance(outcome, VerifiableCredentialsError):
        raise outcome
    try:
        return json_text.read_object(outcome, max_bytes=len(body) + _MORE_BYTES)
    except VerifiableCredentialsError as error:
        raise SigningError("signing_service_failed", "The signing service's answer is no JSON object.") from error


def _exchange(url: str, body: bytes, limit: int) -> bytes | VerifiableCredentialsError:
    timeout = app_settings.signing_service_timeout()
    token = app_settings.signing_service_token()
    deadline = time.monotonic() + timeout
    # Nothing is kept between calls: connections do not survive a fork.
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=_retries()))
        session.mount("http://", HTTPAdapter(max_retries=_retries()))
        headers = {"Content-Type": v.APPLICATION_JSON, "Accept": v.APPLICATION_JSON, "Accept-Encoding": "identity"}
        try:
            with session.post(
                url, data=body, headers=headers, auth=_Bearer(token) if token else _no_auth, stream=True,
                timeout=(min(timeout, _CONNECT_SECONDS), timeout), allow_redirects=False,
            ) as response:  # fmt: skip
                return _problem(response) or _read(response, limit, deadline)
        except (requests.RequestException, HTTPError, OSError, ValueError):
            return TransientError("signing_service_down", "The signing service cannot be reached, or takes too long.")


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _retries() -> Retry:
    # A signature too many harms nobody: it is thrown away. What may have taken all its time is not tried again.
    return Retry(
        total=_RETRIES, read=0, redirect=0, status_forcelist=_BUSY, allowed_methods={"POST"}, raise_on_status=False,
        backoff_factor=_BACKOFF_SECONDS, raise_on_redirect=False, respect_retry_after_header=False,
    )  # fmt: skip


def _problem(response: requests.Response) -> VerifiableCredentialsError | None:
    status = response.status_code
    if status in (200, 201):
        if response.headers.get("Content-Encoding", "identity") != "identity":
            return SigningError("signing_service_failed", "The signing service's answer is encoded, unasked.")
        return None
    if status >= 500 or status == 429:
        return TransientError("signing_service_down", f"The signing service answers with HTTP {status}.")
    if status in (401, 403):
        return SigningError(
            "signing_service_refused", f"The signing service answers with HTTP {status}; look at its token."
        )
    return SigningError("signing_service_refused", f"The signing service answers with HTTP {status}.")


def _read(response: requests.Response, limit: int, deadline: float) -> bytes | VerifiableCredentialsError:
    body = bytearray()
    while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=False):
        body += chunk
        if len(body) > limit:
            return SigningError("signing_service_failed", "The signing service's answer is too large.")
        if time.monotonic() > deadline:
            return TransientError("signing_service_down", "The signing service takes too long.")
    return bytes(body)
