"""
Credentials baked into SVG (Open Badges 3.0 §5.3.2): one element ``credential`` of the namespace of Open Badges, with
the JSON as its text, or a compact JWS in its attribute ``verify``.

Read by expat as a stream, without a tree. A document type declaration ends the reading, so there are no entities and
nothing external; the parser opens nothing by itself. Text is gathered inside the one element only.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from openedx_verifiable_credentials.core.formats.carrying import require_bare
from openedx_verifiable_credentials.core.formats.carrying import require_carried
from openedx_verifiable_credentials.exceptions import DocumentError
from openedx_verifiable_credentials.exceptions import PictureError

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
# Of Open Badges 1 and 2.
EARLIER_NAMESPACE = "http://openbadges.org"
MAX_BYTES = 2 * 1024 * 1024
MAX_ELEMENTS = 20_000
# Tags, comments and the like, counted before anything is read.
_MAX_MARKUP = 5 * MAX_ELEMENTS
MAX_DEPTH = 64
MAX_ATTRIBUTES = 256
# Of one tag, as expat may see it: it gathers all of them before it says anything.
_MAX_EQUALS = 4_096
MAX_CREDENTIAL_BYTES = 512 * 1024
_SVG = "http://www.w3.org/2000/svg svg"
_CREDENTIAL = f"{NAMESPACE} credential"
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*<")
_CROWDED_TAG = re.compile(rb"<(?:[^<=]*+=){%d}" % (_MAX_EQUALS + 1))
# Of a document that was read as well-formed: what stands in quotes is no end.
_TAG = re.compile(rb"<([^\s/>]++)(?:[^\"'>]|\"[^\"]*+\"|'[^']*+')*+>")
_PREFIX = "openbadges"
_SPACE = " \t\r\n"
_ENCODINGS = ("utf-8", "us-ascii")


def is_svg(raw: bytes) -> bool:
    """Whether ``raw`` starts as markup does; neither JSON nor a JWS can."""
    return _MARKUP.match(raw) is not None


def read(raw: bytes) -> bytes:
    """
    What the one element ``credential`` carries.

    Raises DocumentError as :func:`..formats.read_credential` does.
    """
    if len(raw) > MAX_BYTES:
        raise DocumentError("too_large", f"The picture is larger than {MAX_BYTES} bytes.")
    if raw.count(b"<") > _MAX_MARKUP:
        raise DocumentError("too_large", "The picture has too much markup.")
    if _CROWDED_TAG.search(raw):
        raise DocumentError("too_large", "The picture has a tag with too many attributes.")
    return _Reader().read(raw)


def bake(picture: bytes, credential: bytes) -> bytes:
    """
    ``picture`` with ``credential`` in it, JSON as the text of the first element within the root. The other bytes stay
    as they are; :func:`read` gives the credential back byte for byte.

    Raises PictureError: ``picture_not_readable``; ``picture_too_large``, also with the credential in it;
    ``picture_not_allowed`` (it carries one already, or cannot carry this: XML has no way to write some characters).
    """
    require_bare(picture, read)
    tag = _TAG.match(picture, _root_at(picture)) if is_svg(picture) else None
    if tag is None:
        raise PictureError("picture_not_readable", "The picture is no SVG in UTF-8.")
    before, after = picture[: tag.end() - 1], picture[tag.end() :]
    if before.endswith(b"/"):
        before, after = before[:-1], b"</" + tag[1] + b">" + after
    # Declared here, whatever the picture means by the prefix.
    element = f'<{_PREFIX}:credential xmlns:{_PREFIX}="{NAMESPACE}">'.encode()
    end = f"</{_PREFIX}:credential>".encode()
    return require_carried(b"".join((before, b">", element, _section(credential), end, after)), credential, read)


def _root_at(picture: bytes) -> int:
    """Where the first tag of a well-formed document begins."""
    places: list[int] = []
    parser = expat.ParserCreate("utf-8")

    def start(*_element: object) -> None:
        places.append(parser.CurrentByteIndex)
        parser.StartElementHandler = None

    parser.StartElementHandler = start
    parser.Parse(picture, True)
    return places[0]


def _section(text: bytes) -> bytes:
    """Open Badges 3.0 §5.3.2.1: in a CDATA section; what cannot stand in one (XML 1.0 §2.7, §2.11) between two."""
    inside = text.replace(b"]]>", b"]]]]><![CDATA[>").replace(b"\r", b"]]>&#13;<![CDATA[")
    return b"".join((b"<![CDATA[", inside, b"]]>"))


class _Reader:
    def __init__(self) -> None:
        # Said here, so that a document cannot be read in one encoding by us and in another by a browser.
        self._parser = parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.EntityDeclHandler = _refuse_doctype
        parser.ExternalEntityRefHandler = _refuse_doctype
        self._depth = self._elements = 0
        self._inside = False
        self._earlier = False
        self._found: list[str] = []
        self._text: list[str] = []
        self._length = 0

    def read(self, raw: bytes) -> bytes:
        try:
            self._parser.Parse(raw, True)
        except expat.ExpatError:
            raise DocumentError("malformed_image", "The picture is not well-formed XML in UTF-8.") from None
        finally:
            del self._parser  # it and this refer to each other, and it has the whole picture
        if self._found:
            return _bounded(self._found[0])
        if self._earlier:
            raise DocumentError("unsupported_format", "The picture carries an Open Badge of an earlier version.")
        raise DocumentError("not_a_credential", "The picture carries no credential.")

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise DocumentError("malformed_image", "The picture is not in UTF-8.")

    def _start(self, name: str, attributes: list[str]) -> None:
        self._elements += 1
        self._depth += 1
        if self._elements > MAX_ELEMENTS or self._depth > MAX_DEPTH or len(attributes) > 2 * MAX_ATTRIBUTES:
            raise DocumentError("too_large", "The picture has too many elements or attributes, or too deep ones.")
        if self._depth == 1 and name != _SVG:
            raise DocumentError("not_a_credential", "The document is markup, but no SVG picture.")
        if self._inside:
            raise DocumentError("malformed_image", "The picture's credential has markup in it.")
        self._earlier = self._earlier or name.startswith(f"{EARLIER_NAMESPACE} ")
        if name == _CREDENTIAL:
            self._start_credential(dict(zip(attributes[::2], attributes[1::2], strict=True)))

    def _start_credential(self, attributes: dict[str, str]) -> None:
        if self._found:
            raise DocumentError("malformed_image", "The picture carries more than one credential.")
        self._inside = True
        self._found.append(attributes.get("verify", ""))
        self._parser.CharacterDataHandler = self._characters

    def _characters(self, text: str) -> None:
        self._length += len(text)
        if self._length > MAX_CREDENTIAL_BYTES:
            raise DocumentError("too_large", f"The picture's credential is larger than {MAX_CREDENTIAL_BYTES} bytes.")
        self._text.append(text)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name != _CREDENTIAL:
            return
        self._inside = False
        self._parser.CharacterDataHandler = None
        body, token = "".join(self._text).strip(_SPACE), self._found[0].strip(_SPACE)
        if bool(body) == bool(token):
            raise DocumentError("malformed_image", "The picture's credential is neither one text nor one token.")
        self._found[0] = body or token


def _bounded(text: str) -> bytes:
    credential = text.encode("utf-8")
    if len(credential) > MAX_CREDENTIAL_BYTES:
        raise DocumentError("too_large", f"The picture's credential is larger than {MAX_CREDENTIAL_BYTES} bytes.")
    return credential


def _refuse_doctype(*_args: object) -> int:
    raise DocumentError("malformed_image", "The picture has a document type declaration, which is not accepted.")
