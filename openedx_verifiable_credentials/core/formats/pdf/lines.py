"""
Text into lines: which typeface shows which part, where lines break, and what stands where in one that is read from both
sides (Unicode Standard Annex 9).

Lengths are in ems, so what was measured serves every size.
"""

from __future__ import annotations

import dataclasses
import itertools
import unicodedata
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence

import uharfbuzz
from fpdf.bidi import BidiParagraph
from fpdf.bidi import auto_detect_base_direction
from fpdf.enums import TextDirection
from fpdf.unicode_script import UnicodeScript
from fpdf.unicode_script import get_unicode_script

from openedx_verifiable_credentials.core.formats.pdf.faces import REPLACEMENT
from openedx_verifiable_credentials.core.formats.pdf.faces import Face

_ELLIPSIS = "…"
_JOINER = "\u200d"
# Marks, format characters and selectors: part of what stands before them, and nothing to draw by themselves.
_ATTACHED = ("Mn", "Mc", "Me", "Cf")
_BREAK_AFTER = "-/‐–—"
# The library goes as deep as there are characters in a row without a direction.
_ORDERED_AT_ONCE = 400
_ANY_SCRIPT = (UnicodeScript.COMMON, UnicodeScript.INHERITED, UnicodeScript.UNKNOWN)


@dataclasses.dataclass(frozen=True)
class Run:
    """
    Letters of one typeface, script and direction, in the order in which they are read. ``text``: what is shown;
    ``said``: what it stands for, which is something else where no typeface has a letter.
    """

    text: str = dataclasses.field(repr=False)
    said: str = dataclasses.field(repr=False)
    face: Face
    right_to_left: bool


@dataclasses.dataclass(frozen=True)
class Line:
    """``runs``: from left to right."""

    runs: tuple[Run, ...]
    width: float


@dataclasses.dataclass(frozen=True)
class _Cluster:
    """What is never torn apart. ``shown``: what stands for ``said``, which can be a letter that no typeface has."""

    said: str = dataclasses.field(repr=False)
    shown: str = dataclasses.field(repr=False)
    face: Face
    script: UnicodeScript
    level: int = 0


class Typesetter:
    """Sets text in ``faces``, of which the first that has a letter shows it. ``language``: BCP 47."""

    def __init__(self, faces: Sequence[Face], *, language: str, right_to_left: bool) -> None:
        self._faces = faces
        self._language = language
        self._right_to_left = right_to_left
        self._widths: dict[tuple[str, Face, bool], float] = {}

    def set_lines(self, text: str, width: float, most: int) -> list[Line]:
        """
        ``text`` in at most ``most`` lines of ``width`` ems; an ellipsis stands for what has no room. Empty lines stay.
        """
        rows: list[tuple[list[_Cluster], int]] = []
        for paragraph in text.split("\n"):
            base = self._base(paragraph)
            rows += [(row, base) for row in self._rows(self._clusters(paragraph, base), width)]
            if len(rows) > most:
                rows = rows[:most]
                row, base = rows[-1]
                rows[-1] = (self._cut(row, base, width), base)
                break
        return [self._line(row, base) for row, base in rows]

    def shape(self, run: Run) -> uharfbuzz.Buffer:
        """The letters of ``run`` with their places, from left to right, in units of its face."""
        buffer = uharfbuzz.Buffer()
        buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
        buffer.add_str(run.text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if run.right_to_left else "ltr"
        buffer.language = self._language
        uharfbuzz.shape(uharfbuzz.Font(run.face.shapes), buffer)
        return buffer

    def _base(self, paragraph: str) -> int:
        """The level of a paragraph: as its first letter, or else as the sheet."""
        if any(unicodedata.bidirectional(character) in ("L", "R", "AL") for character in paragraph):
            return int(auto_detect_base_direction(paragraph) is TextDirection.RTL)
        return int(self._right_to_left)

    def _clusters(self, paragraph: str, base: int) -> list[_Cluster]:
        """Each with typeface, script and level, all of them told from what will be seen."""
        found: list[_Cluster] = []
        for said in _graphemes(paragraph):
            found.append(self._cluster(said, found[-1] if found else None))
        if not found:
            return found
        shown = "".join(cluster.shown for cluster in found)
        levels = _levels(shown, base)
        starts = itertools.accumulate((len(cluster.shown) for cluster in found), initial=0)
        return [
            dataclasses.replace(cluster, level=levels[start]) for cluster, start in zip(found, starts, strict=False)
        ]

    def _cluster(self, said: str, before: _Cluster | None) -> _Cluster:
        shown, face = said, self._find_face(said)
        if face is None:
            shown, face = REPLACEMENT, self._find_face(REPLACEMENT) or self._faces[0]
        script = get_unicode_script(shown[0])
        if script in _ANY_SCRIPT and before is not None:
            script = before.script  # digits and points go with the words before them
        return _Cluster(said, shown, face, script)

    def _find_face(self, said: str) -> Face | None:
        """The first that has all of it; what only joins letters, or says how one looks, need not be there."""
        needed = {ord(character) for character in said if unicodedata.category(character) != "Cf"}
        needed = {code for code in needed if not 0xFE00 <= code <= 0xFE0F}
        return next((face for face in self._faces if needed <= face.codes), None)

    def _rows(self, clusters: list[_Cluster], width: float) -> Iterator[list[_Cluster]]:
        """Broken where words end; a word that is longer than a line, anywhere."""
        row: list[_Cluster] = []
        room = width
        for word in _words(clusters):
            if row and self._width(_stripped(word)) > room:
                yield _stripped(row)
                row, room = [], width
            rest = word
            while self._width(_stripped(rest)) > width:
                head = self._head(rest, width)
                yield rest[:head]
                rest = rest[head:]
            row += rest
            room -= self._width(rest)
        yield _stripped(row)

    def _head(self, word: list[_Cluster], width: float) -> int:
        """How many clusters of ``word`` have room: at least one."""
        fits, too_many = 1, len(word)
        while too_many - fits > 1:
            middle = (fits + too_many) // 2
            if self._width(word[:middle]) <= width:
                fits = middle
            else:
                too_many = middle
        return fits

    def _cut(self, row: list[_Cluster], base: int, width: float) -> list[_Cluster]:
        mark = dataclasses.replace(self._cluster(_ELLIPSIS, None), level=base)
        kept = _stripped(row)
        while kept and self._width([*kept, mark]) > width:
            kept = _stripped(kept[:-1])
        return [*kept, mark]

    def _line(self, row: list[_Cluster], base: int) -> Line:
        runs = _in_order(_runs(row), base)
        return Line(tuple(runs), sum(map(self._run_width, runs)))

    def _width(self, clusters: list[_Cluster]) -> float:
        return sum(self._run_width(run) for _, run in _runs(clusters))

    def _run_width(self, run: Run) -> float:
        key = (run.text, run.face, run.right_to_left)
        if key not in self._widths:
            advance = sum(position.x_advance for position in self.shape(run).glyph_positions)
            self._widths[key] = advance / run.face.shapes.upem
        return self._widths[key]


def _graphemes(text: str) -> Iterator[str]:
    """Letters with what is attached to them (roughly Unicode Standard Annex 29: enough to tear nothing apart)."""
    gathered = ""
    for character in text:
        if gathered and unicodedata.category(character) not in _ATTACHED and not gathered.endswith(_JOINER):
            yield gathered
            gathered = ""
        gathered += character
    if gathered:
        yield gathered


def _levels(shown: str, base: int) -> list[int]:
    """The level of each character; of what is very long part by part, which may put a comma between two astray."""
    direction = TextDirection.RTL if base else TextDirection.LTR
    parts = (shown[start : start + _ORDERED_AT_ONCE] for start in range(0, len(shown), _ORDERED_AT_ONCE))
    return [
        one.embedding_level
        for part in parts
        for one in BidiParagraph(part, direction, preserve_bn_chars=True).characters
    ]


def _words(clusters: list[_Cluster]) -> Iterator[list[_Cluster]]:
    """With the spaces behind them. Chinese and Japanese letters are words by themselves."""
    word: list[_Cluster] = []
    for cluster in clusters:
        wide = unicodedata.east_asian_width(cluster.said[0]) in "WF"
        if word and cluster.said != " " and (word[-1].said[-1] in f" {_BREAK_AFTER}" or wide):
            yield word
            word = []
        word.append(cluster)
    if word:
        yield word


def _stripped(clusters: list[_Cluster]) -> list[_Cluster]:
    end = len(clusters)
    while end and clusters[end - 1].said == " ":
        end -= 1
    return clusters[:end]


def _runs(clusters: Iterable[_Cluster]) -> Iterator[tuple[int, Run]]:
    """As they are read, each with its level."""
    for _, gathered in itertools.groupby(
        clusters, lambda one: (one.level, one.face, one.script, one.said == one.shown)
    ):
        group = list(gathered)
        shown, said = ("".join(part) for part in zip(*((one.shown, one.said) for one in group), strict=True))
        yield group[0].level, Run(shown, said, group[0].face, bool(group[0].level % 2))


def _in_order(runs: Iterable[tuple[int, Run]], base: int) -> list[Run]:
    """From left to right: rule L2 of Annex 9, over runs instead of letters."""
    placed = list(runs)
    highest = max((level for level, _ in placed), default=base)
    for lowest in range(highest, 0, -1):
        start = 0
        for end in range(len(placed) + 1):
            if end == len(placed) or placed[end][0] < lowest:
                placed[start:end] = reversed(placed[start:end])
                start = end + 1
    return [run for _, run in placed]
