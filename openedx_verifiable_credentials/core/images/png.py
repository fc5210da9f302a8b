"""
Badge images in PNG (third edition). The header is judged before anything is unpacked, the chunks are walked with their
checksums, and the pixels are unpacked once within the room that the header gives them. Only then Pillow decodes what
is left, header, palette, transparency and pixels, and writes it anew: texts, profiles, baked credentials and whatever
stands behind the end are gone.
"""

from __future__ import annotations

import dataclasses
import io
import zlib
from collections.abc import Iterator

from PIL import Image

from openedx_verifiable_credentials.core.formats.png import SIGNATURE
from openedx_verifiable_credentials.core.formats.png import is_png
from openedx_verifiable_credentials.core.images import refusals
from openedx_verifiable_credentials.core.images.picture import PNG_TYPE
from openedx_verifiable_credentials.core.images.picture import Picture

__all__ = ["accept", "is_png"]

MIN_PIXELS = 90
MAX_PIXELS = 2_000
MAX_CHUNKS = 1_000
_AROUND_DATA = 12  # length, type, checksum
_HEADER_BYTES = 13
_PIECE = 1 << 16
# Samples of a pixel by colour type, and the bit depths it may have (PNG §11.2.1).
_COLOURS = {0: (1, (1, 2, 4, 8, 16)), 2: (3, (8, 16)), 3: (1, (1, 2, 4, 8)), 4: (2, (8, 16)), 6: (4, (8, 16))}
_PALETTE = 3
# Adam7 (PNG §8.1): first column and row, and the steps to the next ones.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_ANIMATION = (b"acTL", b"fcTL", b"fdAT")
_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")


@dataclasses.dataclass(frozen=True)
class _Header:
    width: int
    height: int
    depth: int
    colour: int
    interlaced: bool

    @property
    def unpacked(self) -> int:
        """How many bytes the pixels have before compression, each row with its filter type."""
        passes = _PASSES if self.interlaced else ((0, 0, 1, 1),)
        bits = self.depth * _COLOURS[self.colour][0]
        total = 0
        for column, row, across, down in passes:
            columns = -(-(self.width - column) // across)
            rows = -(-(self.height - row) // down)
            total += rows * (1 + -(-columns * bits // 8))
        return total


def accept(raw: bytes) -> Picture:
    """What :func:`..accept_picture` does, for what starts as a PNG does."""
    chunks = list(_chunks(raw))
    header = _header(chunks[0][1])
    _require_order([kind for kind, _ in chunks], header)
    _require_pixels((data for kind, data in chunks if kind == b"IDAT"), header.unpacked)
    bare = SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)
    return Picture(PNG_TYPE, _written_anew(bare), header.width, header.height)


def _chunks(raw: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Type and data of the chunks that make the picture, ``IHDR`` first and ``IEND`` last."""
    view = memoryview(raw)
    position = len(SIGNATURE)
    for number in range(MAX_CHUNKS):
        end = position + _AROUND_DATA + int.from_bytes(view[position : position + 4], "big")
        if end > len(raw):
            raise refusals.not_readable("The picture is cut off.")
        kind = bytes(view[position + 4 : position + 8])
        if zlib.crc32(view[position + 4 : end - 4]) != int.from_bytes(view[end - 4 : end], "big"):
            raise refusals.not_readable("The picture is damaged: a checksum is wrong.")
        if (kind == b"IHDR") != (number == 0):
            raise refusals.not_readable("The picture does not start with its one header.")
        if number == 0:
            # Before anything else is looked at.
            _header(view[position + 8 : end - 4])
        if kind in _KEPT:
            yield kind, view[position + 8 : end - 4]
        _require_harmless(kind)
        if kind == b"IEND":
            return
        position = end
    raise refusals.too_large(f"The picture has more than {MAX_CHUNKS} chunks.")


def _require_harmless(kind: bytes) -> None:
    if kind in _ANIMATION:
        raise refusals.not_allowed("The picture is animated; save it as one image.")
    # PNG §5.4: what a decoder must know has a capital first.
    if kind not in _KEPT and not kind[:1].islower():
        raise refusals.not_readable("The picture has a part that is not known in PNG.")


def _header(data: memoryview) -> _Header:
    if len(data) != _HEADER_BYTES:
        raise refusals.not_readable("The picture's header is malformed.")
    width, height = int.from_bytes(data[:4], "big"), int.from_bytes(data[4:8], "big")
    depth, colour, compression, filtering, interlacing = data[8:]
    if depth not in _COLOURS.get(colour, (0, ()))[1] or compression or filtering or interlacing > 1:
        raise refusals.not_readable("The picture's header is malformed.")
    if max(width, height) > MAX_PIXELS:
        raise refusals.too_large(f"The picture has {width} × {height} pixels; {MAX_PIXELS} each way are the most.")
    if min(width, height) < MIN_PIXELS:
        text = f"The picture has {width} × {height} pixels; it needs at least {MIN_PIXELS} each way."
        raise refusals.not_allowed(text)
    return _Header(width, height, depth, colour, bool(interlacing))


def _require_order(kinds: list[bytes], header: _Header) -> None:
    """PNG §5.6: at most one palette and transparency, before the pixels, whose chunks follow each other."""
    bare = [kind for number, kind in enumerate(kinds) if kind != b"IDAT" or kinds[number - 1] != b"IDAT"]
    allowed = [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"]
    expected = [kind for kind in allowed if kind in bare]
    if bare != expected or b"IDAT" not in bare or (header.colour == _PALETTE and b"PLTE" not in bare):
        raise refusals.not_readable("The picture's parts are missing, doubled or out of order.")


def _require_pixels(packed: Iterator[memoryview], expected: int) -> None:
    """The pixels unpack to exactly what the header says; never more than a piece of them is in memory."""
    unpacker = zlib.decompressobj()
    total = 0
    try:
        for data in packed:
            rest: bytes | memoryview = data
            while rest and not unpacker.eof and total <= expected:
                total += len(unpacker.decompress(rest, _PIECE))
                rest = unpacker.unconsumed_tail
        while not unpacker.eof and total <= expected and (more := unpacker.decompress(b"", _PIECE)):
            total += len(more)
    except zlib.error:
        raise refusals.not_readable("The picture is damaged: its pixels cannot be unpacked.") from None
    if total != expected or not unpacker.eof:
        raise refusals.not_readable("The picture is damaged: it has not the pixels that its header says.")


def _chunk(kind: bytes, data: memoryview) -> bytes:
    return b"".join((len(data).to_bytes(4, "big"), kind, data, zlib.crc32(data, zlib.crc32(kind)).to_bytes(4, "big")))


def _written_anew(bare: bytes) -> bytes:
    """By Pillow, which knows what is wrong with filters, palettes and transparency."""
    try:
        with Image.open(io.BytesIO(bare), formats=["PNG"]) as opened:
            opened.load()
            image = _plain(opened)
        stream = io.BytesIO()
        image.save(stream, "PNG", compress_level=9)
    except (OSError, SyntaxError, ValueError, IndexError, zlib.error):
        raise refusals.not_readable("The picture is damaged: it cannot be decoded.") from None
    return stream.getvalue()


def _plain(image: Image.Image) -> Image.Image:
    """Eight bits a sample, with or without alpha; a palette stays one."""
    if image.mode.startswith("I"):
        # 16 bits of grey: the lower ones are not seen.
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.mode == "P":
        image.info = {name: value for name, value in image.info.items() if name == "transparency"}
        return image
    if "transparency" in image.info or image.mode in ("RGBA", "LA"):
        return image.convert("LA" if image.mode == "LA" else "RGBA")
    plain = image if image.mode == "L" else image.convert("L" if image.mode == "1" else "RGB")
    plain.info.clear()
    return plain
