"""Certificates on paper, read by others' libraries: what a person or a program finds in the file."""

import dataclasses
import datetime
import io
import re

import pypdf
import pypdfium2
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image
from pypdf.generic import ArrayObject
from pypdf.generic import DictionaryObject
from pypdf.generic import IndirectObject

from openedx_verifiable_credentials.core.formats.pdf import Sheet
from openedx_verifiable_credentials.core.formats.pdf import write_certificate

PAGE = "https://credentials.example.edu/verifiable_credentials/c/8f3c1d2e4b5a69788796a5b4c3d2e1f0/"
VERIFIER = "https://credentials.example.edu/verifiable_credentials/verify/"
CREDENTIAL = '{"@context":["https://www.w3.org/ns/credentials/v2"],"name":"Ünï ]]> & <b>"}'.encode()


def _badge():
    stream = io.BytesIO()
    Image.new("RGB", (400, 300), "teal").save(stream, "PNG")
    return stream.getvalue()


FULL = Sheet(
    title="Introduction to Computing",
    issuer="Example University",
    credential=CREDENTIAL,
    name="Ana López",
    official="Dr. María Pérez, Dean",
    about="Complete the five units.\n\nHand in the project.",
    results=(("Final grade", "92 %"),),
    awarded_on=datetime.date(2026, 5, 18),
    valid_until=datetime.date(2029, 12, 1),
    page=PAGE,
    verifier=VERIFIER,
    badge=_badge(),
)


def made(**changes):
    """The file of :data:`FULL` with ``changes``."""
    return write_certificate(dataclasses.replace(FULL, **changes))


def read(raw):
    return pypdf.PdfReader(io.BytesIO(raw), strict=True)


def attached(raw):
    """By file name, as pypdf gives them out."""
    return {name: contents for name, [contents] in read(raw).attachments.items()}


def shown(raw):
    """
    The text of its one page, as a browser finds it, with spaces for line ends. A hyphen there it takes for one that
    only the end of the line needs, and marks it so; we never write such.
    """
    document = pypdfium2.PdfDocument(raw)
    assert len(document) == 1
    return " ".join(document[0].get_textpage().get_text_bounded().replace("\x02", "- ").split())


def drawn(raw, scale=3):
    """The page as a picture."""
    return pypdfium2.PdfDocument(raw)[0].render(scale=scale).to_pil()


def objects(raw):
    """Every dictionary in the file, those of streams included."""
    reader = read(raw)
    seen, waiting = set(), [reader.trailer]
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            if one.idnum in seen:
                continue
            seen.add(one.idnum)
            one = one.get_object()
        if isinstance(one, DictionaryObject):
            yield one
            waiting += [value for _, value in one.items()]
        elif isinstance(one, ArrayObject):
            waiting += list(one)


def page_operators(raw):
    return read(raw).pages[0].get_contents().get_data()


def font(letters, *, outlines="glyf"):
    """A font file that draws a box for each of ``letters``; ``outlines``: glyf or CFF."""
    names = {ord(letter): f"uni{ord(letter):04X}" for letter in letters}
    builder = FontBuilder(1000, isTTF=outlines == "glyf")
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    boxes = {}
    for name in (".notdef", *names.values()):
        pen = TTGlyphPen(None) if outlines == "glyf" else T2CharStringPen(900, None)
        pen.moveTo((100, 0))
        for corner in ((800, 0), (800, 700), (100, 700)):
            pen.lineTo(corner)
        pen.closePath()
        boxes[name] = pen.glyph() if outlines == "glyf" else pen.getCharString()
    if outlines == "glyf":
        builder.setupGlyf(boxes)
    else:
        builder.setupCFF("Boxes", {}, boxes, {})
    builder.setupHorizontalMetrics(dict.fromkeys(boxes, (900, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Boxes", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    stream = io.BytesIO()
    builder.save(stream)
    return stream.getvalue()


def beginning_as(first, then):
    """
    Two certificates in one file. Readers that look at the end find ``then``; those that begin at the start (ISO 32000-1
    Annex F) find a table there that leads to ``first``.
    """
    head = first[: first.index(b"1 0 obj")]
    length = 0
    for _ in range(2):  # the second time, with the length that the first one had
        start = head + b"99 0 obj\n<</Linearized 1 /L %08d /H [1 1] /O 3 /E 9 /N 1 /T 0>>\nendobj\n" % length
        body, table = _moved(first, len(start) + len(_moved(first, 0)[1]))
        start += re.sub(rb"startxref\n\d+", b"startxref\n" + b"0" * len(_table_place(first)), table) + body
        body, table = _moved(then, len(start))
        table = re.sub(rb"startxref\n\d+", b"startxref\n%d" % (len(start) + len(body)), table)
        length = len(start + body + table)
    return start + body + table


def _table_place(raw):
    return re.search(rb"startxref\n(\d+)", raw)[1]


def _moved(raw, to):
    """The objects and the table of a file whose first object will stand at ``to``."""
    first, table = raw.index(b"1 0 obj"), int(_table_place(raw))
    moved = re.sub(rb"\d{10}(?= 00000 n)", lambda place: b"%010d" % (int(place[0]) - first + to), raw[table:])
    return raw[first:table], moved
