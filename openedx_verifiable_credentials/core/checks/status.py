"""
The status check (Bitstring Status List v1.0 §3.2; StatusList2021 §3.2; 1EdTech Revocation List, Open Badges 3.0 §4.3).

What a list says counts only where the list is beyond doubt: signed by the credential's issuer, for this address and
purpose, in force, whole. Anything else is *not checked*, never "not revoked". Whether the list is signed, and by whom,
is found out before it comes here.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from openedx_verifiable_credentials.core import status_list
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.checks import dates
from openedx_verifiable_credentials.core.checks.report import Check
from openedx_verifiable_credentials.core.checks.report import Outcome
from openedx_verifiable_credentials.core.checks.report import check
from openedx_verifiable_credentials.core.text import clean_web_address
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import DocumentError
from openedx_verifiable_credentials.exceptions import StatusListError

MAX_ENTRIES = 8
MAX_LIST_BYTES = 4 * 1024 * 1024
# By the type of an entry: that of the list credential, that of its subject.
_LIST_TYPES = {
    v.BITSTRING_STATUS_LIST_ENTRY: (v.BITSTRING_STATUS_LIST_CREDENTIAL, v.BITSTRING_STATUS_LIST),
    v.STATUS_LIST_2021_ENTRY: (v.STATUS_LIST_2021_CREDENTIAL, v.STATUS_LIST_2021),
}
_SET = {v.REVOCATION: "revoked", v.SUSPENSION: "suspended", v.MESSAGE: "status_message", v.REFRESH: "status_message"}
_INDEX = re.compile("0|[1-9][0-9]{0,9}")
_MAX_STATUS_SIZE = 8
_WORST_FIRST = (Outcome.FAILED, Outcome.NOT_CHECKED, Outcome.WARNING, Outcome.PASSED)


@dataclasses.dataclass(frozen=True)
class Entry:
    """
    One status entry. ``url``: of its list; ``size``: bits of one status; ``messages``: what each status means, by its
    number.
    """

    kind: str
    url: str
    purpose: str
    index: int
    size: int = 1
    messages: tuple[tuple[int, str], ...] = ()

    @property
    def is_1edtech(self) -> bool:
        """Whether its list names credentials in clear."""
        return self.kind == v.REVOCATION_LIST_1EDTECH


@dataclasses.dataclass(frozen=True)
class StatusList:
    """A list credential that is signed by ``issuer``: its document, its bits."""

    document: JsonObject = dataclasses.field(repr=False)
    issuer: str
    bits: bytes = dataclasses.field(repr=False)


def read_entries(document: JsonObject) -> list[Entry | None]:
    """
    The status entries of a credential, None for one of a kind that is not known here; empty where it has no status.

    Raises DocumentError ``malformed_status``.
    """
    if "credentialStatus" not in document:
        return []
    members = document["credentialStatus"]
    members = members if isinstance(members, list) else [members]
    if not members or len(members) > MAX_ENTRIES or not all(isinstance(member, dict) for member in members):
        raise _malformed()
    return [_read(member) for member in members]


def read_list(document: JsonObject, issuer: str) -> StatusList:
    """
    The list in a credential whose signature is good.

    Raises DocumentError ``status_list_invalid``.
    """
    subject = document.get("credentialSubject")
    if not isinstance(subject, dict) or not isinstance(subject.get("encodedList"), str):
        raise _invalid("It has no list.")
    is_2021 = v.STATUS_LIST_2021_CREDENTIAL in _types(document)
    try:
        bits = status_list.decode(subject["encodedList"], multibase=not is_2021)
    except StatusListError as error:
        raise _invalid(error.message) from error
    return StatusList(document, issuer, bits)


def judge_entry(entry: Entry, issuer: str, found: StatusList, at: datetime.datetime) -> Check:
    """What ``found``, the list that ``entry`` names, says of a credential of ``issuer`` at the moment ``at``."""
    detail: JsonObject = {"statusListCredential": entry.url, "statusPurpose": entry.purpose}
    mismatch = _mismatch(entry, issuer, found)
    if mismatch:
        return check("status_list_mismatch", mismatch=mismatch, **detail)
    in_force = dates.judge(found.document, at)
    if in_force.outcome is Outcome.FAILED:
        return check("status_list_stale" if in_force.code == "expired" else "status_list_invalid", **detail)
    if len(found.bits) * 8 // entry.size < status_list.MIN_LENGTH:
        return check("status_list_invalid", reason="list_too_short", **detail)
    first = entry.index * entry.size
    try:
        bits = [status_list.get_bit(found.bits, first + offset) for offset in range(entry.size)]
    except StatusListError:
        return check("status_index_out_of_range", statusListIndex=entry.index, **detail)
    number = int("".join("1" if bit else "0" for bit in bits), 2)
    text = dict(entry.messages).get(number)
    if text is not None:
        detail["message"] = text
    return check(_SET[entry.purpose] if number else "not_revoked", **detail)


def judge_1edtech(raw: JsonObject, credential_id: object, issuer: str, url: str) -> Check:
    """
    What a 1EdTech Revocation List says: it names what is revoked by its id. Nobody signs it: it counts because the
    credential, which is signed, names its address.
    """
    entries = raw.get("revokedCredential", [])
    whose = raw.get("issuer")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return check("status_list_invalid", statusListCredential=url)
    if raw.get("id") != url or (whose.get("id") if isinstance(whose, dict) else whose) != issuer:
        return check("status_list_mismatch", statusListCredential=url)
    for entry in entries:
        if credential_id is not None and entry.get("id") == credential_id and entry.get("revoked", True) is not False:
            return check("revoked", statusListCredential=url, statusPurpose=v.REVOCATION)
    return check("not_revoked", statusListCredential=url, statusPurpose=v.REVOCATION)


def conclude(found: Sequence[Check]) -> Check:
    """The check that follows from all entries: the worst of them."""
    if not found:
        return check("no_status")
    worst = min(found, key=lambda one: _WORST_FIRST.index(one.outcome))
    if len(found) == 1:
        return worst
    return check(worst.code, **worst.detail, entries=[{"code": one.code, **one.detail} for one in found])


def _read(member: JsonObject) -> Entry | None:
    kinds = _types(member)
    kind = next((kind for kind in kinds if kind in _LIST_TYPES or kind == v.REVOCATION_LIST_1EDTECH), None)
    if kind is None:
        return None
    if kind == v.REVOCATION_LIST_1EDTECH:
        return Entry(kind, _address(member.get("id")), v.REVOCATION, 0)
    purpose = member.get("statusPurpose")
    url = _address(member.get("statusListCredential"))
    if not isinstance(purpose, str) or member.get("id") == url:
        raise _malformed()
    if purpose not in _SET:
        return None
    size = _size(member, kind)
    return Entry(kind, url, purpose, _index(member.get("statusListIndex")), size, _messages(member, purpose, size))


def _index(value: Any) -> int:
    """
    A whole number in decimal, as a string. Others write it as a number: that has one meaning too.
    """
    value = _whole(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not _INDEX.fullmatch(value):
        raise _malformed()
    return int(value)


def _whole(value: Any) -> Any:
    """JSON has no integers: 1.0 and 1 are one number (RFC 8259 §6), and one in what was signed."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _size(member: JsonObject, kind: str) -> int:
    size = _whole(member.get("statusSize", 1))
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= _MAX_STATUS_SIZE:
        raise _malformed()
    if kind == v.STATUS_LIST_2021_ENTRY and size != 1:
        raise _malformed()
    return size


def _messages(member: JsonObject, purpose: str, size: int) -> tuple[tuple[int, str], ...]:
    """Bitstring Status List v1.0 §2.1: a message for each of the 2^size numbers, where the purpose is message."""
    messages = member.get("statusMessage", [])
    if not isinstance(messages, list) or len(messages) > 2**_MAX_STATUS_SIZE:
        raise _malformed()
    if purpose != v.MESSAGE:
        return ()
    return tuple(_message_of(entry) for entry in messages)


def _message_of(entry: Any) -> tuple[int, str]:
    match entry:
        case {"status": str() as status, "message": str() as message} if re.fullmatch("0x[0-9a-fA-F]{1,2}", status):
            return int(status, 16), message
    raise _malformed()


def _mismatch(entry: Entry, issuer: str, found: StatusList) -> str | None:
    """What about the list is not as ``entry`` says."""
    list_type, subject_type = _LIST_TYPES[entry.kind]
    document, subject = found.document, found.document["credentialSubject"]
    purposes = subject.get("statusPurpose")
    if found.issuer != issuer:
        return "issuer"
    # §2.2: the id of a list may be left out; where it stands, it is the list's address.
    if document.get("id", entry.url) != entry.url:
        return "id"
    if list_type not in _types(document) or subject_type not in _types(subject):
        return "type"
    if entry.purpose not in (purposes if isinstance(purposes, list) else [purposes]):
        return "purpose"
    return None


def _types(node: JsonObject) -> Iterable[str]:
    types = node.get("type", [])
    return [kind for kind in (types if isinstance(types, list) else [types]) if isinstance(kind, str)]


def _address(value: object) -> str:
    address = clean_web_address(value)
    if address is None or address != value:
        raise _malformed()
    return address


def _malformed() -> DocumentError:
    return DocumentError("malformed_status", "The credential's status entry has the wrong form.")


def _invalid(message: str) -> DocumentError:
    return DocumentError("status_list_invalid", message)
