"""The language of a credential's sentences, from the offer to its successor: chosen once, by facts, and never moved."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import translation

from openedx_verifiable_credentials.api import verifying
from openedx_verifiable_credentials.core.checks.report import Verdict
from openedx_verifiable_credentials.core.wording import WORDINGS
from openedx_verifiable_credentials.models import Achievement
from openedx_verifiable_credentials.models import Credential
from tests import asking
from tests import policies
from tests import reissued
from tests.conftest import MadeOffer
from tests.wallet import make_wallet

FIRST_WORDS = {words.language: words.course_certificate.split(" ")[0] for words in WORDINGS.values()}


@pytest.fixture(name="claim")
def make_claim(make_offer: Any) -> Any:
    """Claims a certificate; the row."""

    def claim(certificate: Any) -> Credential:
        raw = make_offer(certificate).claim(make_wallet()).content
        return Credential.objects.get(uuid=json.loads(raw)["id"])

    return claim


def first_word(row: Credential) -> str:
    """Of the credential's description: it tells the language."""
    return str(reissued.document_of(row)["description"]).split(" ")[0]


def is_published_as_in(row: Credential) -> bool:
    """Whether the achievement's address says what the credential says of it."""
    said = reissued.document_of(row)["credentialSubject"]["achievement"]
    published = Achievement.objects.get(address=said["id"]).document
    return bool({**published, "inLanguage": None} == {**said, "inLanguage": None})


@pytest.mark.parametrize(
    ("spoken", "language"), [("en", "en"), ("es-419", "es-419"), ("es", "es-419"), ("ar", "ar"), ("fr", "en")]
)
def test_a_course_certificates_credential_speaks_the_language_of_the_site(
    settings, claim, course_certificate, spoken, language
):
    settings.LANGUAGE_CODE = spoken
    row = claim(course_certificate)
    assert first_word(row) == FIRST_WORDS[language]
    assert is_published_as_in(row)
    assert verifying.verify(reissued.raw_of(row)).verdict is Verdict.VALID


def test_a_program_certificates_credential_speaks_the_language_of_the_certificate(settings, claim, program_certificate):
    settings.LANGUAGE_CODE = "es-419"
    configuration = program_certificate.credential
    configuration.language = "ar"
    configuration.save()
    assert first_word(claim(program_certificate)) == FIRST_WORDS["ar"]


def test_the_language_of_whoever_asks_changes_nothing(settings, ada_client, course_certificate):
    settings.LANGUAGE_CODE = "es-419"
    sent = {"credential_uuid": course_certificate.uuid.hex, "storage_id": "lc_wallet"}
    with translation.override("ar"):
        made = asking.post_json(ada_client, asking.INIT, sent, HTTP_ACCEPT_LANGUAGE="ar")
        document = MadeOffer(made.json()).claim(make_wallet()).json()
    assert document["description"].startswith("Certificado ")


def test_what_is_shown_beforehand_is_in_the_same_language(settings, ada_client, course_certificate):
    for site, language in (("es", "es-419"), ("ar-EG", "ar"), ("fr", "en")):
        settings.LANGUAGE_CODE = site
        [shown] = asking.preview(ada_client, course_certificate).json()["credentials"]
        [summary] = [fact["value"] for fact in shown["facts"] if fact["fact"] == "summary"]
        assert (shown["language"], summary.split(" ")[0]) == (language, FIRST_WORDS[language])


def test_where_the_sites_language_changes_after_the_offer_the_credential_and_what_is_published_agree(
    settings, make_offer, course_certificate
):
    settings.LANGUAGE_CODE = "en"
    offer = make_offer(course_certificate)
    settings.LANGUAGE_CODE = "es-419"
    row = Credential.objects.get(uuid=offer.claim(make_wallet()).json()["id"])
    assert first_word(row) == "Certificado"
    assert is_published_as_in(row)


def test_what_was_issued_stays_as_it_is(settings, ada_client, claim, course_certificate):
    row = claim(course_certificate)
    raw = reissued.raw_of(row)
    settings.LANGUAGE_CODE = "ar"
    claim(course_certificate)
    row.refresh_from_db()
    assert row.state == "issued"
    assert reissued.raw_of(row) == raw
    assert ada_client.get(f"{asking.API}issued/{row.uuid}/credential.json").content == raw


class TestReissue:
    """What a site says by default is no reason to end credentials; what policies and certificates name is."""

    def test_another_default_language_of_the_site_changes_nothing_by_itself(self, settings, claim, course_certificate):
        row = claim(course_certificate)
        for language in ("es-419", "ar", "fr"):
            settings.LANGUAGE_CODE = language
            assert reissued.counted(reissued.reissue(row)) == (0, {"unchanged": 1}, {})
        assert Credential.objects.count() == 1

    def test_whoever_wants_it_forces_it(self, settings, claim, course_certificate):
        row = claim(course_certificate)
        settings.LANGUAGE_CODE = "ar"
        assert reissued.counted(reissued.reissue(row, force=True)) == (1, {}, {})
        new = Credential.objects.get(replaces=row)
        assert first_word(new) == FIRST_WORDS["ar"]
        assert is_published_as_in(new)

    def test_what_changes_for_another_reason_speaks_todays_language(self, settings, claim, course_certificate, ada):
        row = claim(course_certificate)
        settings.LANGUAGE_CODE = "es-419"
        reissued.rename(ada)
        assert reissued.counted(reissued.reissue(row)) == (1, {}, {})
        new = Credential.objects.get(replaces=row)
        assert first_word(new) == "Certificado"
        assert reissued.name_in(reissued.document_of(new)) == "Augusta Ada King"
        assert is_published_as_in(new)

    def test_the_language_that_a_policy_names_is_a_change(self, settings, claim, course_certificate):
        row = claim(course_certificate)
        policy = policies.of_run(course_certificate, language="es-419")
        assert reissued.counted(reissued.reissue(row)) == (1, {}, {})
        second = Credential.objects.get(replaces=row)
        assert first_word(second) == "Certificado"
        assert reissued.counted(reissued.reissue(second)) == (0, {"unchanged": 1}, {})
        settings.LANGUAGE_CODE = "ar"
        assert reissued.counted(reissued.reissue(second)) == (0, {"unchanged": 1}, {})
        policies.change(policy, language="ar")
        assert reissued.counted(reissued.reissue(second)) == (1, {}, {})
        assert first_word(Credential.objects.get(replaces=second)) == FIRST_WORDS["ar"]

    def test_so_is_that_which_the_programs_certificate_names(self, claim, program_certificate):
        row = claim(program_certificate)
        configuration = program_certificate.credential
        configuration.language = "ar"
        configuration.save()
        assert reissued.counted(reissued.reissue(row)) == (1, {}, {})
        assert first_word(Credential.objects.get(replaces=row)) == FIRST_WORDS["ar"]

    def test_the_language_of_the_operator_does_not_matter(self, claim, course_certificate):
        row = claim(course_certificate)
        with translation.override("es-419"):
            assert reissued.counted(reissued.reissue(row)) == (0, {"unchanged": 1}, {})
            assert reissued.counted(reissued.reissue(row, force=True)) == (1, {}, {})
        assert first_word(Credential.objects.get(replaces=row)) == FIRST_WORDS["en"]
