"""Why a picture is not taken: three codes, each with a sentence for whoever uploads it."""

from __future__ import annotations

from openedx_verifiable_credentials.exceptions import PictureError

_MAX_QUOTED = 40


def too_large(sentence: str) -> PictureError:
    """More bytes, pixels or parts than are accepted."""
    return PictureError("picture_too_large", sentence)


def not_readable(sentence: str) -> PictureError:
    """Damaged, or no picture of a kind that is known here."""
    return PictureError("picture_not_readable", sentence)


def not_allowed(sentence: str) -> PictureError:
    """Well formed, with something in it that a picture must not have."""
    return PictureError("picture_not_allowed", sentence)


def quoted(text: str) -> str:
    """A name out of the picture, short and printable."""
    shown = "".join(character if character.isprintable() else "?" for character in text[: _MAX_QUOTED + 1])
    return f"“{shown if len(shown) <= _MAX_QUOTED else shown[:_MAX_QUOTED] + '…'}”"
