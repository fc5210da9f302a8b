"""Putting what differs between learners into the skeleton of a shape gives what composing gives, to the byte."""

import copy
import dataclasses
import datetime
import json
import random

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import lint
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core import shapes
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.templates import SlotKind
from openedx_verifiable_credentials.core.text import is_absolute_iri
from openedx_verifiable_credentials.data import AchievementContent
from openedx_verifiable_credentials.data import Alignment
from openedx_verifiable_credentials.data import Grade
from openedx_verifiable_credentials.data import Learner
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import CompositionError
from tests import awards
from tests import random_awards
from tests import trees

ISSUER = awards.key_issuer()
HOSTILE_NAMES = (
    "   ", "\t\n\x00\x1f\x7f\x9f", "x" * 400, "\ud800 and \udfff", "\ud83d\udc69", "\u202eevil\u202c",
    "\u200fRTL\u200e", "{} %s ${x} {{0}}", '"},{"type":"x', "\\u0000", "</script>&amp;", "\ufeff", "e\u0301" * 200,
    "\U0010ffff", "\x1f|\x1f",
)  # fmt: skip
every_profile = pytest.mark.parametrize("profile", awards.PROFILES, ids=lambda profile: profile.id)
every_kind = pytest.mark.parametrize("make", [awards.full_award, awards.program_award], ids=["course", "program"])


def composed(award, terms, profile, fresh, issuer=ISSUER):
    return open_badges.compose(
        award,
        terms,
        profile=profile,
        issuer=issuer,
        credential_id=fresh.credential_id,
        subject_id=fresh.subject_id,
        status=fresh.entries,
        salt=fresh.salt,
    )


def skeleton_of(award, terms, profile, fresh, issuer=ISSUER):
    shape = shapes.shape_of(award, terms, issuer=issuer, entries=len(fresh.entries))
    return shape, shapes.skeleton(award, terms, shape, profile=profile, issuer=issuer, fresh=fresh)


def put(document, slots, values):
    """``document`` with each value at its slot's places."""
    document = copy.deepcopy(document)
    for slot, value in zip(slots, values, strict=True):
        for path in slot.paths:
            node = trees.at(document, path[:-1])
            assert isinstance(node[path[-1]], str)
            node[path[-1]] = value
    return document


def filled(award, terms, profile, fresh, issuer=ISSUER):
    shape, (document, slots) = skeleton_of(award, terms, profile, fresh, issuer)
    return put(document, slots, shapes.values(award, terms, shape, fresh, issuer=issuer))


def code_of(call):
    with pytest.raises(CompositionError) as refusal:
        call()
    return refusal.value.code


def fresh_for(entries=1, seed=1, **changes):
    drawn = random_awards.fresh(ISSUER, entries, random.Random(seed))
    return dataclasses.replace(drawn, **changes)


def test_ten_thousand_random_awards_are_filled_in_as_they_are_composed():
    source, seen = random.Random(7), set()
    for _ in range(500):
        template, terms = random_awards.of_another_course(source), random_awards.terms(source)
        profile, entries, skeletons = source.choice(awards.PROFILES), source.randrange(3), {}
        for _ in range(20):
            award = random_awards.of_somebody(template, source)
            fresh = random_awards.fresh(ISSUER, entries, source)
            shape = shapes.shape_of(award, terms, issuer=ISSUER, entries=entries)
            if shape not in skeletons:
                skeletons[shape] = shapes.skeleton(award, terms, shape, profile=profile, issuer=ISSUER, fresh=fresh)
            values = shapes.values(award, terms, shape, fresh, issuer=ISSUER)
            written = json_text.write(put(*skeletons[shape], values))
            assert written == json_text.write(composed(award, terms, profile, fresh))
            seen.add((shape, profile.id, template.kind))
    # Each optional member was there and was not, under both profiles, for courses and programs.
    for profile in awards.PROFILES:
        for kind in ("course", "program"):
            of_kind = [shape for shape, *of in seen if of == [profile.id, kind]]
            assert {shape.entries for shape in of_kind} == {0, 1, 2}
            for field in set(shapes.Shape._fields) - {"entries"}:
                is_there = {getattr(shape, field) for shape in of_kind}
                assert is_there == ({False} if (field, kind) == ("evidence", "course") else {True, False}), field


@settings(max_examples=200)
@given(
    award=awards.awards,
    terms=awards.terms,
    profile=awards.profiles,
    issuer=awards.issuers,
    entries=st.integers(0, 2),
    seed=st.integers(0, 2**32),
)
def test_whatever_the_award_terms_profile_and_issuer_are(award, terms, profile, issuer, entries, seed):
    fresh = random_awards.fresh(issuer, entries, random.Random(seed))
    expected = composed(award, terms, profile, fresh, issuer)
    assert json_text.write(filled(award, terms, profile, fresh, issuer)) == json_text.write(expected)


@every_profile
@every_kind
@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=ascii)
def test_hostile_names_are_filled_in_as_they_are_composed(make, profile, name):
    moment = datetime.datetime(2026, 1, 1, 0, 0, 0, 999_999, tzinfo=datetime.timezone(datetime.timedelta(hours=14)))
    award = make(learner=Learner(7, name, name, name), grade=Grade("50", name), awarded_at=moment)
    for terms in (awards.EVERYTHING, Terms(), Terms(name=False, email=True)):
        for entries in range(3):
            fresh = fresh_for(entries)
            assert json_text.write(filled(award, terms, profile, fresh)) == json_text.write(
                composed(award, terms, profile, fresh)
            )


@every_profile
@every_kind
def test_a_value_in_another_slot_makes_another_document(make, profile):
    award, fresh = make(), fresh_for(2)
    shape, (document, slots) = skeleton_of(award, awards.EVERYTHING, profile, fresh)
    values = shapes.values(award, awards.EVERYTHING, shape, fresh, issuer=ISSUER)
    expected = composed(award, awards.EVERYTHING, profile, fresh)
    assert put(document, slots, values) == expected
    for place in range(len(values)):
        assert put(document, slots, (*values[:place], values[place] + "x", *values[place + 1 :])) != expected
        rotated = (*values[:place], *values[place + 1 :], values[place])
        assert place == len(values) - 1 or put(document, slots, rotated) != expected


@given(award=awards.awards, terms=awards.terms, profile=awards.profiles, entries=st.integers(0, 2), seed=st.integers())
def test_a_skeleton_is_the_same_for_everybody_and_tells_of_nobody(award, terms, profile, entries, seed):
    source = random.Random(seed)
    secret = Learner(77123456, "zq_xylander_99", "Zebulon Quux-Xylander", "zebulon@quux.example")
    moment = datetime.datetime(2031, 7, 13, 17, 19, 23, tzinfo=datetime.UTC)
    path = f"/records/{'9f' * 16}/" if award.program is not None else ""
    one = dataclasses.replace(award, learner=secret, awarded_at=moment, grade=Grade("61.73", "Qx7"), record_path=path)
    two = dataclasses.replace(
        one,
        certificate_uuid=source.getrandbits(64),
        learner=Learner(3, "bob", "Bob", "bob@example.org"),
        awarded_at=moment + datetime.timedelta(days=500),
        grade=Grade("12", "F"),
        record_path=path and "/records/other/",
        modified_at=moment,
        visible_from=None,
    )
    drawn = [random_awards.fresh(ISSUER, entries, source) for _ in range(2)]
    shape, (document, slots) = skeleton_of(one, terms, profile, drawn[0])
    other_shape, other = skeleton_of(two, terms, profile, drawn[1])
    if shape == other_shape:
        assert (json_text.write(document), slots) == (json_text.write(other[0]), other[1])
    written = json.dumps(document)
    individual = shapes.values(one, terms, shape, drawn[0], issuer=ISSUER)
    # The index is a number that may stand in any text; a course may have begun on the day that stands for all.
    told = [value for value in individual if not value.isdigit() and value != "2000-01-01T00:00:00Z"]
    assert [value for value in told if value in written] == []
    for personal in ("Zebulon", "zebulon", "zq_xylander", "77123456", "61.73", "Qx7", "2031", "9f9f9f"):
        assert personal not in written
    assert str(one.certificate_uuid) not in written


def test_a_skeleton_is_a_document_like_any_other_and_its_slots_hold_what_their_kinds_say():
    for make in (awards.full_award, awards.program_award):
        for profile in awards.PROFILES:
            fresh = fresh_for(2)
            shape, (document, slots) = skeleton_of(make(), awards.EVERYTHING, profile, fresh)
            values = shapes.values(make(), awards.EVERYTHING, shape, fresh, issuer=ISSUER)
            assert len({slot.name for slot in slots}) == len(slots) == len(values)
            for slot, value in zip(slots, values, strict=True):
                blanks = {trees.at(document, path) for path in slot.paths}
                assert len(blanks) == 1, slot.name
                blank = blanks.pop()
                if slot.kind is SlotKind.IRI:
                    assert is_absolute_iri(blank) and blank.partition(":")[0] == value.partition(":")[0]
                elif slot.kind is SlotKind.PLAIN:
                    assert set(blank + value) <= set("0123456789abcdefghijklmnopqrstuvwxyzTZ:$-")


@pytest.mark.parametrize("base_url", ["https://credentials.example.org", "http://localhost:18150"])
def test_addresses_in_a_skeleton_have_the_schemes_that_are_filled_in(base_url):
    issuer = awards.key_issuer(base_url=base_url)
    fresh = dataclasses.replace(
        random_awards.fresh(issuer, 1, random.Random(3)),
        subject_id="did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
    )
    award = awards.program_award()
    shape, (document, slots) = skeleton_of(award, awards.EVERYTHING, OBV3_VC2, fresh, issuer)
    values = shapes.values(award, awards.EVERYTHING, shape, fresh, issuer=issuer)
    for slot, value in zip(slots, values, strict=True):
        if slot.kind is SlotKind.IRI:
            assert trees.at(document, slot.paths[0]).split(":")[0] == value.split(":")[0]
    assert filled(award, awards.EVERYTHING, OBV3_VC2, fresh, issuer) == composed(
        award, awards.EVERYTHING, OBV3_VC2, fresh, issuer
    )


class TestRefusals:
    def test_a_shape_of_another_credential(self):
        award, fresh = awards.full_award(), fresh_for(1)
        right = shapes.shape_of(award, awards.EVERYTHING, issuer=ISSUER, entries=1)
        assert shapes.values(award, awards.EVERYTHING, right, fresh, issuer=ISSUER)
        for field, value in right._asdict().items():
            wrong = right._replace(**{field: 2 if field == "entries" else not value})
            call = lambda wrong=wrong: shapes.values(award, awards.EVERYTHING, wrong, fresh, issuer=ISSUER)  # noqa: E731
            assert code_of(call) == "not_templatable", field

    def test_a_shape_that_the_terms_do_not_allow(self):
        award, fresh = awards.full_award(), fresh_for(0)
        everything = shapes.shape_of(award, awards.EVERYTHING, issuer=ISSUER, entries=0)
        asked = {"profile": OBV3_VC1, "issuer": ISSUER, "fresh": fresh}
        assert shapes.skeleton(award, awards.EVERYTHING, everything, **asked)
        assert code_of(lambda: shapes.skeleton(award, Terms(), everything, **asked)) == "not_templatable"

    def test_what_may_grow_too_large_with_a_name_is_weighed_on_its_own(self):
        def skeleton(kilobytes):
            aligned = tuple(
                Alignment(f"https://e.org/{number}", "One", description="x" * 1000) for number in range(kilobytes)
            )
            terms = Terms(content=AchievementContent(aligned_with=aligned))
            return skeleton_of(awards.full_award(), terms, OBV3_VC2, fresh_for(1))

        _, (document, _) = skeleton(20)
        assert len(json_text.write(document)) < lint.MAX_BYTES / 2 + 4096
        for kilobytes in (43, 60):
            assert code_of(lambda kilobytes=kilobytes: skeleton(kilobytes)) == "not_templatable"

    @every_kind
    def test_a_name_and_a_record_at_their_longest_fit_in_what_is_left(self, make):
        nasty = "&" * 255
        award = make(
            learner=Learner(7, "x", nasty, nasty),
            grade=Grade("100.00", nasty),
            record_path="/" + "&" * 2000,
        )
        for profile in awards.PROFILES:
            fresh = fresh_for(2)
            _, (document, _) = skeleton_of(award, awards.EVERYTHING, profile, fresh)
            whole = composed(award, awards.EVERYTHING, profile, fresh)
            more = len(json_text.write(whole)) - len(json_text.write(document))
            # A record's address is by far the longest, and few credentials have one.
            assert 14_000 < more < 16 * 1024 if make is awards.program_award else 1_800 < more < 4 * 1024

    @pytest.mark.parametrize("entries", [-1, 3])
    def test_more_status_entries_than_any_credential_has(self, entries):
        call = lambda: shapes.shape_of(awards.full_award(), Terms(), issuer=ISSUER, entries=entries)  # noqa: E731
        assert code_of(call) == "not_templatable"

    @pytest.mark.parametrize(
        "change",
        [
            {"statusPurpose": "suspension"},
            {"type": "StatusList2021Entry"},
            {"statusSize": "2"},
            {"statusListIndex": None},
            {"statusListCredential": None},
        ],
        ids=str,
    )
    def test_status_entries_of_another_form(self, change):
        award, fresh = awards.full_award(), fresh_for(1)
        shape = shapes.shape_of(award, Terms(), issuer=ISSUER, entries=1)
        changed = {name: value for name, value in (fresh.entries[0] | change).items() if value is not None}
        odd = dataclasses.replace(fresh, entries=(changed,))
        assert shapes.values(award, Terms(), shape, fresh, issuer=ISSUER)
        assert code_of(lambda: shapes.values(award, Terms(), shape, odd, issuer=ISSUER)) == "not_templatable"

    def test_two_entries_in_another_order_or_at_two_places(self):
        award, fresh, other = awards.full_award(), fresh_for(2), fresh_for(2, seed=2)
        shape = shapes.shape_of(award, Terms(), issuer=ISSUER, entries=2)
        for entries in (fresh.entries[::-1], (fresh.entries[0], other.entries[1])):
            odd = dataclasses.replace(fresh, entries=entries)
            assert (
                code_of(lambda odd=odd: shapes.values(award, Terms(), shape, odd, issuer=ISSUER)) == "not_templatable"
            )

    @pytest.mark.parametrize(
        ("award_change", "fresh_change", "code"),
        [
            ({"awarded_at": datetime.datetime(2026, 3, 1)}, {}, "naive_date"),
            ({}, {"salt": ""}, "missing_salt"),
            ({}, {"credential_id": "relative"}, "invalid_iri"),
            ({}, {"subject_id": "_:b0"}, "invalid_iri"),
            ({}, {"subject_id": "urn:uuid:6f2c1e0a-3c3d-4a51-9d5e-0b6ad2a7f1c4\n"}, "invalid_iri"),
        ],
    )
    def test_what_composing_refuses_is_refused_with_the_same_code(self, award_change, fresh_change, code):
        award, fresh = awards.full_award(**award_change), fresh_for(1, **fresh_change)
        everything = shapes.shape_of(awards.full_award(), awards.EVERYTHING, issuer=ISSUER, entries=1)
        assert code_of(lambda: composed(award, awards.EVERYTHING, OBV3_VC2, fresh)) == code
        call = lambda: shapes.values(award, awards.EVERYTHING, everything, fresh, issuer=ISSUER)  # noqa: E731
        assert code_of(call) == code
        if award_change:
            call = lambda: shapes.shape_of(award, awards.EVERYTHING, issuer=ISSUER, entries=1)  # noqa: E731
            assert code_of(call) == code


def test_a_record_of_what_was_drawn_shows_nobody():
    shown = repr(fresh_for(1, subject_id="did:key:zSomebody", salt="5a17"))
    assert "zSomebody" not in shown
    assert "5a17" not in shown
