"""Certificates on paper: the sheet of a signed credential, with the fonts that the operator added."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import wording
from openedx_verifiable_credentials.core.formats import pdf
from openedx_verifiable_credentials.exceptions import ConfigurationError

logger = logging.getLogger(__name__)

_MAX_BYTES = 512 * 1024
# A page of ours, below the base URL of an issuer.
VERIFY_PAGE = "/verifiable_credentials/verify/"


def write_sheet(raw: bytes, *, base_url: str, page: str = "", badge: bytes = b"", language: str = "") -> bytes:
    """
    A PDF that shows what ``raw``, a signed credential of ours, says, with ``raw`` attached to it.

    ``base_url``: of its issuer; ``page``: the address of its public page, "" where it is not shared; ``badge``: a PNG
    of ours, or b""; ``language``: BCP 47, of the words around, "" for that of the achievement, where it
    names one, or else of the credential's sentences.
    """
    document = json_text.read_object(raw, max_bytes=_MAX_BYTES)
    sheet = pdf.read_sheet(
        document,
        raw,
        language=language or _language(document) or wording.told_by(document),
        page=page,
        verifier=f"{base_url}{VERIFY_PAGE}",
        badge=badge,
        fonts=tuple(_fonts()),
    )
    return pdf.write_certificate(sheet)


def find_font_faults() -> list[tuple[Path, str]]:
    """Which of the operator's fonts cannot be used, and why, as the end of a sentence. Raises ConfigurationError."""
    found = []
    for path in app_settings.pdf_fonts():
        try:
            fault = pdf.find_font_fault(path.read_bytes())
        except OSError as error:
            fault = f"cannot be read ({type(error).__name__})"
        if fault is not None:
            found.append((path, fault))
    return found


def _fonts() -> Iterator[bytes]:
    """What can be read: a certificate with a letter missing is better than none. Checks E006 and W015 say the rest."""
    try:
        paths = app_settings.pdf_fonts()
    except ConfigurationError as error:
        logger.error("Certificates are made without further fonts: %s", error)
        return
    for path in paths:
        try:
            yield path.read_bytes()
        except OSError as error:
            logger.error("The font %s of OPENEDX_VC_PDF_FONTS cannot be read: %s", path, type(error).__name__)


def _language(document: dict[str, object]) -> str:
    subject = document.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    language = achievement.get("inLanguage") if isinstance(achievement, dict) else None
    return language if isinstance(language, str) else ""
