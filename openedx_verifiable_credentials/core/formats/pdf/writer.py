"""
One page of PDF (ISO 32000-1): the only module that knows how the library behind it goes about it.

Letters are placed where :mod:`.lines` measured them, with the characters that they stand for; what had to be shown as
another letter carries what it says (``ActualText``, §14.9.4). Blocks are tagged with what they are (§14.8).
"""

from __future__ import annotations

import contextlib
import datetime
import io
import logging
from collections.abc import Iterator
from collections.abc import Sequence
from html import escape
from typing import Any

from fpdf import FPDF
from fpdf.enums import TextDirection
from fpdf.fonts import HarfBuzzFont
from fpdf.fonts import TTFFont
from fpdf.prefs import ViewerPreferences
from PIL import Image

from openedx_verifiable_credentials.core.formats.pdf.faces import Face
from openedx_verifiable_credentials.core.formats.pdf.lines import Line
from openedx_verifiable_credentials.core.formats.pdf.lines import Run

# They would tell which letters a name is made of.
for _library in ("fontTools", "fpdf"):
    logging.getLogger(_library).setLevel(logging.ERROR)

Colour = tuple[int, int, int]
_PRODUCER = "openedx_verifiable_credentials"
_BADGE_PIXELS = 480
_TABLES = {"GlyphOrder", "OS/2", "CFF ", "cmap", "cvt ", "fpgm", "gasp", "glyf", "head", "hhea", "hmtx", "loca", "maxp"}
_TABLES |= {"name", "post", "prep"}
_TAG_OF = {"heading": "/H1", "text": "/P"}
_METADATA = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:pdf="http://ns.adobe.com/pdf/1.3/" pdf:Producer="{producer}"><dc:format>application/pdf</dc:format>'
    '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>'
    "<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>"
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
)


class Writer:
    """A landscape page of A4, in points, from its upper left corner. ``made_on``: what the file says of its age."""

    def __init__(self, *, title: str, language: str, made_on: datetime.date) -> None:
        self._pdf = pdf = FPDF(orientation="landscape", unit="pt", format="A4")
        self._language = language
        self._fonts: dict[Face, _Font] = {}
        self._links: list[tuple[float, float, float, float, str, str]] = []
        pdf.set_auto_page_break(False)
        pdf.set_margin(0)
        pdf.render_color_fonts = False
        # No clock: one sheet is one file.
        pdf.set_creation_date(datetime.datetime.combine(made_on, datetime.time(), datetime.UTC))
        pdf.set_title(title)
        pdf.set_lang(language)
        pdf.set_producer(_PRODUCER)
        said = {"title": title, "language": language, "producer": _PRODUCER}
        metadata = _METADATA.format(**{name: escape(value) for name, value in said.items()})
        pdf.set_xmp_metadata(metadata.encode("ascii", "xmlcharrefreplace").decode("ascii"))
        pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
        pdf.add_page()
        self.width, self.height = pdf.w, pdf.h

    def attach(self, data: bytes, name: str, media_type: str) -> None:
        """``data`` as a file inside this one (§7.11.4): what the page is a picture of. Not packed: :mod:`.reader`."""
        self._pdf.embed_file(
            bytes=data, basename=name, mime_type=media_type, associated_file_relationship="Source", compress=False
        )

    @contextlib.contextmanager
    def block(self, kind: str) -> Iterator[None]:
        """What is written inside is one ``heading`` or one ``text``."""
        with self._pdf._marked_sequence() as element:
            element.s = _TAG_OF[kind]
            yield

    @contextlib.contextmanager
    def ornament(self) -> Iterator[None]:
        """What is drawn inside says nothing."""
        self._pdf._out("/Artifact BMC")
        yield
        self._pdf._out("EMC")

    def write(self, line: Line, x: float, baseline: float, size: float, colour: Colour) -> None:
        """``line`` from ``x`` to the right, whatever its direction."""
        parts = [f"q {_paint(colour)} BT"]
        for run in line.runs:
            font = self._font(run.face)
            parts.append(self._pdf._set_font_for_page(font, size, wrap_in_text_object=False))
            placed, x = self._place(run, font, x, baseline, size)
            parts += placed if run.said == run.text else [_saying(run.said), *placed, "EMC"]
        parts.append("ET Q")
        self._pdf._out(" ".join(parts))

    def rectangle(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """Filled."""
        self._pdf._out(f"q {_paint(colour)} {x:.3f} {self.height - y - height:.3f} {width:.3f} {height:.3f} re f Q")

    def picture(self, png: bytes, x: float, y: float, side: float, says: str) -> None:
        """A PNG inside a square, in its own proportions."""
        with Image.open(io.BytesIO(png), formats=("PNG",)) as opened:
            image = opened.convert("RGBA")
        image.thumbnail((_BADGE_PIXELS, _BADGE_PIXELS))
        self._pdf.image(image, x, y, side, side, keep_aspect_ratio=True, alt_text=says)

    def modules(self, rows: Sequence[Sequence[int]], x: float, y: float, side: float, says: str) -> None:
        """The dark modules of a QR code, as one figure."""
        step = side / len(rows)
        drawn: list[str] = []
        for number, row in enumerate(rows):
            top = self.height - y - (number + 1) * step
            for start, length in _strokes(row):
                drawn.append(f"{x + start * step:.3f} {top:.3f} {length * step:.3f} {step:.3f} re")
        with self._pdf._marked_sequence(alt_text=says):
            self._pdf._out(f"q 0 g {' '.join(drawn)} f Q")

    def link(self, box: tuple[float, float, float, float], address: str, says: str) -> None:
        """A place (x, y, width, height) that leads to ``address``."""
        self._links.append((*box, address, says))

    def finish(self) -> bytes:
        """The file. Nothing can be written afterwards."""
        # Behind all that is marked: the library counts them among it.
        for x, y, width, height, address, says in self._links:
            self._pdf.link(x, y, width, height, address, alt_text=says)
        return bytes(self._pdf.output() or b"")

    def _font(self, face: Face) -> _Font:
        if face not in self._fonts:
            key = f"face{len(self._fonts)}"
            self._fonts[face] = self._pdf.fonts[key] = _Font(self._pdf, face, key)
        return self._fonts[face]

    def _place(self, run: Run, font: _Font, x: float, baseline: float, size: float) -> tuple[list[str], float]:
        """The operators of ``run``, and where the next one starts."""
        parts: list[str] = []
        scale = size / run.face.shapes.upem
        upwards = self.height - baseline
        direction = TextDirection.RTL if run.right_to_left else TextDirection.LTR
        shaping = {"features": {}, "fragment_direction": direction, "language": self._language}
        placed = False
        for glyph in font.shape_text(run.text, size, shaping):
            offset_x, offset_y = glyph["x_offset"] * scale, glyph["y_offset"] * scale
            if not placed or offset_x or offset_y:
                parts.append(f"1 0 0 1 {x + offset_x:.3f} {upwards + offset_y:.3f} Tm")
            parts.append(f"<{glyph['mapped_char']:04X}> Tj")
            x += glyph["x_advance"] * scale
            placed = not (offset_x or offset_y or glyph["force_positioning"])
        return parts, x


class _Font(TTFFont):
    """One that is read from bytes instead of from a file."""

    __slots__ = ("_face",)

    def __init__(self, pdf: FPDF, face: Face, key: str) -> None:
        self._face = face
        stream: Any = io.BytesIO(face.data)
        super().__init__(pdf, stream, key, "")
        # How letters join is known by the one who shapes; readers need their outlines only.
        for table in set(self.ttfont.keys()) - _TABLES:
            del self.ttfont[table]

    @property
    def hbfont(self) -> HarfBuzzFont:
        if self._hbfont is None:
            self._hbfont = HarfBuzzFont(self._face.shapes)
        return self._hbfont


def _paint(colour: Colour) -> str:
    return " ".join(f"{part / 255:.3f}" for part in colour) + " rg"


def _saying(text: str) -> str:
    said = b"\xfe\xff" + text.encode("utf-16-be")
    return f"/Span <</ActualText <{said.hex()}>>> BDC"


def _strokes(row: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where dark modules begin, and how many follow each other."""
    start = 0
    for end in range(len(row) + 1):
        if end == len(row) or not row[end]:
            if end > start:
                yield start, end - start
            start = end + 1
