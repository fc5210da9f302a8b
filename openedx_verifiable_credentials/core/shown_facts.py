"""
What a credential would say, told to its learner before there is one: every fact of the composed document in the order
of being read, with the claim that takes it out. Read off the document, not off what it was made from, so that nothing
is signed that was not shown.

Left out is only what says nothing to people: ids, types, contexts, salts. docs/references/http-api.rst lists the facts.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable
from collections.abc import Iterator

from openedx_verifiable_credentials.core.subjects import hash_email
from openedx_verifiable_credentials.data import JsonObject


class Form(enum.StrEnum):
    """How the value of a fact is shown. A link is the address itself; a date is RFC 3339, in UTC."""

    TEXT = "text"
    DATE = "date"
    MARKDOWN = "markdown"
    LINK = "link"


class Fact(enum.StrEnum):
    """What a value is. A code may come several times: an alignment's name, its code, its address."""

    NAME = "name"
    EMAIL = "email"
    ACHIEVEMENT = "achievement"
    TITLE = "title"
    SUMMARY = "summary"
    KIND = "kind"
    DESCRIPTION = "description"
    CRITERIA = "criteria"
    RESULT = "result"
    RESULT_SCALE = "result_scale"
    AWARDED_AT = "awarded_at"
    VALID_UNTIL = "valid_until"
    ACTIVITY_START = "activity_start"
    ACTIVITY_END = "activity_end"
    EVIDENCE = "evidence"
    ISSUER = "issuer"
    OFFICIAL = "official"
    ISSUER_PAGE = "issuer_page"
    ISSUER_CONTACT = "issuer_contact"
    ISSUER_IMAGE = "issuer_image"
    CREATOR = "creator"
    SOURCE = "source"
    ALIGNMENT = "alignment"
    TAG = "tag"
    FIELD_OF_STUDY = "field_of_study"
    CREDITS = "credits"
    LANGUAGE = "language"
    COURSE_CODE = "course_code"
    VERSION = "version"
    IDENTIFIER = "identifier"
    IMAGE = "image"


@dataclasses.dataclass(frozen=True)
class ShownFact:
    """``claim``: the one of :data:`.policies.CLAIMS` without which this would not be said; None: it is always said."""

    fact: Fact
    value: str = dataclasses.field(repr=False)
    form: Form = Form.TEXT
    claim: str | None = None


def read(document: JsonObject, *, email: str = "", official: str = "") -> tuple[ShownFact, ...]:
    """
    The facts of ``document``, an unsigned credential of :mod:`.open_badges`. ``email``: the address that the learner
    may see in place of its hash; ``official``: whom the issuer's own settings name, who stays when signatories go.
    """
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    found = (
        *_learner(subject, email),
        *_achieved(document, achievement),
        *_results(subject, achievement),
        *_dates(document, subject),
        *_evidence(document),
        *_issuer(document["issuer"], official),
        *_details(subject, achievement),
    )
    return tuple(one for one in found if one.value)


def _learner(subject: JsonObject, email: str) -> Iterator[ShownFact]:
    for entry in subject.get("identifier", ()):
        if entry["identityType"] == "name":
            yield ShownFact(Fact.NAME, entry["identityHash"], claim="name")
        else:
            is_known = hash_email(email, entry["salt"]) == entry["identityHash"]
            yield ShownFact(Fact.EMAIL, email if is_known else entry["identityHash"], claim="email")


def _achieved(document: JsonObject, achievement: JsonObject) -> Iterator[ShownFact]:
    yield ShownFact(Fact.ACHIEVEMENT, achievement["name"])
    if document["name"] != achievement["name"]:
        yield ShownFact(Fact.TITLE, document["name"])
    yield ShownFact(Fact.SUMMARY, document["description"])
    yield ShownFact(Fact.KIND, achievement["achievementType"])
    yield ShownFact(Fact.DESCRIPTION, achievement["description"])
    yield ShownFact(Fact.CRITERIA, achievement["criteria"]["narrative"], Form.MARKDOWN)


def _results(subject: JsonObject, achievement: JsonObject) -> Iterator[ShownFact]:
    """The learner's grades by what they mean; and what grades mean, which is said of those without one, too."""
    described = {one["id"]: one for one in achievement.get("resultDescription", ())}
    for result in subject.get("result", ()):
        meaning = described[result["resultDescription"]]["name"]
        yield ShownFact(Fact.RESULT, f"{meaning}: {result['value']}", claim="grade")
    for one in described.values():
        scale = f" ({one['valueMin']}–{one['valueMax']})" if "valueMin" in one else ""
        yield ShownFact(Fact.RESULT_SCALE, one["name"] + scale, claim="grade")


def _dates(document: JsonObject, subject: JsonObject) -> Iterator[ShownFact]:
    from_, until = (_first(document, *names) for names in _VALIDITY)
    yield ShownFact(Fact.AWARDED_AT, from_, Form.DATE)
    yield ShownFact(Fact.VALID_UNTIL, until, Form.DATE)
    for fact, member in ((Fact.ACTIVITY_START, "activityStartDate"), (Fact.ACTIVITY_END, "activityEndDate")):
        yield ShownFact(fact, subject.get(member, ""), Form.DATE, "activity_dates")


# What VCDM 2.0 and 1.1 call them.
_VALIDITY = (("validFrom", "issuanceDate"), ("validUntil", "expirationDate"))


def _first(document: JsonObject, *members: str) -> str:
    return next((str(document[member]) for member in members if member in document), "")


def _evidence(document: JsonObject) -> Iterator[ShownFact]:
    for one in document.get("evidence", ()):
        yield ShownFact(Fact.EVIDENCE, one["name"], claim="evidence")
        yield ShownFact(Fact.EVIDENCE, one["id"], Form.LINK, "evidence")


def _issuer(issuer: JsonObject, official: str) -> Iterator[ShownFact]:
    yield ShownFact(Fact.ISSUER, issuer["name"])
    said = issuer.get("official", "")
    yield ShownFact(Fact.OFFICIAL, said, claim=None if said == official else "signatories")
    yield ShownFact(Fact.ISSUER_PAGE, issuer["url"], Form.LINK)
    yield ShownFact(Fact.ISSUER_CONTACT, issuer.get("email", ""))
    yield ShownFact(Fact.ISSUER_IMAGE, issuer.get("image", {}).get("id", ""), Form.LINK)


def _details(subject: JsonObject, achievement: JsonObject) -> Iterator[ShownFact]:
    creator = achievement.get("creator", {})
    yield ShownFact(Fact.CREATOR, creator.get("name", ""))
    source = subject.get("source", {})
    yield ShownFact(Fact.SOURCE, source.get("name", ""))
    yield ShownFact(Fact.SOURCE, source.get("url", ""), Form.LINK)
    for one in achievement.get("alignment", ()):
        yield from _alignment(one)
    yield from (ShownFact(Fact.TAG, tag) for tag in achievement.get("tag", ()))
    for fact, member in _PLAIN:
        yield ShownFact(fact, achievement.get(member, ""))
    yield ShownFact(Fact.CREDITS, _number(achievement.get("creditsAvailable")))
    for identifier in (*achievement["otherIdentifier"], *creator.get("otherIdentifier", ())):
        yield ShownFact(Fact.IDENTIFIER, identifier["identifier"])
    yield ShownFact(Fact.IMAGE, achievement.get("image", {}).get("id", ""), Form.LINK)


_PLAIN = (
    (Fact.FIELD_OF_STUDY, "fieldOfStudy"),
    (Fact.LANGUAGE, "inLanguage"),
    (Fact.COURSE_CODE, "humanCode"),
    (Fact.VERSION, "version"),
)


def _number(value: float | None) -> str:
    """As people write it: of what is far behind the point, nothing is meant."""
    return "" if value is None else f"{value:.10g}"


def _alignment(one: JsonObject) -> Iterable[ShownFact]:
    notes = (one.get(member, "") for member in ("targetFramework", "targetCode", "targetType"))
    texts = (one["targetName"], " · ".join(filter(None, notes)), one.get("targetDescription", ""))
    yield from (ShownFact(Fact.ALIGNMENT, value, claim="alignments") for value in texts)
    yield ShownFact(Fact.ALIGNMENT, one["targetUrl"], Form.LINK, "alignments")
