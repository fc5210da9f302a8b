"""
Where things stand on the sheet: what was achieved and by whom on the side where reading begins, badge and QR code on
the other. A sheet in Arabic is the mirror of one in English.
"""

from __future__ import annotations

import dataclasses
import datetime

import segno

from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core.formats.pdf.faces import get_faces
from openedx_verifiable_credentials.core.formats.pdf.lines import Line
from openedx_verifiable_credentials.core.formats.pdf.lines import Typesetter
from openedx_verifiable_credentials.core.formats.pdf.sheet import FILE_NAME
from openedx_verifiable_credentials.core.formats.pdf.sheet import Sheet
from openedx_verifiable_credentials.core.formats.pdf.texts import Texts
from openedx_verifiable_credentials.core.formats.pdf.texts import get_texts
from openedx_verifiable_credentials.core.formats.pdf.writer import Colour
from openedx_verifiable_credentials.core.formats.pdf.writer import Writer

_INK: Colour = (33, 37, 41)
_SOFT: Colour = (84, 91, 99)
_ACCENT: Colour = (10, 65, 120)
_EDGE = 26
_MARGIN = 64
_SIDE = 140
_GAP = 34
_LEADING = 1.3
_ASCENT = 0.95
_CELLS = 9
_COLUMNS = 3
_COLUMN_GAP = 12
# Sizes that are tried, each with the lines it may take; what has no room in the last one is cut.
_NAME_SIZES = ((30.0, 1), (22.0, 2), (15.0, 3), (11.0, 4))
_TITLE_SIZES = ((34.0, 2), (27.0, 2), (21.0, 3), (17.0, 4), (13.0, 6), (11.0, 9))
_VALUE_SIZES = ((13.0, 2), (10.5, 3), (8.0, 5))
_ADDRESS_SIZES = ((10.5, 1), (9.0, 2), (7.0, 4))
_ABOUT_SIZE = 12.0
_LABEL_SIZE = 9.5
_ABOUT_LIMIT = 2_000


@dataclasses.dataclass(frozen=True)
class _Block:
    """Lines of one size. ``gap``: what stays free below them."""

    lines: list[Line]
    size: float
    colour: Colour
    gap: float = 0
    kind: str = "text"
    address: str = ""

    @property
    def height(self) -> float:
        """The gap included."""
        return len(self.lines) * self.size * _LEADING + self.gap


def draw(sheet: Sheet) -> bytes:
    """The file of ``sheet``."""
    texts = get_texts(sheet.language)
    title = text.clean_line(sheet.title)
    # Where we have no words in a language, ours are English, and the document is in the language of its words.
    writer = Writer(
        title=texts.document.format(title=title),
        language=texts.code,
        made_on=sheet.awarded_on or datetime.date(2000, 1, 1),
    )
    _Page(sheet, texts, writer).draw()
    writer.attach(sheet.credential, FILE_NAME, "application/json")
    return writer.finish()


class _Page:
    def __init__(self, sheet: Sheet, texts: Texts, writer: Writer) -> None:
        self._sheet = sheet
        self._texts = texts
        self._writer = writer
        self._plain, self._bold = (
            Typesetter(
                get_faces(bold=bold, further=sheet.fonts),
                language=texts.code,
                right_to_left=texts.right_to_left,
            )
            for bold in (False, True)
        )
        self._width = writer.width - 2 * _MARGIN - _SIDE - _GAP
        self._column = (self._width + _COLUMN_GAP) / _COLUMNS
        self._title = text.clean_line(sheet.title)
        self._address = sheet.page or sheet.verifier

    def draw(self) -> None:
        """Everything, in the order in which it is read aloud."""
        self._frame()
        top, foot = self._top(), self._foot()
        cells = self._cells()
        rows = [cells[start : start + _COLUMNS] for start in range(0, len(cells), _COLUMNS)]
        bottom = self._writer.height - _MARGIN - sum(block.height for block in foot)
        facts = bottom - sum(map(_row_height, rows))
        after = self._stack(top, _MARGIN)
        self._about(after, facts)
        for row in rows:
            self._row(row, facts)
            facts += _row_height(row)
        self._badge()
        self._stack(foot, bottom)
        self._code()

    def _frame(self) -> None:
        width, height = self._writer.width - 2 * _EDGE, self._writer.height - 2 * _EDGE
        with self._writer.ornament():
            self._writer.rectangle(_EDGE, _EDGE, width, 6, _ACCENT)
            self._writer.rectangle(_EDGE, _EDGE + height - 1, width, 1, _ACCENT)
            for x in (_EDGE, _EDGE + width - 1):
                self._writer.rectangle(x, _EDGE, 1, height, _ACCENT)

    def _top(self) -> list[_Block]:
        texts, name = self._texts, text.clean_line(self._sheet.name)
        blocks = [self._fitted(texts.heading, ((15.0, 1),), colour=_ACCENT, gap=20)]
        if name:
            blocks += [
                self._block(texts.certifies, 12.5, _SOFT, 3),
                self._fitted(name, _NAME_SIZES, colour=_INK, gap=10),
                self._block(texts.completed, 12.5, _SOFT, 3),
            ]
        title = self._fitted(self._title, _TITLE_SIZES, colour=_ACCENT, gap=10)
        return [*blocks, dataclasses.replace(title, kind="heading")]

    def _foot(self) -> list[_Block]:
        blocks = []
        if self._address:
            asked = self._texts.check_page if self._sheet.page else self._texts.check_file
            address = self._fitted(self._address, _ADDRESS_SIZES, colour=_ACCENT, gap=4)
            blocks = [self._block(asked, 10, _SOFT, 0), dataclasses.replace(address, address=self._address)]
        return [*blocks, self._block(self._texts.attached.format(file=FILE_NAME), 8.5, _SOFT, 0)]

    def _about(self, top: float, bottom: float) -> None:
        """As many lines as have room."""
        about = text.clean_block(self._sheet.about, _ABOUT_LIMIT)
        room = int((bottom - top - 8) / (_ABOUT_SIZE * _LEADING))
        if about and room > 0:
            lines = self._plain.set_lines(about, self._width / _ABOUT_SIZE, room)
            self._stack([_Block(lines, _ABOUT_SIZE, _INK)], top)

    def _cells(self) -> list[tuple[_Block, _Block]]:
        texts, sheet = self._texts, self._sheet
        facts = [
            (texts.issued_by, sheet.issuer),
            (texts.signed_by, sheet.official),
            (texts.awarded_on, texts.say_date(sheet.awarded_on) if sheet.awarded_on else ""),
            (texts.valid_until, texts.say_date(sheet.valid_until) if sheet.valid_until else ""),
            *sheet.results,
        ]
        cleaned = [(text.clean_line(label), text.clean_line(value)) for label, value in facts if value][:_CELLS]
        width = self._column - _COLUMN_GAP
        return [
            (
                _Block(self._plain.set_lines(label, width / _LABEL_SIZE, 2), _LABEL_SIZE, _SOFT, 1),
                self._fitted(value, _VALUE_SIZES, colour=_INK, gap=10, width=width),
            )
            for label, value in cleaned
            if value
        ]

    def _row(self, row: list[tuple[_Block, _Block]], top: float) -> None:
        for number, cell in enumerate(row):
            self._stack(list(cell), top, number * self._column)

    def _badge(self) -> None:
        if self._sheet.badge:
            says = self._texts.badge.format(title=self._title)
            self._writer.picture(self._sheet.badge, self._side(), _MARGIN, _SIDE, says)

    def _code(self) -> None:
        if not self._address:
            return
        says = self._texts.qr.format(address=self._address)
        rows = list(segno.make(self._address, error="m", boost_error=False, micro=False).matrix)
        side = _SIDE - 16
        x, y = self._side() + (_SIDE - side) / 2, self._writer.height - _MARGIN - side
        self._writer.modules(rows, x, y, side, says)
        self._writer.link((x, y, side, side), self._address, says)

    def _side(self) -> float:
        """Where the column with badge and code starts."""
        return _MARGIN if self._texts.right_to_left else self._writer.width - _MARGIN - _SIDE

    def _stack(self, blocks: list[_Block], top: float, inset: float = 0) -> float:
        """One below the other, each from where its lines begin; where the next one would be."""
        for block in blocks:
            with self._writer.block(block.kind):
                for number, line in enumerate(block.lines):
                    y = top + number * block.size * _LEADING
                    self._write(block, line, y, inset)
            top += block.height
        return top

    def _write(self, block: _Block, line: Line, y: float, inset: float) -> None:
        width = line.width * block.size
        x = self._writer.width - _MARGIN - inset - width if self._texts.right_to_left else _MARGIN + inset
        if not line.runs:
            return
        self._writer.write(line, x, y + block.size * _ASCENT, block.size, block.colour)
        if block.address:
            asked = self._texts.check_page if self._sheet.page else self._texts.check_file
            box = (x, y, width, block.size * _LEADING)
            self._writer.link(box, block.address, f"{asked} {block.address}")

    def _block(self, value: str, size: float, colour: Colour, gap: float) -> _Block:
        return _Block(self._plain.set_lines(value, self._width / size, 3), size, colour, gap)

    def _fitted(
        self,
        value: str,
        sizes: tuple[tuple[float, int], ...],
        *,
        colour: Colour,
        gap: float,
        width: float | None = None,
    ) -> _Block:
        """In the largest of ``sizes`` in whose lines there is room for all of it; in bold."""
        width = width or self._width
        for size, most in sizes[:-1]:
            lines = self._bold.set_lines(value, width / size, most + 1)
            if len(lines) <= most:
                return _Block(lines, size, colour, gap)
        size, most = sizes[-1]
        return _Block(self._bold.set_lines(value, width / size, most), size, colour, gap)


def _row_height(row: list[tuple[_Block, _Block]]) -> float:
    return max(label.height + value.height for label, value in row)
