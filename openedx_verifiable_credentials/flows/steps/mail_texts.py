"""The mail to a learner whose credentials were issued without being asked for: plain text, and the same as HTML."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import ngettext

from openedx_verifiable_credentials.core import text

_PAGE = "/verifiable_credentials/"
_MOST_TITLES = 20
_TITLE, _PLATFORM = 120, 80
_TEMPLATES = "openedx_verifiable_credentials/mail/"


@dataclasses.dataclass(frozen=True)
class Letter:
    """
    What one learner is told. ``language`` as the service writes it; ``base_url``: where the service is;
    ``contact``: an address for questions, "" where there is none; ``name``: one for each mail, in its Message-ID, so
    that readers can tell the same mail from another one.
    """

    titles: Sequence[str]
    platform: str
    language: str
    base_url: str
    contact: str
    name: str


def write(letter: Letter, sender: str, mailbox: str) -> EmailMultiAlternatives:
    """The mail. Titles and names were typed by people: they are one line each, and no header takes them for more."""
    titles = [text.clean_line(one, _TITLE) for one in letter.titles]
    platform = text.clean_line(letter.platform, _PLATFORM)
    with translation.override(letter.language or "en"):
        context = {
            "titles": titles[:_MOST_TITLES],
            "more": max(0, len(titles) - _MOST_TITLES),
            "count": len(titles),
            "platform": platform,
            "link": letter.base_url + _PAGE,
            "contact": letter.contact,
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
            "language": translation.get_language(),
        }
        subject = ngettext(
            "Your digital credential from %(platform)s", "Your digital credentials from %(platform)s", len(titles)
        )
        body = render_to_string(f"{_TEMPLATES}issued.txt", context)
        page = render_to_string(f"{_TEMPLATES}issued.html", context)
    message = EmailMultiAlternatives(
        subject=subject % {"platform": platform},
        body=body,
        from_email=sender or None,
        to=[mailbox],
        headers={
            "Message-ID": f"<{letter.name}@{urlsplit(letter.base_url).hostname or 'localhost'}>",
            # RFC 3834 §5: no out-of-office reply is wanted.
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(page, "text/html")
    return message
