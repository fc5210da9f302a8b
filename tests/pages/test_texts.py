"""What the page scripts say can be translated, all of it."""

import json
from pathlib import Path

from django.utils import translation

from openedx_verifiable_credentials.core.checks import report
from openedx_verifiable_credentials.pages import texts

ENGLISH = Path(__file__).parents[2] / "frontend" / "src" / "pages" / "texts.json"


def test_translators_see_every_text_of_the_scripts():
    english = json.loads(ENGLISH.read_text(encoding="utf-8"))
    assert english == texts.TEXTS


def test_translators_see_the_sentence_of_every_check():
    sentences = {entry["message"] for entry in report.codes().values()}
    assert sentences == set(texts.SENTENCES)


def test_english_pages_carry_no_translations():
    with translation.override("en"):
        assert texts.translated() == {}


def test_another_language_carries_what_it_has(monkeypatch):
    german = {"Check again": "Erneut prüfen", "The credential has expired.": "Der Nachweis ist abgelaufen."}
    monkeypatch.setattr(texts, "gettext", lambda english: german.get(english, english))
    assert texts.translated() == {
        "texts": {"check_again": "Erneut prüfen"},
        "checks": {"expired": "Der Nachweis ist abgelaufen."},
    }
