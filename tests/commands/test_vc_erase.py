"""``manage.py vc_erase``: counts, never the name."""

import io

import pytest

from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Learner
from openedx_verifiable_credentials.models import Offer
from tests import faults
from tests import rows
from tests.commands.run import fails
from tests.commands.run import run
from tests.wallet import make_wallet

pytestmark = pytest.mark.django_db


@pytest.fixture(name="claimed")
def make_claimed(make_offer, course_certificate):
    """Ada's certificate, taken into two wallets."""
    for _ in range(2):
        assert make_offer(course_certificate).claim(make_wallet()).status_code == 201


@pytest.fixture(name="types")
def make_types(monkeypatch):
    """What is on standard input."""

    def types(text, terminal=False):
        stream = io.StringIO(text)
        stream.isatty = lambda: terminal
        monkeypatch.setattr("sys.stdin", stream)

    return types


def is_erased():
    """Whether everything is."""
    return not Learner.objects.exists() and not Credential.objects.filter(erased_at=None).exists()


def test_it_erases_and_says_how_much(claimed):
    said = run("vc_erase", username="ada", yes=True)
    assert said == "2 credentials and 2 offers erased.\n"
    assert is_erased()
    assert not Offer.objects.exists()


def test_a_second_run_finds_nothing(claimed):
    run("vc_erase", username="ada", yes=True)
    before = rows.snapshot()
    assert run("vc_erase", username="ada", yes=True) == "Nothing is held about this learner.\n"
    assert run("vc_erase", username="ada", dry_run=True) == "Nothing is held about this learner.\n"
    assert rows.changed(before) == []


def test_a_dry_run_counts(claimed):
    before = rows.snapshot()
    assert run("vc_erase", username="ada", dry_run=True) == "2 credentials and 2 offers would be erased.\n"
    assert rows.changed(before) == []


@pytest.mark.parametrize("username", ["Ada", "nobody-here", "ada%", "ädä"])
@pytest.mark.parametrize("how", [{"dry_run": True}, {"yes": True}])
def test_an_unknown_username_is_told_without_it(claimed, username, how):
    before = rows.snapshot()
    said, sentence = fails("vc_erase", username=username, **how)
    assert sentence == "The service has no account and no certificate with exactly this username."
    assert username not in said
    assert rows.changed(before) == []


def test_it_asks_before(claimed, types):
    types("yes\n")
    said = run("vc_erase", username="ada")
    assert "2 credentials and 2 offers are about to be erased; this cannot be undone." in said
    assert "2 credentials and 2 offers erased." in said
    assert "ada" not in said
    assert is_erased()


@pytest.mark.parametrize("answer", ["", "\n", "no\n", "y\n", "ada\n"])
def test_anything_but_yes_erases_nothing(claimed, types, answer):
    types(answer)
    before = rows.snapshot()
    assert fails("vc_erase", username="ada")[1] == "Nothing was erased."
    assert rows.changed(before) == []


@pytest.mark.parametrize(("text", "options"), [("ada\n", {"yes": True}), ("ada", {"yes": True}), ("ada\nyes\n", {})])
@pytest.mark.parametrize("named", [{}, {"username": "-"}])
def test_the_name_may_come_from_standard_input(claimed, types, text, options, named):
    types(text)
    assert "2 credentials and 2 offers erased." in run("vc_erase", **options, **named)
    assert is_erased()


@pytest.mark.parametrize("text", ["", "\n", "  \n"])
def test_no_name_is_refused(claimed, types, text):
    types(text)
    assert fails("vc_erase", yes=True)[1] == "Name the learner: --username."
    assert not is_erased()


def test_at_a_terminal_it_asks_for_the_name(claimed, types, capsys):
    types("ada\nyes\n", terminal=True)
    assert "erased." in run("vc_erase")
    assert "Username: " in capsys.readouterr().out
    assert is_erased()


def test_rows_that_are_in_use_are_told(claimed):
    before = rows.snapshot()
    with faults.at_statement('UPDATE "openedx_verifiable_credentials_learner"', make_error=faults.locked) as tried:
        run("vc_erase", username="ada", yes=True)
    assert len(tried) > 1, "it tried again"
    assert rows.changed(before) != []
    assert is_erased()


def test_a_power_cut_leaves_all_or_nothing(claimed):
    before = rows.snapshot()
    with pytest.raises(faults.PowerCut), faults.at_statement('DELETE FROM "openedx_verifiable_credentials_offer"'):
        run("vc_erase", username="ada", yes=True)
    assert rows.changed(before) == []
    run("vc_erase", username="ada", yes=True)
    assert is_erased()
