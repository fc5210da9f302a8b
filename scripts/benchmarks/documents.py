"""Credentials as batches make them, of learners whose names are in many scripts: what is signed again and again."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import random
import uuid
from collections.abc import Callable
from typing import Any

from openedx_verifiable_credentials.adapters import didkit
from openedx_verifiable_credentials.adapters.own_suites import OwnSuites
from openedx_verifiable_credentials.core import anchoring
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core import shapes
from openedx_verifiable_credentials.core import suites
from openedx_verifiable_credentials.core import templates
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.anchoring import Cover
from openedx_verifiable_credentials.core.canonical import canonicalize_independently
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.profiles import CredentialProfile
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.core.status_list import compose_entry
from openedx_verifiable_credentials.core.suites import eddsa_jcs
from openedx_verifiable_credentials.core.suites import rdf_proof
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import Grade
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Learner
from openedx_verifiable_credentials.data import Terms
from tests import awards
from tests import signed

# The shape that batches make by default with e-mail addresses released: two blank nodes of five differ.
BULK = Terms(email=True)
CREATED = datetime.datetime(2026, 11, 22, 10, 0, 0, tzinfo=datetime.UTC)
_NAMES = (
    "Ada Lovelace", "Zoë Müller-Lüdenscheidt", "Łukasz Żółć", "Nguyễn Thị Minh Khai", "Ирина Петрова", "عمر الخيام",
    'Robert "Bob" O’Brien & <Sons>', "प्रिया शर्मा", "山田 美咲", "Ünsal 🎓", "José de la Cruz", "Grace Hopper",
)  # fmt: skip
_LIST = "https://credentials.example.org/verifiable_credentials/status/academy/"
_RANDOM = random.Random(7)  # noqa: S311  (no secret)
_FORMS = (ListForm.REVOCATION, ListForm.SUSPENSION)
SIGNER = signed.signer()
_ISSUER = awards.issuer_profile(SIGNER.method.controller)


@dataclasses.dataclass(frozen=True)
class Kind:
    """What is made of awards: a profile, a suite, terms, and how many status entries."""

    profile: CredentialProfile
    suite: str
    terms: Terms = BULK
    entries: int = 1


BULK_RDFC = Kind(OBV3_VC2, v.EDDSA_RDFC_2022)
KINDS = {
    "template_eddsa_rdfc_2022": BULK_RDFC,
    "template_eddsa_jcs_2022": Kind(OBV3_VC2, v.EDDSA_JCS_2022),
    "template_ed25519signature2020": Kind(OBV3_VC1, v.ED25519_SIGNATURE_2020),
    "template_eddsa_rdfc_2022_no_varying_blank_nodes": Kind(OBV3_VC2, v.EDDSA_RDFC_2022, Terms(name=False)),
    "template_eddsa_rdfc_2022_name": Kind(OBV3_VC2, v.EDDSA_RDFC_2022, Terms()),
    "template_eddsa_rdfc_2022_grades": Kind(OBV3_VC2, v.EDDSA_RDFC_2022, Terms(email=True, grade=True)),
    "template_eddsa_rdfc_2022_suspension": Kind(OBV3_VC2, v.EDDSA_RDFC_2022, entries=2),
}


def award_of(number: int) -> Award:
    """A certificate of the number-th learner."""
    name = f"{_NAMES[number % len(_NAMES)]} {number}"
    learner = Learner(number, f"many{number}", name, f"many{number}@learners.example.edu")
    at = awards.AWARDED + datetime.timedelta(hours=number % 5000)
    grade = dataclasses.replace(awards.full_award().grade or Grade(None), percent=str(number % 101))
    return awards.full_award(certificate_uuid=_uuid(), learner=learner, awarded_at=at, grade=grade)


def fresh(number: int, kind: Kind) -> shapes.Fresh:
    """What is drawn for it."""
    entries = tuple(compose_entry(f"{_LIST}{form.purpose}", number, form) for form in _FORMS[: kind.entries])
    return shapes.Fresh(_uuid().urn, _uuid().urn, _uuid().hex if kind.terms.email else "", entries)


def unsigned(number: int, kind: Kind) -> JsonObject:
    """All of it, composed."""
    drawn = fresh(number, kind)
    return open_badges.compose(
        award_of(number),
        kind.terms,
        profile=kind.profile,
        issuer=_ISSUER,
        credential_id=drawn.credential_id,
        subject_id=drawn.subject_id,
        status=list(drawn.entries),
        salt=drawn.salt,
    )


class Templated:
    """Signs credentials of one kind by template. Two are held to the whole way before anything is measured."""

    def __init__(self, kind: Kind):
        self._kind, first = kind, award_of(0)
        self._shape = shapes.shape_of(first, kind.terms, issuer=_ISSUER, entries=kind.entries)
        document, slots = shapes.skeleton(
            first, kind.terms, self._shape, profile=kind.profile, issuer=_ISSUER, fresh=fresh(0, kind)
        )
        template = templates.compile_template(
            document,
            slots,
            suite=kind.suite,
            attach=kind.profile.attach,
            verification_method=dids.method_for_suite(SIGNER.method, kind.suite),
        )
        self._press, self._write = template.at(timestamp(CREATED)), template.outline.write
        self.template = template
        for number in (1, 2):
            raw = self.sign(self.values(number))
            if raw != _the_whole_way(raw, kind):
                raise RuntimeError("A template does not give what the whole way gives: nothing is measured.")

    def values(self, number: int) -> tuple[str, ...]:
        """What differs in the credential of the number-th learner."""
        drawn = fresh(number, self._kind)
        return shapes.values(award_of(number), self._kind.terms, self._shape, drawn, issuer=_ISSUER)

    def sign(self, values: tuple[str, ...]) -> bytes:
        """The signed document."""
        return self._write(self._press.sign(values, SIGNER.sign))

    def press(self, values: tuple[str, ...]) -> templates.Pressed:
        """The same, before it is written."""
        return self._press.press(values, SIGNER.sign)

    def document(self, pressed: templates.Pressed) -> JsonObject:
        """It, as whoever opens it reads it."""
        document: JsonObject = json.loads(self._write(pressed.written))
        return document


def leaf_with_pyld(document: JsonObject) -> bytes:
    """Of a signed document with its proof, the whole way."""
    return anchoring.leaf_of(document, Cover.PROOF)


def sign_with_pyld(document: JsonObject) -> bytes:
    """The whole way, once."""
    return _released(document, BULK_RDFC, OwnSuites().secure)


def sign_with_pyoxigraph(document: JsonObject) -> bytes:
    """The same with the other implementation."""
    return _released(document, BULK_RDFC, _with_pyoxigraph)


def sign_with_didkit(document: JsonObject) -> bytes:
    """DIDKit's Ed25519Signature2020."""
    return _released(document, KINDS["template_ed25519signature2020"], didkit.DidkitSecurer().secure)


def _released(document: JsonObject, kind: Kind, secure: Callable[..., JsonObject]) -> bytes:
    proof = secure(document, suite=kind.suite, signer=SIGNER, created=CREATED)
    return json_text.write(kind.profile.attach(document, proof))


def _with_pyoxigraph(document: JsonObject, *, suite: str, signer: Any, created: datetime.datetime) -> JsonObject:
    proof = suites.configure(
        suite, rdf_proof.ProofOptions(dids.method_for_suite(signer.method, suite), timestamp(created))
    )
    message = rdf_proof.signing_input(document, proof, canonicalize_independently)
    return rdf_proof.with_value(proof, signer.sign(message))


def _the_whole_way(raw: bytes, kind: Kind) -> bytes:
    document, _ = kind.profile.detach(json.loads(raw))
    return _released(document, kind, _with_jcs if kind.suite == v.EDDSA_JCS_2022 else OwnSuites().secure)


def _with_jcs(document: JsonObject, *, suite: str, signer: Any, created: datetime.datetime) -> JsonObject:
    """vc-di-eddsa §3.3: the configuration names the contexts, and stays in the proof like that."""
    options = rdf_proof.ProofOptions(dids.method_for_suite(signer.method, suite), timestamp(created))
    proof = {**eddsa_jcs.configure(options), "@context": document["@context"]}
    parts = (eddsa_jcs.canonicalize(part).encode("utf-8") for part in (proof, document))
    return rdf_proof.with_value(proof, signer.sign(b"".join(hashlib.sha256(part).digest() for part in parts)))


def _uuid() -> uuid.UUID:
    return uuid.UUID(int=_RANDOM.getrandbits(128), version=4)
