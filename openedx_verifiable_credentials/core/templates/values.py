"""
The values of one credential: whether a template may take them, and how they are escaped.

Nearly all values need no escaping and are checked by one expression over all of them, joined. Whatever that one does
not match is looked at value by value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Sequence

from openedx_verifiable_credentials.core.templates.outline import escape
from openedx_verifiable_credentials.core.templates.slots import Slot
from openedx_verifiable_credentials.core.templates.slots import SlotKind
from openedx_verifiable_credentials.core.templates.slots import not_templatable
from openedx_verifiable_credentials.core.text import is_absolute_iri

# The values as they stand in the canonical form, and as they stand in the released JSON.
Escaped = tuple[list[bytes], list[bytes]]
Read = Callable[[Sequence[str]], Escaped]

# In no text: it is a control character, which canonicalisers do not agree on.
_BETWEEN = "\x1f"
_PLAIN = r"[A-Za-z0-9:$#._+/=\-]*+"
# What neither N-Quads nor JSON, nor our writer of JSON, escapes.
_UNESCAPED = '[^\x00-\x1f\x7f"\\\\&<>\u2028\u2029\ud800-\udfff]*+'
# Some of the absolute IRIs of core/text, the common ones, and all short enough.
_FRAGMENT = r"(?:#[A-Za-z0-9._\-]{0,200}+)?+"
_HTTP_IRI = rf"//[A-Za-z0-9.\-]{{1,250}}+(?::[0-9]{{1,5}})?+(?:/[A-Za-z0-9._~:/\-]{{0,1000}}+)?+{_FRAGMENT}"
_OTHER_IRI = rf"[A-Za-z0-9:._\-]{{1,1000}}+{_FRAGMENT}"
# Canonicalisers escape these differently, or not at all; half a surrogate pair has no UTF-8.
_NEVER = re.compile("[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")


def reader(slots: Sequence[Slot], schemes: Sequence[str]) -> Read:
    """
    A function that checks and escapes the values of ``slots``; ``schemes`` are those of IRI slots, with their colon.

    It raises CompositionError ``not_templatable``.
    """
    patterns = list(map(_pattern, slots, schemes))
    common = re.compile(_BETWEEN.join(patterns)).fullmatch
    each = [_one(*facts) for facts in zip(slots, schemes, patterns, strict=True)]
    join = _BETWEEN.join

    def read(values: Sequence[str]) -> Escaped:
        try:
            joined = join(values)
        except TypeError:
            raise not_templatable("A value is no text.") from None
        if len(values) != len(each):
            raise not_templatable("There is not one value for each slot.")
        if each and common(joined) is not None:
            raw = joined.encode("utf-8").split(b"\x1f")
            return raw, raw
        pairs = [escaped(value) for escaped, value in zip(each, values, strict=True)]
        return [canonical for canonical, _ in pairs], [written for _, written in pairs]

    return read


def _pattern(slot: Slot, scheme: str) -> str:
    if slot.kind is SlotKind.IRI:
        return re.escape(scheme) + (_HTTP_IRI if scheme.lower() in ("http:", "https:") else _OTHER_IRI)
    return _UNESCAPED if slot.kind is SlotKind.TEXT else _PLAIN


def _one(slot: Slot, scheme: str, pattern: str) -> Callable[[str], tuple[bytes, bytes]]:
    """One value, as it stands in the canonical form and in the released JSON."""
    common = re.compile(pattern).fullmatch

    def escaped(value: str) -> tuple[bytes, bytes]:
        if common(value) is not None:
            raw = value.encode("utf-8")
            return raw, raw
        if not _may_hold(slot.kind, scheme, value):
            raise not_templatable(f"The slot {slot.name} cannot hold this value.")
        return _canonical(value), escape(value)

    return escaped


def _may_hold(kind: SlotKind, scheme: str, value: str) -> bool:
    if kind is SlotKind.IRI:
        return value.startswith(scheme) and is_absolute_iri(value)
    return kind is SlotKind.TEXT and _NEVER.search(value) is None


def _canonical(value: str) -> bytes:
    """
    Inside a literal of canonical N-Quads (RDFC-1.0 §5) and inside a string of canonical JSON (RFC 8785 §3.2.2.2): what
    the two would escape differently is in no value.
    """
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").encode("utf-8")
