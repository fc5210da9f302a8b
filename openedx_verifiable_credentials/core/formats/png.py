"""
Credentials baked into PNG (Open Badges 3.0 §5.3.1): one ``iTXt`` chunk of its own keyword, not compressed.

The chunks are walked once (PNG, third edition, §5) and each checksum is compared; pixels are never decoded and nothing
is ever decompressed, so a picture costs what reading its bytes costs. What follows ``IEND`` is no part of the picture.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from openedx_verifiable_credentials.core.formats.carrying import require_bare
from openedx_verifiable_credentials.core.formats.carrying import require_carried
from openedx_verifiable_credentials.exceptions import DocumentError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
# Of Open Badges 1 and 2: JSON-LD of another data model, or the address of such.
EARLIER_KEYWORD = b"openbadges"
MAX_BYTES = 4 * 1024 * 1024
MAX_CHUNKS = 1_000
MAX_PIXELS = 4_096
MAX_CREDENTIAL_BYTES = 512 * 1024
_TEXT = (b"iTXt", b"tEXt", b"zTXt")
_AROUND_DATA = 12  # length, type, checksum
_HEADER_BYTES = 13
_AFTER_HEADER = len(SIGNATURE) + _AROUND_DATA + _HEADER_BYTES


def is_png(raw: bytes) -> bool:
    """Whether ``raw`` starts as a PNG does."""
    return raw.startswith(SIGNATURE)


def read(raw: bytes) -> bytes:
    """
    The text of the one chunk ``openbadgecredential``; its language tag and translated keyword mean nothing here.

    Raises DocumentError as :func:`..formats.read_credential` does.
    """
    if len(raw) > MAX_BYTES:
        raise DocumentError("too_large", f"The picture is larger than {MAX_BYTES} bytes.")
    found: list[bytes] = []
    earlier = False
    for kind, data in _chunks(raw):
        if kind not in _TEXT:
            continue
        keyword, _, rest = data.partition(b"\0")
        earlier = earlier or keyword == EARLIER_KEYWORD
        if keyword == KEYWORD:
            found.append(_text(kind, rest))
    if len(found) > 1:
        raise DocumentError("malformed_image", "The picture carries more than one credential.")
    if found:
        return found[0]
    if earlier:
        raise DocumentError("unsupported_format", "The picture carries an Open Badge of an earlier version.")
    raise DocumentError("not_a_credential", "The picture carries no credential.")


def bake(picture: bytes, credential: bytes) -> bytes:
    """
    ``picture`` with ``credential`` in it, right behind the header, where those find it who do not read to the end. The
    other bytes stay as they are; :func:`read` gives the credential back byte for byte.

    Raises PictureError: ``picture_not_readable``; ``picture_too_large``, also with the credential in it;
    ``picture_not_allowed`` (it carries one already, or cannot carry this).
    """
    require_bare(picture, read)
    # Neither packed, nor with a language or a keyword in it, which mean nothing.
    data = b"".join((KEYWORD, b"\0", b"\0\0", b"\0", b"\0", credential))
    checksum = zlib.crc32(data, zlib.crc32(b"iTXt"))
    chunk = b"".join((len(data).to_bytes(4, "big"), b"iTXt", data, checksum.to_bytes(4, "big")))
    return require_carried(picture[:_AFTER_HEADER] + chunk + picture[_AFTER_HEADER:], credential, read)


def _chunks(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Type and data of each chunk, ``IHDR`` and ``IEND`` included."""
    view = memoryview(raw)
    position = len(SIGNATURE)
    for number in range(MAX_CHUNKS):
        length = int.from_bytes(view[position : position + 4], "big")
        end = position + _AROUND_DATA + length
        if end > len(raw):
            raise DocumentError("malformed_image", "The picture ends in the middle of a chunk.")
        if zlib.crc32(view[position + 4 : end - 4]) != int.from_bytes(view[end - 4 : end], "big"):
            raise DocumentError("malformed_image", "A chunk of the picture has a wrong checksum.")
        kind = bytes(view[position + 4 : position + 8])
        # Only what is text or header is copied.
        data = bytes(view[position + 8 : end - 4]) if kind in (*_TEXT, b"IHDR") else b""
        if (kind == b"IHDR") != (number == 0):
            raise DocumentError("malformed_image", "The picture does not start with its one header.")
        if kind == b"IHDR":
            _require_small(data)
        yield kind, data
        if kind == b"IEND":
            return
        position = end
    raise DocumentError("too_large", f"The picture has more than {MAX_CHUNKS} chunks.")


def _require_small(header: bytes) -> None:
    width, height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    if len(header) != _HEADER_BYTES or not width or not height:
        raise DocumentError("malformed_image", "The picture's header is malformed.")
    if max(width, height) > MAX_PIXELS:
        raise DocumentError("too_large", f"The picture is wider or higher than {MAX_PIXELS} pixels.")


def _text(kind: bytes, rest: bytes) -> bytes:
    """What follows the keyword: flag, method, language tag, translated keyword, text (PNG §11.3.3.4)."""
    if kind != b"iTXt" or rest[:2] != b"\0\0":
        # "Compression MUST NOT be used": no reader has to unpack, so nothing can be packed to harm it.
        raise DocumentError("malformed_image", "The picture's credential is not in an uncompressed iTXt chunk.")
    parts = rest[2:].split(b"\0", 2)
    if len(parts) != 3 or not parts[2]:
        raise DocumentError("malformed_image", "The chunk with the picture's credential is malformed.")
    if len(parts[2]) > MAX_CREDENTIAL_BYTES:
        raise DocumentError("too_large", f"The picture's credential is larger than {MAX_CREDENTIAL_BYTES} bytes.")
    return parts[2]
