"""
Markdown of criteria (``criteria.narrative``, Open Badges 3.0 §B.1.5; CommonMark 0.31): what may stand in it, and how
our pages show it. One place, so that nothing is shown that was not looked at.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from openedx_verifiable_credentials.core import text

# Without a query: that could name further recipients and a text (RFC 6068 §2).
_MAIL = re.compile(r"mailto:[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\-]{1,64}@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*")

# Readers are less strict than CommonMark about what a tag is: "<svg/onload=…>" is text to it.
_TAG = re.compile(r"<[A-Za-z/!?]")


class Fault(enum.StrEnum):
    """What may not stand in Markdown that others will show."""

    HTML = "html"
    IMAGE = "image"
    LINK = "link"


def find_fault(markdown: str) -> Fault | None:
    """
    The first thing in ``markdown`` that may not be there: HTML, an image, a link to anything but an http(s) address or
    a mailbox. What stands in code is text, and may be there.
    """
    for token in _all(_reader().parse(markdown)):
        if token.type in ("html_block", "html_inline") or (token.type == "text" and _TAG.search(token.content)):
            return Fault.HTML
        if token.type == "image":
            return Fault.IMAGE
        if token.type == "link_open" and not is_link(str(token.attrGet("href") or "")):
            return Fault.LINK
    return None


def is_link(address: str) -> bool:
    """Whether text may link there: an http(s) address without credentials in it, or a mailbox."""
    return text.clean_web_address(address) is not None or _MAIL.fullmatch(address) is not None


def to_html(markdown: str) -> str:
    """
    ``markdown`` as HTML for our pages. HTML in it is shown as text; images and links that may not be there are text,
    too; links carry no referrer and lend no rank. Its headings are strong paragraphs: a page's own headings say what is
    known, and nothing in a credential may look like them.
    """
    return str(_writer().render(markdown))


def to_text(markdown: str) -> str:
    """``markdown`` without its marks, for paper: one line a paragraph or item, what stands in code as it stands."""
    lines: list[str] = []
    for token in _writer().parse(markdown):
        if token.type == "inline":
            lines.append("".join(_said(child) for child in token.children or []))
        elif token.type in ("fence", "code_block"):
            lines.append(token.content.rstrip("\n"))
    return "\n".join(lines)


def _said(token: Token) -> str:
    return " " if token.type in ("softbreak", "hardbreak") else token.content


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or [])


class _Reader(MarkdownIt):
    """Takes every address for a link and every tag for HTML, so that all of them are found."""

    def validateLink(self, url: str) -> bool:  # noqa: N802  (the library calls it)
        return True


class _Writer(MarkdownIt):
    """Takes only those addresses for links that may be."""

    def validateLink(self, url: str) -> bool:  # noqa: N802  (the library calls it)
        return is_link(url)


@functools.cache
def _reader() -> MarkdownIt:
    # What was escaped stays apart from what was not.
    return _Reader("commonmark", {"html": True}).disable("text_join")


@functools.cache
def _writer() -> MarkdownIt:
    writer = _Writer("commonmark", {"html": False}).disable("image")
    writer.add_render_rule("link_open", _link)
    writer.add_render_rule("heading_open", lambda *_: "<p><strong>")
    writer.add_render_rule("heading_close", lambda *_: "</strong></p>\n")
    return writer


def _link(renderer: Any, tokens: list[Token], index: int, options: Mapping[str, Any], _: Any) -> str:
    if not is_link(str(tokens[index].attrGet("href") or "")):
        tokens[index].attrs.pop("href")  # "[a]()" asks nobody whether it may lead nowhere
    tokens[index].attrSet("rel", "nofollow noopener noreferrer")
    return str(renderer.renderToken(tokens, index, options, {}))
