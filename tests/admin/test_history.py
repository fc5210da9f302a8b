"""The history of what people edit: field by field, with the account's number, also of what is deleted."""

import re

import pytest
from django.contrib.auth import get_user_model

from openedx_verifiable_credentials.models import ClaimPolicy
from tests import asking
from tests import forms

LIST = "/admin/openedx_verifiable_credentials/claimpolicy/"
EDITS = ("view_claimpolicy", "add_claimpolicy", "change_claimpolicy", "delete_claimpolicy", "govern_claimpolicy")
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(name="edited")
def make_edited(ready):
    """A policy that somebody added and changed, their browser and their account."""
    browser, account = forms.editor(*EDITS)
    assert forms.send(browser, f"{LIST}add/", scope="course", key="ExampleX+CS101", name="no").status == 302
    policy = ClaimPolicy.objects.get()
    changes = {"name": "yes", "criteria": "Pass.", "tags": "a, b", "wallets_said": "only", "wallets_ids": ["download"]}
    assert forms.send(browser, change(policy), **changes, change_reason="The dean asked").status == 302
    return policy, browser, account


def change(policy):
    return f"{LIST}{policy.pk}/change/"


def history(policy):
    return f"{LIST}{policy.pk}/history/"


def edits(browser, address):
    """Each edit as lists of words: who, why, and what of each field."""
    text = browser.get(address).content.decode()
    body = text[text.index("<tbody>") : text.index("</tbody>")]
    found = []
    for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL):
        cells = re.findall(r"<td>(.*?)</td>", row, re.DOTALL)
        fields = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", row, re.DOTALL)
        told = {name: " ".join(re.sub(r"<[^>]*>", " ", what).split()) for name, what in fields}
        found.append((cells[0], cells[-1], told))
    return found


def test_every_change_is_told_field_by_field_with_its_reason(edited):
    policy, browser, account = edited
    changed, added = edits(browser, history(policy))
    assert (changed[0], changed[1]) == (f"editor (account {account.pk})", "The dean asked")
    assert changed[2] == {
        "Learner&#x27;s name": "Withhold → became Allow",
        "Wallets": "said nothing → became Download or other wallet",
        "Criteria": "said nothing → became Pass.",
        "Tags": "said nothing → became a, b",
    }
    assert (added[0], added[1]) == (f"editor (account {account.pk})", "–")
    assert added[2] == {
        "Speaks about": "Course, all its runs",
        "Which one": "ExampleX+CS101",
        "Learner&#x27;s name": "Withhold",
    }


def test_what_changed_nothing_is_no_change(edited):
    policy, browser, _ = edited
    assert forms.send(browser, change(policy)).status == 302
    assert edits(browser, history(policy))[0][2] == {}


def test_an_account_that_is_gone_is_told_by_its_number(edited):
    policy, _, account = edited
    number = account.pk
    get_user_model().objects.filter(pk=number).delete()
    other, _ = forms.editor("view_claimpolicy", name="other")
    assert {who for who, _, _ in edits(other, history(policy))} == {f"account {number}"}


def test_only_the_number_of_an_editor_is_kept(edited):
    policy, _, account = edited
    fields = [field.name for field in policy.history.model._meta.get_fields()]
    assert "history_user_id" in fields
    assert not any(field.is_relation and field.related_model is get_user_model()
                   for field in policy.history.model._meta.get_fields())  # fmt: skip
    for row in policy.history.values():
        assert row["history_user_id"] == account.pk
        assert account.username not in map(str, row.values())


def test_the_history_of_what_is_deleted_can_be_reached(edited):
    policy, browser, account = edited
    address = history(policy)
    deletion = {"post": "yes", "change_reason": "Nobody needs it"}
    assert browser.post(f"{LIST}{policy.pk}/delete/", deletion).status_code == 302
    assert f'href="{LIST}deleted/"' in browser.get(LIST).content.decode()
    gone = browser.get(f"{LIST}deleted/").content.decode()
    assert f'href="{address}"' in gone
    assert "course ExampleX+CS101" in gone
    assert "Nobody needs it" in gone
    assert f"editor (account {account.pk})" in gone
    deleted, changed, added = edits(browser, address)
    assert (deleted[1], deleted[2]) == ("Nobody needs it", {})
    assert changed[1] == "The dean asked"
    assert "It is deleted." in browser.get(address).content.decode()


@pytest.mark.parametrize("page", ["4711/history/", "0/history/", "x/history/", "9" * 40 + "/history/"])
def test_what_never_was_has_no_history(edited, page):
    assert edited[1].get(LIST + page).status_code == 404


def test_who_may_not_look_sees_no_history(edited):
    address = history(edited[0])
    edited[0].delete()
    browser, _ = forms.editor("view_credential", name="other")
    assert browser.get(address).status_code == 403
    assert browser.get(f"{LIST}deleted/").status_code == 403


def test_hostile_texts_are_text(edited):
    policy, browser, _ = edited
    address = history(policy)
    policy.criteria, policy.tags, policy.key = HOSTILE, [HOSTILE], HOSTILE
    policy._change_reason = HOSTILE
    policy.save()
    policy.delete()
    for page in (address, f"{LIST}deleted/"):
        text = browser.get(page).content.decode()
        assert HOSTILE not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_a_long_history_comes_in_pages_and_in_as_few_queries_as_a_short_one(edited):
    policy, browser, policy._history_user = edited

    def count(query=""):
        with asking.capture() as captured:
            assert browser.get(history(policy) + query).status_code == 200
        return len(captured)

    count()
    few = count()
    for number in range(60):
        policy.validity_days = number + 1
        policy.save()
    assert count() == few
    assert count("?p=2") == few
    first, second = edits(browser, history(policy)), edits(browser, history(policy) + "?p=2")
    assert (len(first), len(second)) == (50, 12)
    assert first[-1][2] == {"Valid for days": "10 → became 11"}, "the page's last edit is compared with the next page"
    for query in ("?p=0", "?p=x", "?p=-1", "?p=99999999999999999999"):
        count(query)
