"""
Structural mutations of signed credentials: every one says something else than what was signed, or says it where no
signature covers it. What only writes the same claims otherwise (another order of members, a set of one as its one
element) is none.

``mutations`` gives ``(kind, raw JSON)``; kinds are words that a list of known differences can name.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import base58

from openedx_verifiable_credentials.core import vocabulary as v

Path = tuple[Any, ...]
_UNDEFINED = "neverDefined"
_CONTEXTS = ("https://w3id.org/security/multikey/v1", "https://w3id.org/security/suites/jws-2020/v1")
_ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
_KEYWORDS = {
    "@id": "urn:example:other", "@type": "Profile", "@graph": [], "@included": [], "@reverse": {}, "@index": "x",
    "@nest": {}, "@value": "x", "@language": "en", "@direction": "ltr", "@never": "x", "@set": [], "@list": [],
    "@base": "https://example.org/", "@vocab": "https://example.org/", "@import": "https://example.org/",
}  # fmt: skip


def mutations(credential: dict[str, Any], others: list[dict[str, Any]], count: int, seed: int) -> list[tuple[str, str]]:
    """
    ``count`` of them, all different, the same ones at every call: of each kind as many as of any other, as far as the
    credential has places for them. ``others``: credentials to swap parts with.
    """
    choose = random.Random(seed)
    by_kind = {kind: list(_distinct(make(credential, others, choose), credential)) for kind, make in _KINDS.items()}
    for made in by_kind.values():
        choose.shuffle(made)
    found: dict[str, str] = {}
    while len(found) < count:
        kinds = [kind for kind, made in by_kind.items() if made]
        assert kinds, f"There are no more than {len(found)} mutations."
        for kind in kinds:
            raw = by_kind[kind].pop()
            if len(found) < count:
                found.setdefault(raw, kind)
    return [(kind, raw) for raw, kind in found.items()]


def _distinct(made: Iterator[Any], original: dict[str, Any]) -> Iterator[str]:
    seen = {_canonical(original)}
    for one in made:
        raw = one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)
        same = raw if isinstance(one, str) else _canonical(one)
        if same not in seen and not (isinstance(one, dict) and _says_the_same(original, one)):
            seen.add(same)
            yield raw


def _says_the_same(original: dict[str, Any], made: dict[str, Any]) -> bool:
    """
    With a context more or less in which nothing is that the document uses (or that another one has, too), it is the
    same document. Each proof of a set stands for itself: without one, or with one that is of an unknown suite or for
    another purpose, the document is as good as before.
    """
    if {**made, "@context": original["@context"]} == original:
        return _without_idle(made.get("@context"), original) == _without_idle(original["@context"], original)
    if {**made, "proof": original["proof"]} != original or not isinstance(original["proof"], list):
        return False
    proof = made.get("proof")
    proofs = proof if isinstance(proof, list) else [proof]
    left = [proof for proof in proofs if proof not in original["proof"]]
    return len(left) < len(proofs) <= len(original["proof"]) and all(_is_set_aside(one, original) for one in left)


def _without_idle(listed: Any, original: dict[str, Any]) -> Any:
    is_badge = v.OPEN_BADGES_V3 in original["@context"]
    idle = [v.DATA_INTEGRITY_V2] * is_badge + [v.STATUS_V1] * (is_badge and "credentialStatus" not in original)
    return [one for one in listed if one not in idle] if isinstance(listed, list) else listed


def _is_set_aside(proof: Any, original: dict[str, Any]) -> bool:
    names = ("type", "cryptosuite", "proofPurpose")
    bare = [{name: one for name, one in each.items() if name not in names} for each in original["proof"]]
    return isinstance(proof, dict) and {name: one for name, one in proof.items() if name not in names} in bare


def _canonical(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True)


# Places


def _places(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value below ``node`` with its path, ``node`` first."""
    yield path, node
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _places(value, (*path, key))


def _objects(document: Any) -> Iterator[Path]:
    return (path for path, value in _places(document) if isinstance(value, dict))


def _at(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document


def _changed(document: Any, path: Path, change: Callable[[Any, Any], None]) -> Any:
    """A copy in which ``change(parent, key)`` was done at ``path``."""
    copied = copy.deepcopy(document)
    change(_at(copied, path[:-1]), path[-1])
    return copied


def _with(document: Any, path: Path, value: Any) -> Any:
    def put(parent: Any, key: Any) -> None:
        parent[key] = value

    return _changed(document, path, put)


def _added(document: Any, path: Path, name: str, value: Any) -> Any:
    copied = copy.deepcopy(document)
    _at(copied, path)[name] = value
    return copied


def _is_context(path: Path) -> bool:
    return "@context" in path


def _below(document: Any) -> Iterator[tuple[Path, Any]]:
    """Every value but the whole, and those inside contexts."""
    return ((path, value) for path, value in _places(document) if path and not _is_context(path))


# Kinds. Each takes the credential, others, and a source of choices.


def _delete(document: Any, _others: Any, _choose: random.Random) -> Iterator[Any]:
    def drop(parent: Any, key: Any) -> None:
        del parent[key]

    for path, _ in _places(document):
        if path:
            yield _changed(document, path, drop)


def _change(document: Any, _others: Any, choose: random.Random) -> Iterator[Any]:
    for path, value in _below(document):
        if isinstance(value, bool):
            yield _with(document, path, not value)
        elif isinstance(value, int | float):
            yield _with(document, path, value + 1)
        elif isinstance(value, str) and value:
            at = choose.randrange(len(value))
            other = choose.choice([one for one in "aZ0 -é" if one != value[at]])
            yield _with(document, path, value[:at] + other + value[at + 1 :])
            yield _with(document, path, value + choose.choice("x1 "))
            yield _with(document, path, value[:-1])


def _add_defined(document: Any, _others: Any, choose: random.Random) -> Iterator[Any]:
    for path in _objects(document):
        if not _is_context(path):
            for name in ("name", "description", "id", "url", "validUntil", "expirationDate", "evidence"):
                if name not in _at(document, path):
                    value = "urn:example:added" if name in ("id", "evidence", "url") else "2039-01-01T00:00:00Z"
                    yield _added(document, path, name, value)


def _add_undefined(document: Any, _others: Any, _choose: random.Random) -> Iterator[Any]:
    for path in _objects(document):
        if not _is_context(path):
            for value in ("x", 1, True, {"id": "urn:example:x"}, ["x"]):
                yield _added(document, path, _UNDEFINED, value)


def _add_type(document: Any, _others: Any, _choose: random.Random) -> Iterator[Any]:
    for path in _objects(document):
        here = _at(document, path)
        if "type" in here:
            types = here["type"] if isinstance(here["type"], list) else [here["type"]]
            for name in (_UNDEFINED, "Profile", "VerifiablePresentation", "https://example.org/Type"):
                if name not in types:
                    yield _added(document, path, "type", [*types, name])


def _rename(document: Any, _others: Any, _choose: random.Random) -> Iterator[Any]:
    for path, value in _below(document):
        if isinstance(path[-1], str):
            parent = _at(document, path[:-1])
            for name in (_UNDEFINED, "description", "name", path[-1].upper(), f"{path[-1]} "):
                if name not in parent:
                    renamed = {name if key == path[-1] else key: one for key, one in parent.items()}
                    yield _with(document, path[:-1], renamed) if path[:-1] else renamed
        del value


def _to_null(document: Any, _others: Any, _choose: random.Random) -> Iterator[Any]:
    return (_with(document, path, None) for path, _ in _places(document) if path)


def _to_empty(document: Any, _others: Any, _choose: random.Random) -> Iterator[Any]:
    for path, value in _places(document):
        for empty in ("", [], {}):
            if path and value != empty:
                yield _with(document, path, empty)


def _add_nothing(document: Any, _others: Any, _choose: random.Random) -> Iterator[Any]:
    """Members that JSON-LD drops, so that nothing signs them."""
    for path in _objects(document):
        for name, value in (("name", None), ("description", []), (_UNDEFINED, None), ("evidence", []), ("id", None)):
            if not _is_context(path) and name not in _at(document, path):
                yield _added(document, path, name, value)


def _retype(document: Any, _others: Any, _choose: random.Random) -> Iterator[Any]:
    for path, value in _below(document):
        if isinstance(value, str):
            yield _with(document, path, len(value))
            yield _with(document, path, True)
            yield _with(document, path, [value, "x"])
            yield _with(document, path, {"id": value, "name": "x"})
            yield _with(document, path, {"@value": value, "@language": "en"})
        elif isinstance(value, dict):
            yield _with(document, path, json.dumps(value))
            yield _with(document, path, [value, {"name": "x"}])
            yield _with(document, path, 1)
        elif isinstance(value, list) and value:
            yield _with(document, path, {"0": value[0]})
            yield _with(document, path, "x")
        elif isinstance(value, int | float):
            yield _with(document, path, str(value))


def _duplicate(document: Any, _others: Any, _choose: random.Random) -> Iterator[str]:
    """The same key twice: readers take the first or the last of them."""
    for path, value in _below(document):
        if isinstance(path[-1], str):
            for pair in ((value, "forged"), ("forged", value)):
                yield json.dumps(_changed(document, path, _put_marker), ensure_ascii=False).replace(
                    json.dumps(_MARKER), f"{json.dumps(pair[0])}, {json.dumps(path[-1])}: {json.dumps(pair[1])}"
                )


_MARKER = "\u0001marker\u0001"


def _put_marker(parent: Any, key: Any) -> None:
    parent[key] = _MARKER


def _nested_context(document: Any, _others: Any, _choose: random.Random) -> Iterator[Any]:
    contexts = (
        v.CREDENTIALS_V1, v.CREDENTIALS_V2, None, [], {}, {"name": "https://example.org/name"},
        {"@vocab": "https://example.org/"}, "https://example.org/context", [v.OPEN_BADGES_V3],
    )  # fmt: skip
    for path in _objects(document):
        if path and not _is_context(path):
            for context in contexts:
                yield _added(document, path, "@context", context)


def _context_list(document: Any, _others: Any, _choose: random.Random) -> Iterator[Any]:
    listed = document["@context"]
    more = (
        *_CONTEXTS, v.DID_V1, v.STATUS_LIST_2021_V1, v.ED25519_2020_V1, "https://example.org/context", None, {}, 1,
        {_UNDEFINED: "https://example.org/x"}, {"@vocab": "https://example.org/"}, {"@language": "en"},
        {"@base": "https://example.org/"}, {"name": "https://schema.org/name"}, v.CREDENTIALS_V1, v.CREDENTIALS_V2,
    )  # fmt: skip
    for context in more:
        for at in range(len(listed) + 1):
            yield {**document, "@context": [*listed[:at], context, *listed[at:]]}
    for at in range(len(listed)):
        yield {**document, "@context": [*listed[:at], *listed[at + 1 :]]}
        yield {**document, "@context": [*listed, listed[at]]}
        yield {**document, "@context": listed[at]}
    yield {**document, "@context": listed[::-1]}
    yield {**document, "@context": [listed[1:], listed[0]]} if len(listed) > 1 else {**document, "@context": [listed]}
    yield {**document, "@context": {"@import": listed[0]}}
    yield {**document, "@context": ""}


def _proofs(document: Any) -> Iterator[Path]:
    proof = document["proof"]
    return iter([("proof",)] if isinstance(proof, dict) else [("proof", at) for at in range(len(proof))])


def _proof_members(document: Any, others: list[Any], choose: random.Random) -> Iterator[Any]:
    method = next(iter(_all_proofs(choose.choice(others))))["verificationMethod"]
    replaced = {
        "created": ("2026-03-02T08:00:01Z", "2026-03-02T09:00:00+01:00", "2026-03-02", "yesterday"),
        "proofPurpose": (v.AUTHENTICATION, "keyAgreement", "https://w3id.org/security#assertionMethod"),
        "verificationMethod": (method, method.partition("#")[0], "did:key:z6Mk#z6Mk", "#key", {"id": method}),
        "type": (v.DATA_INTEGRITY_PROOF, v.ED25519_SIGNATURE_2020, "JsonWebSignature2020", _UNDEFINED),
        "cryptosuite": (v.EDDSA_RDFC_2022, v.ECDSA_RDFC_2019, "eddsa-jcs-2022", _UNDEFINED, ""),
        "challenge": ("x",), "domain": ("example.org", ["a", "b"]), "nonce": ("x",),
        "previousProof": ("urn:example:p",),
        "expires": ("2039-01-01T00:00:00Z", "2020-01-01T00:00:00Z"), "id": ("urn:example:proof",), "jws": ("a..b",),
        "@context": (v.CREDENTIALS_V1, v.DATA_INTEGRITY_V2), _UNDEFINED: ("x",), "proofValue": (None, 1, "z"),
    }  # fmt: skip
    for path in _proofs(document):
        for name, values in replaced.items():
            for value in values:
                if _at(document, path).get(name) != value:
                    yield _added(document, path, name, value)


def _proof_list(document: Any, others: list[Any], _choose: random.Random) -> Iterator[Any]:
    """More proofs than were made; each of them has to be good."""
    proofs = list(_all_proofs(document))
    for other in others:
        yield {**document, "proof": [*proofs, *_all_proofs(other)]}
    for junk in (None, {}, "x", [], 1, {"type": _UNDEFINED}, {**proofs[0], "proofValue": "z" + "1" * 64}):
        yield {**document, "proof": [*proofs, junk]}
        yield {**document, "proof": [junk, *proofs]}


def _all_proofs(document: Any) -> Iterator[Any]:
    return (_at(document, path) for path in _proofs(document))


def _proof_value(document: Any, _others: Any, choose: random.Random) -> Iterator[Any]:
    for path in _proofs(document):
        value = _at(document, path)["proofValue"]
        signature = base58.b58decode(value[1:])
        for bit in choose.sample(range(512), 40):
            flipped = bytearray(signature)
            flipped[bit // 8] ^= 1 << bit % 8
            yield _with(document, (*path, "proofValue"), _encoded(bytes(flipped)))
        scalar = int.from_bytes(signature[32:], "little") + _ED25519_ORDER
        others = [signature[32:] + signature[:32], signature[:32] + scalar.to_bytes(33, "little")[:32], signature[:-1]]
        for other in (*others, signature + b"\0", b"\0" * 64, b""):
            yield _with(document, (*path, "proofValue"), _encoded(other))
        for text in (
            value[1:],
            f" {value}",
            f"{value} ",
            f"{value}\n",
            f"z1{value[1:]}",
            f"u{value[1:]}",
            f"Z{value[1:]}",
        ):
            yield _with(document, (*path, "proofValue"), text)
        yield _with(document, (*path, "proofValue"), [value, "z"])


def _encoded(signature: bytes) -> str:
    return "z" + base58.b58encode(signature).decode("ascii")


def _swap(document: Any, others: list[Any], _choose: random.Random) -> Iterator[Any]:
    for other in others:
        for name in document.keys() | other.keys():
            if name in other and other[name] != document.get(name):
                yield {**document, name: other[name]}
        yield {**other, "proof": document["proof"]}


def _keyword(document: Any, _others: Any, _choose: random.Random) -> Iterator[Any]:
    for path in _objects(document):
        if not _is_context(path):
            for name, value in _KEYWORDS.items():
                yield _added(document, path, name, value)


def _identifier(document: Any, _others: Any, _choose: random.Random) -> Iterator[Any]:
    for path in _objects(document):
        if not _is_context(path):
            for value in (
                "_:b0",
                "other",
                "",
                "#x",
                "//example.org/x",
                "javascript:x",
                ["urn:example:a", "urn:example:b"],
            ):
                if _at(document, path).get("id") != value:
                    yield _added(document, path, "id", value)


def _wrap(document: Any, _others: Any, _choose: random.Random) -> Iterator[Any]:
    """Somebody else's words around what was signed."""
    subject = document["credentialSubject"]
    if isinstance(subject, dict):
        yield {**document, "credentialSubject": [subject, {"id": "did:example:mallory"}]}
    yield {**document, "@graph": [copy.deepcopy(document)]}
    yield {"@context": document["@context"], "@graph": [{k: one for k, one in document.items() if k != "@context"}]}
    yield {**document, "verifiableCredential": [document]}
    yield {**document, "id": "urn:uuid:00000000-0000-4000-8000-000000000000"}
    yield {**document, "validUntil": "2039-01-01T00:00:00Z"}
    yield {**document, "expirationDate": "2039-01-01T00:00:00Z"}
    yield {**document, "credentialSchema": {"id": "https://example.org/schema", "type": "JsonSchema"}}
    yield {**document, "termsOfUse": {"type": "https://example.org/Terms"}}


_KINDS: dict[str, Callable[[Any, Any, random.Random], Iterator[Any]]] = {
    "delete": _delete,
    "change": _change,
    "add a defined member": _add_defined,
    "add an undefined member": _add_undefined,
    "add a type": _add_type,
    "rename": _rename,
    "null": _to_null,
    "empty": _to_empty,
    "add nothing": _add_nothing,
    "type change": _retype,
    "duplicate key": _duplicate,
    "nested context": _nested_context,
    "context list": _context_list,
    "proof member": _proof_members,
    "proof list": _proof_list,
    "proof value": _proof_value,
    "swap": _swap,
    "keyword": _keyword,
    "identifier": _identifier,
    "wrap": _wrap,
}
