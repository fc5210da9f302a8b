"""
What a credential says, for people: the facts of an Open Badges 3.0 credential (Open Badges 3.0 §B.1) as plain text, but
for the criteria, which are Markdown.

Nothing is judged here. What is missing or has another form is left out; nothing is ever HTML, and every address is one
of the web that a page may link to.
"""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core.moments import read_moment
from openedx_verifiable_credentials.data import JsonObject

_MOST = 20
_MOST_CREDITS = 10**9


@dataclasses.dataclass(frozen=True)
class Link:
    """A page elsewhere. ``note``: of what it is, in words."""

    name: str
    address: str
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Facts:
    """
    Empty text and None stand for what the credential does not say. ``recipient``: the name it was awarded to;
    ``criteria``: Markdown (:mod:`.markdown` shows it); ``issuer_name``: what the issuer calls itself, which nobody
    checks; ``results``: what was measured, and its value; ``active_from``, ``active_until``: when what led to it took
    place; ``alignments``: what it corresponds to in the frameworks of others.
    """

    title: str
    recipient: str = dataclasses.field(repr=False)
    achievement: str
    description: str
    criteria: str
    issuer_name: str
    official: str
    valid_from: datetime.datetime | None
    valid_until: datetime.datetime | None
    results: tuple[tuple[str, str], ...] = dataclasses.field(default=(), repr=False)
    active_from: datetime.datetime | None = None
    active_until: datetime.datetime | None = None
    credits: str = ""
    field_of_study: str = ""
    evidence: tuple[Link, ...] = ()
    alignments: tuple[Link, ...] = ()


def read(document: JsonObject) -> Facts:
    """The facts of ``document``, a credential of VCDM 1.1 or 2.0. Raises nothing."""
    subject = _object(document.get("credentialSubject"))
    achievement = _object(subject.get("achievement"))
    issuer = _object(document.get("issuer"))
    name = text.clean_line(achievement.get("name"))
    return Facts(
        title=text.clean_line(document.get("name")) or name,
        recipient=_recipient(subject),
        achievement=name,
        description=text.clean_block(achievement.get("description")),
        criteria=text.clean_markdown(_object(achievement.get("criteria")).get("narrative")),
        issuer_name=text.clean_line(issuer.get("name")),
        official=text.clean_line(issuer.get("official")),
        valid_from=read_moment(document.get("validFrom", document.get("issuanceDate"))),
        valid_until=read_moment(document.get("validUntil", document.get("expirationDate"))),
        results=_results(subject, achievement),
        active_from=read_moment(subject.get("activityStartDate")),
        active_until=read_moment(subject.get("activityEndDate")),
        credits=_number(achievement.get("creditsAvailable")),
        field_of_study=text.clean_line(achievement.get("fieldOfStudy")),
        evidence=_evidence(document),
        alignments=_alignments(achievement),
    )


def picture_address(document: JsonObject) -> str:
    """The address of the achievement's image (Open Badges 3.0 §B.1.7: an Image, or its address); "" without one."""
    image = _object(_object(document.get("credentialSubject")).get("achievement")).get("image")
    address = image if isinstance(image, str) else _object(image).get("id")
    return address if isinstance(address, str) else ""


def subject_id(document: JsonObject) -> str:
    """The id of the subject: the DID of its wallet where it is bound to one; "" without one."""
    return text.clean_line(_object(document.get("credentialSubject")).get("id"))


def achievement_id(document: JsonObject) -> str:
    """The id of the achievement (Open Badges 3.0 §B.1.2); "" without one."""
    found = _object(_object(document.get("credentialSubject")).get("achievement")).get("id")
    return found if isinstance(found, str) else ""


def _recipient(subject: JsonObject) -> str:
    names = [
        text.clean_line(entry.get("identityHash"))
        for entry in map(_object, _list(subject.get("identifier")))
        if entry.get("identityType") == "name" and entry.get("hashed") is False
    ]
    return ", ".join(filter(None, names))


def _results(subject: JsonObject, achievement: JsonObject) -> tuple[tuple[str, str], ...]:
    described = map(_object, _list(achievement.get("resultDescription")))
    meanings = {str(one.get("id")): text.clean_line(one.get("name")) for one in described}
    results = map(_object, _list(subject.get("result")))
    pairs = [
        (meanings.get(str(one.get("resultDescription")), ""), text.clean_line(one.get("value"))) for one in results
    ]
    return tuple((meaning, value) for meaning, value in pairs if meaning and value)


def _evidence(document: JsonObject) -> tuple[Link, ...]:
    found = map(_object, _list(document.get("evidence"))[:_MOST])
    links = [_link(one.get("name"), one.get("id")) for one in found]
    return tuple(link for link in links if link is not None)


def _alignments(achievement: JsonObject) -> tuple[Link, ...]:
    found = map(_object, _list(achievement.get("alignment"))[:_MOST])
    links = [_link(one.get("targetName"), one.get("targetUrl"), _framework(one)) for one in found]
    return tuple(link for link in links if link is not None)


def _framework(alignment: JsonObject) -> str:
    parts = (text.clean_line(alignment.get(member)) for member in ("targetFramework", "targetCode"))
    return " ".join(filter(None, parts))


def _link(name: object, address: object, note: str = "") -> Link | None:
    """A link is called by its address where it has no name."""
    found = text.clean_web_address(address)
    return Link(text.clean_line(name) or found, found, note) if found else None


def _number(value: object) -> str:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= _MOST_CREDITS:
        return ""
    return f"{value:.10g}"


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _object(value: Any) -> JsonObject:
    first = _list(value)[:1]
    return first[0] if first and isinstance(first[0], dict) else {}
