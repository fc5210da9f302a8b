"""What a certificate on paper says."""

from __future__ import annotations

import dataclasses
import datetime

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
    name: str = ""
    official: str = ""
    about: str = ""
    results: tuple[tuple[str, str], ...] = ()
    awarded_on: datetime.date | None = None
    valid_until: datetime.date | None = None
    language: str = "en"
    page: str = ""
    verifier: str = ""
    file_name: str = FILE_NAME
    badge: bytes = dataclasses.field(default=b"", repr=False)
    fonts: tuple[bytes, ...] = dataclasses.field(default=(), repr=False)
