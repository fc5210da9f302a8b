"""
Certificates on paper: a PDF that shows what a credential says, with the signed credential inside it.

Nobody is asked to believe the sheet: the file in it is what can be checked, and the address on it leads to where.
"""

from __future__ import annotations

from openedx_verifiable_credentials.core.formats.pdf.sheet import FILE_NAME
from openedx_verifiable_credentials.core.formats.pdf.sheet import Sheet
from openedx_verifiable_credentials.core.formats.pdf.sheet import read_sheet

__all__ = ["FILE_NAME", "Sheet", "find_font_fault", "read_sheet", "write_certificate"]


def write_certificate(sheet: Sheet) -> bytes:
    """
    ``sheet`` as a PDF of one landscape page of A4: the same bytes for the same sheet.

    What has no room is cut at an ellipsis, and a letter that no font has shows as U+FFFD; both are in full in the
    credential that is attached.
    """
    # Fifty megabytes of libraries, here and below: for those processes only that are asked for a sheet.
    from openedx_verifiable_credentials.core.formats.pdf import layout  # noqa: PLC0415

    return layout.draw(sheet)


def find_font_fault(data: bytes) -> str | None:
    """Why a font file cannot be used, as the end of a sentence ("… has no TrueType outlines"); None where it can be."""
    from openedx_verifiable_credentials.core.formats.pdf import faces  # noqa: PLC0415

    return faces.find_fault(data)
