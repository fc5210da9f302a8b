"""The pages in Spanish, and in Arabic, which is written from right to left: with the catalogues that we ship."""

from __future__ import annotations

import re

import pytest

from tests.browser.test_admin import require_clear
from tests.browser.test_admin import sign_in

ARABIC = re.compile(r"[\u0600-\u06ff]")
LATIN = re.compile(r"[A-Za-z]{2,}")
ROOT = "/verifiable_credentials/"
# What stays in Latin letters on an Arabic page: names, formats, addresses, what people typed.
_OURS = """
() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const inside = node.parentElement;
    const theirs = inside.closest('bdi, code, pre, script, style, [dir=ltr], [dir=auto]');
    if (node.data.trim() && inside.checkVisibility() && theirs === null) {
      found.push(node.data.trim());
    }
  }
  return found;
}
"""
_NAMES = {"JSON", "PNG", "SVG", "PDF", "HTML", "SHA", "UTC", "QR", "LinkedIn", "Learner", "Credential", "Wallet", "DID"}


@pytest.fixture
def arabic(visitor):
    """A visit by somebody whose browser asks for Arabic."""
    made = visitor(locale="ar")
    yield made
    made.settle()


@pytest.fixture
def spanish(visitor):
    """A visit by somebody whose browser asks for Mexican Spanish."""
    made = visitor(locale="es-MX")
    yield made
    made.settle()


def require_language(visit, language, direction):
    found = visit.page.evaluate("[document.documentElement.lang, getComputedStyle(document.body).direction]")
    assert found == [language, direction]


def english_left(visit):
    """Texts of ours that have words in Latin letters which are no names."""
    texts = visit.page.evaluate(_OURS)
    assert any(ARABIC.search(text) for text in texts)
    return [text for text in texts if set(LATIN.findall(text)) - _NAMES]


def test_a_credential_is_shown_and_checked_in_arabic(arabic, world):
    arabic.open(world["valid"]["page"])
    require_language(arabic, "ar", "rtl")
    assert arabic.headline == "وثيقة الاعتماد هذه صالحة"
    assert arabic.outcomes["التوقيع"] == "ناجح"
    assert "وثيقة الاعتماد سارية في هذا الوقت." in arabic.text
    # Of the browser, and of Django: dates in words.
    assert (
        len(re.findall(r"نوفمبر|ديسمبر|يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر", arabic.text)) >= 2
    )
    assert english_left(arabic) == []
    arabic.require_usable("credential-arabic")


def test_a_credential_is_shown_and_checked_in_spanish(spanish, world):
    spanish.open(world["valid"]["page"])
    require_language(spanish, "es-419", "ltr")
    assert spanish.headline == "Esta credencial es válida"
    assert spanish.outcomes["Firma"] == "Superada"
    assert "La credencial está vigente en este momento." in spanish.text
    spanish.require_usable("credential-spanish")


def test_what_the_service_says_has_its_date_in_words_and_its_zone(visitor, world):
    visit = visitor(locale="es-419", scripts=False)
    visit.open(world["valid"]["page"])
    source = "Así lo dice el servicio que la emitió, el"
    assert re.search(rf"{source} \d+ de \w+ de \d{{4}} a las \d\d:\d\d \(UTC\)\.", visit.text)


@pytest.mark.parametrize(
    ("state", "headline"),
    [
        ("revoked", "أُلغيت وثيقة الاعتماد هذه"),
        ("suspended", "وثيقة الاعتماد هذه معلّقة"),
        ("expired", "انتهت صلاحية وثيقة الاعتماد هذه"),
        ("withheld", "وثيقة الاعتماد هذه محجوبة"),
    ],
)
def test_every_state_is_told_in_arabic(arabic, world, state, headline):
    arabic.open(world[state]["page"])
    assert arabic.headline == headline
    assert english_left(arabic) == []


def test_signs_stand_where_lines_begin(arabic, world):
    arabic.open(world["suspended"]["page"])
    sign = arabic.page.query_selector(".ovc-check-head").bounding_box()
    item = arabic.page.query_selector(".ovc-check").bounding_box()
    assert sign["x"] < item["x"] + 5
    assert item["x"] + item["width"] - (sign["x"] + sign["width"]) > 20


def test_the_verify_page_turns_round(arabic, service, world):
    arabic.open(f"{service['base_url']}{ROOT}verify/")
    require_language(arabic, "ar", "rtl")
    assert arabic.headline == "التحقق من وثيقة اعتماد"
    arabic.choose(("a.json", "application/json", world["web"]["raw"].encode("utf-8")))
    assert arabic.headline == "وثيقة الاعتماد هذه صالحة"
    arabic.require_usable("verify-arabic")
    arabic.choose(("empty.json", "application/json", b""))
    assert "empty.json فارغ." in arabic.text


def test_an_evidence_file_speaks_the_language_in_which_it_was_fetched(arabic, world, tmp_path):
    arabic.open(world["valid"]["page"])
    file = tmp_path / "evidence.html"
    address = f"{world['valid']['page']}evidence.html"
    fetched = arabic.page.request.get(address, headers={"Accept-Language": "ar"})
    file.write_text(fetched.text(), encoding="utf-8")
    arabic.open(file.as_uri())
    require_language(arabic, "ar", "rtl")
    assert arabic.headline.startswith("وثيقة الاعتماد هذه صالحة")
    assert english_left(arabic) == []


def test_a_page_in_a_language_that_we_do_not_speak_is_english(visitor, service):
    visit = visitor(locale="fr-FR")
    visit.open(f"{service['base_url']}{ROOT}verify/")
    require_language(visit, "en", "ltr")
    assert visit.headline == "Check a credential"
    visit.settle()


def offer_page(service, visit, number):
    """The claim page of a fresh offer of one of Ada's certificates."""
    sign_in(service, visit, "ada")
    certificate = service["learners"][0]["credentials"][number]["uuid"]
    page = visit.page
    page.goto(f"{service['base_url']}{ROOT}")
    made = page.evaluate(
        """async ([root, certificate]) => {
          const token = document.querySelector('openedx-vc-claim').getAttribute('csrf-token');
          const answer = await fetch(`${root}api/v1/credentials/init/`, {
            method: 'POST',
            headers: {'Content-Type': 'application/json', 'X-CSRFToken': token},
            body: JSON.stringify({credential_uuid: certificate, storage_id: 'lc_wallet'}),
          });
          return answer.json();
        }""",
        [ROOT, certificate],
    )
    visit.open(f"{service['base_url']}{ROOT}offers/{made['offer']}/")


@pytest.fixture
def service_of_ada(service):
    return {**service, "ada": service["learners"][0]}


def test_an_offer_is_made_in_arabic(arabic, service_of_ada):
    offer_page(service_of_ada, arabic, 0)
    require_language(arabic, "ar", "rtl")
    assert "أضف إلى محفظتك" in arabic.text
    assert "شهادة واحدة جاهزة بوصفها وثيقة اعتماد قابلة للتحقق." in arabic.text
    assert english_left(arabic) == []
    arabic.require_usable("offer-arabic")


def test_an_offer_is_made_in_spanish(spanish, service_of_ada):
    offer_page(service_of_ada, spanish, 0)
    require_language(spanish, "es-419", "ltr")
    assert "Un certificado está listo como credencial verificable." in spanish.text
    assert re.search(r"Esta oferta termina a las \d\d:\d\d \(UTC\) del \d+ de \w+ de \d{4}", spanish.text)


def test_a_problem_is_told_in_arabic(arabic, service_of_ada):
    sign_in(service_of_ada, arabic, "ada")
    arabic.page.goto(f"{service_of_ada['base_url']}{ROOT}offers/00000000-0000-4000-8000-000000000000/")
    require_language(arabic, "ar", "rtl")
    assert "لا يوجد عرض كهذا." in arabic.text
    assert arabic.axe() == []


@pytest.mark.parametrize("scripts", [True, False])
def test_the_learners_page_is_arabic_with_the_element_and_without(visitor, service_of_ada, scripts):
    visit = visitor(locale="ar", scripts=scripts)
    sign_in(service_of_ada, visit, "ada")
    visit.page.goto(f"{service_of_ada['base_url']}{ROOT}")
    if scripts:
        visit.page.wait_for_selector("openedx-vc-claim input[type=checkbox]")
        require_language(visit, "ar", "rtl")
        titles = set(visit.page.locator("openedx-vc-claim bdi").all_inner_texts())
        assert [text for text in english_left(visit) if not any(title in text for title in titles)] == []
        visit.require_usable("learner-arabic")
    assert "وثائق اعتمادي القابلة للتحقق" in visit.text
    visit.settle()


def test_the_admin_is_arabic(arabic, service_of_ada):
    sign_in(service_of_ada, arabic, "course_admin")
    arabic.page.goto(arabic.address("claimpolicy/add/"))
    require_language(arabic, "ar", "rtl")
    content = arabic.page.inner_text("#content")
    assert "تتحدث عن" in content
    assert "ما يمكن استلامه" in content
    require_clear(arabic, "policy-arabic")
