"""
Thousands of random awards and what is drawn for their credentials, made quickly: hypothesis finds the odd ones, these
find the rare ones. The same for the same seed.
"""

from __future__ import annotations

import dataclasses
import datetime
import random
import uuid
from typing import Any

from openedx_verifiable_credentials.core import status_list
from openedx_verifiable_credentials.core.shapes import Fresh
from openedx_verifiable_credentials.data import AchievementContent
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import Grade
from openedx_verifiable_credentials.data import IssuerProfile
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Learner
from openedx_verifiable_credentials.data import Terms
from tests import awards
from tests import properties

NAMES = (
    "Ada Lovelace",
    "Zoë Müller",
    "محمد بن سلمان",
    "李小龍",
    'O\'Neil, "Shaq"',
    "Ana\u0303 e\u0301",
    "",
    " ",
    "\u202e",
    "x" * 400,
)
_ZONES = (
    datetime.UTC,
    datetime.timezone(datetime.timedelta(hours=5, minutes=45)),
    datetime.timezone(datetime.timedelta(hours=-11)),
)
_FORMS = (status_list.ListForm.REVOCATION, status_list.ListForm.SUSPENSION)


def text(source: random.Random) -> str:
    """What somebody, or something, may have typed as a name."""
    kind = source.randrange(4)
    if kind == 0:
        return source.choice(NAMES)
    if kind == 1:
        return "".join(source.sample(properties.SNIPPETS, source.randrange(4)))
    highest = 0x7F if kind == 2 else source.choice((0x250, 0x3000, 0x10FFFF))
    return "".join(chr(source.randint(0x20 if kind == 2 else 0, highest)) for _ in range(source.randrange(1, 20)))


def moment(source: random.Random) -> datetime.datetime:
    """In some zone, mostly within the years in which courses run."""
    year = source.choice((1, 999, 1000, 1999, 2100, 9998)) if source.random() < 0.02 else source.randint(2015, 2026)
    return datetime.datetime(
        year, source.randint(1, 12), source.randint(2, 27), source.randrange(24), source.randrange(60),
        source.randrange(60), source.randrange(10**6), tzinfo=source.choice(_ZONES),
    )  # fmt: skip


def learner(source: random.Random) -> Learner:
    """Somebody, or nobody in particular."""
    email = source.choice(("", "Ada@Example.org", f"user{source.randrange(10**9)}@example.org", text(source)))
    return Learner(source.randrange(10**6), "user", text(source), email)


def of_somebody(award: Award, source: random.Random) -> Award:
    """``award`` as another learner could have it: all that is a learner's own is random, all else stays."""
    percent = source.choice((None, "", "0", "100", "87.5", f"{source.randrange(10000) / 100}"))
    return dataclasses.replace(
        award,
        certificate_uuid=uuid.UUID(int=source.getrandbits(128)),
        learner=learner(source),
        awarded_at=moment(source),
        modified_at=moment(source),
        grade=source.choice((None, Grade(percent, source.choice(("", "A", "B+", text(source)))))),
        record_path=source.choice(
            ("", awards.RECORD_PATH, f"/records/{source.getrandbits(128):032x}/", "no/path", "/a b")
        ),
    )


def of_another_course(source: random.Random) -> Award:
    """A course or a program with what a host knows of it, in some language."""
    make = source.choice((awards.full_award, awards.program_award, awards.bare_award))
    award = awards.in_language(make(title=f"Course {text(source)}"), source.choice(("", "en", "es-419", "ar", "de")))
    dates: dict[str, Any] = {name: source.choice((None, moment(source))) for name in ("starts", "ends")}
    return dataclasses.replace(
        award,
        course=award.course and dataclasses.replace(award.course, title=text(source), **dates),
        program=award.program and dataclasses.replace(award.program, title=text(source), **dates),
    )


def terms(source: random.Random) -> Terms:
    """What some policy says."""
    content = source.choice(
        (AchievementContent(), awards.EVERYTHING.content, AchievementContent(criteria=text(source)))
    )
    claims = {
        name: source.random() < 0.6 for name in ("name", "email", "grade", "activity_dates", "evidence", "signatories")
    }
    return Terms(**claims, validity_days=source.choice((None, 0, 365, 36_500, 2**31 - 1)), content=content)


def fresh(issuer: IssuerProfile, entries: int, source: random.Random) -> Fresh:
    """What is drawn for a credential that has so many status entries."""
    ids = [uuid.UUID(int=source.getrandbits(128), version=4).urn for _ in range(2)]
    return Fresh(*ids, f"{source.getrandbits(128):032x}", status_entries(issuer, entries, source))


def status_entries(issuer: IssuerProfile, entries: int, source: random.Random) -> tuple[JsonObject, ...]:
    """A place in some list: for revocation and, where there are two, suspension."""
    name, index = str(uuid.UUID(int=source.getrandbits(128))), source.randrange(131_072)
    return tuple(
        status_list.compose_entry(status_list.list_url(issuer.base_url, name, form), index, form)
        for form in _FORMS[:entries]
    )
