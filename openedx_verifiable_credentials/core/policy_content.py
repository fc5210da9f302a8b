"""
What may stand in a claim policy: the form of keys, and limits of the content that goes into credentials.

A policy's texts are signed thousands of times and shown by others' software. So nothing that could be taken for markup
leaves here, and all of it together stays far below what a credential may be (:mod:`.lint`), whichever policies it comes
from: each part has its own limit, in bytes as JSON.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core.policies import Scope

MAX_LINE = 255
MAX_CRITERIA = 5000
MAX_DESCRIPTION = 1000
MAX_TAGS, MAX_TAG = 50, 64
MAX_ALIGNMENTS, MAX_ADDRESS = 20, 1024
MAX_VALIDITY_DAYS = 36_525  # a century
# Together about 30 KiB of the 48 that a credential may have.
MAX_BYTES: Mapping[str, int] = {
    "criteria": 12 * 1024,
    "description": 3 * 1024,
    "tags": 3 * 1024,
    "aligned_with": 12 * 1024,
}

# What opens an element, a comment, a declaration or an instruction (HTML §13.2.5.6), and character references, which
# would open one after another round of decoding.
_MARKUP = re.compile(r"<[A-Za-z/!?]|&(?:#[0-9]|#[xX][0-9A-Fa-f]|[A-Za-z][A-Za-z0-9]{1,30};)")
# Open Badges 3.0 §B.1.2: a word of the list, or an own one.
_OWN_WORD = re.compile(r"ext:[A-Za-z0-9._\-]{1,200}")
# Parts of Open edX keys: letters and digits of every script.
_PART = r"[\w\-~.:]+"
_ORGANIZATION = re.compile(_PART)
_SLUG = re.compile(r"[a-z0-9_\-]+")
_COURSE = re.compile(rf"(?!course-v1:){_PART}\+{_PART}")
_COURSE_RUN = re.compile(
    rf"course-v1:{_PART}\+{_PART}\+{_PART}|ccx-v1:{_PART}\+{_PART}\+{_PART}\+ccx@[0-9]+|{_PART}/{_PART}/{_PART}"
)


def read_key(scope: Scope, value: str) -> str | None:
    """``value`` as :class:`.policies.Rule` has keys of this scope; None where it is no such key."""
    value = value.strip()
    return _KEYS[scope](value) if len(value) <= MAX_LINE else None


def has_markup(value: str) -> bool:
    """Whether any reader could take a part of this plain text for HTML."""
    return _MARKUP.search(value) is not None


def is_own_word(value: str) -> bool:
    """Whether it is an extension of one of the standard's lists: ``ext:`` and a word."""
    return _OWN_WORD.fullmatch(value) is not None


def is_too_large(point: str, value: Any) -> bool:
    """Whether a part of the content would take more than its share of a credential."""
    return len(json_text.write(value)) > MAX_BYTES[point]


def _site(value: str) -> str | None:
    return str(int(value)) if re.fullmatch(r"[0-9]{1,9}", value) and int(value) else None


def _program(value: str) -> str | None:
    try:
        return str(uuid.UUID(value))
    except ValueError:
        return None


def _matching(pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    return lambda value: value if pattern.fullmatch(value) else None


_KEYS: Mapping[Scope, Callable[[str], str | None]] = {
    Scope.SITE: _site,
    Scope.ORGANIZATION: _matching(_ORGANIZATION),
    Scope.PROGRAM_TYPE: lambda value: value.lower() if _SLUG.fullmatch(value.lower()) else None,
    Scope.PROGRAM: _program,
    Scope.COURSE: _matching(_COURSE),
    Scope.COURSE_RUN: _matching(_COURSE_RUN),
}
