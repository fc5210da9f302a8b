"""
The sentences that we compose into credentials, by language. To add one, add a row to :data:`WORDINGS`.

A credential is signed once and read everywhere: its language is that of the certificate or the site, never that of
whoever clicks. Titles and names stand in marks, or next to words of the sentence's own language: cleaning takes the
marks away that would set the direction of reading, so that a sentence must read right without. A number is told in a
way that needs no plural where a language has many. Dates are members of their own and stand in no sentence.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence

from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Terms

_TAG = re.compile(r"([A-Za-z]{2,8})(?:[-_][A-Za-z0-9]{1,8})*")


@dataclasses.dataclass(frozen=True)
class Wording:
    """
    One language (BCP 47). In braces stands what is filled in: the title (``name``), who offers it (``by``), how many
    courses it has (``courses``) for how long (``hours``). ``listed`` goes between the names of who offers it, each of
    which is written as ``one_of_many`` says.
    """

    language: str
    course_certificate: str
    program_certificate: str
    course: str
    program: str
    offered_by: str
    one_of_many: str
    listed: str
    one_course: str
    many_courses: str
    hours: str
    course_criteria: str
    program_criteria: str
    every_course: str
    grade_in_percent: str
    letter_grade: str
    program_record: str

    def by(self, names: Sequence[str]) -> str:
        """Who offers it, as a part of a sentence; "" where nobody is known."""
        joined = self.listed.join(self.one_of_many.format(name=name) for name in names)
        return self.offered_by.format(names=joined) if joined else ""

    def describe_program(self, name: str, by: str, courses: int, hours: int) -> str:
        """A sentence on a program; 0 stands for a number that nobody told."""
        count = self.one_course if courses == 1 else self.many_courses
        return self.program.format(
            name=name,
            by=by,
            courses=count.format(count=courses) if courses else "",
            hours=self.hours.format(count=hours) if hours else "",
        )


ENGLISH = Wording(
    language="en",
    course_certificate="Certificate of the course {name}{by}.",
    program_certificate="Certificate of the program {name}{by}.",
    course="The course {name}{by}.",
    program="The program {name}{by}{courses}{hours}.",
    offered_by=" offered by {names}",
    one_of_many="{name}",
    listed=", ",
    one_course=" with 1 course",
    many_courses=" with {count} courses",
    hours=", about {count} hours of effort",
    course_criteria="Earn a passing grade in the course {name}.",
    program_criteria="Complete the program {name}.",
    every_course="Complete every course of the program {name}:",
    grade_in_percent="Final grade in percent",
    letter_grade="Final letter grade",
    program_record="Program record",
)
SPANISH = Wording(
    language="es-419",
    course_certificate="Certificado del curso «{name}»{by}.",
    program_certificate="Certificado del programa «{name}»{by}.",
    course="El curso «{name}»{by}.",
    program="El programa «{name}»{by}{courses}{hours}.",
    offered_by=", ofrecido por {names}",
    one_of_many="{name}",
    listed=", ",
    one_course=", con 1 curso",
    many_courses=", con {count} cursos",
    hours=", de unas {count} horas de dedicación",
    course_criteria="Obtener una calificación aprobatoria en el curso «{name}».",
    program_criteria="Completar el programa «{name}».",
    every_course="Completar todos los cursos del programa «{name}»:",
    grade_in_percent="Calificación final en porcentaje",
    letter_grade="Calificación final en letra",
    program_record="Registro del programa",
)
ARABIC = Wording(
    language="ar",
    course_certificate="شهادة المساق «{name}»{by}.",
    program_certificate="شهادة البرنامج «{name}»{by}.",
    course="المساق «{name}»{by}.",
    program="البرنامج «{name}»{by}{courses}{hours}.",
    offered_by=" من تقديم {names}",
    one_of_many="«{name}»",
    listed=" و",
    one_course="، عدد مساقاته: {count}",
    many_courses="، عدد مساقاته: {count}",
    hours="، عدد ساعات الدراسة التقريبي: {count}",
    course_criteria="الحصول على درجة النجاح في المساق «{name}».",
    program_criteria="إتمام البرنامج «{name}».",
    every_course="إتمام جميع مساقات البرنامج «{name}»:",
    grade_in_percent="الدرجة النهائية بالنسبة المئوية",
    letter_grade="الدرجة النهائية بالأحرف",
    program_record="سجل البرنامج",
)
WORDINGS: Mapping[str, Wording] = {one.language.split("-")[0]: one for one in (ENGLISH, SPANISH, ARABIC)}


def of(award: Award, terms: Terms) -> Wording:
    """
    What the credential of ``award`` is worded in: the language that the policy names, else that of the program's
    certificate, else that of the site, else English. The first that is named decides, also where we have it not.
    """
    program = award.program.language if award.program is not None else None
    return find((terms.content.language, program, award.platform.language))


def find(tags: Iterable[str | None]) -> Wording:
    """
    Of the first of ``tags`` that is a language tag (BCP 47, or with underscores): a wording of that language, whatever
    its region or script (``es-MX`` is Spanish); English where there is none.
    """
    for tag in tags:
        match = _TAG.fullmatch(tag or "")
        if match is not None:
            return WORDINGS.get(match[1].lower(), ENGLISH)
    return ENGLISH


def told_by(document: JsonObject) -> str:
    """
    The language in which a credential of ours is worded, whenever it was issued: its description, which no policy says,
    begins as one of ours does. "" where it is of somebody else's wording.
    """
    description = document.get("description")
    if not isinstance(description, str):
        return ""
    beginnings = (
        (words.language, sentence.partition("{name}")[0])
        for words in WORDINGS.values()
        for sentence in (words.course_certificate, words.program_certificate)
    )
    return next((language for language, beginning in beginnings if description.startswith(beginning)), "")
