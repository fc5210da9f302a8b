"""
Status lists: the bit array, the order in which its indices are handed out, its encodings and documents.

Bitstring Status List v1.0 §2–3; beside it the same bits as StatusList2021, for verifiers that read only that. Index 0
is the most significant bit of the first byte.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import datetime
import enum
import functools
import gzip
import hashlib
import zlib
from collections.abc import Callable
from collections.abc import Iterable

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import CredentialProfile
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import StatusListError

STATUS_PATH = "/verifiable_credentials/status/"
# Bitstring Status List v1.0 §3.1: with fewer, the herd is too small to hide in.
MIN_LENGTH = 131_072
MAX_LENGTH = 8_388_608
ORDER_KEY_BYTES = 32
MAX_DECODED_BYTES = 2 * 1024 * 1024
_ROUNDS = 10
# The highest takes ten times as long over a list with thousands of revocations and saves some bytes in a hundred.
_GZIP_LEVEL = 6
_MULTIBASE_BASE64URL = "u"


class ListForm(enum.StrEnum):
    """
    The documents of one list. The value is part of rows; each has an address of its own.

    A credential names the Bitstring ones; the others show the same bits to verifiers that know only StatusList2021.
    """

    REVOCATION = "revocation"
    SUSPENSION = "suspension"
    REVOCATION_2021 = "revocation-2021"
    SUSPENSION_2021 = "suspension-2021"

    @property
    def purpose(self) -> str:
        """``statusPurpose``."""
        return v.SUSPENSION if self in (ListForm.SUSPENSION, ListForm.SUSPENSION_2021) else v.REVOCATION

    @property
    def is_2021(self) -> bool:
        """Whether it is a StatusList2021."""
        return self in (ListForm.REVOCATION_2021, ListForm.SUSPENSION_2021)

    def path(self, name: str) -> str:
        """
        Where the list called ``name`` is served in this form, below :data:`STATUS_PATH`. It ends like a file's name, so
        that a plain file server gives it the right type.
        """
        folder = "2021/" if self.is_2021 else ""
        suffix = "-suspension" if self.purpose == v.SUSPENSION else ""
        return f"{folder}{name}{suffix}.json"


def list_url(base_url: str, name: str, form: ListForm) -> str:
    """The address of a list, as it stands in credentials and as the list's own id."""
    return f"{base_url}{STATUS_PATH}{form.path(name)}"


# --- The order of indices


def require_length(length: int) -> None:
    """Raises StatusListError ``invalid_length`` unless ``length`` is a power of two within the bounds."""
    if not MIN_LENGTH <= length <= MAX_LENGTH or length & (length - 1):
        raise StatusListError(
            "invalid_length", f"A status list has a power of two of bits, from {MIN_LENGTH} to {MAX_LENGTH}."
        )


def nth_index(order_key: bytes, length: int, n: int) -> int:
    """
    The ``n``-th index that is handed out of a list of ``length`` bits (a power of two).

    A permutation under a secret key (an alternating Feistel network): every index comes once, without a retry however
    full the list is, and neither how many nor which came before can be told from one.

    Raises StatusListError ``index_out_of_range``.
    """
    return nth_indices(order_key, length, (n,))[0]


def nth_indices(order_key: bytes, length: int, numbers: Iterable[int]) -> list[int]:
    """:func:`nth_index` of each of ``numbers``: what a round gives for one of them serves the others."""
    width = length.bit_length() - 1
    low_bits = width // 2
    mask = (1 << low_bits) - 1
    rounds = [_round(order_key, number, low_bits if number % 2 == 0 else width - low_bits) for number in range(_ROUNDS)]
    pairs = list(zip(rounds[::2], rounds[1::2], strict=True))
    indices = []
    for n in numbers:
        if not 0 <= n < length:
            raise StatusListError("index_out_of_range", "The status list has no such index.")
        high, low = n >> low_bits, n & mask
        for even, odd in pairs:
            low ^= even(high)
            high ^= odd(low)
        indices.append(high << low_bits | low)
    return indices


def _round(order_key: bytes, number: int, bits: int) -> Callable[[int], int]:
    @functools.cache
    def gives(half: int) -> int:
        digest = hashlib.blake2b(bytes([number]) + half.to_bytes(4, "big"), digest_size=4, key=order_key).digest()
        return int.from_bytes(digest, "big") & ((1 << bits) - 1)

    return gives


# --- Bits


def empty_bits(length: int) -> bytes:
    """All clear."""
    return bytes(length // 8)


def with_bits(bits: bytes, indices: Iterable[int], value: bool = True) -> bytes:
    """A copy in which the bits at ``indices`` are ``value``. Raises StatusListError ``index_out_of_range``."""
    changed = bytearray(bits)
    for index in indices:
        _require_index(bits, index)
        mask = 0x80 >> (index & 7)
        if value:
            changed[index >> 3] |= mask
        else:
            changed[index >> 3] &= ~mask
    return bytes(changed)


def get_bit(bits: bytes, index: int) -> bool:
    """Whether the bit at ``index`` is set. Raises StatusListError ``index_out_of_range``."""
    _require_index(bits, index)
    return bool(bits[index >> 3] & 0x80 >> (index & 7))


def keeps_every_bit(earlier: bytes, later: bytes) -> bool:
    """Whether every bit that is set in ``earlier`` is set in ``later``, which is as long."""
    if len(earlier) != len(later):
        return False
    return not count_bits(difference(earlier, later))


def union(first: bytes, second: bytes) -> bytes:
    """The bits that are set in one or the other, which are equally long."""
    return (int.from_bytes(first, "big") | int.from_bytes(second, "big")).to_bytes(len(first), "big")


def difference(first: bytes, second: bytes) -> bytes:
    """The bits that are set in ``first`` and not in ``second``, which is as long."""
    return (int.from_bytes(first, "big") & ~int.from_bytes(second, "big")).to_bytes(len(first), "big")


def count_bits(bits: bytes) -> int:
    """How many are set."""
    return int.from_bytes(bits, "big").bit_count()


def _require_index(bits: bytes, index: int) -> None:
    if not 0 <= index < len(bits) * 8:
        raise StatusListError("index_out_of_range", "The status list has no such index.")


# --- Encodings


def encode(bits: bytes, *, multibase: bool = True) -> str:
    """
    ``encodedList``: gzip, base64url without padding, with the multibase prefix "u" (Bitstring Status List v1.0 §3.2)
    or without (StatusList2021). The same bits always give the same text.
    """
    text = base64.urlsafe_b64encode(gzip.compress(bits, _GZIP_LEVEL, mtime=0)).rstrip(b"=").decode("ascii")
    return _MULTIBASE_BASE64URL + text if multibase else text


def decode(encoded: str, *, multibase: bool = True, max_bytes: int = MAX_DECODED_BYTES) -> bytes:
    """
    The bits of an ``encodedList``, ours or another's.

    Raises StatusListError: ``invalid_encoding`` (prefix, alphabet, padding, gzip, anything after it),
    ``list_too_large`` (beyond ``max_bytes``, without unpacking further), ``list_too_short``.
    """
    if multibase:
        if not encoded.startswith(_MULTIBASE_BASE64URL):
            raise StatusListError("invalid_encoding", "The encoded list does not start with the multibase prefix u.")
        encoded = encoded[1:]
    bits = _gunzip(_base64url(encoded), max_bytes)
    if len(bits) * 8 < MIN_LENGTH:
        raise StatusListError("list_too_short", f"A status list has at least {MIN_LENGTH} bits.")
    return bits


def _base64url(text: str) -> bytes:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    # One spelling only: no padding, no stray bits, no characters of the other alphabet.
    if not raw or base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii") != text:
        raise StatusListError("invalid_encoding", "The encoded list is not base64url without padding.")
    return raw


def _gunzip(raw: bytes, max_bytes: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        bits = unpacker.decompress(raw, max_bytes + 1)
    except zlib.error:
        raise StatusListError("invalid_encoding", "The encoded list is not gzip.") from None
    if len(bits) > max_bytes:
        raise StatusListError("list_too_large", f"The status list unpacks to more than {max_bytes} bytes.")
    if not unpacker.eof or unpacker.unused_data:
        raise StatusListError("invalid_encoding", "The encoded list ends early, or something follows it.")
    return bits


# --- Documents


def compose_entry(url: str, index: int, form: ListForm) -> JsonObject:
    """The ``credentialStatus`` of a credential (Bitstring Status List v1.0 §2.1); ``url`` is :func:`list_url`'s."""
    return {
        "id": f"{url}#{index}",
        "type": v.BITSTRING_STATUS_LIST_ENTRY,
        "statusPurpose": form.purpose,
        "statusListIndex": str(index),
        "statusListCredential": url,
    }


def compose_list(
    bits: bytes, form: ListForm, *, profile: CredentialProfile, url: str, issuer: str,
    valid_from: datetime.datetime, valid_until: datetime.datetime, ttl: datetime.timedelta,
) -> JsonObject:  # fmt: skip
    """
    The unsigned list credential (Bitstring Status List v1.0 §2.2; StatusList2021 §4.2).

    ``profile`` is :func:`list_profile`'s. ``ttl`` is written in milliseconds; StatusList2021 has no such member.
    """
    subject: JsonObject = {
        "id": f"{url}#list",
        "type": v.STATUS_LIST_2021 if form.is_2021 else v.BITSTRING_STATUS_LIST,
        "statusPurpose": form.purpose,
        "encodedList": encode(bits, multibase=not form.is_2021),
    }
    if not form.is_2021:
        subject["ttl"] = round(ttl.total_seconds() * 1000)
    kind = v.STATUS_LIST_2021_CREDENTIAL if form.is_2021 else v.BITSTRING_STATUS_LIST_CREDENTIAL
    return {
        "@context": list(profile.contexts),
        "id": url,
        "type": [v.VERIFIABLE_CREDENTIAL, kind],
        "issuer": issuer,
        profile.valid_from: timestamp(valid_from),
        profile.valid_until: timestamp(valid_until),
        "credentialSubject": subject,
    }


def list_profile(profile: CredentialProfile, form: ListForm, algorithm: str) -> CredentialProfile:
    """
    How the lists of credentials of ``profile`` are written and secured with keys of ``algorithm``: as those are. A
    StatusList2021 is always VC 1.1, the data model it was made for.

    Raises SigningError ``unsupported_key``.
    """
    if form.is_2021:
        profile = dataclasses.replace(OBV3_VC1, suites={**OBV3_VC1.suites, v.P256: v.ECDSA_RDFC_2019})
    contexts = [profile.contexts[0]]
    if form.is_2021:
        contexts.append(v.STATUS_LIST_2021_V1)
    elif profile.contexts[0] == v.CREDENTIALS_V1:
        contexts.append(v.STATUS_V1)
    if profile.contexts[0] == v.CREDENTIALS_V1:
        linked_data = profile.suite_for(algorithm) == v.ED25519_SIGNATURE_2020
        contexts.append(v.ED25519_2020_V1 if linked_data else v.DATA_INTEGRITY_V2)
    return dataclasses.replace(profile, id=f"{profile.id} {form.value} list", contexts=tuple(contexts))
