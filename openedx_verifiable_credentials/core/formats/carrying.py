"""What the writers of pictures with credentials share: nothing is written that the readers do not give back."""

from __future__ import annotations

from collections.abc import Callable

from openedx_verifiable_credentials.exceptions import DocumentError
from openedx_verifiable_credentials.exceptions import PictureError

Read = Callable[[bytes], bytes]


def require_bare(picture: bytes, read: Read) -> None:
    """
    Raises PictureError: ``picture_too_large``, ``picture_not_readable``, or ``picture_not_allowed`` where the picture
    carries a credential already, of whatever version: none is written over, and none ever stands beside another.
    """
    try:
        read(picture)
    except DocumentError as error:
        if error.code == "not_a_credential":
            return
        if error.code != "unsupported_format":
            raise _refusal(error) from None
    raise PictureError("picture_not_allowed", "The picture carries a credential already.")


def require_carried(baked: bytes, credential: bytes, read: Read) -> bytes:
    """
    ``baked``, from which ``credential`` is read back byte for byte.

    Raises PictureError: ``picture_too_large`` with the credential in it, ``picture_not_allowed`` where a picture of
    this kind cannot carry these bytes.
    """
    try:
        carried = read(baked) == credential
    except DocumentError as error:
        if error.code == "too_large":
            raise _refusal(error) from None
        carried = False
    if not carried:
        raise PictureError("picture_not_allowed", "A picture of this kind cannot carry this credential as it stands.")
    return baked


def _refusal(error: DocumentError) -> PictureError:
    if error.code == "too_large":
        return PictureError("picture_too_large", error.message)
    return PictureError("picture_not_readable", error.message)
