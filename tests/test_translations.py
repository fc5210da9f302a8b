"""What people read is translated: every text, with everything that stands in it, and Django finds it."""

from __future__ import annotations

import ast
import json
import re
import string
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message
from django.conf import settings
from django.test import override_settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import ngettext
from django.utils.translation import trans_real

from openedx_verifiable_credentials.pages import answers
from scripts import translations

# Plural forms as CLDR and GNU gettext have them, and numbers that take each.
PLURALS = {
    "es_419": ("n != 1", {0: 1, 1: 0, 2: 1, 1_000_000: 1}),
    "ar": (
        "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5",
        {0: 0, 1: 1, 2: 2, 3: 3, 10: 3, 11: 4, 99: 4, 100: 5, 102: 5, 103: 3, 111: 4},
    ),
}
# The categories of CLDR, which Intl.PluralRules has.
CATEGORIES = {"es-419": ("one", "many", "other"), "ar": ("zero", "one", "two", "few", "many", "other")}
ELEMENT = translations.ROOT / "frontend" / "src" / "claim" / "texts"
CATALOGUES = {file.parts[-3]: translations.read(file) for file in translations.catalogues()}


def messages() -> list[Any]:
    """Every text of every language, each a test of its own."""
    found = []
    for language, catalog in CATALOGUES.items():
        for number, message in enumerate(catalog):
            if message.id:
                first = message.id if isinstance(message.id, str) else message.id[0]
                found.append(pytest.param(message, id=f"{language}-{number}-{first[:30]}"))
    return found


def forms(message: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The English and the translated forms."""
    one = isinstance(message.id, str)
    return ((message.id,), (message.string,)) if one else (tuple(message.id), tuple(message.string))


def placeholders(text: str) -> Counter[str]:
    """What is put in: %(name)s, %s, {name}."""
    named = re.findall(r"%\(\w+\)[sd]|%[sd]", text.replace("%%", ""))
    braced = [f"{{{name}}}" for _, name, _, _ in string.Formatter().parse(text) if name] if "{" in text else []
    return Counter(named + braced)


def tags(text: str) -> Counter[str]:
    """HTML elements with their attributes."""
    reader = _Tags()
    reader.feed(text)
    return Counter(reader.found)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(f"<{tag} {attrs}>")

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"</{tag}>")


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("%(count)s of %(all)s", "%(count)s of %(al)s"),
        ("%d lists", "lists"),
        ("%s and 100%%", "%s and %d"),
        ("{name} is empty.", "{nombre} is empty."),
        ("Written {a} and {a}", "Written {a}"),
    ],
)
def test_the_comparison_notices_what_is_lost_or_misspelt(text: str, other: str) -> None:
    assert placeholders(text) != placeholders(other)


def test_the_comparison_notices_other_html() -> None:
    assert tags('<time datetime="1">a</time>') == tags('b <time datetime="1">c</time>')
    assert tags('<time datetime="1">a</time>') != tags('<time datetime="2">a</time>')
    assert tags("<bdi>a</bdi>") != tags("<bdi>a")


# The catalogues


def test_spanish_and_arabic_are_there() -> None:
    assert set(CATALOGUES) == set(PLURALS)


@pytest.mark.parametrize("language", [translations.SOURCE, *PLURALS])
def test_a_catalogue_has_the_texts_of_the_code_and_no_others(language: str) -> None:
    """Red? make translations, then translate what it added."""
    in_code = {(message.context, message.id) for message in translations.extract() if message.id}
    file = translations.LOCALES / language / "LC_MESSAGES" / "django.po"
    catalog = translations.read(file)
    assert {(message.context, message.id) for message in catalog if message.id} == in_code
    assert not catalog.obsolete


@pytest.mark.parametrize("language", PLURALS)
def test_every_text_is_translated(language: str) -> None:
    untranslated = [message.id for message in CATALOGUES[language] if message.id and not all(forms(message)[1])]
    assert untranslated == []


@pytest.mark.parametrize("message", messages())
def test_a_translation_holds_what_its_text_holds(message: Message) -> None:
    english, translated = forms(message)
    if not any(translated):
        return
    assert all(translated)
    for form in translated:
        assert form.strip() == form
        if len(english) == 1:
            assert placeholders(form) == placeholders(english[0])
            assert tags(form) == tags(english[0])
        else:
            # "One certificate", "شهادتان": a form may say its number in words, but puts nothing in that is not given.
            assert set(placeholders(form)) <= set(placeholders(english[1]))
            assert {one for one in placeholders(english[0]) if "(" not in one} <= set(placeholders(form))
    if len(english) > 1:
        # Many, and any other number: it is told.
        assert placeholders(translated[-1]) == placeholders(english[1])


@pytest.mark.parametrize("language", PLURALS)
def test_plural_forms_are_those_of_the_language(language: str) -> None:
    catalog = CATALOGUES[language]
    expression, numbers = PLURALS[language]
    assert catalog.plural_expr.strip("()") == expression
    assert catalog.num_plurals == len(set(numbers.values()))
    compiled = trans_real.gettext_module.c2py(catalog.plural_expr)
    assert {number: int(compiled(number)) for number in numbers} == numbers


@pytest.mark.parametrize("language", PLURALS)
def test_catalogues_are_written_as_the_program_writes_them(language: str, tmp_path: Path) -> None:
    [file] = [file for file in translations.catalogues() if file.parts[-3] == language]
    copy = tmp_path / "django.po"
    translations._write(copy, translations.read(file))
    assert copy.read_text(encoding="utf-8") == file.read_text(encoding="utf-8")
    assert "#~ " not in copy.read_text(encoding="utf-8")
    assert "#, fuzzy" not in copy.read_text(encoding="utf-8")


# The claim element's catalogues, which are JSON (frontend/src/claim/texts)


def of_element(language: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((ELEMENT / f"{language}.json").read_text(encoding="utf-8"))
    return texts


def plural_of(key: str, english: dict[str, str]) -> str | None:
    """What a key is a plural form of, if it is one."""
    stem, _, category = key.rpartition("_")
    return stem if category in CATEGORIES["ar"] and {f"{stem}_one", f"{stem}_other"} <= set(english) else None


def test_the_element_speaks_what_the_pages_speak() -> None:
    spoken = {file.stem for file in ELEMENT.glob("*.json")} - {translations.SOURCE}
    assert spoken == set(CATEGORIES) == {language.replace("_", "-") for language in PLURALS}
    imported = (ELEMENT / "catalogues.js").read_text(encoding="utf-8")
    assert all(f"./{language}.json" in imported for language in spoken)


@pytest.mark.parametrize("language", CATEGORIES)
def test_the_element_has_each_text_in_each_form_of_the_language(language: str) -> None:
    english, translated = of_element("en"), of_element(language)
    expected = set()
    for key in english:
        stem = plural_of(key, english)
        expected |= {key} if stem is None else {f"{stem}_{category}" for category in CATEGORIES[language]}
    assert set(translated) == expected
    assert all(text.strip() == text != "" for text in translated.values())


@pytest.mark.parametrize("language", CATEGORIES)
def test_the_element_puts_in_what_its_english_puts_in(language: str) -> None:
    english, translated = of_element("en"), of_element(language)
    for key, text in translated.items():
        stem = plural_of(key, english)
        wanted = placeholders(english[key if stem is None else f"{stem}_other"])
        if key.endswith(("_zero", "_one", "_two")) and stem is not None:
            assert set(wanted) - {"{count}"} <= set(placeholders(text)) <= set(wanted), key
        else:
            assert placeholders(text) == wanted, key


# Where texts are found


@pytest.mark.parametrize(
    ("source", "ids"),
    [
        ("{% translate 'A text' %}", ["A text"]),
        ("<p>{% translate 'May' context 'a month' %}</p>", [("a month", "May")]),
        ("{% blocktranslate trimmed with n=name %}\n  Hello\n  {{ n }}\n{% endblocktranslate %}", ["Hello %(n)s"]),
        (
            "{% blocktranslate count c=n %}One{% plural %}{{ c }} of them{% endblocktranslate %}",
            [("One", "%(c)s of them")],
        ),
        ('{# {% translate "no" %} #}{% if a == "(" %}{{ _("Yes") }}{% endif %}', ["Yes"]),
    ],
)
def test_texts_of_templates_are_found(tmp_path: Path, source: str, ids: list[Any]) -> None:
    assert found_in(tmp_path / "a.html", source) == ids


@pytest.mark.parametrize(
    ("source", "ids"),
    [
        ("a = gettext('One ' 'text')", ["One text"]),
        ("a = ngettext_lazy('%d day', '%d days', n)", [("%d day", "%d days")]),
        ("a = pgettext('month', 'May')", [("month", "May")]),
        ("a = gettext(name)", []),
    ],
)
def test_texts_of_code_are_found(tmp_path: Path, source: str, ids: list[Any]) -> None:
    assert found_in(tmp_path / "a.py", source) == ids


def found_in(file: Path, source: str) -> list[Any]:
    file.write_text(source, encoding="utf-8")
    taken = [translations._taken_apart(function, texts) for function, texts, _ in translations._texts_of(file)]
    return [ids if context is None else (context, ids) for context, ids in taken if ids is not None]


def test_no_text_is_put_together_before_it_is_translated() -> None:
    wrong = []
    for file in sorted(translations.PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
            if name in translations.KEYWORDS and any(isinstance(one, (ast.JoinedStr, ast.BinOp)) for one in node.args):
                wrong.append(f"{file.name}:{node.lineno}")
    assert wrong == []


def test_class_attributes_are_translated_when_they_are_shown() -> None:
    wrong = []
    for file in sorted(translations.PACKAGE.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        lazy = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if alias.name.endswith(("_lazy", "_noop"))
        }
        for node in translated_at_import(tree):
            if ast.unparse(node.func) not in lazy:
                wrong.append(f"{file.name}:{node.lineno}")
    assert wrong == []


def translated_at_import(node: ast.AST) -> list[ast.Call]:
    """Calls of gettext that run while a module is imported: outside of functions, or in what they are given."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        below: list[ast.AST] = [*node.decorator_list, *node.args.defaults]
    elif isinstance(node, ast.Lambda):
        below = []
    else:
        below = list(ast.iter_child_nodes(node))
    own = [node] if isinstance(node, ast.Call) and ast.unparse(node.func) in translations.KEYWORDS else []
    return [*own, *(call for child in below for call in translated_at_import(child))]


# What Django makes of them


@pytest.fixture
def reread() -> Any:
    """Catalogues are read anew within a test, and after it."""

    def forget() -> None:
        trans_real._translations.clear()

    forget()
    yield
    forget()


def test_a_service_that_names_its_own_catalogues_only_keeps_ours(reread: Any, tmp_path: Path) -> None:
    with override_settings(LOCALE_PATHS=[str(tmp_path)]), translation.override("es-419"):
        assert gettext("Check a credential") == "Comprobar una credencial"


def test_what_the_service_translates_itself_stays_as_it_is(reread: Any, tmp_path: Path) -> None:
    own = Catalog(locale="ar")
    own.add("Check a credential", "كما تقول الخدمة")
    folder = tmp_path / "ar" / "LC_MESSAGES"
    translations._write(folder / "django.po", own)
    with (folder / "django.mo").open("wb") as stream:
        translations.write_mo(stream, own)
    with override_settings(LOCALE_PATHS=[str(tmp_path)]), translation.override("ar"):
        assert gettext("Check a credential") == "كما تقول الخدمة"
        assert gettext("Check again") == "تحقَّق مرة أخرى"


@pytest.mark.parametrize("language", PLURALS)
def test_a_catalogue_names_its_language(language: str) -> None:
    with translation.override(language.replace("_", "-")):
        assert answers.language_of_texts() == language.replace("_", "-")


@pytest.mark.parametrize("spoken", ["fr", "he"])
def test_a_page_that_is_not_translated_is_english_and_says_so(spoken: str, client: Any, db: None) -> None:
    response = client.get("/verifiable_credentials/verify/", HTTP_ACCEPT_LANGUAGE=spoken)
    assert '<html lang="en" dir="ltr">' in response.content.decode()
    assert response["Content-Language"] == "en"
    assert "Accept-Language" in response["Vary"]


def test_no_language_but_those_that_are_translated_changes() -> None:
    for code, _ in settings.LANGUAGES:
        if translation.to_locale(code) not in PLURALS:
            with translation.override(code):
                assert gettext("Check a credential") == "Check a credential"


@pytest.mark.parametrize("spoken", ["es-419", "es-mx", "es", "es-MX,es;q=0.9,en;q=0.8"])
def test_who_reads_spanish_of_any_country_gets_it(spoken: str, client: Any, db: None) -> None:
    response = client.get("/verifiable_credentials/verify/", HTTP_ACCEPT_LANGUAGE=spoken)
    assert '<html lang="es-419" dir="ltr">' in response.content.decode()
    assert "Comprobar una credencial" in response.content.decode()


@pytest.mark.parametrize("spoken", ["ar", "ar-EG", "ar-SA,ar;q=0.9,en;q=0.8"])
def test_who_reads_arabic_of_any_country_gets_it(spoken: str, client: Any, db: None) -> None:
    response = client.get("/verifiable_credentials/verify/", HTTP_ACCEPT_LANGUAGE=spoken)
    assert '<html lang="ar" dir="rtl">' in response.content.decode()


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (1, "شهادة واحدة جاهزة"),
        (2, "شهادتان جاهزتان"),
        (3, "%(counter)s شهادات جاهزة"),
        (11, "%(counter)s شهادة جاهزة"),
        (100, "%(counter)s شهادة جاهزة"),
    ],
)
def test_numbers_are_counted_as_in_arabic(number: int, says: str) -> None:
    one = "One certificate is ready as a verifiable credential."
    many = "%(counter)s certificates are ready as verifiable credentials."
    with translation.override("ar"):
        assert ngettext(one, many, number).startswith(says)
