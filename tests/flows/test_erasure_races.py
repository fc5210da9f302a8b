"""
A learner claims at the moment in which they are erased: what the claim writes is erased too, or the claim is refused.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from openedx_verifiable_credentials.adapters.didkit import DidkitSecurer
from openedx_verifiable_credentials.adapters.own_suites import OwnSuites
from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Learner
from openedx_verifiable_credentials.models import Offer
from tests import asking
from tests import rows
from tests import sources

pytestmark = pytest.mark.django_db(transaction=True)


def erase() -> None:
    """Ada asks for it."""
    erasing.erase_by_username("ada")


class ErasesWhileSigning(DidkitSecurer):
    """After the intent, before the signature."""

    def secure(self, *args: Any, **kwargs: Any) -> Any:
        erase()
        return super().secure(*args, **kwargs)


class ErasesWhileSigningFiles(OwnSuites):
    """The same for downloads; a list of the same suite may be signed first."""

    def secure(self, document: Any, **kwargs: Any) -> Any:
        if "OpenBadgeCredential" in document["type"]:
            erase()
        return super().secure(document, **kwargs)


def require_nothing_left() -> None:
    """No learner, no offer, and no document that nothing opens."""
    assert not Learner.objects.exists()
    assert not Offer.objects.exists()
    assert not Credential.objects.exclude(sealed_document=None, learner=None, offer=None).exists()


@pytest.fixture(name="during")
def make_during(settings: Any) -> Iterator[Callable[[str], None]]:
    """Erases right after a question to the host."""
    settings.OPENEDX_VC_CERTIFICATE_SOURCE = sources.PATH + "Scripted"
    before = sources.Scripted.after

    def arm(question: str) -> None:
        sources.Scripted.after = staticmethod(lambda asked: erase() if asked == question else None)

    yield arm
    sources.Scripted.after = staticmethod(before)


@pytest.mark.parametrize(
    ("question", "answer", "states"),
    [
        ("get_awards", (404, "unknown_offer"), []),  # the intent is not written yet
        ("statuses", (410, "credential_ended"), ["abandoned"]),  # it is
    ],
)
def test_erased_before_the_key_is_used(make_offer, course_certificate, wallet, during, question, answer, states):
    offer = make_offer(course_certificate)
    during(question)
    assert asking.refusal(offer.claim(wallet)) == answer
    assert [row.state for row in Credential.objects.all()] == states
    require_nothing_left()


def test_erased_while_it_is_signed(settings, make_offer, course_certificate, wallet):
    offer = make_offer(course_certificate)
    settings.OPENEDX_VC_DIDKIT_SECURER = f"{__name__}.ErasesWhileSigning"
    assert asking.refusal(offer.claim(wallet)) == (410, "credential_ended")
    assert [row.state for row in Credential.objects.all()] == ["abandoned"]
    require_nothing_left()


def test_erased_while_a_file_is_signed(settings, ada_client, course_certificate):
    page = asking.init(ada_client, course_certificate, wallet="download").json()["deeplink"]
    settings.OPENEDX_VC_SECURER = f"{__name__}.ErasesWhileSigningFiles"
    path = page.removeprefix("https://credentials.example.edu")
    response = ada_client.post(f"{path}download/")
    assert response.status_code == 410
    assert "credential_ended" in response.content.decode()
    require_nothing_left()


def test_erased_while_a_claim_is_repeated(make_offer, course_certificate, wallet, during):
    """The wallet asks again for what it was given: its bytes once more, or a refusal."""
    offer = make_offer(course_certificate)
    assert offer.claim(wallet).status_code == 201
    during("get_awards")
    assert asking.refusal(offer.claim(wallet)) == (404, "unknown_offer")
    assert [row.state for row in Credential.objects.all()] == ["issued"]
    require_nothing_left()


@contextlib.contextmanager
def before_statement(starts: str, work: Callable[[], None]) -> Iterator[None]:
    """Does ``work`` once, before the first statement that starts so."""
    waiting = [work]
    starts = starts.replace('"', connection.ops.quote_name("x")[0])

    def guard(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if waiting and sql.startswith(starts):
            waiting.pop()()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        yield
    assert not waiting


def test_erased_while_an_offer_is_made(ada_client, course_certificate):
    """The offer would refer to a learner who is not there: asked again, there is a new one."""
    with before_statement(f'SELECT "{rows.OURS}_achievement"', erase):
        refused = asking.init(ada_client, course_certificate)
    assert asking.refusal(refused) == (503, "busy")
    require_nothing_left()
    assert asking.init(ada_client, course_certificate).status_code == 200


def test_an_offer_that_is_made_while_idle_learners_are_tidied_is_kept(ada_client, course_certificate):
    assert asking.init(ada_client, course_certificate).status_code == 200
    Offer.objects.all().delete()
    Learner.objects.update(created="2026-01-01T00:00:00Z")

    def click() -> None:
        assert asking.init(ada_client, course_certificate).status_code == 200

    with before_statement(f'UPDATE "{rows.OURS}_learner" SET "created"', click):
        assert erasing.tidy_learners() == 0
    assert Offer.objects.get().learner == Learner.objects.get()


def test_without_an_erasure_the_same_claims_are_released(make_offer, course_certificate, wallet, during):
    during("nothing")
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    assert Credential.objects.get().sealed_document
