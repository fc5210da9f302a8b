"""
The verifier for the browser, as it lies in the package: built from ``frontend/``, shipped in the wheel. A checkout has
none until it is built.
"""

from __future__ import annotations

import re
from importlib import resources

_FOLDER = ("openedx_verifiable_credentials", "static", "openedx_verifiable_credentials")
SCRIPT = "openedx_verifiable_credentials/verifier.js"
STYLES = "openedx_verifiable_credentials/pages.css"
# HTML §13.2.5.15 and on: what ends a script element, and what would keep its end from being seen.
_ENDS = re.compile(r"</(?:script|style)", re.IGNORECASE)
_HIDES_ITS_END = re.compile(r"<!--.*<script", re.IGNORECASE | re.DOTALL)


def find_script() -> str | None:
    """The verifier's script; None where it was not built."""
    return _find("verifier.js")


def has_script() -> bool:
    """Whether the verifier was built."""
    return _folder().joinpath("verifier.js").is_file()


def has_element() -> bool:
    """Whether the script of the learner's page was built."""
    return _folder().joinpath("claim.js").is_file()


def get_styles() -> str:
    """The style sheet of our pages."""
    return _find("pages.css") or ""


def can_be_inlined(source: str) -> bool:
    """Whether ``source`` means the same inside a script or style element."""
    return not _ENDS.search(source) and not _HIDES_ITS_END.search(source)


def _find(name: str) -> str | None:
    file = _folder().joinpath(name)
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _folder() -> resources.abc.Traversable:
    return resources.files(_FOLDER[0]).joinpath(*_FOLDER[1:])
