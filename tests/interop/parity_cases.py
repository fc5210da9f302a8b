"""The documents that both of our verifiers judge; each function is a family of them."""

from __future__ import annotations

import base64
import copy
import datetime
import gzip
import json
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from openedx_verifiable_credentials.core import status_list
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.status_list import ListForm
from tests import awards
from tests.interop import corpus as c
from tests.interop.corpus import Case
from tests.interop.corpus import JsonObject

PROFILES = {"vc1": OBV3_VC1, "vc2": OBV3_VC2}
SIGNERS = {"key": c.KEY, "web": c.WEB}
DAY = datetime.timedelta(days=1)


def _good_award() -> Any:
    return awards.full_award(title="Résumé 🎓 „ﬁn“ \U0001f600\ufb01 \U0001d11e\uffee 中文")


def good() -> Iterator[Case]:
    for name, profile in PROFILES.items():
        for who, signer in SIGNERS.items():
            for what, award in {
                "full": awards.full_award(),
                "bare": awards.bare_award(),
                "program": awards.program_award(),
                "scripts": _good_award(),
            }.items():
                document = c.credential(signer, profile, award)
                yield Case(f"good {name} {who} {what}", c.dumps(document), c.published(signer, profile))
                yield Case(f"offline {name} {who} {what}", c.dumps(document))
    for who, signer in {"key": c.P256, "web": c.P256_WEB}.items():
        document = c.credential(signer, OBV3_VC2)
        yield Case(f"good P-256 {who}", c.dumps(document), c.published(signer, OBV3_VC2))


def dates() -> Iterator[Case]:
    for name, profile in PROFILES.items():
        document = c.unsigned(c.KEY, profile)
        starts, ends = profile.valid_from, profile.valid_until
        for what, changes in {
            "expired": {ends: "2026-05-31T00:00:00Z"},
            "just expired": {ends: "2026-06-01T11:56:00Z"},
            "expires later": {ends: "2026-06-02T00:00:00+02:00"},
            "not yet": {starts: "2026-07-01T00:00:00Z"},
            "nearly": {starts: "2026-06-01T12:04:59Z"},
            "contradicting": {starts: "2026-03-01T00:00:00Z", ends: "2026-02-01T00:00:00Z"},
            "no zone": {starts: "2026-03-01T00:00:00"},
            "a date alone": {starts: "2026-03-01"},
            "no such day": {starts: "2026-02-30T00:00:00Z"},
            "leap second": {starts: "2016-12-31T23:59:60Z"},
            "fractions": {starts: "2026-03-01T00:00:00.123456789Z"},
            "half a minute": {starts: "2026-03-01T00:00:00.Z"},
            "other offset": {starts: "2026-03-01T00:00:00-14:00"},
            "wild offset": {starts: "2026-03-01T00:00:00+14:30"},
            "year 0": {starts: "0000-01-01T00:00:00Z"},
            "year 1": {starts: "0001-01-01T00:00:00+01:00"},
            "year 50": {starts: "0050-01-01T00:00:00Z"},
            "year 9999": {ends: "9999-12-31T23:59:59-01:00"},
            "small t": {starts: "2026-03-01t00:00:00z"},
            "number": {starts: 20260301},
        }.items():
            signed = c.sign({**document, **changes}, c.KEY, profile)
            yield Case(f"dates {name} {what}", c.dumps(signed), c.published(c.KEY, profile))
        good_one = c.dumps(c.credential(c.KEY, profile))
        for days in (-200, -1, 5, 400):
            yield Case(f"dates {name} at {days}", good_one, c.published(c.KEY, profile), at=c.NOW + days * DAY)


def proofs() -> Iterator[Case]:
    document = c.unsigned(c.KEY, OBV3_VC2)
    at_hand = c.published(c.KEY, OBV3_VC2)
    suite = v.EDDSA_RDFC_2022
    for what, members in {
        "plain": {},
        "other purpose": {"proofPurpose": "authentication"},
        "unknown purpose": {"proofPurpose": "capabilityDelegation"},
        "no created": {"created": None},
        "created later": {"created": "2026-06-02T00:00:00Z"},
        "created nonsense": {"created": "yesterday"},
        "expires": {"expires": "2027-01-01T00:00:00Z"},
        "expired": {"expires": "2026-05-01T00:00:00Z"},
        "challenge and domain": {"challenge": "abc", "domain": "example.org"},
        "domains": {"domain": ["example.org", "example.net"]},
        "nonce": {"nonce": "xyz"},
        "an id": {"id": "urn:uuid:6f2c1e0a-3c3d-4a51-9d5e-0b6ad2a7f1c5"},
        "other method": {"verificationMethod": c.THIEF.method.id},
        "method of the web": {"verificationMethod": c.WEB.method.id},
        "method without fragment": {"verificationMethod": c.KEY.method.controller},
        "method with another fragment": {"verificationMethod": f"{c.KEY.method.controller}#1"},
        "method of did:example": {"verificationMethod": "did:example:1#1"},
        "method of https": {"verificationMethod": f"https://example.org/issuer#{c.KEY.method.public_key_multibase}"},
        "previous that is not there": {"previousProof": "urn:uuid:6f2c1e0a-3c3d-4a51-9d5e-0b6ad2a7f1c5"},
    }.items():
        for each in (suite, v.EDDSA_JCS_2022):
            if what == "previous that is not there" and each == suite:
                continue
            proof = c.prove(document, c.KEY, each, **members)
            yield Case(f"proof {each} {what}", c.dumps({**document, "proof": [proof]}), at_hand)
    proof = c.prove(document, c.KEY, suite)
    jcs = c.prove(document, c.KEY, v.EDDSA_JCS_2022)
    other = c.prove(document, c.THIEF, suite)
    unknown = {**proof, "cryptosuite": "bbs-2023"}
    first = c.prove(document, c.KEY, suite, id="urn:uuid:00000000-0000-4000-8000-000000000001")
    chained = c.prove(
        document, c.KEY, suite, id="urn:uuid:00000000-0000-4000-8000-000000000002", previous=[first],
        previousProof=first["id"],
    )  # fmt: skip
    jcs_chained = c.prove(document, c.KEY, v.EDDSA_JCS_2022, previous=[first], previousProof=[first["id"]])
    bad = {**proof, "proofValue": jcs["proofValue"]}
    with_contexts = c.prove(document, c.KEY, v.EDDSA_JCS_2022, **{"@context": document["@context"]})
    for what, value in {
        "object": proof,
        "set": [proof, jcs],
        "set of two signers": [proof, other],
        "other signer alone": other,
        "good and bad": [proof, bad],
        "unknown alone": unknown,
        "unknown and good": [unknown, proof],
        "chain": [first, chained],
        "chain backwards": [chained, first],
        "chain with its first missing": [chained],
        "chain with a changed first": [{**first, "created": "2026-03-03T08:00:00Z"}, chained],
        "chain of two suites": [first, jcs_chained],
        "chain to itself": [{**chained, "previousProof": chained["id"]}],
        "nine": [proof] * 9,
        "eight": [proof] * 8,
        "empty": [],
        "null": None,
        "text": "z",
        "nested": [[proof]],
        "contexts repeated": {**proof, "@context": document["@context"]},
        "contexts repeated, jcs": with_contexts,
        "other contexts": {**proof, "@context": document["@context"][:1]},
        "2020 type": {**proof, "type": v.ED25519_SIGNATURE_2020},
        "no cryptosuite": {name: value for name, value in proof.items() if name != "cryptosuite"},
        "merkle": {**proof, "cryptosuite": "merkle-proof-2019"},
        "bare merkle": {"type": "MerkleProof2019", "created": proof["created"], "proofPurpose": "assertionMethod",
                        "verificationMethod": proof["verificationMethod"], "proofValue": "z2"},
        "cryptosuite of P-256": {**proof, "cryptosuite": "ecdsa-rdfc-2019"},
        "numbers": {**proof, "verificationMethod": 7},
        "type array": {**proof, "type": [proof["type"]]},
        "id array": [{**first, "id": [first["id"]]}],
    }.items():  # fmt: skip
        yield Case(f"proof as {what}", c.dumps({**document, "proof": value}), at_hand)
    for name, value in {
        "without z": proof["proofValue"][1:],
        "in base64url": "u" + base64.urlsafe_b64encode(b"x" * 64).rstrip(b"=").decode(),
        "with a zero": proof["proofValue"].replace(proof["proofValue"][5], "0"),
        "short": proof["proofValue"][:-4],
        "long": proof["proofValue"] + "1111",
        "leading": "z1" + proof["proofValue"][1:],
        "empty": "",
        "z alone": "z",
        "null": None,
        "number": 5,
    }.items():
        yield Case(f"proof value {name}", c.dumps({**document, "proof": [{**proof, "proofValue": value}]}), at_hand)
    for path, value in list(c.walk(proof)):
        if isinstance(value, str) and path:
            for changed in (value + "x", value[:-1], "", value.swapcase()):
                tampered = c.replaced(proof, path, changed)
                yield Case(f"proof {path} {changed}", c.dumps({**document, "proof": tampered}), at_hand)
            yield Case(f"proof without {path}", c.dumps({**document, "proof": c.replaced(proof, path, None)}), at_hand)
    p256 = c.credential(c.P256, OBV3_VC2)
    flipped = copy.deepcopy(p256)
    flipped["proof"][0]["proofValue"] = p256["proof"][0]["proofValue"][:-3] + "zzz"
    yield Case("P-256 changed", c.dumps(flipped), c.published(c.P256, OBV3_VC2))


def tampered() -> Iterator[Case]:
    for name, profile in PROFILES.items():
        signer = c.KEY
        document = c.credential(signer, profile)
        at_hand = c.published(signer, profile)
        for number, (path, value) in enumerate(list(c.walk(document))):
            if not path:
                continue
            label = f"tampered {name} {'/'.join(map(str, path))}"
            yield Case(f"{label} gone", c.dumps(c.replaced(document, path, None)), at_hand)
            changes: dict[str, Any] = {"null": [None]}
            if isinstance(value, str):
                changes |= {"longer": value + "x", "empty": "", "blank": "_:b0", "space": value + " ", "keyword": "@x"}
                changes |= {"relative": "abc", "array": [value], "doubled": [value, value], "number": 5}
            elif isinstance(value, bool | int | float):
                changes |= {"text": str(value), "other": not value}
            elif isinstance(value, dict):
                changes |= {"extra": {**value, "gpa": "4.0"}, "nothing": {**value, "description": None}}
                changes |= {"keyword": {**value, "@foo": "x"}, "empty array": {**value, "tag": []}, "object": {}}
                changes |= {"new id": {**value, "id": "urn:uuid:0"}, "blank id": {**value, "id": "_:b1"}}
                changes |= {"iri": {**value, "https://example.org/x": "y"}, "proto": {**value, "__proto__": "y"}}
                changes |= {
                    "arrayed": [value],
                    "type": {**value, "type": ["Gold"]},
                    "text": "x",
                    "vocab": {**value, "_:x": 1},
                }
                changes |= {"context": {**value, "@context": document["@context"]}}
                changes |= {
                    "list": {**value, "tag": {"@list": ["x"]}},
                    "value": {**value, "tag": {"@value": "x", "x": 1}},
                }
            elif isinstance(value, list):
                changes |= {"reversed": value[::-1], "doubled": value + value, "nested": [value], "emptied": []}
                changes |= {"with null": [*value, None]}
            for what, changed in changes.items():
                changed_to = None if changed == [None] and what == "null" else changed
                copied = _set(document, path, changed_to)
                yield Case(f"{label} {what}", c.dumps(copied), at_hand)


def _set(document: JsonObject, path: tuple[Any, ...], value: Any) -> JsonObject:
    changed = c.replaced(document, path, "placeholder")
    node = changed
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return changed


def contexts() -> Iterator[Case]:
    known = [v.CREDENTIALS_V1, v.CREDENTIALS_V2, v.OPEN_BADGES_V3, v.ED25519_2020_V1, v.DATA_INTEGRITY_V2, v.STATUS_V1]
    known += [v.STATUS_LIST_2021_V1, v.DID_V1, v.MULTIKEY_V1, "https://example.org/context", "", "http://[", "abc"]
    for name, profile in PROFILES.items():
        document = c.credential(c.KEY, profile)
        urls = document["@context"]
        at_hand = c.published(c.KEY, profile)
        lists: dict[str, Any] = {
            "reversed": urls[::-1],
            "text": urls[0],
            "object": {},
            "null": None,
            "empty": [],
            "number": 7,
        }
        for number in range(len(urls)):
            lists[f"without {number}"] = urls[:number] + urls[number + 1 :]
            lists[f"twice {number}"] = [*urls, urls[number]]
        for url in known:
            for place in range(len(urls) + 1):
                lists[f"{url} at {place}"] = [*urls[:place], url, *urls[place:]]
        for what, inline in {
            "vocab": {"@vocab": "urn:x:"},
            "term": {"gpa": "urn:gpa"},
            "empty": {},
            "null": None,
        }.items():
            lists[f"inline {what}"] = [*urls, inline]
            lists[f"inline {what} alone"] = inline
        for what, value in lists.items():
            yield Case(f"contexts {name} {what}", c.dumps({**document, "@context": value}), at_hand)
        without = {key: value for key, value in document.items() if key != "@context"}
        yield Case(f"contexts {name} none", c.dumps(without), at_hand)


def statuses() -> Iterator[Case]:
    for name, profile in PROFILES.items():
        for who, signer in SIGNERS.items():
            yield from _statuses(f"{name} {who}", profile, signer)
    for what, purposes in {"suspension": v.SUSPENSION, "message": "message", "refresh": "refresh"}.items():
        for value in (0, 1):
            place = c.entry(c.KEY, statusPurpose=purposes)
            document = c.sign(c.unsigned(c.KEY, OBV3_VC2, status=[place]), c.KEY, OBV3_VC2)
            at_hand = c.published(
                c.KEY, OBV3_VC2, indices=(c.INDEX,) if value else (),
                change=lambda each, purposes=purposes: each["credentialSubject"].update(statusPurpose=["revocation", purposes]),
            )  # fmt: skip
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
        "tampered": _set(served, ("credentialSubject", "encodedList"), "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"),
        "unsigned": {key: value for key, value in served.items() if key != "proof"},
        "with a term": {**served, "gpa": "4"},
        "with null": {**served, "name": None},
        "with a context": {**served, "@context": [*served["@context"], v.DID_V1]},
        "of no contexts": {**served, "@context": []},
        "an array": [served],
    }.items():  # fmt: skip
        yield Case(f"status {name} {what}", raw, {**at_hand, c.list_url(signer): c.dumps(changed)})
    for what, text in {
        "not JSON": b"{", "empty": b"", "marked": b"\xef\xbb\xbf" + at_hand[c.list_url(signer)],
        "huge": at_hand[c.list_url(signer)] + b" " * (4 * 1024 * 1024),
    }.items():  # fmt: skip
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
        "messages": c.entry(c.KEY, statusPurpose="message", statusSize=1, statusMessage=[
            {"status": "0x0", "message": "valid"}, {"status": "0x1", "message": "invalid"}]),
        "odd messages": c.entry(c.KEY, statusPurpose="message", statusMessage=[{"status": "1", "message": "x"}]),
        "text": "https://example.org/1",
        "null": [None],
        "types": c.entry(c.KEY, type=["BitstringStatusListEntry"]),
        "unheard type": c.entry(c.KEY, type="RevocationList2020Status"),
        "entry of 2021": c.entry(c.KEY, type="StatusList2021Entry"),
    }.items():  # fmt: skip
        document = c.unsigned(c.KEY, OBV3_VC2)
        document.pop("credentialStatus")
        if status is not None:
            document["credentialStatus"] = status
        yield from _signed_or_not(f"entry {what}", document, at_hand)
    document = c.credential(c.KEY, OBV3_VC2)
    yield Case("entry is null", c.dumps({**document, "credentialStatus": None}), at_hand)
    yield Case("entry is empty", c.dumps({**document, "credentialStatus": []}), at_hand)
    assert good["statusListIndex"] == str(c.INDEX)


def _signed_or_not(name: str, document: JsonObject, at_hand: dict[str, bytes]) -> Iterator[Case]:
    """Signed with both kinds of suite where that can be; with a signature of something else where it cannot."""
    from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

    jcs = c.prove(document, c.KEY, v.EDDSA_JCS_2022)
    yield Case(f"{name} (jcs)", c.dumps({**document, "proof": [jcs]}), at_hand)
    try:
        proof = c.prove(document, c.KEY, v.EDDSA_RDFC_2022)
    except VerifiableCredentialsError:
        proof = {**jcs, "cryptosuite": v.EDDSA_RDFC_2022}
    yield Case(name, c.dumps({**document, "proof": [proof]}), at_hand)


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


def issuers() -> Iterator[Case]:
    for name, profile in PROFILES.items():
        raw = c.dumps(c.credential(c.WEB, profile))
        at_hand = c.published(c.WEB, profile)
        document = c.did_document()
        methods = document["verificationMethod"]
        key = c.WEB.method.public_key_multibase
        mine = [method for method in methods if key in method["id"]]
        suite_id = mine[0]["id"] if profile is OBV3_VC2 else mine[1]["id"]

        def with_methods(change: Any, methods: Any = methods) -> JsonObject:
            return c.did_document(verificationMethod=[change(copy.deepcopy(method)) for method in methods])

        def adding(**members: Any) -> Any:
            return lambda method: {**method, **members}

        others = [method for method in methods if method["id"] != suite_id]
        embedded = next(method for method in methods if method["id"] == suite_id)
        jwk = next(method["publicKeyJwk"] for method in mine if "publicKeyJwk" in method)
        bare = {"id": suite_id, "controller": document["id"]}
        for what, changed in {
            "other id": {**document, "id": "did:web:example.org"},
            "no id": {key_: value for key_, value in document.items() if key_ != "id"},
            "no methods": {**document, "verificationMethod": []},
            "methods left out": c.did_document(verificationMethod=None),
            "methods null": {**document, "verificationMethod": None},
            "one method, an object": {**document, "verificationMethod": mine[0]},
            "nothing listed": {**document, "assertionMethod": []},
            "listed left out": c.did_document(assertionMethod=None),
            "listed null": {**document, "assertionMethod": None},
            "listed alone": {**document, "assertionMethod": suite_id},
            "listed relative": {**document, "assertionMethod": [suite_id.partition("#")[1] + suite_id.partition("#")[2]]},
            "listed elsewhere": {**document, "assertionMethod": [], "authentication": document["assertionMethod"]},
            "listed as number": {**document, "assertionMethod": [5]},
            "embedded": {**document, "verificationMethod": others, "assertionMethod": [embedded]},
            "embedded elsewhere": {**document, "verificationMethod": others, "assertionMethod": [], "authentication": [embedded]},
            "twice the same": {**document, "verificationMethod": [*methods, embedded]},
            "twice, not the same": {**document, "verificationMethod": [*methods, {**embedded, "type": "Multikey2"}]},
            "relative ids": with_methods(lambda method: {**method, "id": "#" + method["id"].partition("#")[2]}),
            "of another controller": with_methods(adding(controller="did:web:example.org")),
            "no controller": with_methods(adding(controller=None)),
            "revoked": with_methods(adding(revoked="2026-05-01T00:00:00Z")),
            "revoked later": with_methods(adding(revoked="2026-07-01T00:00:00Z")),
            "revoked nonsense": with_methods(adding(revoked="never")),
            "revoked null": with_methods(adding(revoked=None)),
            "expired": with_methods(adding(expires="2026-05-01T00:00:00Z")),
            "expires": with_methods(adding(expires="2026-07-01T00:00:00Z")),
            "unknown type": with_methods(adding(type="Ed25519VerificationKey2018")),
            "type array": with_methods(adding(type=["Multikey"])),
            "type null": with_methods(adding(type=None)),
            "another key": with_methods(adding(publicKeyMultibase=c.THIEF.method.public_key_multibase)),
            "broken key": with_methods(adding(publicKeyMultibase=key[:-1])),
            "not a key": with_methods(adding(publicKeyMultibase=7)),
            "JWK": {**document, "verificationMethod": [{**bare, "type": "JsonWebKey2020", "publicKeyJwk": jwk}]},
            "JsonWebKey": {**document, "verificationMethod": [{**bare, "type": "JsonWebKey", "publicKeyJwk": jwk}]},
            "JWK for encryption": {**document, "verificationMethod": [{**bare, "type": "JsonWebKey", "publicKeyJwk": {**jwk, "use": "enc"}}]},
            "JWK for signatures": {**document, "verificationMethod": [
                {**bare, "type": "JsonWebKey", "publicKeyJwk": {**jwk, "use": "sig", "alg": "EdDSA", "key_ops": ["verify"]}}]},
            "JWK to sign": {**document, "verificationMethod": [{**bare, "type": "JsonWebKey", "publicKeyJwk": {**jwk, "key_ops": ["sign"]}}]},
            "JWK for another": {**document, "verificationMethod": [{**bare, "type": "JsonWebKey", "publicKeyJwk": {**jwk, "alg": "ES256"}}]},
            "JWK alg null": {**document, "verificationMethod": [{**bare, "type": "JsonWebKey", "publicKeyJwk": {**jwk, "alg": None}}]},
            "JWK padded": {**document, "verificationMethod": [{**bare, "type": "JsonWebKey", "publicKeyJwk": {**jwk, "x": jwk["x"] + "="}}]},
            "JWK of RSA": {**document, "verificationMethod": [{**bare, "type": "JsonWebKey", "publicKeyJwk": {"kty": "RSA", "n": "AQ", "e": "AQAB"}}]},
            "both forms": {**document, "verificationMethod": [{**bare, "type": "Multikey", "publicKeyMultibase": key, "publicKeyJwk": jwk}]},
            "two keys": {**document, "verificationMethod": [{**bare, "type": "Multikey", "publicKeyJwk": jwk,
                                                             "publicKeyMultibase": c.THIEF.method.public_key_multibase}]},
            "no key": {**document, "verificationMethod": [{**bare, "type": "Multikey"}]},
            "201 methods": {**document, "verificationMethod": [*methods, *({**bare, "id": f"#{number}"} for number in range(200))]},
            "more members": {**document, "service": [{"id": "#s", "type": "x", "serviceEndpoint": "https://example.org"}]},
            "an array": [document],
            "wrapped": {"didDocument": document},
        }.items():  # fmt: skip
            yield Case(f"issuer {name} {what}", raw, {**at_hand, c.DID_ADDRESS: c.dumps(changed)})
        for what, text in {
            "not JSON": b"<html>", "empty": b"", "marked": b"\xef\xbb\xbf" + at_hand[c.DID_ADDRESS],
            "large": at_hand[c.DID_ADDRESS] + b" " * 65536, "latin": '{"id":"é"}'.encode("latin-1"),
            "doubled": at_hand[c.DID_ADDRESS][:-1] + b',"id":"did:web:x"}',
        }.items():  # fmt: skip
            yield Case(f"issuer {name} {what}", raw, {**at_hand, c.DID_ADDRESS: text})
        named = c.unsigned(c.KEY, profile)
        for what, issuer in {
            "as text": c.KEY.method.controller, "another": c.THIEF.method.controller, "the web": c.WEB.method.controller,
            "https": "https://example.org/issuer", "did:ion": "did:ion:abc", "object of another": {"id": c.THIEF.method.controller, "type": ["Profile"]},
        }.items():  # fmt: skip
            signed = c.sign({**named, "issuer": issuer}, c.KEY, profile)
            yield Case(f"issuer {name} named {what}", c.dumps(signed), c.published(c.KEY, profile))


def texts() -> Iterator[Case]:
    good_one = c.dumps(c.credential())
    at_hand = c.published(c.KEY, OBV3_VC2)
    doubled = good_one[:-1] + b',"id":"urn:x:y"}'
    for what, raw in {
        "spaced": b" \n\t\r" + good_one + b"\n ", "marked": b"\xef\xbb\xbf" + good_one, "marked twice": b"\xef\xbb\xbf" * 2 + good_one,
        "form feed": b"\x0c" + good_one, "doubled key": doubled, "escaped double": good_one[:-1] + b',"\\u0069d":"urn:x:y"}',
        "cut": good_one[:-1], "followed": good_one + b"x", "followed by null": good_one + b"\0", "comma": good_one[:-1] + b",}",
        "empty": b"", "null": b"null", "true": b"true", "text": b'"x"', "number": b"1", "array": b"[]", "object": b"{}",
        "array of one": b"[" + good_one + b"]", "comment": b"/**/" + good_one, "single quotes": b"{'a':1}", "NaN": b'{"a":NaN}',
        "Infinity": b'{"a":-Infinity}', "plus": b'{"a":+1}', "leading zero": b'{"a":01}', "dot": b'{"a":1.}', "point": b'{"a":.1}',
        "overflow": b'{"a":1e999}', "underflow": b'{"a":1e-999}', "17 digits": b'{"a":12345678901234567}', "2^53": b'{"a":9007199254740992}',
        "2^53-1": b'{"a":9007199254740991}', "lone high": b'{"a":"\\ud800"}', "lone low": b'{"a":"\\udc00x"}', "swapped pair": b'{"a":"\\udc00\\ud800"}',
        "pair": b'{"a":"\\ud83d\\ude00"}', "bad escape": b'{"a":"\\x41"}', "control": b'{"a":"\x01"}', "tab": b'{"a":"\t"}', "delete": b'{"a":"\x7f"}',
        "utf-16": '{"a":1}'.encode("utf-16"), "overlong": b'{"a":"\xc0\xaf"}', "surrogate": b'{"a":"\xed\xa0\x80"}', "latin": b'{"a":"\xe9"}',
        "depth 24": b'{"a":' * 24 + b"1" + b"}" * 24, "depth 25": b'{"a":' * 25 + b"1" + b"}" * 25, "deep": b"[" * 100_000,
        "deep in text": b'{"a":"' + b"[" * 1000 + b'"}', "unclosed text": b'{"a":"' + b"[" * 1000, "escaped quote": b'{"a":"\\"' + b"[" * 30 + b'"}',
        "large": b'{"a":"' + b"x" * (512 * 1024) + b'"}', "many": b'{"a":[' + b"1," * 20_000 + b"1]}", "not so many": b'{"a":[' + b"1," * 19_990 + b"1]}",
        "empty ones": b'{"a":[' + b"[ ]," * 19_000 + b"{}]}", "many empty ones": b'{"a":[' + b"[]," * 20_000 + b"{}]}",
        "many and broken": b"[" + b"1," * 20_000, "many in text": good_one[:-1] + b',"a":"' + b"," * 30_000 + b'"}',
        "prototype": good_one[:-1] + b',"__proto__":{"x":1}}', "constructor": good_one[:-1] + b',"constructor":"x"}', "empty key": good_one[:-1] + b',"":"x"}',
    }.items():  # fmt: skip
        yield Case(f"text {what}", raw, at_hand)


def values() -> Iterator[Case]:
    """Members that canonicalisers read in different ways, signed."""
    base = c.unsigned(c.KEY, OBV3_VC2)
    at_hand = c.published(c.KEY, OBV3_VC2)
    subject = base["credentialSubject"]
    achievement = subject["achievement"]

    def with_subject(**members: Any) -> JsonObject:
        return {**base, "credentialSubject": {**subject, **members}}

    def with_achievement(**members: Any) -> JsonObject:
        return {**base, "credentialSubject": {**subject, "achievement": {**achievement, **members}}}

    for what, document in {
        **{f"credits {number!r}": with_subject(creditsEarned=number) for number in (
            0, -0.0, 1, 1.0, 6.5, 9.3, 8.7, 93.1, 1e3, 1e-7, 2e-300, 123456789.125, 0.1, 1 / 3, 9007199254740991, -2.5e-3, 1e15, 5e-324, 2.2250738585072014e-308)},
        **{f"name {text!r}": {**base, "name": text} for text in (
            "\t", "\x0b\x0c\x08", "\x7f", "\u0085", "\u2028", "\ufeff", "\ufffe", "a\uffff\ufffeb", "\U0001f600\uff01", "\"\\", "a\nb\rc", "é", "e\u0301", " ", "\u202eabc")},
        "names in languages": {**base, "name": [{"@value": "a", "@language": "en"}, {"@value": "b", "@language": "DE-at"}]},
        "name with direction": {**base, "name": {"@value": "a", "@language": "ar-EG", "@direction": "rtl"}},
        "name with direction alone": {**base, "name": {"@value": "a", "@direction": "ltr"}},
        "name with a wrong direction": {**base, "name": {"@value": "a", "@language": "en", "@direction": "up"}},
        "name with a wrong language": {**base, "name": {"@value": "a", "@language": "not a language"}},
        "name with a type": {**base, "name": {"@value": "a", "@type": "https://example.org/type"}},
        "name with a relative type": {**base, "name": {"@value": "a", "@type": "type"}},
        "name null": {**base, "name": {"@value": None}},
        "name of a double": {**base, "name": {"@value": "1.0", "@type": "http://www.w3.org/2001/XMLSchema#double"}},
        "name of an odd double": {**base, "name": {"@value": "one", "@type": "http://www.w3.org/2001/XMLSchema#double"}},
        "name of a typed number": {**base, "name": {"@value": 5, "@type": "http://www.w3.org/2001/XMLSchema#double"}},
        "name of a typed fraction": {**base, "name": {"@value": 1e-7, "@type": "http://www.w3.org/2001/XMLSchema#double"}},
        "name of a typed integer": {**base, "name": {"@value": 5.5, "@type": "http://www.w3.org/2001/XMLSchema#integer"}},
        "name of a boolean": {**base, "name": {"@value": True, "@type": "https://example.org/type"}},
        "name number": {**base, "name": {"@value": 5}},
        "name many": {**base, "name": ["\U0001f600", "\uff01", "\ue000", "z"]},
        "tags": with_achievement(tag=["\U0001f600", "\uff01", "\ue000", "b", "a", "b"]),
        "tag null": with_achievement(tag=[None]),
        "tag empty": with_achievement(tag=[]),
        "tag nested": with_achievement(tag=[["a"]]),
        "image iri": with_achievement(image={"id": "https://example.org/é?ü#ö", "type": "Image"}),
        "alike": with_achievement(alignment=[_alignment("a"), _alignment("a")]),
        "alike five": with_achievement(alignment=[_alignment("a")] * 5),
        "alike six": with_achievement(alignment=[_alignment("a")] * 6),
        "alike in parts": with_achievement(alignment=[_alignment(str(number // 5)) for number in range(60)]),
        "alike in many parts": with_achievement(alignment=[_alignment(str(number // 5)) for number in range(70)]),
        "five hundred": with_achievement(alignment=[_alignment(str(number)) for number in range(490)]),
        "more than that": with_achievement(alignment=[_alignment(str(number)) for number in range(510)]),
        "endorsed": {**base, "endorsement": [c.credential(c.THIEF, OBV3_VC2)]},
        "evidence": {**base, "evidence": [{"id": "https://example.org/e", "type": ["Evidence"], "name": "x"}]},
        "terms of use": {**base, "termsOfUse": {"type": "https://example.org/Policy", "id": "urn:x:y"}},
        "undefined type": {**base, "termsOfUse": {"type": "IssuerPolicy"}},
        "absolute member": {**base, "https://example.org/x": "y"},
        "compact member": {**base, "xsd:x": "y"},
        "absolute type": {**base, "type": [*base["type"], "https://example.org/Type"]},
        "strange type": {**base, "type": [*base["type"], "a b"]},
        "type with colon": {**base, "type": [*base["type"], "a:b"]},
        "type twice": {**base, "type": [*base["type"], base["type"][1]]},
        "one type": {**base, "type": base["type"][:1]},
        "type text": {**base, "type": "VerifiableCredential"},
        "no name": {key: value for key, value in base.items() if key != "name"},
        "two subjects": {**base, "credentialSubject": [subject, {**subject, "id": "urn:uuid:1"}]},
        "subject without id": {**base, "credentialSubject": {key: value for key, value in subject.items() if key != "id"}},
        "subject empty": {**base, "credentialSubject": {}},
        "subject of an id": {**base, "credentialSubject": {"id": "urn:x:y"}},
        "achievement of a name": with_subject(achievement="Medal"),
        "id of mail": {**base, "id": "mailto:a@example.org"},
        "id of https": {**base, "id": "https://example.org/1"},
        "id with a space": {**base, "id": "https://example.org/a b"},
        "id with brackets": {**base, "id": "https://[::1]:80/a"},
        "id with an escape": {**base, "id": "https://example.org/%zz"},
        "id array": {**base, "id": ["urn:x:y"]},
        "presented": {"@context": [v.CREDENTIALS_V2], "type": ["VerifiablePresentation"], "verifiableCredential": [c.credential()]},
    }.items():  # fmt: skip
        yield from _signed_or_not(f"value {what}", document, at_hand)


def _alignment(name: str) -> JsonObject:
    return {"type": ["Alignment"], "targetName": name, "targetUrl": "https://example.org/skill"}


# --- Pictures


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: bytes, width: int = 1, height: int = 1) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    )


def baked(text: bytes, keyword: bytes = b"openbadgecredential", flags: bytes = b"\0\0") -> bytes:
    return chunk(b"iTXt", keyword + b"\0" + flags + b"\0\0" + text)


def pictures() -> Iterator[Case]:
    credential = c.dumps(c.credential())
    at_hand = c.published(c.KEY, OBV3_VC2)
    good_png = png(baked(credential))
    around = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">%s</svg>'
    cdata = f"<openbadges:credential><![CDATA[{credential.decode()}]]></openbadges:credential>"
    escaped = credential.decode().replace("&", "&amp;").replace("<", "&lt;")
    for what, raw in {
        "png": good_png, "png with more after": good_png + b"x", "png two": png(baked(credential), baked(credential)),
        "png compressed": png(baked(zlib.compress(credential), flags=b"\1\0")), "png other method": png(baked(credential, flags=b"\0\1")),
        "png none": png(), "png earlier": png(baked(b"{}", b"openbadges")), "png text": png(chunk(b"tEXt", b"openbadgecredential\0" + credential)),
        "png packed text": png(chunk(b"zTXt", b"openbadgecredential\0\0" + zlib.compress(credential))), "png empty": png(baked(b"")),
        "png cut": good_png[:-5], "png broken": good_png[:-20] + b"\0" + good_png[-19:], "png wide": png(baked(credential), width=4097),
        "png flat": png(baked(credential), height=0), "png no header": b"\x89PNG\r\n\x1a\n" + baked(credential) + chunk(b"IEND", b""),
        "png many chunks": png(baked(credential), *[chunk(b"tIME", b"")] * 1000), "png huge": good_png + bytes(4 * 1024 * 1024),
        "png not text": png(baked(b"\xff")), "png of JSON": png(baked(b"[]")), "png signature alone": b"\x89PNG\r\n\x1a\n",
        "png with language": png(chunk(b"iTXt", b"openbadgecredential\0\0\0en\0Badge\0" + credential)), "png of png": png(baked(good_png)),
        "png in one part": png(chunk(b"iTXt", b"openbadgecredential\0\0\0" + credential)), "png large text": png(baked(b" " * (512 * 1024 + 1))),
        **{f"svg {name}": text.encode() for name, text in {
            "cdata": around % cdata, "declared": '<?xml version="1.0" encoding="UTF-8"?>\n' + around % cdata, "marked": "\ufeff" + around % cdata,
            "text": around % f"<openbadges:credential>{escaped}</openbadges:credential>", "two": around % (cdata + cdata),
            "none": around % "", "empty": around % "<openbadges:credential/>", "blank": around % "<openbadges:credential> </openbadges:credential>",
            "prefix": (around % cdata).replace("openbadges:", "ob:").replace(":openbadges", ":ob"), "no prefix": (around % cdata).replace(' xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"', ""),
            "other namespace": (around % cdata).replace("ob/v3p0", "ob/v3p1"), "default": around % cdata.replace("<openbadges:credential>", '<credential xmlns="https://purl.imsglobal.org/ob/v3p0">').replace("</openbadges:credential>", "</credential>"),
            "markup": around % cdata.replace("<![CDATA[", "<b/><![CDATA["), "doctype": "<!DOCTYPE svg>" + around % cdata, "entity": '<!DOCTYPE svg [<!ENTITY a "b">]>' + around % cdata,
            "unknown entity": around % ("&nbsp;" + cdata), "character": around % ("&#x41;&#65;" + cdata), "no character": around % ("&#0;" + cdata), "comment": around % ("<!-- x -->" + cdata),
            "double dash": around % ("<!-- a--b -->" + cdata), "instruction": around % ("<?x y?>" + cdata), "late declaration": around % ('<?xml version="1.0"?>' + cdata),
            "html": "<html>" + cdata + "</html>", "not closed": (around % cdata)[:-6], "two roots": around % cdata + "<svg/>", "text after": around % cdata + "x", "space after": around % cdata + "\n",
            "duplicate attribute": (around % cdata).replace("<svg ", '<svg a="1" a="2" '), "no quotes": (around % cdata).replace("<svg ", "<svg a=1 "), "less in attribute": (around % cdata).replace("<svg ", '<svg a="<" '),
            "crossed": around % f"<g>{cdata}<a></g></a>", "other encoding": '<?xml version="1.0" encoding="ISO-8859-1"?>' + around % cdata, "latin declared": '<?xml version="1.0" encoding="us-ascii"?>' + around % cdata,
            "deep": around % ("<g>" * 63 + cdata + "</g>" * 63), "not so deep": around % ("<g>" * 62 + cdata + "</g>" * 62), "many": around % ("<g/>" * 20_000 + cdata), "earlier": around % '<a xmlns="http://openbadges.org"/>',
            "cdata end": around % ("]]>" + cdata), "control": around % ("\x01" + cdata), "attributes": (around % cdata).replace("<svg ", "<svg " + " ".join(f'a{n}="1"' for n in range(257)) + " "),
            "verify and text": around % cdata.replace("<openbadges:credential>", '<openbadges:credential verify="a.b.c">'), "space before": "\n " + around % cdata, "declared late": "\n<?xml version='1.0'?>" + around % cdata,
            "large": around % ("<!--" + " " * (2 * 1024 * 1024) + "-->" + cdata), "unbound xml": (around % cdata).replace("<svg ", '<svg xlink:href="x" '), "lang": (around % cdata).replace("<svg ", '<svg xml:lang="en" '), "returns": (around % cdata).replace(">", ">\r\n", 1),
        }.items()},
        "svg not utf-8": (around % cdata).encode() .replace(b"<svg ", b'<svg a="\xff" '), "svg utf-16": (around % cdata).encode("utf-16"),
    }.items():  # fmt: skip
        yield Case(f"picture {what}", raw, at_hand)


FAMILIES = (good, dates, proofs, tampered, contexts, statuses, issuers, texts, values, pictures)
