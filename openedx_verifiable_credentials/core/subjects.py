"""
An award and its terms → what a credential says of the learner: the AchievementSubject (Open Badges 3.0 §B.1.2) and the
evidence. Everything here is personal, and nothing of it is written that the terms do not release.
"""

from __future__ import annotations

import hashlib

from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core import wording
from openedx_verifiable_credentials.core.achievements import result_ids
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import IssuerProfile
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Learner
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import CompositionError

_MAX_EMAIL = 320
_MAX_LETTER = 32


def compose_subject(
    award: Award, terms: Terms, *, subject_id: str, achievement: JsonObject, salt: str = ""
) -> JsonObject:
    """
    The AchievementSubject. ``salt``: of the e-mail address's hash, new for every credential.

    Raises CompositionError ``invalid_iri``; ``missing_salt`` where an e-mail address is released without one.
    """
    subject = {
        "id": text.require_iri(subject_id, "id of the subject"),
        "type": [v.ACHIEVEMENT_SUBJECT],
        "identifier": [*_name(award, terms), *_email(award, terms, salt)],
        "source": _source(award),
        **dict(zip(("activityStartDate", "activityEndDate"), activity_dates(award, terms), strict=True)),
        "achievement": achievement,
        "result": _results(award, terms, achievement["id"]),
    }
    return {member: value for member, value in subject.items() if value not in (None, [], "")}


def compose_evidence(award: Award, terms: Terms, issuer: IssuerProfile) -> list[JsonObject]:
    """
    Evidence (Open Badges 3.0 §B.1.4): the program record that the learner shared, at the service's own address. None
    where nothing is shared or released.
    """
    address = evidence_address(award, terms, issuer)
    name = wording.of(award, terms).program_record
    return [{"id": address, "type": [v.EVIDENCE], "name": name}] if address else []


# --- What differs between learners, each "" where it is not known or not released. :mod:`.shapes` fills them in.


def released_name(award: Award, terms: Terms) -> str:
    """The learner's name as it is written."""
    return text.clean_line(award.learner.full_name) if terms.name else ""


def released_email(award: Award, terms: Terms) -> str:
    """The learner's address as it is hashed."""
    return written_email(award.learner) if terms.email else ""


def activity_dates(award: Award, terms: Terms) -> tuple[str, str]:
    """
    When the course ran, or the first and the last of the program's. A run that ends after the award says nothing about
    when this learner's activity ended: then that date is left out.
    """
    facts = award.course if award.course is not None else award.program
    if not terms.activity_dates or facts is None:
        return "", ""
    given = [one if one is not None and one <= award.awarded_at else None for one in (facts.starts, facts.ends)]
    start, end = given
    if start is not None and end is not None and end < start:
        return "", ""
    return (timestamp(start) if start else ""), (timestamp(end) if end else "")


def released_grade(award: Award, terms: Terms) -> tuple[str, str]:
    """The grade in percent and as a letter."""
    if not terms.grade or award.grade is None:
        return "", ""
    return award.grade.percent or "", text.clean_line(award.grade.letter, _MAX_LETTER)


def evidence_address(award: Award, terms: Terms, issuer: IssuerProfile) -> str:
    """Where the service shows the program record that the learner shared."""
    if not terms.evidence or award.program is None or not award.record_path.startswith("/"):
        return ""
    return text.clean_web_address(f"{issuer.base_url}{award.record_path}") or ""


# --- E-mail addresses


def written_email(learner: Learner) -> str:
    """The address that is hashed; "" where none is known."""
    return text.clean_line(learner.email, _MAX_EMAIL)


def hash_with_salt(email: str, salt: str) -> str:
    """:func:`hash_email` of an address that is released. Raises CompositionError ``missing_salt``."""
    if not salt:
        raise CompositionError("missing_salt", "An e-mail address is never hashed without a salt of its own.")
    return hash_email(email, salt)


def hash_email(email: str, salt: str) -> str:
    """The ``identityHash`` of an e-mail address, read in lower case (Open Badges 3.0 §B.4.3, IdentityHash)."""
    return "sha256$" + hashlib.sha256(f"{email.lower()}{salt}".encode()).hexdigest()


def _name(award: Award, terms: Terms) -> list[JsonObject]:
    name = released_name(award, terms)
    return [_identity("name", False, name)] if name else []


def _email(award: Award, terms: Terms, salt: str) -> list[JsonObject]:
    """Whoever knows the address can find it again; whoever does not must guess it."""
    email = released_email(award, terms)
    return [{**_identity("emailAddress", True, hash_with_salt(email, salt)), "salt": salt}] if email else []


def _identity(kind: str, hashed: bool, value: str) -> JsonObject:
    return {"type": v.IDENTITY_OBJECT, "hashed": hashed, "identityHash": value, "identityType": kind}


def _source(award: Award) -> JsonObject | None:
    """Where the learning took place and was assessed, on behalf of the issuer."""
    address = text.clean_web_address(award.platform.lms_url)
    name = text.clean_line(award.platform.name)
    return {"id": address, "type": [v.PROFILE], "name": name, "url": address} if address and name else None


def _results(award: Award, terms: Terms, achievement_address: str) -> list[JsonObject]:
    """The learner's grades. What they mean, the achievement says."""
    given = zip(result_ids(achievement_address), released_grade(award, terms), strict=True)
    return [{"type": [v.RESULT], "resultDescription": meaning, "value": value} for meaning, value in given if value]
