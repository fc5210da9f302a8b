"""A page of a shared credential, and a verifier to go with it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from openedx_verifiable_credentials.api import bundle
from tests import sharing

PAGES_CSS = Path(bundle.__file__).parents[1] / "static" / "openedx_verifiable_credentials" / "pages.css"
SCRIPT = 'document.title += "<b>&amp;\\u00e9 é";\n'


@pytest.fixture(name="page")
def make_page(ada_client, make_offer, course_certificate, wallet):
    """The address of the public page of Ada's credential."""
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    return sharing.share(ada_client)


@pytest.fixture(name="static_folder")
def make_static_folder(tmp_path, monkeypatch):
    """Where the package has its static files, without the verifier."""
    shutil.copy(PAGES_CSS, tmp_path)
    monkeypatch.setattr(bundle, "_folder", lambda: tmp_path)
    return tmp_path


@pytest.fixture(name="built")
def make_built(static_folder):
    """The verifier is built; it is a script like any other."""
    (static_folder / "verifier.js").write_text(SCRIPT, encoding="utf-8")
    return static_folder
