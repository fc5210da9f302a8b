"""Shapes of credentials with their slots, values for them, and the whole way that a template must not differ from."""

from __future__ import annotations

import copy
import hashlib
import random
import uuid
from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from openedx_verifiable_credentials.adapters.local_keys import LocalSigner
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import status_list
from openedx_verifiable_credentials.core import suites
from openedx_verifiable_credentials.core import templates
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.profiles import CredentialProfile
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.core.suites import eddsa_jcs
from openedx_verifiable_credentials.core.suites import rdf_proof
from openedx_verifiable_credentials.core.templates import Slot
from openedx_verifiable_credentials.core.templates import SlotKind
from openedx_verifiable_credentials.core.templates import Template
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Terms
from tests import awards
from tests import signed

CREATED = "2026-03-02T08:00:00Z"
LISTS = "https://credentials.example.org/verifiable_credentials/status/academy"
# Bulk credentials of a policy that releases the usual things.
BULK = Terms(email=True, activity_dates=True)
PROFILE_OF = {v.EDDSA_RDFC_2022: OBV3_VC2, v.ED25519_SIGNATURE_2020: OBV3_VC1, v.EDDSA_JCS_2022: OBV3_VC2}
# The names of members whose texts differ, of what kind they are, and inside which members they do not.
_KINDS = {
    "id": SlotKind.IRI,
    "identityHash": SlotKind.TEXT,
    "salt": SlotKind.PLAIN,
    "value": SlotKind.TEXT,
    "statusListIndex": SlotKind.PLAIN,
    "statusListCredential": SlotKind.IRI,
    "activityStartDate": SlotKind.PLAIN,
    "activityEndDate": SlotKind.PLAIN,
    "validUntil": SlotKind.PLAIN,
    "expirationDate": SlotKind.PLAIN,
}
_FIXED = {"issuer", "achievement", "source"}
_DATES = ("validFrom", "awardedDate", "issuanceDate")


def unsigned(
    profile: CredentialProfile,
    terms: Terms = BULK,
    *,
    entries: int = 1,
    award: Award | None = None,
    signer: LocalSigner | None = None,
) -> JsonObject:
    """A credential without a wallet's holder, with ``entries`` in status lists."""
    forms = (ListForm.REVOCATION, ListForm.SUSPENSION)[:entries]
    status = [status_list.compose_entry(f"{LISTS}/{form.name}", 7, form) for form in forms]
    did = (signer or signed.signer()).method.controller
    document: JsonObject = signed.unsigned(award or awards.full_award(), profile, did, terms, status=status)
    document["credentialSubject"]["id"] = "urn:uuid:8f3b7f6e-5b0e-4c8e-9a55-0d6b8f0a1c2d"
    return document


def slots_of(document: JsonObject) -> list[Slot]:
    """What differs between learners, each a slot of its own; the date of the award stands at up to two places."""
    dates = Slot("awarded", SlotKind.PLAIN, tuple((name,) for name in _DATES if name in document))
    return [dates, *_slots(document, ())]


def _slots(node: Any, path: templates.Path) -> list[Slot]:
    if isinstance(node, list):
        return [slot for at, item in enumerate(node) for slot in _slots(item, (*path, at))]
    if not isinstance(node, dict):
        return []
    found = []
    for name, value in node.items():
        if name in _KINDS:
            found.append(Slot(".".join(map(str, (*path, name))), _KINDS[name], ((*path, name),)))
        elif name not in _FIXED:
            found += _slots(value, (*path, name))
    return found


def random_values(slots: Sequence[Slot], choose: random.Random) -> list[str]:
    """Values as bulk issuance has them."""
    return [_random_value(slot, choose) for slot in slots]


def _random_value(slot: Slot, choose: random.Random) -> str:
    drawn = choose.randbytes(16).hex()
    if slot.kind is SlotKind.IRI:
        if slot.name.endswith("statusListCredential"):
            return f"{LISTS}/{choose.choice('ab')}"
        if "Status" in slot.name or "evidence" in slot.name:
            return f"{LISTS}/a#{drawn[:6]}"
        return uuid.UUID(drawn).urn
    if slot.kind is SlotKind.PLAIN:
        is_date = slot.name == "awarded" or slot.name.endswith(("Date", "Until"))
        year = 2126 if slot.name.endswith("Until") else 2026
        return f"{year}-03-01T12:30:{choose.randrange(60):02}Z" if is_date else drawn
    return (
        choose.choice(("Ada Lovelace ", "José Ñandú ", '"q" & <b>\n\\ ', "👩‍🔬ＡＢ {} %s ", "عمر الخيام ")) + drawn[:6]
    )


def strategy_of(slot: Slot) -> st.SearchStrategy[str]:
    """Anything that the slot takes, the nasty first; alike more often than chance would have it."""
    if slot.kind is SlotKind.IRI:
        return iris("https" if "Status" in slot.name or "evidence" in slot.name else "urn")
    return texts if slot.kind is SlotKind.TEXT else plains


_NASTY = (
    *(
        '"',
        "\\",
        "\\n",
        "\n",
        "&amp;",
        "<b>",
        "{}",
        "%s",
        "%",
        "'",
        "_:b0",
        "_:a",
        "@id",
        " .\n",
        '"^^<urn:x>',
        "slot0x0x",
    ),
    *("\u2028\u2029", "\x85", "e\u0301", "👩\u200d🔬🏽", "\U0001f600", "ＡＢ", "مقدمة", "\u200d", "\u202e", "\ufeff"),
)
texts = st.one_of(
    st.lists(st.sampled_from(_NASTY), max_size=5).map("".join),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30),
    st.just(""),
)
plains = st.text("ab09:$#._+/=-TZ", max_size=6)


def iris(scheme: str) -> st.SearchStrategy[str]:
    """Absolute IRIs of which one is often the beginning of another."""
    start = f"{scheme}://a" if scheme == "https" else f"{scheme}:a"
    path = st.sampled_from(
        ("", "/", "/a", "/a/b", "/%C3%A9", "/é徽", "/a=", "/&x;") if scheme == "https" else ("", "b", ":c", "!")
    )
    tail = st.sampled_from(("", "#1", "#2", "#11", "?a=1&copy=2"))
    return st.builds("{}{}{}".format, st.just(start), path, tail)


def filled(document: JsonObject, slots: Sequence[Slot], values: Sequence[str]) -> JsonObject:
    """``document`` with ``values`` where the slots are."""
    document = copy.deepcopy(document)
    for slot, value in zip(slots, values, strict=True):
        for path in slot.paths:
            node: Any = document
            for step in path[:-1]:
                node = node[step]
            node[path[-1]] = value
    return document


def whole_way(
    document: JsonObject,
    suite: str,
    signer: LocalSigner,
    *,
    created: str = CREATED,
    canonicalizer: Callable[[JsonObject], str] = canonicalize,
    attach: Callable[[JsonObject, JsonObject], JsonObject] | None = None,
) -> bytes:
    """The signed document without any template."""
    options = rdf_proof.ProofOptions(dids.method_for_suite(signer.method, suite), created)
    if suite == v.EDDSA_JCS_2022:
        canonicalizer = eddsa_jcs.canonicalize
        proof = {**eddsa_jcs.configure(options), "@context": document["@context"]}
    else:
        proof = suites.configure(suite, options)
    signature = signer.sign(rdf_proof.signing_input(document, proof, canonicalizer))
    return json_text.write((attach or PROFILE_OF[suite].attach)(document, rdf_proof.with_value(proof, signature)))


def compiled(document: JsonObject, slots: Sequence[Slot], suite: str, signer: LocalSigner) -> Template:
    """The template of ``document``."""
    return templates.compile_template(
        document,
        slots,
        suite=suite,
        attach=PROFILE_OF[suite].attach,
        verification_method=dids.method_for_suite(signer.method, suite),
    )


def signed_by(template: Template, values: Sequence[str], signer: LocalSigner, created: str = CREATED) -> bytes:
    """The signed document by way of ``template``."""
    return template.outline.write(template.at(created).sign(values, signer.sign))


def sha256(text: str) -> bytes:
    """Of the text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).digest()
