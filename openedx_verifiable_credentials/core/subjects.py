"""
An award and its terms → what a credential says of the learner: the AchievementSubject (Open Badges 3.0 §B.1.2) and the
evidence. Everything here is personal, and nothing of it is written that the terms do not release.
"""

from __future__ import annotations

import datetime
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
        **(_activity_dates(award) if terms.activity_dates else {}),
        "achievement": achievement,
        "result": _results(award, achievement["id"]) if terms.grade else None,
    }
    return {member: value for member, value in subject.items() if value not in (None, [])}


def compose_evidence(award: Award, terms: Terms, issuer: IssuerProfile) -> list[JsonObject]:
    """
    Evidence (Open Badges 3.0 §B.1.4): the program record that the learner shared, at the service's own address. None
    where nothing is shared or released.
    """
    if not terms.evidence or award.program is None or not award.record_path.startswith("/"):
        return []
    address = text.clean_web_address(f"{issuer.base_url}{award.record_path}")
    name = wording.of(award, terms).program_record
    return [{"id": address, "type": [v.EVIDENCE], "name": name}] if address else []


def written_email(learner: Learner) -> str:
    """The address that is hashed; "" where none is known."""
    return text.clean_line(learner.email, _MAX_EMAIL)


def hash_email(email: str, salt: str) -> str:
    """The ``identityHash`` of an e-mail address, read in lower case (Open Badges 3.0 §B.4.3, IdentityHash)."""
    return "sha256$" + hashlib.sha256(f"{email.lower()}{salt}".encode()).hexdigest()


def _name(award: Award, terms: Terms) -> list[JsonObject]:
    name = text.clean_line(award.learner.full_name) if terms.name else ""
    return [_identity("name", False, name)] if name else []


def _email(award: Award, terms: Terms, salt: str) -> list[JsonObject]:
    """Whoever knows the address can find it again; whoever does not must guess it."""
    email = written_email(award.learner) if terms.email else ""
    if not email:
        return []
    if not salt:
        raise CompositionError("missing_salt", "An e-mail address is never hashed without a salt of its own.")
    return [{**_identity("emailAddress", True, hash_email(email, salt)), "salt": salt}]


def _identity(kind: str, hashed: bool, value: str) -> JsonObject:
    return {"type": v.IDENTITY_OBJECT, "hashed": hashed, "identityHash": value, "identityType": kind}


def _source(award: Award) -> JsonObject | None:
    """Where the learning took place and was assessed, on behalf of the issuer."""
    address = text.clean_web_address(award.platform.lms_url)
    name = text.clean_line(award.platform.name)
    return {"id": address, "type": [v.PROFILE], "name": name, "url": address} if address and name else None


def _activity_dates(award: Award) -> JsonObject:
    """
    When the course ran, or the first and the last of the program's. A run that ends after the award says nothing about
    when this learner's activity ended: then that date is left out.
    """
    facts = award.course if award.course is not None else award.program
    assert facts is not None
    start = _not_after(facts.starts, award.awarded_at)
    end = _not_after(facts.ends, award.awarded_at)
    if start is not None and end is not None and end < start:
        return {}
    dates = {"activityStartDate": start, "activityEndDate": end}
    return {member: timestamp(moment) for member, moment in dates.items() if moment is not None}


def _not_after(moment: datetime.datetime | None, limit: datetime.datetime) -> datetime.datetime | None:
    return moment if moment is not None and moment <= limit else None


def _results(award: Award, achievement_address: str) -> list[JsonObject]:
    """The learner's grades. What they mean, the achievement says."""
    if award.grade is None:
        return []
    values = (award.grade.percent, text.clean_line(award.grade.letter, _MAX_LETTER))
    given = zip(result_ids(achievement_address), values, strict=True)
    return [{"type": [v.RESULT], "resultDescription": meaning, "value": value} for meaning, value in given if value]
