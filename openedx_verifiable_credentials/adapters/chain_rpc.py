"""JSON-RPC 2.0 through web3.py, which installations that do not anchor need not have; so it is imported late."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from eth_abi import encode
from eth_account.typed_transactions import TypedTransaction
from hexbytes import HexBytes
from web3 import Web3
from web3.exceptions import Web3Exception
from web3.exceptions import Web3RPCError
from web3.providers.base import JSONBaseProvider

from openedx_verifiable_credentials.adapters import chain_answers
from openedx_verifiable_credentials.adapters.chain_answers import RefusalError
from openedx_verifiable_credentials.adapters.chain_endpoints import MAX_BYTES
from openedx_verifiable_credentials.adapters.chain_endpoints import Endpoint
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import PresentationError
from openedx_verifiable_credentials.exceptions import TransientError

Ask = Callable[..., Any]


class EndpointProvider(JSONBaseProvider):
    """web3's way to one endpoint. What it is told of errors is our word for them, so neither logs nor errors quote."""

    def __init__(self, endpoint: Endpoint):
        super().__init__()
        self._endpoint = endpoint

    def make_request(self, method: Any, params: Any) -> Any:
        """The answer, an object for this very question. Raises TransientError ``chain_unavailable``."""
        request = self.encode_rpc_request(method, params)
        answer = self._read(self._endpoint.post(request))
        if answer.get("id") != json.loads(request)["id"]:
            raise malformed(self._endpoint)
        error = answer.get("error")
        if isinstance(error, dict) and type(error.get("code")) is int:
            word = chain_answers.refusal(error["code"], str(error.get("message")))
            answer["error"] = {"code": error["code"], "message": word}
        return answer

    def _read(self, raw: bytes) -> JsonObject:
        try:
            return json_text.read_object(raw, max_bytes=MAX_BYTES)
        except PresentationError:
            return {}


def malformed(endpoint: Endpoint) -> TransientError:
    """The error for an answer that is no JSON-RPC."""
    return TransientError(
        "chain_unavailable", f"The endpoint {endpoint.host} answers with something else than JSON-RPC."
    )


def connect(endpoint: Endpoint) -> Ask:
    """
    Method and parameters → the result as JSON has it. Nothing is asked twice, and nothing beside what is asked.

    Raises RefusalError; TransientError ``chain_unavailable``.
    """
    manager: Any = Web3(EndpointProvider(endpoint), middleware=[]).manager

    def ask(method: str, *params: Any) -> Any:
        try:
            return manager.request_blocking(method, list(params))
        except Web3RPCError as error:
            refused = _refused(error)
        except Web3Exception:
            refused = None
        # Outside of the handler: web3's errors hold whole answers.
        if refused is None:
            raise malformed(endpoint)
        if refused.word == chain_answers.BUSY:
            raise TransientError("chain_unavailable", f"The endpoint {endpoint.host} is busy.")
        raise refused

    return ask


def _refused(error: Web3RPCError) -> RefusalError | None:
    answer = error.rpc_response
    return None if answer is None else RefusalError(answer["error"]["code"], answer["error"]["message"])


def gas_limit(raw: bytes) -> int:
    """Of a signed transaction with a type (EIP-2718)."""
    return int(TypedTransaction.from_bytes(HexBytes(raw)).as_dict()["gas"])


def call_data(function: str, kind: str, value: Any) -> str:
    """What a contract's function of one argument is called with (Contract ABI)."""
    return "0x" + (Web3.keccak(text=f"{function}({kind})")[:4] + encode([kind], [value])).hex()
