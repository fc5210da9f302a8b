"""
An award, its terms and a subject → an unsigned Open Badges 3.0 credential (Open Badges 3.0 §B.1).

The same inputs always give the same document. Text is cleaned here, once. ``type`` members are arrays, except in
IdentityObject, IdentifierEntry and Image, whose schemas want plain strings.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from urllib.parse import quote

from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import CredentialProfile
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import CourseFacts
from openedx_verifiable_credentials.data import IssuerProfile
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Organization
from openedx_verifiable_credentials.data import ProgramFacts
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import CompositionError

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
_LANGUAGE = re.compile(r"([A-Za-z]{2,4})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?")


def compose(
    award: Award,
    terms: Terms,
    *,
    profile: CredentialProfile,
    issuer: IssuerProfile,
    credential_id: str,
    subject_id: str,
    status: Sequence[JsonObject] = (),
) -> JsonObject:
    """
    The unsigned credential of ``award`` in ``profile``. ``status`` are its status entries; a single one is written as
    an object, since verifiers look at the first of several only.

    ``credential_id`` and ``subject_id`` are absolute IRIs: a fresh ``urn:uuid:``, and the holder's DID or, without a
    wallet, a random ``urn:uuid:``. Raises CompositionError ``invalid_iri`` or ``missing_text``.
    """
    awarded = timestamp(award.awarded_at)
    name = text.require_line(award.title, "title of the certificate")
    document: JsonObject = {
        "@context": list(profile.contexts),
        "id": text.require_iri(credential_id, "id of the credential"),
        "type": [v.VERIFIABLE_CREDENTIAL, v.OPEN_BADGE_CREDENTIAL],
        "name": name,
        "description": _short_description(award, name),
        "issuer": _issuer(issuer, award),
        profile.valid_from: awarded,
    }
    if profile.extended:
        document["awardedDate"] = awarded
    if status:
        document["credentialStatus"] = status[0] if len(status) == 1 else list(status)
    document["credentialSubject"] = _subject(award, terms, profile, issuer, subject_id)
    return document


def compose_achievement(award: Award, *, issuer: IssuerProfile, extended: bool) -> JsonObject:
    """
    The Achievement (Open Badges 3.0 §B.1.1): the same for every learner, with an id that is served by us.

    ``extended`` adds members that not every bundled copy of the Open Badges context knows.
    """
    if award.course is not None:
        return _course_achievement(award, award.course, issuer)
    assert award.program is not None
    return _program_achievement(award, award.program, issuer, extended)


def achievement_id(award: Award, base_url: str) -> str:
    """The stable, public address of what was achieved."""
    address = f"{base_url}{ACHIEVEMENTS_PATH}{award.kind.value}/{quote(award.achievement_key, safe='')}/"
    return text.require_iri(address, "address of the achievement")


def present(credentials: list[JsonObject]) -> JsonObject:
    """A bare presentation that carries several signed credentials of one profile (VCDM §4.13)."""
    return {
        "@context": [credentials[0]["@context"][0]],
        "type": [v.VERIFIABLE_PRESENTATION],
        "verifiableCredential": credentials,
    }


def timestamp(moment: datetime.datetime) -> str:
    """``moment`` as XML Schema dateTime in UTC, to the second. It must know its zone."""
    if moment.tzinfo is None:
        raise CompositionError("naive_date", "A date without a time zone cannot be written.")
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _issuer(issuer: IssuerProfile, award: Award) -> JsonObject:
    profile = profile_document(issuer)
    if award.signatories:
        first = award.signatories[0]
        official = ", ".join(filter(None, (text.clean_line(first.name), text.clean_line(first.title))))
        if official:
            profile["official"] = official
    return profile


def profile_document(issuer: IssuerProfile) -> JsonObject:
    """The issuer's Profile (Open Badges 3.0 §B.1.6), as embedded in credentials and served at its address."""
    document: JsonObject = {
        "id": issuer.did,
        "type": [v.PROFILE],
        "name": text.require_line(issuer.name, "name of the issuer"),
        "url": text.require_iri(issuer.url, "address of the issuer"),
    }
    image = text.clean_web_address(issuer.image_url)
    if image:
        document["image"] = _image(image)
    _add_text(document, "email", issuer.contact)
    _add_text(document, "official", issuer.official)
    return document


def _subject(
    award: Award, terms: Terms, profile: CredentialProfile, issuer: IssuerProfile, subject_id: str
) -> JsonObject:
    achievement = compose_achievement(award, issuer=issuer, extended=profile.extended)
    subject: JsonObject = {
        "id": text.require_iri(subject_id, "id of the subject"),
        "type": [v.ACHIEVEMENT_SUBJECT],
    }
    learner_name = text.clean_line(award.learner.full_name) if terms.name else ""
    if learner_name:
        subject["identifier"] = [
            {"type": v.IDENTITY_OBJECT, "hashed": False, "identityHash": learner_name, "identityType": "name"}
        ]
    source = _source(award)
    if source:
        subject["source"] = source
    subject["achievement"] = achievement
    if terms.grade:
        _add_results(subject, achievement, award)
    return subject


def _source(award: Award) -> JsonObject | None:
    address = text.clean_web_address(award.platform.lms_url)
    name = text.clean_line(award.platform.name)
    return {"id": address, "type": [v.PROFILE], "name": name, "url": address} if address and name else None


def _add_results(subject: JsonObject, achievement: JsonObject, award: Award) -> None:
    """
    The learner's grades. What they mean is part of the achievement, the same for every learner of the course, whatever
    this one has.
    """
    grade = award.grade
    percent, letter = f"{achievement['id']}#percent", f"{achievement['id']}#letter"
    description = {"type": [v.RESULT_DESCRIPTION]}
    achievement["resultDescription"] = [
        {"id": percent, **description, "name": "Final grade in percent", "resultType": "Percent"}
        | {"valueMin": "0", "valueMax": "100"},
        {"id": letter, **description, "name": "Final letter grade", "resultType": "LetterGrade"},
    ]
    given = ((percent, grade.percent), (letter, text.clean_line(grade.letter, 32))) if grade else ()
    results = [{"type": [v.RESULT], "resultDescription": meaning, "value": value} for meaning, value in given if value]
    if results:
        subject["result"] = results


def _course_achievement(award: Award, course: CourseFacts, issuer: IssuerProfile) -> JsonObject:
    name = text.require_line(text.clean_line(course.title) or award.title, "title of the course")
    offered = _offered_by(award)
    achievement = {
        **_achievement(award, issuer, _COURSE_TYPES.get(course.mode, _COURSE), name),
        "description": f"The course {name}{offered}.",
        "criteria": {"narrative": f"Earn a passing grade in the course {text.escape_markdown(name)}."},
    }
    _add_text(achievement, "humanCode", course.number)
    _add_text(achievement, "version", course.run)
    achievement["otherIdentifier"] = [_identifier(course.key, "ext:openedx:courseRunKey")]
    return achievement


def _program_achievement(award: Award, program: ProgramFacts, issuer: IssuerProfile, extended: bool) -> JsonObject:
    name = text.require_line(text.clean_line(program.title) or award.title, "title of the program")
    achievement_type = _PROGRAM_TYPES.get(program.type_slug.lower(), _OTHER_PROGRAM)
    achievement = {
        **_achievement(award, issuer, achievement_type, name),
        "description": _program_description(program, name, _offered_by(award)),
        "criteria": {"narrative": _program_criteria(program, name)},
    }
    language = _language(program.language)
    if extended and language:
        achievement["inLanguage"] = language
    achievement["otherIdentifier"] = [_identifier(str(program.uuid), "ext:openedx:programUuid")]
    return achievement


def _achievement(award: Award, issuer: IssuerProfile, achievement_type: str, name: str) -> JsonObject:
    achievement: JsonObject = {
        "id": achievement_id(award, issuer.base_url),
        "type": [v.ACHIEVEMENT],
        "achievementType": achievement_type,
        "name": name,
    }
    if award.organizations:
        creator = _creator(award.organizations[0])
        if creator:
            achievement["creator"] = creator
        image = text.clean_web_address(award.organizations[0].logo_url)
        if image and image.lower().startswith("https:"):
            achievement["image"] = _image(image)
    return achievement


def _creator(organization: Organization) -> JsonObject | None:
    name = text.clean_line(organization.name) or text.clean_line(organization.key)
    if not name or organization.uuid is None:
        return None
    return {
        "id": f"urn:uuid:{organization.uuid}",
        "type": [v.PROFILE],
        "name": name,
        "otherIdentifier": [_identifier(organization.key, "ext:openedx:orgKey")],
    }


def _program_description(program: ProgramFacts, name: str, offered: str) -> str:
    parts = [f"The program {name}{offered}"]
    if program.course_titles:
        count = len(program.course_titles)
        parts.append(f" with {count} course{'s' if count != 1 else ''}")
    if program.hours:
        parts.append(f", about {program.hours} hours of effort")
    return "".join(parts) + "."


def _program_criteria(program: ProgramFacts, name: str) -> str:
    titles = [text.escape_markdown(title) for title in map(text.clean_line, program.course_titles) if title]
    if not titles:
        return f"Complete the program {text.escape_markdown(name)}."
    return "\n".join(
        [f"Complete every course of the program {text.escape_markdown(name)}:", ""] + [f"- {t}" for t in titles]
    )


def _short_description(award: Award, name: str) -> str:
    noun = "course" if award.course is not None else "program"
    return f"Certificate of the {noun} {name}{_offered_by(award)}."


def _offered_by(award: Award) -> str:
    names = [text.clean_line(o.name) or text.clean_line(o.key) for o in award.organizations]
    joined = ", ".join(filter(None, names[:5]))
    return f" offered by {joined}" if joined else ""


def _identifier(value: str, kind: str) -> JsonObject:
    return {
        "type": v.IDENTIFIER_ENTRY,
        "identifier": text.require_line(value, f"identifier {kind}"),
        "identifierType": kind,
    }


def _image(address: str) -> JsonObject:
    return {"id": address, "type": v.IMAGE}


def _add_text(target: JsonObject, member: str, value: str) -> None:
    cleaned = text.clean_line(value)
    if cleaned:
        target[member] = cleaned


def _language(value: str | None) -> str | None:
    match = _LANGUAGE.fullmatch(value or "")
    if match is None:
        return None
    language, script, region = match.groups()
    return "-".join(filter(None, (language.lower(), script and script.title(), region and region.upper())))
