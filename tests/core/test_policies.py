"""Claim policies: which rule decides, told by sentence, and held to an oracle that was written in another way."""

import dataclasses
import random
from uuid import UUID

import pytest

from openedx_verifiable_credentials.core import policies
from openedx_verifiable_credentials.core.policies import Rule
from openedx_verifiable_credentials.core.policies import Scope
from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.core.wallets import WALLETS
from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.data import PolicyCase
from openedx_verifiable_credentials.data import Terms
from tests.core import policy_oracle

PROGRAM, OTHER_PROGRAM = UUID(int=1), UUID(int=2)
RUN = "course-v1:A+CS1+2026"
COURSE_CASE = PolicyCase(
    CertificateKind.COURSE, 1, ("A",), course="A+CS1", course_run=RUN, programs=(PROGRAM, OTHER_PROGRAM)
)
PROGRAM_CASE = PolicyCase(CertificateKind.PROGRAM, 1, ("A", "B"), program=PROGRAM, program_type="masters")
IDS = {"profile": list(PROFILES), "wallet": list(WALLETS)}
SITE, ORGANIZATION, TYPE = (Scope.SITE, "1"), (Scope.ORGANIZATION, "A"), (Scope.PROGRAM_TYPE, "masters")
OF_PROGRAM, COURSE, OF_RUN = (Scope.PROGRAM, str(PROGRAM)), (Scope.COURSE, "A+CS1"), (Scope.COURSE_RUN, RUN)


def rule(place, *, final=False, for_courses=False, **says):
    """What the policy of a scope and key says; its reference is that place."""
    return Rule(":".join(place), place[0], place[1], says, final=final, speaks_for_courses=for_courses)


def resolve(rules, case):
    """As the package asks: with every profile and wallet there is."""
    return policies.resolve(rules, case, profiles=IDS["profile"], wallets=IDS["wallet"])


def decided(rules, case, point):
    """What holds, and whose rule decided."""
    decision = resolve(rules, case).decisions[point]
    return decision.value, decision.rule and decision.rule.ref


class TestWhereNobodySpeaks:
    def test_the_defaults_hold_and_no_rule_decided(self):
        resolution = resolve([], COURSE_CASE)
        assert {one.rule for one in resolution.decisions.values()} == {None}
        assert resolution.may_issue
        assert (resolution.profiles, resolution.wallets) == (tuple(PROFILES), tuple(WALLETS))

    def test_the_name_is_allowed_and_email_grade_and_evidence_are_not(self):
        terms = resolve([], COURSE_CASE).terms()
        assert terms == Terms()
        assert (terms.name, terms.email, terms.grade, terms.evidence) == (True, False, False, False)

    @pytest.mark.parametrize(
        "place",
        [(Scope.SITE, "2"), (Scope.ORGANIZATION, "a"), (Scope.COURSE, "A+CS2"), (Scope.COURSE_RUN, RUN + "x"), TYPE],
    )
    def test_rules_of_other_scopes_are_not_asked(self, place):
        assert decided([rule(place, name=False)], COURSE_CASE, "name") == (True, None)


class TestTheNearestScopeThatSpeaks:
    @pytest.mark.parametrize(
        ("case", "order"),
        [
            (COURSE_CASE, [SITE, ORGANIZATION, OF_PROGRAM, COURSE, OF_RUN]),
            (PROGRAM_CASE, [SITE, ORGANIZATION, TYPE, OF_PROGRAM]),
        ],
        ids=["course", "program"],
    )
    def test_decides_whatever_the_order_in_which_rules_come(self, case, order):
        for depth, nearest in enumerate(order):
            rules = [rule(place, for_courses=True, name=place == nearest) for place in order[: depth + 1]]
            for shuffled in (rules, rules[::-1]):
                assert decided(shuffled, case, "name") == (True, ":".join(nearest))

    @pytest.mark.parametrize(
        ("case", "order"),
        [
            (COURSE_CASE, [SITE, ORGANIZATION, OF_PROGRAM, COURSE, OF_RUN]),
            (PROGRAM_CASE, [SITE, ORGANIZATION, TYPE, OF_PROGRAM]),
        ],
        ids=["course", "program"],
    )
    def test_does_not_decide_where_one_above_is_final(self, case, order):
        for depth in range(len(order)):
            rules = [
                rule(place, for_courses=True, name=nth != depth, final=nth >= depth) for nth, place in enumerate(order)
            ]
            assert decided(rules, case, "name") == (False, ":".join(order[depth]))

    def test_a_rule_that_is_silent_about_a_point_has_no_part_in_it_even_when_final(self):
        rules = [rule(SITE, grade=True), rule(ORGANIZATION, final=True, name=False), rule(OF_RUN, grade=False)]
        assert decided(rules, COURSE_CASE, "grade") == (False, ":".join(OF_RUN))

    def test_each_point_is_decided_for_itself(self):
        rules = [rule(SITE, name=False, email=True), rule(OF_RUN, name=True)]
        assert decided(rules, COURSE_CASE, "name") == (True, ":".join(OF_RUN))
        assert decided(rules, COURSE_CASE, "email") == (True, "site:1")

    def test_may_say_that_something_is_empty(self):
        rules = [rule(SITE, tags=("a",)), rule(OF_RUN, tags=())]
        assert decided(rules, COURSE_CASE, "tags") == ((), ":".join(OF_RUN))


class TestSeveralOrganizations:
    A, B = (Scope.ORGANIZATION, "A"), (Scope.ORGANIZATION, "B")

    @pytest.mark.parametrize("strict", ["A", "B"])
    @pytest.mark.parametrize("point", ["issuing", "on_award", *policies.CLAIMS])
    def test_the_one_that_says_no_decides(self, point, strict):
        rules = [rule((Scope.ORGANIZATION, key), **{point: key != strict}) for key in "AB"]
        assert decided(rules, PROGRAM_CASE, point) == (False, f"organization:{strict}")

    def test_the_shorter_validity_decides_also_against_a_final_one(self):
        rules = [rule(self.A, validity_days=730, final=True), rule(self.B, validity_days=365)]
        assert decided(rules, PROGRAM_CASE, "validity_days") == (365, "organization:B")

    def test_one_that_is_final_settles_the_point_for_all_of_them(self):
        rules = [rule(self.A, name=False), rule(self.B, name=True, final=True), rule(OF_PROGRAM, name=True)]
        assert decided(rules, PROGRAM_CASE, "name") == (False, "organization:A")

    def test_of_equally_strict_ones_the_first_organisation_decides(self):
        rules = [rule(self.B, name=False), rule(self.A, name=False)]
        assert decided(rules, PROGRAM_CASE, "name") == (False, "organization:A")
        turned = dataclasses.replace(PROGRAM_CASE, organizations=("B", "A"))
        assert decided(rules, turned, "name") == (False, "organization:B")

    def test_of_equally_strict_ones_a_final_one_goes_first(self):
        rules = [rule(self.A, criteria="Of A"), rule(self.B, criteria="Of B", final=True)]
        assert decided(rules, PROGRAM_CASE, "criteria") == ("Of B", "organization:B")

    def test_one_that_is_silent_does_not_count(self):
        assert decided([rule(self.B, email=True)], PROGRAM_CASE, "email") == (True, "organization:B")

    def test_a_wallet_is_offered_where_each_of_them_names_it(self):
        rules = [rule(self.A, wallet={"lc_wallet", "download"}), rule(self.B, wallet={"download"})]
        resolution = resolve(rules, PROGRAM_CASE)
        assert resolution.wallets == ("download",)
        assert decided(rules, PROGRAM_CASE, "wallet:lc_wallet") == (False, "organization:B")
        assert decided(rules, PROGRAM_CASE, "wallet:download") == (True, "organization:A")

    def test_sets_without_a_common_member_leave_nothing(self):
        rules = [rule(self.A, profile={"obv3-vc1"}), rule(self.B, profile={"obv3-vc2"})]
        assert resolve(rules, PROGRAM_CASE).profiles == ()

    def test_a_course_has_the_one_of_its_key(self):
        assert decided([rule(self.B, name=False)], COURSE_CASE, "name") == (True, None)


class TestSets:
    def test_what_a_rule_does_not_name_it_denies(self):
        assert resolve([rule(SITE, wallet={"download"})], COURSE_CASE).wallets == ("download",)

    def test_a_nearer_set_replaces_a_wider_one(self):
        rules = [rule(SITE, profile={"obv3-vc1"}), rule(OF_RUN, profile={"obv3-vc2"})]
        assert resolve(rules, COURSE_CASE).profiles == ("obv3-vc2",)

    def test_ids_that_do_not_exist_offer_nothing(self):
        assert resolve([rule(SITE, wallet={"none_such"})], COURSE_CASE).wallets == ()


class TestProgramsOfACourse:
    OTHER = (Scope.PROGRAM, str(OTHER_PROGRAM))

    def test_their_rules_say_nothing_about_it_unless_they_say_so(self):
        assert decided([rule(OF_PROGRAM, name=False, final=True)], COURSE_CASE, "name") == (True, None)
        rules = [rule(OF_PROGRAM, name=False, for_courses=True)]
        assert decided(rules, COURSE_CASE, "name") == (False, ":".join(OF_PROGRAM))

    def test_the_strictest_of_those_that_speak_decides(self):
        rules = [
            rule(OF_PROGRAM, validity_days=30, for_courses=True),
            rule(self.OTHER, validity_days=10, for_courses=True),
        ]
        assert decided(rules, COURSE_CASE, "validity_days") == (10, ":".join(self.OTHER))
        rules[1] = dataclasses.replace(rules[1], speaks_for_courses=False)
        assert decided(rules, COURSE_CASE, "validity_days") == (30, ":".join(OF_PROGRAM))

    def test_their_type_has_no_say_about_courses(self):
        assert decided([rule(TYPE, name=False, for_courses=True)], COURSE_CASE, "name") == (True, None)

    def test_a_course_of_no_such_program_is_not_spoken_of(self):
        alone = dataclasses.replace(COURSE_CASE, programs=())
        assert decided([rule(OF_PROGRAM, name=False, for_courses=True)], alone, "name") == (True, None)


class TestTerms:
    def test_what_is_left_out_was_allowed_and_is_withheld(self):
        terms = resolve([rule(SITE, grade=True)], COURSE_CASE).terms(["grade", "email", "nonsense"])
        assert (terms.name, terms.grade, terms.email) == (True, False, False)
        assert terms.left_out == ("grade",)

    def test_content_and_rules_are_kept(self):
        terms = resolve([rule(SITE, criteria="Do it.", credits=2.5, wallet={"download"})], COURSE_CASE).terms()
        assert (terms.content.criteria, terms.content.credits) == ("Do it.", 2.5)
        assert terms.rules == dict.fromkeys(("criteria", "credits", "wallet:lc_wallet", "wallet:download"), "site:1")


POINTS = {
    **dict.fromkeys(["issuing", "on_award", *policies.CLAIMS], (True, False)),
    "validity_days": (1, 30, 365),
    "criteria": ("one", "other"),
    "tags": ((), ("a",), ("b",)),
    "credits": (0.0, 2.5),
    "profile": [frozenset(), frozenset({"obv3-vc1"}), frozenset({"obv3-vc2"}), frozenset(PROFILES)],
    "wallet": [frozenset(), frozenset({"lc_wallet"}), frozenset({"download"}), frozenset(WALLETS)],
}
NAMES = list(POINTS)
PROGRAMS = [PROGRAM, OTHER_PROGRAM, UUID(int=3)]
PLACES = [
    *((Scope.SITE, key) for key in "12"),
    *((Scope.ORGANIZATION, key) for key in "ABC"),
    *((Scope.PROGRAM_TYPE, key) for key in ("masters", "xseries")),
    *((Scope.PROGRAM, str(key)) for key in PROGRAMS),
    *((Scope.COURSE, key) for key in ("A+CS1", "B+CS1")),
    *((Scope.COURSE_RUN, key) for key in (RUN, "course-v1:B+CS1+2026")),
]


def random_case(dice):
    """A course run or a program."""
    some = tuple(dice.sample(PROGRAMS, dice.randrange(4)))
    if dice.random() < 0.5:
        return dataclasses.replace(COURSE_CASE, programs=some)
    organizations = tuple(dice.sample("ABC", dice.randrange(4)))
    return dataclasses.replace(PROGRAM_CASE, organizations=organizations, program=dice.choice(PROGRAMS))


def random_rule(dice, place):
    """What a policy might say of none, some or many points."""
    says = {name: dice.choice(POINTS[name]) for name in dice.sample(NAMES, dice.choice((0, 1, 3, 6)))}
    return rule(place, final=dice.random() < 0.25, for_courses=dice.random() < 0.5, **says)


def random_sets(count, seed):
    """So many sets of rules, at most one for a place and in no order, each with a case; the same for the same seed."""
    dice = random.Random(seed)
    drawn = [[random_rule(dice, place) for _ in range(500)] for place in PLACES]
    for _ in range(count):
        density = dice.random()
        rules = [dice.choice(of_place) for of_place in drawn if dice.random() < density]
        dice.shuffle(rules)
        yield rules, random_case(dice)


def differences(count, seed):
    """Those of so many random rule sets that the package answers otherwise than the oracle, in any point."""
    for rules, case in random_sets(count, seed):
        resolution = resolve(rules, case)
        said = {one.point: (one.value, one.rule and one.rule.ref) for one in resolution.decisions.values()}
        if said != policy_oracle.answer(rules, case, IDS):
            yield rules, case


def test_a_hundred_thousand_rule_sets_have_the_answer_and_the_rule_of_the_oracle():
    assert next(differences(100_000, seed=20261122), None) is None


def _widest_first(levels, *point):
    return _decide(levels[::-1], *point)


def _final_is_ignored(levels, *point):
    return _decide(tuple(tuple(dataclasses.replace(one, final=False) for one in level) for level in levels), *point)


def _final_only_where_the_strictest_is(levels, point, said, default, member=None):
    decision = policies.Decision(point, default, None)
    for level in levels:
        if any(said in one.says for one in level):
            decision = _decide((level,), point, said, default, member)
        if decision.rule is not None and decision.rule.final:
            break
    return decision


def _sets_as_a_whole(levels, point, said, default, member=None):
    """Of several organisations, the smaller set."""
    if member is None:
        return _decide(levels, point, said, default)
    smallest = tuple(
        tuple(sorted((one for one in level if said in one.says), key=lambda one: len(one.says[said]))[:1])
        for level in levels
    )
    return _decide(smallest, point, said, default, member)


def _last_of_equals(levels, *point):
    return _decide(tuple(level[::-1] for level in levels), *point)


_decide, _strictest_first, _scopes_of = policies._decide, policies._strictest_first, policies.scopes_of
MUTANTS = {
    "the widest scope decides": ("_decide", _widest_first),
    "final is ignored": ("_decide", _final_is_ignored),
    "final counts where the strictest is": ("_decide", _final_only_where_the_strictest_is),
    "sets are taken as a whole": ("_decide", _sets_as_a_whole),
    "the last of equals decides": ("_decide", _last_of_equals),
    "the most lenient decides": ("_strictest_first", lambda one: (-_strictest_first(one)[0], _strictest_first(one)[1])),
    "the longest validity decides": (
        "_strictest_first",
        lambda one: (-one.value, False) if one.point == "validity_days" else _strictest_first(one),
    ),
    "the first decides, strict or not": ("_strictest_first", lambda one: 0),
    "a final one is not preferred": ("_strictest_first", lambda one: _strictest_first(one)[0]),
    "texts are strict": ("_strictest_first", lambda one: (bool(one.value), *_strictest_first(one))),
    "every program speaks for its courses": ("_speaks", lambda one, case: True),
    "no program speaks for its courses": (
        "_speaks",
        lambda one, case: one.scope is not Scope.PROGRAM or case.kind is CertificateKind.PROGRAM,
    ),
    "a program must speak for its courses to be heard": (
        "_speaks",
        lambda one, case: one.scope is not Scope.PROGRAM or one.speaks_for_courses,
    ),
    "only the first organisation is heard": (
        "scopes_of",
        lambda case: _scopes_of(dataclasses.replace(case, organizations=case.organizations[:1])),
    ),
    "a program goes before its type": (
        "scopes_of",
        lambda case: [*_scopes_of(case)[:-2], _scopes_of(case)[-1], _scopes_of(case)[-2]],
    ),
    "organisations go before the site": ("scopes_of", lambda case: [*_scopes_of(case)[1::-1], *_scopes_of(case)[2:]]),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_oracle_notices_what_is_broken(mutant, monkeypatch):
    name, broken = MUTANTS[mutant]
    assert hasattr(policies, name)
    monkeypatch.setattr(policies, name, broken)
    assert next(differences(2_000, seed=7), None) is not None


def test_what_is_not_broken_passes_the_same_sets():
    assert next(differences(2_000, seed=7), None) is None
