"""Status entries, and lists in every state."""

from __future__ import annotations

import base64
import datetime
import gzip
import json
import zlib
from collections.abc import Iterator
from typing import Any

from openedx_verifiable_credentials.core import status_list
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.status_list import ListForm
from tests.interop.parity import making as c
from tests.interop.parity.making import Case

PROFILES = {"vc1": OBV3_VC1, "vc2": OBV3_VC2}
SIGNERS = {"key": c.KEY, "web": c.WEB}
DAY = datetime.timedelta(days=1)


def statuses() -> Iterator[Case]:
    for name, profile in PROFILES.items():
        for who, signer in SIGNERS.items():
            yield from _statuses(f"{name} {who}", profile, signer)
    for what, purposes in {"suspension": v.SUSPENSION, "message": "message", "refresh": "refresh"}.items():
        for value in (0, 1):
            place = c.entry(c.KEY, statusPurpose=purposes)
            document = c.sign(c.unsigned(c.KEY, OBV3_VC2, status=[place]), c.KEY, OBV3_VC2)
            at_hand = c.published(
                c.KEY,
                OBV3_VC2,
                indices=(c.INDEX,) if value else (),
                change=lambda each, purposes=purposes: each["credentialSubject"].update(
                    statusPurpose=["revocation", purposes]
                ),
            )
            yield Case(f"status {what} {value}", c.dumps(document), at_hand)
    yield from _entries()
    yield from _lists_2021()
    yield from _lists_1edtech()


def _statuses(name: str, profile: Any, signer: Any) -> Iterator[Case]:
    raw = c.dumps(c.credential(signer, profile))
    other = c.THIEF

    def subject(**changes: Any) -> Any:
        return lambda document: document["credentialSubject"].update(changes)

    def top(**changes: Any) -> Any:
        return lambda document: document.update(changes)

    bits = status_list.empty_bits(status_list.MIN_LENGTH)
    packed = gzip.compress(bits, mtime=0)

    def encoded(raw_list: bytes, prefix: str = "u") -> Any:
        return subject(encodedList=prefix + base64.urlsafe_b64encode(raw_list).rstrip(b"=").decode())

    for what, options in {
        "revoked": {"indices": (c.INDEX,)},
        "a neighbour revoked": {"indices": (c.INDEX - 1, c.INDEX + 1, c.INDEX // 8, c.INDEX * 8)},
        "stale": {"until": c.NOW - DAY},
        "of another issuer": {"change": top(issuer=other.method.controller), "by": other},
        "signed by another": {"by": other},
        "of another id": {"change": top(id="https://credentials.example.org/other")},
        "of another purpose": {"change": subject(statusPurpose="suspension")},
        "of another type": {"change": top(type=[v.VERIFIABLE_CREDENTIAL])},
        "of another subject": {"change": subject(type="StatusList2021")},
        "without a list": {"change": lambda document: document["credentialSubject"].pop("encodedList")},
        "without a prefix": {"change": encoded(packed, "")},
        "not gzip": {"change": encoded(zlib.compress(bits))},
        "cut": {"change": encoded(packed[:-4])},
        "followed": {"change": encoded(packed + b"x")},
        "twice": {"change": encoded(packed + packed)},
        "after an empty one": {"change": encoded(gzip.compress(b"", mtime=0) + packed)},
        "wrong checksum": {"change": encoded(packed[:-8] + b"\0\0\0\0" + packed[-4:])},
        "too short": {"change": encoded(gzip.compress(bits[:-1], mtime=0))},
        "a bomb": {"change": encoded(gzip.compress(bytes(2 * 1024 * 1024 + 1), mtime=0))},
        "large": {"change": encoded(gzip.compress(bytes(2 * 1024 * 1024), mtime=0))},
        "padded": {"change": encoded(packed, "u=")},
        "not yet": {"change": top(**{profile.valid_from: "2026-07-01T00:00:00Z"})},
    }.items():
        yield Case(f"status {name} {what}", raw, c.published(signer, profile, **options))
    at_hand = c.published(signer, profile)
    served = json.loads(at_hand[c.list_url(signer)])
    yield Case(f"status {name} not there", raw, {c.DID_ADDRESS: at_hand[c.DID_ADDRESS]})
    for what, changed in {
        "tampered": c.set_at(
            served,
            ("credentialSubject", "encodedList"),
            "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA",
        ),
        "unsigned": {key: value for key, value in served.items() if key != "proof"},
        "with a term": {**served, "gpa": "4"},
        "with null": {**served, "name": None},
        "with a context": {**served, "@context": [*served["@context"], v.DID_V1]},
        "of no contexts": {**served, "@context": []},
        "an array": [served],
    }.items():
        yield Case(f"status {name} {what}", raw, {**at_hand, c.list_url(signer): c.dumps(changed)})
    for what, text in {
        "not JSON": b"{",
        "empty": b"",
        "marked": b"\xef\xbb\xbf" + at_hand[c.list_url(signer)],
        "huge": at_hand[c.list_url(signer)] + b" " * (4 * 1024 * 1024),
    }.items():
        yield Case(f"status {name} {what}", raw, {**at_hand, c.list_url(signer): text})


def _entries() -> Iterator[Case]:
    at_hand = c.published(c.KEY, OBV3_VC2, indices=(0, 1, 5))
    url = c.list_url(c.KEY)
    good = c.entry(c.KEY)
    for what, status in {
        "no status": None,
        "two": [c.entry(c.KEY), c.entry(c.KEY, statusListIndex="7")],
        "two, one revoked": [c.entry(c.KEY), c.entry(c.KEY, statusListIndex="5")],
        "two, one unknown": [c.entry(c.KEY), c.entry(c.KEY, statusPurpose="unheard")],
        "two, one elsewhere": [c.entry(c.KEY), c.entry(c.KEY, statusListCredential="https://example.org/1")],
        "nine": [c.entry(c.KEY, id=f"{url}#{number}") for number in range(9)],
        "first": c.entry(c.KEY, statusListIndex="0"),
        "second": c.entry(c.KEY, statusListIndex="1"),
        "third": c.entry(c.KEY, statusListIndex="2"),
        "last": c.entry(c.KEY, statusListIndex="131071"),
        "beyond": c.entry(c.KEY, statusListIndex="131072"),
        "far beyond": c.entry(c.KEY, statusListIndex="9999999999"),
        "too far": c.entry(c.KEY, statusListIndex="99999999999"),
        "a number": c.entry(c.KEY, statusListIndex=5),
        "a true": c.entry(c.KEY, statusListIndex=True),
        "negative": c.entry(c.KEY, statusListIndex="-1"),
        "leading zero": c.entry(c.KEY, statusListIndex="05"),
        "hexadecimal": c.entry(c.KEY, statusListIndex="0x5"),
        "spaced": c.entry(c.KEY, statusListIndex=" 5"),
        "other digits": c.entry(c.KEY, statusListIndex="\u0665"),
        "no index": c.entry(c.KEY, statusListIndex=None),
        "no purpose": c.entry(c.KEY, statusPurpose=None),
        "no list": c.entry(c.KEY, statusListCredential=None),
        "no id": c.entry(c.KEY, id=None),
        "id of the list": c.entry(c.KEY, id=url),
        "ftp": c.entry(c.KEY, statusListCredential="ftp://example.org/1"),
        "data": c.entry(c.KEY, statusListCredential="data:text/plain,x"),
        "user": c.entry(c.KEY, statusListCredential="https://me@example.org/1"),
        "unheard purpose": c.entry(c.KEY, statusPurpose="unheard"),
        "two bits": c.entry(c.KEY, statusListIndex="2", statusSize=2),
        "two bits set": c.entry(c.KEY, statusListIndex="0", statusSize=2, statusPurpose="revocation"),
        "nine bits": c.entry(c.KEY, statusSize=9),
        "no bits": c.entry(c.KEY, statusSize=0),
        "half a bit": c.entry(c.KEY, statusSize=1.5),
        "text size": c.entry(c.KEY, statusSize="1"),
        "messages": c.entry(
            c.KEY,
            statusPurpose="message",
            statusSize=1,
            statusMessage=[{"status": "0x0", "message": "valid"}, {"status": "0x1", "message": "invalid"}],
        ),
        "odd messages": c.entry(c.KEY, statusPurpose="message", statusMessage=[{"status": "1", "message": "x"}]),
        "text": "https://example.org/1",
        "null": [None],
        "types": c.entry(c.KEY, type=["BitstringStatusListEntry"]),
        "unheard type": c.entry(c.KEY, type="RevocationList2020Status"),
        "entry of 2021": c.entry(c.KEY, type="StatusList2021Entry"),
    }.items():
        document = c.unsigned(c.KEY, OBV3_VC2)
        document.pop("credentialStatus")
        if status is not None:
            document["credentialStatus"] = status
        yield from c.signed_or_not(f"entry {what}", document, at_hand)
    document = c.credential(c.KEY, OBV3_VC2)
    yield Case("entry is null", c.dumps({**document, "credentialStatus": None}), at_hand)
    yield Case("entry is empty", c.dumps({**document, "credentialStatus": []}), at_hand)
    assert good["statusListIndex"] == str(c.INDEX)


def _lists_2021() -> Iterator[Case]:
    for indices in ((), (c.INDEX,)):
        for form in (ListForm.REVOCATION_2021, ListForm.SUSPENSION_2021):
            url = c.list_url(c.KEY, form)
            place = {
                "id": f"{url}#{c.INDEX}",
                "type": "StatusList2021Entry",
                "statusPurpose": form.purpose,
                "statusListIndex": str(c.INDEX),
                "statusListCredential": url,
            }
            document = c.unsigned(c.KEY, OBV3_VC1, status=[place])
            document["@context"] = [v.CREDENTIALS_V1, v.OPEN_BADGES_V3, v.STATUS_LIST_2021_V1, v.ED25519_2020_V1]
            served = c.status_document(c.KEY, OBV3_VC1, form, indices=indices)
            signed = c.sign(document, c.KEY, OBV3_VC1)
            yield Case(f"status 2021 {form} {indices}", c.dumps(signed), {url: c.dumps(served)})


def _lists_1edtech() -> Iterator[Case]:
    url = "https://credentials.example.org/revocations.json"
    document = c.unsigned(c.KEY, OBV3_VC2, status=[{"id": url, "type": "1EdTechRevocationList"}])
    document["@context"] = [*document["@context"], "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]
    raw = c.dumps(c.sign(document, c.KEY, OBV3_VC2))
    did = c.KEY.method.controller
    for what, served in {
        "empty": {"id": url, "issuer": did, "revokedCredential": []},
        "without": {"id": url, "issuer": did},
        "revoked": {"id": url, "issuer": did, "revokedCredential": [{"id": document["id"], "revoked": True}]},
        "revoked by name": {"id": url, "issuer": {"id": did}, "revokedCredential": [{"id": document["id"]}]},
        "not revoked": {"id": url, "issuer": did, "revokedCredential": [{"id": document["id"], "revoked": False}]},
        "of another": {"id": url, "issuer": c.THIEF.method.controller, "revokedCredential": []},
        "elsewhere": {"id": url + "x", "issuer": did, "revokedCredential": []},
        "malformed": {"id": url, "issuer": did, "revokedCredential": {}},
    }.items():
        yield Case(f"status 1EdTech {what}", raw, {url: c.dumps(served)})
