"""A page says in its own language why something did not work."""

import ast
from pathlib import Path

import pytest
from django.utils import translation

from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.pages import problems
from openedx_verifiable_credentials.rest_api.openapi.document import OPERATIONS
from openedx_verifiable_credentials.rest_api.openapi.operation import HTML
from openedx_verifiable_credentials.rest_api.openapi.problems import HTTP
from tests import asking

LANGUAGES = ("es-419", "ar")
PAGES = Path(problems.__file__).parent


def of_pages():
    """The codes of ours that the API's description has for addresses that answer with a page."""
    keys = {key for operation in OPERATIONS if HTML in operation.refusals for key in operation.problems}
    return sorted({key.partition(".")[2] for key in keys if not key.startswith(f"{HTTP}.")})


def raised_by_pages():
    """Those that the pages' own modules give."""
    calls = (
        node
        for file in PAGES.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Error") and len(node.args) > 1
    )
    return sorted({ast.literal_eval(call.args[0]) for call in calls})


@pytest.mark.parametrize("code", sorted({*of_pages(), *raised_by_pages()}))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_that_a_page_shows_has_a_translated_sentence(code, language):
    error = OfferError(code, "The error's own sentence.")
    with translation.override(language):
        assert problems.sentence(error) != error.message


def test_an_english_page_shows_the_sentence_of_the_error():
    error = OfferError("issuing_off", "The certificate “Computing” is not offered as a verifiable credential.")
    with translation.override("en"):
        assert problems.sentence(error) == error.message


def test_a_code_without_a_sentence_is_shown_with_that_of_the_error():
    error = OfferError("from_the_future", "A sentence.")
    with translation.override("ar"):
        assert problems.sentence(error) == "A sentence."


@pytest.mark.parametrize(("language", "says"), [("es-419", "No existe tal oferta."), ("ar", "لا يوجد عرض كهذا.")])
def test_the_page_of_a_problem_speaks_the_readers_language(ready, ada_client, language, says):
    address = f"{asking.ROOT}offers/00000000-0000-4000-8000-000000000000/"
    response = ada_client.get(address, HTTP_ACCEPT_LANGUAGE=language)
    assert response.status_code == 404
    assert says in response.content.decode()
    assert "unknown_offer" in response.content.decode()
