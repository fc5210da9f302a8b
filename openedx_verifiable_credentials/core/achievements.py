"""
An award and its terms → the Achievement (Open Badges 3.0 §B.1.1), which is published at an address of its own.

It says nothing of a learner: under the same terms it is the same for all who have the certificate. What a policy says
of it goes before what is made from the host's facts; what is no such thing (an address that is none, a type that Open
Badges does not know) is left out.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from openedx_verifiable_credentials.core import policy_content
from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core import wording
from openedx_verifiable_credentials.core.checks import structure
from openedx_verifiable_credentials.core.wording import Wording
from openedx_verifiable_credentials.data import Alignment
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import CourseFacts
from openedx_verifiable_credentials.data import IssuerProfile
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Organization
from openedx_verifiable_credentials.data import ProgramFacts
from openedx_verifiable_credentials.data import Terms

ACHIEVEMENTS_PATH = "/verifiable_credentials/achievements/"
# Open Badges 3.0 §B.1.2 AchievementType. Degrees are claimed only where a policy says so, never by a type's name alone.
_PROGRAM_TYPES = {
    "micromasters": "MicroCredential",
    "microbachelors": "MicroCredential",
    "professional-certificate": "Certificate",
    "xseries": "Certificate",
    "certificate": "Certificate",
    "license": "License",
    "bootcamp": "CertificateOfCompletion",
}
_OTHER_PROGRAM = "LearningProgram"
_COURSE_TYPES = {"honor": "CertificateOfCompletion"}
_COURSE = "Course"
_MAX_CREDITS = 99_999.99
_LANGUAGE = re.compile(r"([A-Za-z]{2,4})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?")


def compose_achievement(award: Award, terms: Terms, *, issuer: IssuerProfile, extended: bool) -> JsonObject:
    """
    The Achievement of ``award``. Of ``terms``, its content, ``alignments`` and ``grade`` count: the last lets it say
    what grades mean. Published are the terms that policies make, of which no learner has left anything out.

    ``extended`` adds members that not every bundled copy of the Open Badges context knows.
    Raises CompositionError ``missing_text``, ``invalid_iri``.
    """
    content, words = terms.content, wording.of(award, terms)
    known = _known(award, words)
    address = achievement_id(award, issuer.base_url)
    achievement = {
        "id": address,
        "type": [v.ACHIEVEMENT],
        "achievementType": _word("achievementType", content.achievement_type) or known.achievement_type,
        "name": known.name,
        "creator": _creator(award.organizations),
        "image": _image(award, content.image_path, issuer),
        "description": text.clean_block(content.description, policy_content.MAX_DESCRIPTION) or known.description,
        "criteria": {"narrative": text.clean_markdown(content.criteria) or known.criteria},
        "humanCode": text.clean_line(known.human_code),
        "version": text.clean_line(known.version),
        "fieldOfStudy": text.clean_line(content.field_of_study),
        "inLanguage": (language(content.language) or language(known.language)) if extended else None,
        "tag": _tags(content.tags),
        "creditsAvailable": _credits(content.credits),
        "alignment": _alignments(content.aligned_with) if terms.alignments else None,
        "resultDescription": _result_descriptions(address, words) if terms.grade else None,
        "otherIdentifier": [known.identifier],
    }
    return {member: value for member, value in achievement.items() if value not in (None, "", [])}


def achievement_id(award: Award, base_url: str) -> str:
    """The stable, public address of what was achieved."""
    address = f"{base_url}{ACHIEVEMENTS_PATH}{award.kind.value}/{quote(award.achievement_key, safe='')}/"
    return text.require_iri(address, "address of the achievement")


def result_ids(address: str) -> tuple[str, str]:
    """Where the achievement at ``address`` says what a grade in percent and a letter grade mean."""
    return f"{address}#percent", f"{address}#letter"


def offering(award: Award) -> list[str]:
    """Who offers it: the names of the first few that have one."""
    names = [text.clean_line(one.name) or text.clean_line(one.key) for one in award.organizations]
    return list(filter(None, names[:5]))


def language(value: str | None) -> str | None:
    """``value`` as Open Badges 3.0 writes language codes (BCP 47: ``pt-BR``, ``zh-Hans``); None where it is none."""
    match = _LANGUAGE.fullmatch(value or "")
    if match is None:
        return None
    tag, script, region = match.groups()
    return "-".join(filter(None, (tag.lower(), script and script.title(), region and region.upper())))


def image(address: str) -> JsonObject:
    """An Image (Open Badges 3.0 §B.1.7)."""
    return {"id": address, "type": v.IMAGE}


@dataclasses.dataclass(frozen=True)
class _Known:
    """What the host's facts say of an achievement."""

    name: str
    achievement_type: str
    description: str
    criteria: str
    identifier: JsonObject
    human_code: str = ""
    version: str = ""
    language: str | None = None


def _known(award: Award, words: Wording) -> _Known:
    if award.course is not None:
        return _course(award, award.course, words)
    assert award.program is not None
    return _program(award, award.program, words)


def _course(award: Award, course: CourseFacts, words: Wording) -> _Known:
    name = text.require_line(text.clean_line(course.title) or award.title, "title of the course")
    return _Known(
        name=name,
        achievement_type=_COURSE_TYPES.get(course.mode, _COURSE),
        description=words.course.format(name=name, by=words.by(offering(award))),
        criteria=words.course_criteria.format(name=text.escape_markdown(name)),
        identifier=_identifier(course.key, "ext:openedx:courseRunKey"),
        human_code=course.number,
        version=course.run,
    )


def _program(award: Award, program: ProgramFacts, words: Wording) -> _Known:
    name = text.require_line(text.clean_line(program.title) or award.title, "title of the program")
    return _Known(
        name=name,
        achievement_type=_PROGRAM_TYPES.get(program.type_slug.lower(), _OTHER_PROGRAM),
        description=words.describe_program(
            name, words.by(offering(award)), len(program.course_titles), program.hours or 0
        ),
        criteria=_program_criteria(program, words, name),
        identifier=_identifier(str(program.uuid), "ext:openedx:programUuid"),
        language=program.language,
    )


def _program_criteria(program: ProgramFacts, words: Wording, name: str) -> str:
    name = text.escape_markdown(name)
    titles = [text.escape_markdown(title) for title in map(text.clean_line, program.course_titles) if title]
    if not titles:
        return words.program_criteria.format(name=name)
    return "\n".join([words.every_course.format(name=name), "", *(f"- {title}" for title in titles)])


def _creator(organizations: tuple[Organization, ...]) -> JsonObject | None:
    if not organizations or organizations[0].uuid is None:
        return None
    first = organizations[0]
    name = text.clean_line(first.name) or text.clean_line(first.key)
    if not name:
        return None
    return {
        "id": f"urn:uuid:{first.uuid}",
        "type": [v.PROFILE],
        "name": name,
        "otherIdentifier": [_identifier(first.key, "ext:openedx:orgKey")],
    }


def _image(award: Award, image_path: str, issuer: IssuerProfile) -> JsonObject | None:
    """The policy's badge, which we serve ourselves; else the first organisation's logo, where it is on https."""
    own = text.clean_web_address(f"{issuer.base_url}{image_path}") if image_path.startswith("/") else None
    logo = text.clean_web_address(award.organizations[0].logo_url) if award.organizations else None
    address = own or (logo if logo and logo.lower().startswith("https:") else None)
    return image(address) if address else None


def _tags(tags: Iterable[str]) -> list[str]:
    """
    Without those that not everybody sorts alike beside the ones before: tags are the only texts that stand several
    under one name, and a verifier that sorts them otherwise finds the signature invalid.
    """
    kept: list[str] = []
    for tag in dict.fromkeys(text.clean_line(tag, policy_content.MAX_TAG) for tag in tags):
        if tag and all(text.sorts_alike(tag, other) for other in kept):
            kept.append(tag)
    return kept


def _credits(number: float | None) -> float | None:
    """To the hundredth, as policies have them; whole numbers as integers: JSON writers would not agree otherwise."""
    if number is None or not 0 <= number <= _MAX_CREDITS:
        return None
    rounded = round(number, 2)
    return int(rounded) if rounded.is_integer() else _written_alike(rounded)


def _written_alike(number: float) -> float:
    """
    ``number``, or the nearest one that everybody writes with the same digits when a document is canonicalised: some
    write all fifteen decimals (JSON-LD 1.1 API §8.6: 8.3 becomes 8.300000000000001E0), others no more than tell it from
    its neighbours. The standard's ``xsd:float`` has half as many digits, so that it is the same number there.
    """
    below = above = number
    while True:
        for one in (below, above):
            if Decimal(repr(one)) == Decimal(f"{one:.15E}"):
                return one
        below, above = math.nextafter(below, 0), math.nextafter(above, math.inf)


def _alignments(aligned_with: Iterable[Alignment]) -> list[JsonObject]:
    return [written for written in map(_alignment, aligned_with) if written]


def _alignment(alignment: Alignment) -> JsonObject | None:
    """An Alignment (Open Badges 3.0 §B.1.3), which must say where its target is and how it is called."""
    address, name = text.clean_web_address(alignment.url), text.clean_line(alignment.name)
    if not address or not name:
        return None
    written: dict[str, Any] = {
        "type": [v.ALIGNMENT],
        "targetUrl": address,
        "targetName": name,
        "targetFramework": text.clean_line(alignment.framework),
        "targetCode": text.clean_line(alignment.code),
        "targetType": _word("targetType", alignment.type),
        "targetDescription": text.clean_block(alignment.description, policy_content.MAX_DESCRIPTION),
    }
    return {member: value for member, value in written.items() if value}


def _result_descriptions(address: str, words: Wording) -> list[JsonObject]:
    """What grades mean: the same for every learner of the course, whatever this one has."""
    percent, letter = result_ids(address)
    description = {"type": [v.RESULT_DESCRIPTION]}
    return [
        {"id": percent, **description, "name": words.grade_in_percent, "resultType": "Percent"}
        | {"valueMin": "0", "valueMax": "100"},
        {"id": letter, **description, "name": words.letter_grade, "resultType": "LetterGrade"},
    ]


def _word(enumeration: str, value: str) -> str:
    """``value`` where the standard's list has it, or everybody may add it there; else ""."""
    return value if value in structure.enumeration(enumeration) or policy_content.is_own_word(value) else ""


def _identifier(value: str, kind: str) -> JsonObject:
    return {
        "type": v.IDENTIFIER_ENTRY,
        "identifier": text.require_line(value, f"identifier {kind}"),
        "identifierType": kind,
    }
