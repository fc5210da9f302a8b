"""Several who edit the same claim policy at once: one of them does, the others are told; on MariaDB."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from openedx_verifiable_credentials.models import ClaimPolicy
from tests import forms
from tests.concurrency.test_claims import at_once

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]
LIST = "/admin/openedx_verifiable_credentials/claimpolicy/"
PARALLEL = 8


@pytest.fixture(name="browsers")
def make_browsers(ready: Any) -> list[Any]:
    """As many course admins."""
    permissions = ("view_claimpolicy", "add_claimpolicy", "change_claimpolicy")
    return [forms.editor(*permissions, name=f"editor{number}")[0] for number in range(PARALLEL)]


def test_one_policy_is_added_and_the_others_are_told(browsers: list[Any]) -> None:
    pages = [forms.get(browser, f"{LIST}add/") for browser in browsers]
    answers = at_once(
        lambda number: forms.post(
            browsers[number], pages[number], scope="course", key="ExampleX+CS101", change_reason=f"Number {number}"
        ),
        PARALLEL,
    )
    assert {answer.status for answer in answers} <= {200, 302}
    policy = ClaimPolicy.objects.get()
    reason = policy.history.get().history_change_reason
    for number, answer in enumerate(answers):
        text = answer.text + browsers[number].get(LIST).content.decode()
        told = "There is a policy for this already." in text or "Somebody else has just saved a policy" in text
        assert told == (reason != f"Number {number}"), number


def test_one_change_is_saved_and_the_others_are_told(browsers: list[Any]) -> None:
    policy = ClaimPolicy.objects.create(scope="course", key="ExampleX+CS101")
    pages = [forms.get(browser, f"{LIST}{policy.pk}/change/") for browser in browsers]
    answers = at_once(
        lambda number: forms.post(browsers[number], pages[number], validity_days=str(number + 1)), PARALLEL
    )
    assert Counter(answer.status for answer in answers) == {302: 1, 200: PARALLEL - 1}
    for answer in answers:
        assert ("Somebody else has changed this policy" in answer.text) == (answer.status == 200)
    policy.refresh_from_db()
    assert answers[policy.validity_days - 1].status == 302
    assert (policy.version, policy.history.count()) == (2, 2)
