"""
Numbers with fractions, as signers write them into RDF.

JSON-LD has sixteen digits of a double (JSON-LD 1.1 API §8.6: ``%1.15E``), so that 9.7 is ``9.699999999999999E0``;
the shortest digits that lead back to the number, ``9.7E0``, are another literal. Text that looks like those is marked
before the document is read, so that it stays the text that it is.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from openedx_verifiable_credentials.exceptions import DocumentError

# A quotation mark inside a literal has a backslash before it: this is the whole of a literal, or nothing.
_DOUBLE = re.compile(r'"(-?[0-9]\.[0-9]+E-?[0-9]+)"\^\^<')
# What was no absolute IRI is none with it, and is seen to be none.
_MARK = "~"
_LIKE_A_DOUBLE = re.compile(rf"(?:{_MARK})*-?[0-9]\.[0-9]+E-?[0-9]+")
_MARKED = re.compile(rf'"{_MARK}({_LIKE_A_DOUBLE.pattern})"')


def marked(text: str) -> str:
    """``text``, so that it looks like no double; :func:`with_signed_digits` takes the mark away."""
    return _MARK + text if _LIKE_A_DOUBLE.fullmatch(text) else text


def with_signed_digits(n_quads: str, document: Any) -> str:
    """
    ``n_quads`` of ``document`` by pyoxigraph, where :func:`marked` saw its text, with doubles as signers write them.

    Raises DocumentError ``not_json``: a number that is none, or too small to have sixteen digits.
    """
    signed = {}
    for number in set(_fractions(document)):
        if not sys.float_info.min <= abs(number) <= sys.float_info.max:
            raise DocumentError("not_json", "A number of the document is out of range.")
        signed[_scientific(Decimal(repr(number)))] = _scientific(Decimal(f"{number:.15e}"))
    if signed:
        n_quads = _DOUBLE.sub(lambda match: f'"{signed.get(match[1], match[1])}"^^<', n_quads)
    return _MARKED.sub(r'"\1"', n_quads)


def _fractions(node: Any) -> Iterator[float]:
    if isinstance(node, Mapping):
        for value in node.values():
            yield from _fractions(value)
    elif isinstance(node, list):
        for item in node:
            yield from _fractions(item)
    elif isinstance(node, float) and not node.is_integer():
        yield node


def _scientific(number: Decimal) -> str:
    """One digit before the point, at least one behind it, and no zeros at its end."""
    sign, digits, _ = number.as_tuple()
    behind = "".join(map(str, digits[1:])).rstrip("0") or "0"
    return f"{'-' if sign else ''}{digits[0]}.{behind}E{number.adjusted()}"
