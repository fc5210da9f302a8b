"""
Credentials that templates sign are, to the byte, those that are composed, canonicalised and signed one by one.

1,500 random ones at every run, all 10,000 where OVC_THOROUGH is set: of courses and programs, under random terms, in
both profiles, by did:key and did:web issuers, with all that people type as names.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import random
from collections import Counter
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import pytest

from openedx_verifiable_credentials.adapters.didkit import DidkitSecurer
from openedx_verifiable_credentials.adapters.own_suites import OwnSuites
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core import shapes
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.canonical import canonicalize_independently
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import CredentialProfile
from openedx_verifiable_credentials.core.suites import rdf_proof
from openedx_verifiable_credentials.core.templates import Press
from openedx_verifiable_credentials.core.templates import Template
from openedx_verifiable_credentials.core.templates import compile_template
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import IssuerProfile
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import CompositionError
from tests import awards
from tests import random_awards
from tests import signed

THOROUGH = bool(os.environ.get("OVC_THOROUGH"))
COUNT = 10_000 if THOROUGH else 1_500
FOR_DIDKIT = 10_000 if THOROUGH else 300
OF_EACH = 25
SIGNERS = (signed.signer(), signed.signer(host="credentials.example.org"))
CREATED = timestamp(signed.CREATED)


@dataclasses.dataclass(frozen=True)
class Group:
    """The credentials of one course or program under the same terms, in one profile, by one issuer."""

    award: Award
    terms: Terms
    profile: CredentialProfile
    signer: Any
    entries: int

    @property
    def issuer(self) -> IssuerProfile:
        return awards.issuer_profile(self.signer.method.controller)

    @property
    def suite(self) -> str:
        return self.profile.suite_for(v.ED25519)

    def compose(self, award: Award, fresh: shapes.Fresh) -> JsonObject:
        return open_badges.compose(
            award, self.terms, profile=self.profile, issuer=self.issuer, credential_id=fresh.credential_id,
            subject_id=fresh.subject_id, status=fresh.entries, salt=fresh.salt,
        )  # fmt: skip

    def sign(self, document: JsonObject, securer: Any) -> JsonObject:
        proof = securer.secure(document, suite=self.suite, signer=self.signer, created=signed.CREATED)
        return self.profile.attach(document, proof)

    def shape_of(self, award: Award) -> shapes.Shape:
        return shapes.shape_of(award, self.terms, issuer=self.issuer, entries=self.entries)

    def values(self, award: Award, fresh: shapes.Fresh) -> tuple[str, ...]:
        return shapes.values(award, self.terms, self.shape_of(award), fresh, issuer=self.issuer)

    def compile(self, award: Award, fresh: shapes.Fresh) -> Template:
        document, slots = shapes.skeleton(
            award, self.terms, self.shape_of(award), profile=self.profile, issuer=self.issuer, fresh=fresh
        )
        method = dids.method_for_suite(self.signer.method, self.suite)
        return compile_template(
            document, slots, suite=self.suite, attach=self.profile.attach, verification_method=method
        )


@dataclasses.dataclass(frozen=True)
class One:
    """A credential of a group, and what prints those of its shape."""

    group: Group
    award: Award
    fresh: shapes.Fresh
    template: Template
    press: Press

    @functools.cached_property
    def unsigned(self) -> JsonObject:
        return self.group.compose(self.award, self.fresh)

    def is_of_our_days(self) -> bool:
        """DIDKit reads years of four digits."""
        until = open_badges.valid_until(self.award, self.group.terms) or self.award.awarded_at
        return min(self.award.awarded_at, until).year >= 1000

    def print(self) -> bytes:
        values = self.group.values(self.award, self.fresh)
        return self.template.outline.write(self.press.sign(values, self.group.signer.sign))


def any_group(source: random.Random) -> Group:
    return Group(
        random_awards.of_another_course(source), random_awards.terms(source), source.choice(awards.PROFILES),
        source.choice(SIGNERS), source.randrange(3),
    )  # fmt: skip


def group_for_didkit(source: random.Random) -> Group:
    """DIDKit signs in one profile, for issuers whose DID is their key, and reads one status entry."""
    signer, entries = SIGNERS[0], source.randrange(2)
    return dataclasses.replace(any_group(source), profile=OBV3_VC1, signer=signer, entries=entries)


def random_ones(count: int, seed: int, make_group: Callable[[random.Random], Group]) -> Iterator[One]:
    """Of each group, the first of a shape is compiled; the others are printed with it."""
    source = random.Random(seed)
    for _ in range(count // OF_EACH):
        group, compiled = make_group(source), {}
        # Learners of one course have much in common: so that shapes are used more than once.
        seen = [random_awards.of_somebody(group.award, source) for _ in range(4)]
        for _ in range(OF_EACH):
            own = random_awards.of_somebody(group.award, source)
            award = dataclasses.replace(source.choice(seen), learner=own.learner, certificate_uuid=own.certificate_uuid)
            fresh = random_awards.fresh(group.issuer, group.entries, source)
            shape = group.shape_of(award)
            if shape not in compiled:
                template = group.compile(award, random_awards.fresh(group.issuer, group.entries, source))
                compiled[shape] = template, template.at(CREATED)
            yield One(group, award, fresh, *compiled[shape])


def independently_hashed(one: One) -> bytes:
    """The 64 bytes that are signed, by the other implementation."""
    configuration, _ = rdf_proof.split(one.group.profile.detach(json.loads(one.print()))[1])
    return rdf_proof.signing_input(one.unsigned, configuration, canonicalize_independently)


def print_ones(count: int, seed: int, make_group: Callable[[random.Random], Group]) -> list[tuple[One, bytes]]:
    """Each with its bytes; those that no template takes are left out, and must be few."""
    found, refused = [], Counter[str]()
    for one in random_ones(count, seed, make_group):
        try:
            found.append((one, one.print()))
        except CompositionError as error:
            assert error.code == "not_templatable"
            refused[error.message] += 1
    print(
        f"{len(found)} printed with {len({id(one.template) for one, _ in found})} templates; refused: {dict(refused)}"
    )
    assert refused.total() < count / 20
    return found


@pytest.fixture(scope="module")
def printed() -> list[tuple[One, bytes]]:
    return print_ones(COUNT, 11, any_group)


def test_they_are_what_is_composed_and_signed_one_by_one(printed: list[tuple[One, bytes]]) -> None:
    wrong = [
        one.fresh for one, raw in printed
        if raw != json_text.write(one.group.sign(one.unsigned, OwnSuites()))
    ]  # fmt: skip
    print(f"{len(printed)} compared with PyLD")
    assert wrong == []


def test_the_other_canonicaliser_hashes_the_same(printed: list[tuple[One, bytes]]) -> None:
    for one, _ in printed:
        message, *_ = one.press.fill(one.group.values(one.award, one.fresh))
        assert message == independently_hashed(one)
    print(f"{len(printed)} compared with pyoxigraph")


def test_didkit_makes_the_same_proof() -> None:
    didkit, compared = DidkitSecurer(), 0
    for one, raw in print_ones(FOR_DIDKIT * 11 // 10, 12, group_for_didkit):
        if one.is_of_our_days():
            assert raw == json_text.write(one.group.sign(one.unsigned, didkit))
            compared += 1
    print(f"{compared} compared with DIDKit")
    assert compared >= FOR_DIDKIT


def test_another_value_gives_another_signature(printed: list[tuple[One, bytes]]) -> None:
    source = random.Random(3)
    for one, raw in source.sample(printed, 200):
        values = one.group.values(one.award, one.fresh)
        place = source.randrange(len(values))
        changed = (*values[:place], values[place] + "1", *values[place + 1 :])
        message, *_ = one.press.fill(values)
        other, *_ = one.press.fill(changed)
        assert other[:32] == message[:32] and other[32:] != message[32:]
        later, *_ = one.template.at("2026-03-02T08:00:01Z").fill(values)
        assert later[:32] != message[:32] and later[32:] == message[32:]
        assert raw == one.template.outline.write(one.press.sign(values, one.group.signer.sign))
