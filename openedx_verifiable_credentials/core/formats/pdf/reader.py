"""
Credentials in our own certificates: the attached file, found as every reader finds it (ISO 32000-1 §7.5: the end, the
table of objects, the catalogue, the embedded file), in the spelling in which :mod:`.writer` has it and in no other.

PDF says one thing in many ways, and a file can be written so that readers disagree about it. Whatever is spelt
otherwise, was changed, added to or written by others is not read at all: its attachment can be taken out by hand. Some
readers begin at the start (Annex F), and some look through all of a file in which an object is not where the table has
it: the start and every object's place are ours, too. Nothing is unpacked, and nothing on the page is looked at.
"""

from __future__ import annotations

import itertools
import re

from openedx_verifiable_credentials.exceptions import DocumentError

MAX_BYTES = 4 * 1024 * 1024
MAX_CREDENTIAL_BYTES = 512 * 1024
_START = re.compile(
    rb"%PDF-1\.\d\n%\xe9\xeb\xf1\xbf\n(?=1 0 obj\n<<\n/Count 1\n/Kids \[\d{1,4} 0 R\]\n"
    rb"/MediaBox \[0 0 841\.89 595\.28\]\n/Type /Pages\n>>\nendobj\n)"
)
_END = re.compile(rb"\nstartxref\n(\d{1,7})\n%%EOF\n\Z")
_END_BYTES = 40
_TABLE = re.compile(
    rb"xref\n0 (\d{1,4})\n(0000000000 65535 f \n(?:\d{10} 00000 n \n){1,2000})trailer\n<<\n/Size (\d{1,4})\n"
    rb"/Root (\d{1,4}) 0 R\n/Info \d{1,4} 0 R\n/ID \[<[0-9A-F]{32}><[0-9A-F]{32}>\]\n>>\nstartxref\n\d{1,7}\n%%EOF\n"
)
_MOST_TABLE_BYTES = 64 * 1024
_ENTRY_BYTES = 20
_CATALOGUE = re.compile(
    rb"<<\n/AF \[(\d{1,4}) 0 R\]\n/Lang \([A-Za-z0-9-]{1,20}\)\n/MarkInfo <</Marked true>>\n/Metadata \d{1,4} 0 R\n"
    rb"/Names <</EmbeddedFiles <</Names \[\(credential\.json\) (\d{1,4}) 0 R\]>>>>\n"
    rb"/OpenAction \[\d{1,4} 0 R /FitH null\]\n/PageLayout /OneColumn\n/Pages \d{1,4} 0 R\n"
    rb"/StructTreeRoot \d{1,4} 0 R\n/Type /Catalog\n/ViewerPreferences <<[A-Za-z/ \n]{0,400}>>\n>>\nendobj\n"
)
_FILE = re.compile(
    rb"<<\n/AFRelationship /Source\n/EF <</F (\d{1,4}) 0 R>>\n/F \(credential\.json\)\n/Type /Filespec\n"
    rb"/UF \(credential\.json\)\n>>\nendobj\n"
)
_CONTENT = re.compile(
    rb"<<\n/Length (\d{1,6})\n/Params <</Size (\d{1,6})>>\n/Subtype /application#2Fjson\n/Type /EmbeddedFile\n>>\n"
    rb"stream\n"
)
# As those find one who search for it.
_OBJECT_START = re.compile(rb"[\r\n][\0\t\f ]*\d+[\0\t\f\r\n ]+\d+[\0\t\f\r\n ]+obj")
_OBJECT_END = b"endobj\n"
_CONTENT_END = b"\nendstream\nendobj\n"


def is_pdf(raw: bytes) -> bool:
    """Whether ``raw`` starts as a PDF does; neither JSON nor a JWS can."""
    return raw.startswith(b"%PDF-")


def read(raw: bytes) -> bytes:
    """
    The attached credential.

    Raises DocumentError: ``too_large``; ``unsupported_format`` where it is no certificate of ours, or not as it was.
    """
    if len(raw) > MAX_BYTES:
        raise DocumentError("too_large", f"The file is larger than {MAX_BYTES} bytes.")
    return _Reader(raw).read()


class _Reader:
    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._places: list[int] = []

    def read(self) -> bytes:
        start = _START.match(self._raw)
        end = _END.search(self._raw, max(0, len(self._raw) - _END_BYTES))
        if start is None or end is None or len(self._raw) - int(end[1]) > _MOST_TABLE_BYTES:
            raise _unsupported()
        table = _TABLE.fullmatch(self._raw, int(end[1]))
        if table is None or len(table[2]) != _ENTRY_BYTES * int(table[1]) or table[1] != table[3]:
            raise _unsupported()
        self._places = [int(table[2][entry : entry + 10]) for entry in range(0, len(table[2]), _ENTRY_BYTES)]
        self._require_places(start.end(), table.start())
        catalogue = self._object(table[4], _CATALOGUE)
        if catalogue[1] != catalogue[2]:
            raise _unsupported()
        content = self._object(self._object(catalogue[2], _FILE)[1], _CONTENT)
        return self._content(content.end(), int(content[1]), int(content[2]))

    def _require_places(self, first: int, table: int) -> None:
        """All objects stand where the table has them, one behind the other, from ``first`` to ``table``."""
        for number, (place, following) in enumerate(itertools.pairwise([*self._places[1:], table]), 1):
            ends = self._raw.endswith(_OBJECT_END, place, following) and place < following
            if not ends or not self._raw.startswith(b"%d 0 obj\n" % number, place):
                raise _unsupported()
        if self._places[1] != first:
            raise _unsupported()

    def _object(self, number: bytes, spelling: re.Pattern[bytes]) -> re.Match[bytes]:
        """The object with that number, where the table has it."""
        label = number + b" 0 obj\n"
        place = self._places[int(number)] if int(number) < len(self._places) else len(self._raw)
        found = spelling.match(self._raw, place + len(label)) if self._raw.startswith(label, place) else None
        if found is None:
            raise _unsupported()
        return found

    def _content(self, start: int, length: int, size: int) -> bytes:
        if length > MAX_CREDENTIAL_BYTES:
            raise DocumentError("too_large", f"The file's credential is larger than {MAX_CREDENTIAL_BYTES} bytes.")
        if length != size or not self._raw.startswith(_CONTENT_END, start + length):
            raise _unsupported()
        around = (self._raw[:start], self._raw[start + length :])
        if sum(len(_OBJECT_START.findall(part)) for part in around) != len(self._places) - 1:
            raise _unsupported()
        return self._raw[start : start + length]


def _unsupported() -> DocumentError:
    return DocumentError(
        "unsupported_format", "Of PDF files only our own are read, as they were made: check what is attached to it."
    )
