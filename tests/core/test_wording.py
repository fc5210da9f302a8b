"""The sentences that we compose: in which language, whole, and read the right way round."""

import dataclasses
import html
import re
import string
import unicodedata

import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import markdown
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core import wording
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.data import AchievementContent
from openedx_verifiable_credentials.data import Organization
from openedx_verifiable_credentials.data import Terms
from tests import awards
from tests import properties

every_wording = pytest.mark.parametrize("words", wording.WORDINGS.values(), ids=wording.WORDINGS)
GRADED = Terms(grade=True, evidence=True)
TWO = (Organization("Academy", "The Academy"), Organization("Uni", "جامعة"))


def composed(award, terms=GRADED, profile=OBV3_VC2):
    """The unsigned document."""
    return open_badges.compose(
        award,
        terms,
        profile=profile,
        issuer=awards.key_issuer(),
        credential_id=awards.CREDENTIAL_ID,
        subject_id=awards.SUBJECT,
        salt=awards.SALT,
    )


def sentences(award, terms=GRADED):
    """Everything that we worded."""
    document = composed(award, terms)
    achievement = document["credentialSubject"]["achievement"]
    return [
        document["description"],
        achievement["description"],
        achievement["criteria"]["narrative"],
        *(one["name"] for one in achievement["resultDescription"]),
        *(one["name"] for one in document.get("evidence", ())),
    ]


WORDED = {
    "en": (
        [
            "Certificate of the course Computing, an introduction offered by The Academy.",
            "The course Computing offered by The Academy.",
            "Earn a passing grade in the course Computing.",
            "Final grade in percent",
            "Final letter grade",
        ],
        [
            "Certificate of the program Computing, an introduction offered by The Academy, جامعة.",
            "The program Data Science offered by The Academy, جامعة with 2 courses, about 120 hours of effort.",
            "Complete every course of the program Data Science:\n\n- Statistics\n- Machine Learning",
            "Final grade in percent",
            "Final letter grade",
            "Program record",
        ],
    ),
    "es-419": (
        [
            "Certificado del curso «Computing, an introduction», ofrecido por The Academy.",
            "El curso «Computing», ofrecido por The Academy.",
            "Obtener una calificación aprobatoria en el curso «Computing».",
            "Calificación final en porcentaje",
            "Calificación final en letra",
        ],
        [
            "Certificado del programa «Computing, an introduction», ofrecido por The Academy, جامعة.",
            "El programa «Data Science», ofrecido por The Academy, جامعة, con 2 cursos, "
            "de unas 120 horas de dedicación.",
            "Completar todos los cursos del programa «Data Science»:\n\n- Statistics\n- Machine Learning",
            "Calificación final en porcentaje",
            "Calificación final en letra",
            "Registro del programa",
        ],
    ),
    "ar": (
        [
            "شهادة المساق «Computing, an introduction» من تقديم «The Academy».",
            "المساق «Computing» من تقديم «The Academy».",
            "الحصول على درجة النجاح في المساق «Computing».",
            "الدرجة النهائية بالنسبة المئوية",
            "الدرجة النهائية بالأحرف",
        ],
        [
            "شهادة البرنامج «Computing, an introduction» من تقديم «The Academy» و«جامعة».",
            "البرنامج «Data Science» من تقديم «The Academy» و«جامعة»، عدد مساقاته: 2، عدد ساعات الدراسة التقريبي: 120.",
            "إتمام جميع مساقات البرنامج «Data Science»:\n\n- Statistics\n- Machine Learning",
            "الدرجة النهائية بالنسبة المئوية",
            "الدرجة النهائية بالأحرف",
            "سجل البرنامج",
        ],
    ),
}


@pytest.mark.parametrize("language", WORDED)
def test_every_sentence_in_every_language(language):
    course, program = WORDED[language]
    assert sentences(awards.in_language(awards.full_award(), language)) == course
    assert sentences(awards.in_language(awards.program_award(organizations=TWO), language)) == program


def test_every_language_is_tried_here():
    assert set(WORDED) == {words.language for words in wording.WORDINGS.values()}


@every_wording
def test_what_nobody_knows_is_in_no_sentence(words):
    award = awards.in_language(awards.program_award(organizations=()), words.language)
    bare = dataclasses.replace(award.program, course_titles=(), hours=None)
    for sentence in sentences(dataclasses.replace(award, program=bare)):
        assert not re.search(r"[0-9{}]|  |None", sentence), sentence
    one = dataclasses.replace(award.program, course_titles=("Statistics",), hours=None)
    _, description, *_ = sentences(dataclasses.replace(award, program=one))
    assert "1" in description


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        *(("es", "es-419"), ("es-ES", "es-419"), ("es-419", "es-419"), ("es_MX", "es-419"), ("ES", "es-419")),
        *(("ar", "ar"), ("ar-EG", "ar"), ("ar_SA", "ar"), ("ar-Arab-EG", "ar"), ("en", "en"), ("en-us", "en")),
        *(("fr", "en"), ("pt-br", "en"), ("est", "en"), ("arn", "en"), ("zh-hans", "en")),
        *(("", "en"), ("x", "en"), ("not a tag", "en"), ("es\n", "en"), ("es-", "en"), (None, "en")),
    ],
)
def test_a_tag_finds_its_language_whatever_its_region(tag, language):
    assert wording.find([tag]).language == language


@pytest.mark.parametrize(
    ("policy", "certificate", "site", "language"),
    [
        ("ar", "es-419", "en", "ar"),
        ("", "es-419", "ar", "es-419"),
        ("", None, "ar", "ar"),
        ("", "", "es-ES", "es-419"),
        ("", None, "", "en"),
        ("en", "ar", "ar", "en"),
        ("fr", "ar", "ar", "en"),
        ("", "fr", "ar", "en"),
        ("", "?", "ar", "ar"),
    ],
)
def test_the_policy_decides_before_the_certificate_and_that_before_the_site(policy, certificate, site, language):
    award = awards.in_language(awards.program_award(), site)
    award = dataclasses.replace(award, program=dataclasses.replace(award.program, language=certificate))
    terms = dataclasses.replace(GRADED, content=AchievementContent(language=policy))
    assert wording.of(award, terms).language == language
    assert sentences(award, terms)[-1] == wording.find([language]).program_record


def test_of_a_course_the_site_decides_where_no_policy_does():
    award = awards.in_language(awards.full_award(), "ar")
    assert wording.of(award, Terms()).language == "ar"
    assert wording.of(award, Terms(content=AchievementContent(language="es"))).language == "es-419"


@every_wording
def test_the_sites_language_is_not_said_to_be_the_courses(words):
    for make in (awards.full_award, awards.program_award):
        document = composed(awards.in_language(make(), words.language))
        assert "inLanguage" not in document["credentialSubject"]["achievement"]


@every_wording
@pytest.mark.parametrize("make", [awards.full_award, awards.program_award], ids=["course", "program"])
def test_what_a_policy_says_itself_stays_as_it_is(words, make):
    content = AchievementContent(criteria="Pass the exam.", description="A course.")
    document = composed(awards.in_language(make(), words.language), Terms(content=content))
    achievement = document["credentialSubject"]["achievement"]
    assert (achievement["criteria"]["narrative"], achievement["description"]) == ("Pass the exam.", "A course.")


@every_wording
@pytest.mark.parametrize("make", [awards.full_award, awards.program_award], ids=["course", "program"])
def test_what_is_published_of_the_achievement_is_what_the_credential_says(words, make):
    award = awards.in_language(make(), words.language)
    published = open_badges.compose_achievement(award, GRADED, issuer=awards.key_issuer(), extended=True)
    assert composed(award)["credentialSubject"]["achievement"] == published


@every_wording
def test_a_wording_is_whole_and_clean(words):
    def fields(template):
        return sorted(name for _, name, _, _ in string.Formatter().parse(template) if name)

    for member in dataclasses.fields(words):
        said, english = getattr(words, member.name), getattr(wording.ENGLISH, member.name)
        assert said
        # Spaces at an end are what joins it to what goes before.
        assert text.clean_line(said) == said.strip(), member.name
        if member.name != "one_course":
            assert fields(said) == fields(english), member.name
            assert not any(character.isdecimal() for character in said) or member.name == "language", member.name
    assert wording.find([words.language]) is words


@every_wording
@given(
    title=properties.titles, other=properties.any_text, make=st.sampled_from((awards.full_award, awards.program_award))
)
@example(title="1. *not* a list", other="{name}", make=awards.program_award)
@example(title="<script>alert(1)</script> {by}", other="[a](javascript:alert(1))", make=awards.full_award)
def test_whatever_a_title_is_it_is_literal_text(words, title, other, make):
    award = awards.in_language(make(title=title, organizations=(Organization("K", other),)), words.language)
    course = award.course and dataclasses.replace(award.course, title=title)
    program = award.program and dataclasses.replace(award.program, title=title, course_titles=(other,))
    award = dataclasses.replace(award, course=course, program=program)
    document = composed(award, Terms(), OBV3_VC1)
    achievement = document["credentialSubject"]["achievement"]
    name = text.clean_line(title)
    assert name in document["description"] and name in achievement["description"]
    narrative = achievement["criteria"]["narrative"]
    assert markdown.find_fault(narrative) is None
    read = html.unescape(re.sub("<[^<>]*>", "", markdown.to_html(narrative)))
    assert name in read
    if program and text.clean_line(other):
        assert text.clean_line(other) in read


@given(award=awards.awards, terms=awards.terms, profile=awards.profiles)
def test_a_credential_tells_which_language_it_was_worded_in(award, terms, profile):
    assert wording.told_by(composed(award, terms, profile)) == wording.of(award, terms).language


@pytest.mark.parametrize("document", [{}, {"description": "Another's."}, {"description": None}, {"description": ["a"]}])
def test_anothers_credential_tells_no_language_of_ours(document):
    assert wording.told_by(document) == ""


def strong(sentence):
    """The direction of each character that has one."""
    found = (unicodedata.bidirectional(character) for character in sentence)
    return ["R" if one in ("R", "AL") else "L" for one in found if one in ("L", "R", "AL")]


def test_an_arabic_sentence_reads_from_the_right_whatever_is_filled_in():
    latin = awards.program_award(organizations=(Organization("A", "Aaa"), Organization("B", "Bbb")))
    for award in (awards.in_language(latin, "ar"), awards.in_language(awards.full_award(), "ar")):
        for sentence in sentences(award):
            first, *_ = sentence.split("\n")
            # Readers take the direction of a paragraph from its first letter (UAX 9, P2).
            assert strong(first)[0] == "R", first


def test_names_that_follow_each_other_are_parted_by_arabic_letters():
    names = ["Aaa", "Bbb", "Ccc"]
    by = wording.ARABIC.by(names)
    for one, other in zip(names, names[1:], strict=False):
        between = by[by.index(one) + len(one) : by.index(other)]
        assert "R" in strong(between), "else both would read as one text, the other way round (UAX 9, N1)"
    whole = wording.ARABIC.describe_program("Zzz", by, 3, 40)
    for one, other in (("Zzz", "Aaa"), ("Ccc", "3"), ("3", "40")):
        between = whole[whole.index(one) + len(one) : whole.rindex(other)]
        assert "R" in strong(between), between
