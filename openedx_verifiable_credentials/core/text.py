"""
Cleaning of text and IRIs that come from outside, done once, when a credential is composed.

Why so strict: canonicalisers disagree about TAB and control characters inside literals, readers are misled by
bidirectional controls, and a lone surrogate cannot be encoded as UTF-8 at all. What leaves here is the same bytes for
every canonicaliser and reads the way it is written.
"""

import re
import unicodedata
from urllib.parse import unquote_to_bytes

from openedx_verifiable_credentials.exceptions import CompositionError

_LINE_BREAKS = re.compile("\r\n?|[\u0085\u2028\u2029]")
# C0 without LF, DEL, C1.
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
# Unicode's Bidi_Control, plus byte order mark and interlinear annotation marks, which are as invisible.
_INVISIBLE = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")
# Surrogates; the noncharacters of the Arabic block, and the two that end each plane.
_NO_CHARACTERS = re.compile(
    "[\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(end - 1)}{chr(end)}" for end in range(0xFFFF, 0x110000, 0x10000))
    + "]"
)
_SPACES = re.compile("[ \u00a0]+")
_BLANK_LINES = re.compile(r"\n{3,}")

# RFC 3987 §2.2, narrowed: no private-use characters, no IP literals, no user information, http(s) as the only
# hierarchical scheme. Implementations disagree about the rest, and a signature needs them to agree.
_UCS = "".join(
    ["\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"]
    + [f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 14)]
)
_ESCAPED = "%[0-9A-Fa-f]{2}"
_PCHAR = rf"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@{_UCS}]|{_ESCAPED})"
_TAIL = rf"(?:\?(?:{_PCHAR}|[/?])*)?(?:#(?:{_PCHAR}|[/?])*)?"
_HTTP_IRI = re.compile(
    rf"[Hh][Tt][Tt][Pp][Ss]?://(?:[A-Za-z0-9\-._~{_UCS}]|{_ESCAPED})+(?::[0-9]{{1,5}})?(?:/{_PCHAR}*)*{_TAIL}"
)
_OTHER_IRI = re.compile(rf"(?!https?:)[A-Za-z][A-Za-z0-9+.\-]*:{_PCHAR}(?:{_PCHAR}|/)*{_TAIL}", re.IGNORECASE)
# What we draw ourselves, for each credential several times.
_URN_UUID = re.compile("urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|<>~&])")
# What makes a list or a rule only where it starts a line (CommonMark §4.1, §5.2).
_MARKDOWN_START = re.compile(r"^([0-9]{1,9}(?=\.(?:\s|$))|(?=-))")
_MAX_IRI = 2048


def clean_line(value: object, limit: int = 255) -> str:
    """
    One line of human text: at most ``limit`` characters, an ellipsis marks what was cut.

    NFC, line breaks and controls to a space, bidirectional controls and other invisible marks removed, lone
    surrogates and noncharacters to U+FFFD, runs of spaces to one. Anything that is not a string becomes "".
    """
    return _cut(" ".join(_clean(value).split()), limit)


def clean_block(value: object, limit: int = 5000) -> str:
    """Several lines of human text: as :func:`clean_line`, but LF stays, and at most one empty line in a row."""
    lines = (_SPACES.sub(" ", line).strip() for line in _clean(value).split("\n"))
    return _cut(_BLANK_LINES.sub("\n\n", "\n".join(lines)).strip(), limit)


def clean_markdown(value: object, limit: int = 5000) -> str:
    """Markdown: as :func:`clean_block`, but spaces stay where they say something, which is not at a line's end."""
    lines = "\n".join(line.rstrip() for line in _clean(value).split("\n"))
    return _cut(_BLANK_LINES.sub("\n\n", lines).strip("\n"), limit)


def sorts_alike(one: str, other: str) -> bool:
    """
    Whether two texts have one order, by code points (RDFC-1.0 §4.4.3) as by UTF-16 code units, which some languages
    sort strings by. Where they have not, those who sort statements about the same thing by the other order compute
    another hash.
    """
    first = next(((a, b) for a, b in zip(one, other, strict=False) if a != b), None)
    return first is None or (first[0] < first[1]) == (first[0].encode("utf-16-be") < first[1].encode("utf-16-be"))


def escape_markdown(value: str) -> str:
    """``value`` as literal text inside Markdown (``criteria.narrative`` is Markdown, Open Badges 3.0 §B.1.5)."""
    return _MARKDOWN_START.sub(r"\1\\", _MARKDOWN.sub(r"\\\1", value))


def is_absolute_iri(value: object) -> bool:
    """Whether ``value`` is a string with a scheme and only characters an IRI may have (RFC 3987 §2.2)."""
    if not isinstance(value, str):
        return False
    return _URN_UUID.fullmatch(value) is not None or (
        len(value) <= _MAX_IRI
        and (_HTTP_IRI.fullmatch(value) or _OTHER_IRI.fullmatch(value)) is not None
        and (value.isascii() or not _is_misleading(value))
        and _escapes_are_utf8(value)
    )


def clean_web_address(value: object) -> str | None:
    """``value`` where it is an http(s) address without credentials inside it, else None."""
    if not isinstance(value, str):
        return None
    value = value.strip()
    return value if is_absolute_iri(value) and _HTTP_IRI.fullmatch(value) else None


def require_iri(value: str, what: str) -> str:
    """``value`` where it is an absolute IRI. Raises CompositionError ``invalid_iri`` naming ``what`` otherwise."""
    if not is_absolute_iri(value):
        raise CompositionError("invalid_iri", f"The {what} is not an absolute IRI.")
    return value


def require_line(value: object, what: str, limit: int = 255) -> str:
    """:func:`clean_line` where something is left. Raises CompositionError ``missing_text`` with ``what``."""
    line = clean_line(value, limit)
    if not line:
        raise CompositionError("missing_text", f"The {what} is empty.")
    return line


def _is_misleading(value: str) -> bool:
    return _INVISIBLE.search(value) is not None or any(character.isspace() for character in value)


def _escapes_are_utf8(value: str) -> bool:
    if "%" not in value:
        return True
    # RFC 3987 §3.1 makes escapes from UTF-8, and from nothing else.
    try:
        unquote_to_bytes(value).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _clean(value: object) -> str:
    if not isinstance(value, str):
        return ""
    if type(value) is str and value.isascii() and value.isprintable():
        # There is nothing to clean in U+0020 to U+007E: most names, told so in a fraction of the time.
        return value
    value = _LINE_BREAKS.sub("\n", value)
    value = _CONTROLS.sub(" ", value)
    value = _INVISIBLE.sub("", value)
    value = _NO_CHARACTERS.sub("\ufffd", value)
    return unicodedata.normalize("NFC", value)


def _cut(value: str, limit: int) -> str:
    return value if len(value) <= limit else value[: limit - 1].rstrip() + "…"
