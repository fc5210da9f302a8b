"""
What a credential says, for people: the facts of an Open Badges 3.0 credential (Open Badges 3.0 §B.1) as plain text.

Nothing is judged here. What is missing or has another form is left out; nothing is ever markup.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
from typing import Any

from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core.moments import read_moment
from openedx_verifiable_credentials.data import JsonObject

# CommonMark §2.4: any ASCII punctuation may be escaped.
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclasses.dataclass(frozen=True)
class Facts:
    """
    Empty text and None stand for what the credential does not say. ``recipient``: the name it was awarded to;
    ``issuer_name``: what the issuer calls itself, which nobody checks; ``results``: what was measured, and its value.
    """

    title: str
    recipient: str
    achievement: str
    description: str
    criteria: str
    issuer_name: str
    official: str
    valid_from: datetime.datetime | None
    valid_until: datetime.datetime | None
    results: tuple[tuple[str, str], ...] = ()


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
        criteria=_plain(_object(achievement.get("criteria")).get("narrative")),
        issuer_name=text.clean_line(issuer.get("name")),
        official=text.clean_line(issuer.get("official")),
        valid_from=read_moment(document.get("validFrom", document.get("issuanceDate"))),
        valid_until=read_moment(document.get("validUntil", document.get("expirationDate"))),
        results=_results(subject, achievement),
    )


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


def _plain(markdown: object) -> str:
    """Markdown of ours read as text: what was escaped stands for itself."""
    return _ESCAPED.sub(r"\1", text.clean_block(markdown))


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _object(value: Any) -> JsonObject:
    first = _list(value)[:1]
    return first[0] if first and isinstance(first[0], dict) else {}
