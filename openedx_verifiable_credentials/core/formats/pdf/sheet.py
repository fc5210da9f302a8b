"""What a certificate on paper says, and how that is read off the credential: nothing else is printed."""

from __future__ import annotations

import dataclasses
import datetime

from openedx_verifiable_credentials.core import facts
from openedx_verifiable_credentials.core import markdown
from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core.moments import read_moment
from openedx_verifiable_credentials.data import JsonObject

FILE_NAME = "credential.json"


@dataclasses.dataclass(frozen=True)
class Sheet:
    """
    Plain text everywhere; "" and None stand for what the credential does not say, and nothing is printed for them.

    ``name``: the learner's, only where the credential says it; ``about``: what was achieved, in several lines, of which
    as many are printed as have room; ``results``: what was measured, and its value; ``language``: BCP 47, of the texts
    around; ``page``: the address of the credential's public page, "" where it is not shared; ``verifier``: the address
    of the page that checks files; ``credential``: as it was signed, attached byte for byte; ``badge``: a PNG that was
    accepted (:func:`...images.accept_picture`); ``fonts``: further font files, for letters that the own ones lack.
    """

    title: str
    issuer: str
    credential: bytes = dataclasses.field(repr=False)
    name: str = dataclasses.field(default="", repr=False)
    official: str = ""
    about: str = ""
    results: tuple[tuple[str, str], ...] = dataclasses.field(default=(), repr=False)
    awarded_on: datetime.date | None = None
    valid_until: datetime.date | None = None
    language: str = "en"
    page: str = ""
    verifier: str = ""
    badge: bytes = dataclasses.field(default=b"", repr=False)
    fonts: tuple[bytes, ...] = dataclasses.field(default=(), repr=False)


def read_sheet(document: JsonObject, credential: bytes, **around: object) -> Sheet:
    """
    What ``document``, the parsed ``credential``, says. ``around``: the fields of :class:`Sheet` that it does not say
    (``language``, ``page``, ``verifier``, ``badge``, ``fonts``). Raises nothing.
    """
    said = facts.read(document)
    awarded = read_moment(document.get("awardedDate")) or said.valid_from
    sheet = Sheet(
        title=said.achievement or said.title,
        issuer=said.issuer_name,
        credential=credential,
        name=said.recipient,
        official=said.official,
        about=text.clean_block(markdown.to_text(said.criteria)) or said.description,
        results=said.results,
        awarded_on=_day(awarded),
        valid_until=_day(said.valid_until),
    )
    return dataclasses.replace(sheet, **around)  # type: ignore[arg-type]


def _day(moment: datetime.datetime | None) -> datetime.date | None:
    """In UTC, as it stands in the credential."""
    return None if moment is None else moment.astimezone(datetime.UTC).date()
