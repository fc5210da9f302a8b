"""Bytes from outside → one JSON object, within the limits of verification."""

from __future__ import annotations

import sys
from typing import Any
from typing import Final

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import DocumentError
from openedx_verifiable_credentials.exceptions import PresentationError

MAX_BYTES: Final = 512 * 1024
MAX_DEPTH: Final = 24
MAX_VALUES: Final = 20_000
# Beyond it, readers that keep numbers as IEEE 754 doubles see another number than was signed (RFC 8785 §3.2.2.3).
_MAX_INTEGER = 2**53 - 1
# Below it, doubles lose digits, and what remains is written differently.
_MIN_NUMBER = sys.float_info.min


def read_document(raw: bytes, *, max_bytes: int = MAX_BYTES) -> JsonObject:
    """
    The JSON object in ``raw``: UTF-8, a byte order mark at its start allowed.

    Raises DocumentError: ``not_json`` (also duplicate keys, NaN, lone surrogates, numbers beyond 2^53-1 or too small),
    ``too_large`` (bytes, depth, number of values), ``not_a_credential`` (JSON, but not an object).
    """
    try:
        document = json_text.read_object(raw.removeprefix(b"\xef\xbb\xbf"), max_bytes=max_bytes, max_depth=MAX_DEPTH)
    except PresentationError as error:
        if error.code in ("too_large", "too_deep"):
            raise DocumentError("too_large", error.message) from None
        if error.code == "not_an_object":
            raise DocumentError("not_a_credential", error.message) from None
        raise DocumentError("not_json", error.message) from None
    require_few_and_exact(document)
    return document


def require_few_and_exact(document: JsonObject) -> None:
    """Of JSON read elsewhere. Raises DocumentError ``not_json``, ``too_large``, as :func:`read_document` does."""
    pending: list[Any] = [document]
    count = 0
    while pending:
        value = pending.pop()
        count += 1
        if isinstance(value, dict):
            pending += value.values()
        elif isinstance(value, list):
            pending += value
        elif isinstance(value, int | float) and (abs(value) > _MAX_INTEGER or 0 < abs(value) < _MIN_NUMBER):
            raise DocumentError("not_json", "A number of the document is out of range.")
    if count > MAX_VALUES:
        raise DocumentError("too_large", f"The document has more than {MAX_VALUES} values.")
