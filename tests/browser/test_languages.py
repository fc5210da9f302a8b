"""The pages in another language, and in one that is written from right to left."""

import json

import pytest

TRANSLATED = {
    "texts": {
        "valid": "هذه الشهادة صالحة",
        "check_signature": "التوقيع",
        "outcome_passed": "ناجح",
        "checked_at": "تم التحقق في متصفحك بتاريخ {time}.",
    },
    "checks": {"in_force": "الشهادة سارية في هذا الوقت."},
}


@pytest.fixture
def arabic(visit):
    """A visit to pages that are served as in Arabic, with translations."""

    def serve(route):
        response = route.fetch()
        html = response.text().replace('lang="en" dir="ltr"', 'lang="ar" dir="rtl"')
        assert 'dir="rtl"' in html
        texts = f'<script type="application/json" id="ovc-texts">{json.dumps(TRANSLATED)}</script></main>'
        route.fulfill(response=response, body=html.replace("</main>", texts))

    visit.page.route("**/verifiable_credentials/c/*/", serve)
    visit.page.route("**/verifiable_credentials/verify/", serve)
    return visit


def test_the_scripts_speak_the_language_of_the_page(arabic, world):
    arabic.open(world["valid"]["page"])
    assert arabic.headline == "هذه الشهادة صالحة"
    assert arabic.outcomes["التوقيع"] == "ناجح"
    assert "الشهادة سارية في هذا الوقت." in arabic.text
    # Not translated yet: English rather than nothing.
    assert "The document is a well-formed credential." in arabic.text
    assert "نوفمبر" in arabic.text or "تم التحقق في متصفحك" in arabic.text
    arabic.require_usable("credential-arabic")


def test_signs_stand_where_lines_begin(arabic, world):
    arabic.open(world["suspended"]["page"])
    box = arabic.page.query_selector(".ovc-check-head").bounding_box()
    item = arabic.page.query_selector(".ovc-check").bounding_box()
    assert box["x"] < item["x"] + 5
    assert item["x"] + item["width"] - (box["x"] + box["width"]) > 20


def test_the_verify_page_turns_round(arabic, service, world):
    arabic.open(f"{service['base_url']}/verifiable_credentials/verify/")
    arabic.choose(("a.json", "application/json", world["web"]["raw"].encode("utf-8")))
    assert arabic.headline == "هذه الشهادة صالحة"
    arabic.require_usable("verify-arabic")
