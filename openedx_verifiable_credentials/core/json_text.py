"""
JSON as it crosses the wire: a parser that refuses what JSON-LD cannot mean, and the writer of what we release.

The reader refuses duplicate keys, NaN and infinities, lone surrogates, and nesting or size beyond a limit, before
anything else looks at the text. The writer escapes ``&``, ``<`` and ``>``, so that a wallet or a page that decodes
HTML entities in the whole reply still reads the text that was signed.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from typing import Any
from typing import NoReturn

from openedx_verifiable_credentials.exceptions import PresentationError

_MAX_BYTES = 64 * 1024
_MAX_DEPTH = 24
_MAX_VALUES = 20_000
_MAX_INTEGER_DIGITS = 16
# Matches at every quote, to the end of the body where a string is not closed, and never backs up: linear in the body.
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.?)*+(?:"|\Z)', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")
_EMPTY = re.compile(rb"\[[ \t\r\n]*+\]|\{[ \t\r\n]*+\}")
_HTML = {ord("&"): "\\u0026", ord("<"): "\\u003c", ord(">"): "\\u003e", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def write(document: Any) -> bytes:
    """``document`` as UTF-8 JSON without spaces; keys keep their order, so equal documents give equal bytes."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_HTML).encode("utf-8")


def read_object(raw: bytes, *, max_bytes: int = _MAX_BYTES, max_depth: int = _MAX_DEPTH) -> dict[str, Any]:
    """
    The JSON object in ``raw``, of at most 20,000 values, however small: each costs far more than its bytes.

    Raises PresentationError: ``too_large``, ``too_deep``, ``malformed_json``, ``duplicate_key``, ``not_an_object``.
    """
    if len(raw) > max_bytes:
        raise PresentationError("too_large", f"The body is larger than {max_bytes} bytes.")
    outline = _STRINGS.sub(b'"', raw)
    _require_shallow(outline, max_depth)
    _require_few(outline)
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_float=_read_float,
            parse_int=_read_integer,
        )
    except (ValueError, RecursionError):
        raise PresentationError("malformed_json", "The body is not valid JSON in UTF-8.") from None
    if not isinstance(value, dict):
        raise PresentationError("not_an_object", "The body must be one JSON object.")
    _refuse_surrogates(value)
    return value


def _require_few(outline: bytes) -> None:
    """Before the parser sees it: of n values in an object or array, n - 1 are followed by a comma."""
    count = 1 + outline.count(b",") + outline.count(b"[") + outline.count(b"{")
    if count > _MAX_VALUES and count - len(_EMPTY.findall(outline)) > _MAX_VALUES:
        raise PresentationError("too_large", f"The body has more than {_MAX_VALUES} values.")


def _require_shallow(outline: bytes, max_depth: int) -> None:
    """Before the parser sees it, since that one goes as deep as the text does."""
    depth = 0
    for bracket in itertools.islice(_BRACKETS.finditer(outline), 2 * _MAX_VALUES):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > max_depth:
            raise PresentationError("too_deep", f"The body is nested deeper than {max_depth} levels.")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise PresentationError("duplicate_key", "An object of the body has the same key twice.")
    return members


def _refuse_constant(_name: str) -> NoReturn:
    raise PresentationError("malformed_json", "NaN and infinities are not JSON.")


def _read_integer(digits: str) -> int:
    if len(digits.lstrip("-")) > _MAX_INTEGER_DIGITS:
        raise PresentationError("malformed_json", "A number of the body is out of range.")
    return int(digits)


def _read_float(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise PresentationError("malformed_json", "A number of the body is out of range.")
    return value


def _refuse_surrogates(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise PresentationError("malformed_json", "A string of the body holds half a surrogate pair.") from None
