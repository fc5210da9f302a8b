"""Decisions in words."""

import pytest

from openedx_verifiable_credentials.core import explaining
from openedx_verifiable_credentials.core.policies import DEFAULTS
from openedx_verifiable_credentials.core.policies import Decision
from openedx_verifiable_credentials.core.policies import Rule
from openedx_verifiable_credentials.core.policies import Scope
from openedx_verifiable_credentials.core.policies import resolve
from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.core.wallets import WALLETS
from openedx_verifiable_credentials.data import Alignment
from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.data import PolicyCase

CASE = PolicyCase(CertificateKind.PROGRAM, 1, ("A", "B"))


def of(scope, key, *, final=False, **says):
    """A rule."""
    return Rule("1.1", scope, key, says, final=final)


def of_organization(key, **says):
    """What an organisation says."""
    return of(Scope.ORGANIZATION, key, **says)


def contradictions(*rules):
    """Of the case under these rules."""
    return explaining.contradictions(resolve(rules, CASE, profiles=list(PROFILES), wallets=list(WALLETS)))


@pytest.mark.parametrize(
    ("point", "value", "rule", "sentence"),
    [
        ("name", False, of_organization("ExampleX", final=True),
         "Learner's name: withheld, because the rule of organisation ExampleX says so (final)"),
        ("name", True, None, "Learner's name: allowed, by default"),
        ("issuing", False, of(Scope.SITE, "1"), "Issuing: off, because the rule of site 1 says so"),
        ("on_award", True, of_organization("A"), "Issued on award: yes, because the rule of organisation A says so"),
        ("on_award", False, None, "Issued on award: no, by default"),
        ("profile:obv3-vc1", True, None, "Profile obv3-vc1: offered, by default"),
        ("wallet:download", False, of(Scope.PROGRAM_TYPE, "masters"),
         "Wallet download: not offered, because the rule of program type masters says so"),
        ("validity_days", None, None, "Validity: without an end, by default"),
        ("validity_days", 1, of(Scope.COURSE, "A+B"), "Validity: 1 day from the award, "
         "because the rule of course A+B says so"),
        ("criteria", "", None, "Criteria: made from the service's facts, by default"),
        ("tags", ("a", "b"), of(Scope.COURSE_RUN, "course-v1:A+B+C"),
         "Tags: a, b, because the rule of course run course-v1:A+B+C says so"),
        ("tags", (), None, "Tags: none, by default"),
        ("aligned_with", (Alignment("https://example.org/a", "Python"),), None, "Aligned with: Python, by default"),
        ("credits", 0.0, None, "Credits: 0.0, by default"),
    ],
)  # fmt: skip
def test_a_decision_says_what_holds_and_why(point, value, rule, sentence):
    assert explaining.describe(Decision(point, value, rule)) == sentence


def test_every_point_has_words():
    for point, value in DEFAULTS.items():
        assert explaining.describe(Decision(point, value, None)).endswith(", by default")


def test_what_people_typed_stays_on_one_short_line():
    hostile = "a\x1b[2J\u202e\n" + "b" * 500
    said = explaining.describe(Decision("criteria", hostile, of_organization("X\nY")))
    assert "\n" not in said
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert len(said) < 200


def test_a_rule_is_told_line_by_line():
    rule = of_organization("A", name=False, wallet=frozenset({"download"}), profile=frozenset(), credits=2.0)
    assert explaining.sayings(rule) == [
        "Learner's name: withheld",
        "Wallets: download",
        "Profiles: none",
        "Credits: 2.0",
    ]


class TestContradictions:
    def test_without_rules_there_are_none(self):
        assert contradictions() == []

    def test_sets_without_a_common_member_leave_no_profile(self):
        [message] = contradictions(
            of_organization("A", profile=frozenset({"obv3-vc1"})), of_organization("B", profile=frozenset({"obv3-vc2"}))
        )
        assert message.startswith("No credential profile is left: ")
        assert "Profile obv3-vc1 is denied because the rule of organisation B says so" in message
        assert "Profile obv3-vc2 is denied because the rule of organisation A says so" in message

    def test_a_wallet_that_is_named_without_its_profile(self):
        messages = contradictions(
            of(Scope.SITE, "1", profile=frozenset({"obv3-vc2"})), of_organization("A", wallet=frozenset({"lc_wallet"}))
        )
        assert messages[0].startswith("No wallet is left: ")
        assert messages[1].startswith("Wallet lc_wallet verifies obv3-vc1, which is not offered")

    def test_a_wallet_that_nobody_named_goes_with_its_profile(self):
        assert contradictions(of(Scope.SITE, "1", profile=frozenset({"obv3-vc2"}))) == []

    def test_where_issuing_is_off_nothing_contradicts_it(self):
        assert contradictions(of(Scope.SITE, "1", issuing=False, profile=frozenset())) == []
