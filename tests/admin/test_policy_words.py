"""What a policy would change is told in the language of the page, and in English in the words of the commands."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from openedx_verifiable_credentials.admin import policy_texts
from openedx_verifiable_credentials.admin import policy_words
from openedx_verifiable_credentials.admin.actions import reissuing
from openedx_verifiable_credentials.admin.policy_form import PolicyForm
from openedx_verifiable_credentials.core import explaining
from openedx_verifiable_credentials.core import policies
from openedx_verifiable_credentials.core.policies import Decision
from openedx_verifiable_credentials.core.wallets import WALLETS
from openedx_verifiable_credentials.data import Alignment
from openedx_verifiable_credentials.flows.preview import Change

FLOWS = Path(reissuing.__file__).parents[2] / "flows"
VALUES = {
    policies.VALIDITY: (None, 1, 2, 90),
    policies.ISSUING: (True, False),
    policies.ON_AWARD: (True, False),
    "tags": ((), ("on", "withheld")),
    "aligned_with": ((Alignment(url="https://example.org/1", name="Skill"),),),
    "criteria": ("", None, "Pass the <b>exam</b>."),
    "credits": (None, 2.5),
    f"{policies.WALLET}:lc_wallet": (True, False),
    f"{policies.PROFILE}:obv3-vc2": (True, False),
    "name": (True, False),
}
CASES = [(point, value) for point, values in VALUES.items() for value in values]


def changed(point, before, after):
    return Change(Decision(point, before, None), Decision(point, after, None))


@pytest.mark.parametrize(("point", "value"), CASES)
def test_english_is_what_commands_say(point, value):
    with translation.override("en"):
        one = changed(point, value, value)
        assert policy_words.change(one) == str(one)


@pytest.mark.parametrize("point", policies.DEFAULTS)
def test_translators_see_every_label(point):
    if point not in (policies.PROFILE, policies.WALLET):
        assert explaining.label(point) in policy_words.LABELS


@pytest.mark.parametrize(("point", "value"), [case for case in CASES if not case[1] or isinstance(case[1], bool)])
def test_translators_see_every_word_for_a_value(point, value):
    assert explaining.in_words(point, value) in policy_words.VALUES


def test_what_can_be_chosen_is_named_when_it_is_shown():
    form = PolicyForm.base_fields
    with translation.override("es-419"):
        wallets = form["wallets"].widget.render("wallets", None)
        profiles = form["profiles"].widget.render("profiles", None)
    assert "Descarga u otra billetera" in wallets
    assert "Learner Credential Wallet" in wallets
    assert "Open Badges 3.0, modelo de datos 2.0 (obv3-vc2)" in profiles


def test_translators_see_the_wallets_that_have_no_name_of_their_own():
    assert set(policy_texts.WALLET_NAMES) == {wallet.name for wallet in WALLETS.values() if wallet.on_page}


def test_a_change_reads_from_right_to_left_in_arabic():
    with translation.override("ar"):
        said = policy_words.change(changed("name", True, False))
    assert "←" in said
    assert "→" not in said
    assert "allowed" not in said


def test_what_people_typed_stays_as_it_is():
    with translation.override("es-419"):
        assert policy_words.in_words("tags", ("withheld", "on")) == "withheld, on"


def test_days_are_counted_as_in_arabic():
    with translation.override("ar"):
        said = [policy_words.in_words(policies.VALIDITY, days) for days in (1, 2, 3, 11)]
    assert len({re.sub(r"\d+", "", one) for one in said}) == 4


@pytest.mark.parametrize("sentence", [*reissuing.SENTENCES, *policy_words.PROBLEMS])
def test_translated_sentences_of_flows_are_theirs(sentence):
    assert any(f'"{sentence}"' in file.read_text(encoding="utf-8") for file in FLOWS.rglob("*.py"))
