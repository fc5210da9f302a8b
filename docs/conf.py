"""Sphinx, and two directives that list what annotations in the source code say."""

from __future__ import annotations

import sys
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import annotated  # noqa: E402

import openedx_verifiable_credentials  # noqa: E402

project = "openedx-verifiable-credentials"
author = "The contributors"
copyright = "the contributors, AGPL 3.0 or later"
version = release = openedx_verifiable_credentials.__version__

extensions: list[str] = []
exclude_patterns = ["_build"]
nitpicky = True
html_theme = "sphinx_book_theme"
html_title = project
html_copy_source = False
html_show_sourcelink = False


class _Annotations(SphinxDirective):
    """``.. settings-of:: path`` and ``.. toggles-of:: path``, the path as seen from the root of the repository."""

    required_arguments = 1
    kind = ""

    def run(self) -> list[nodes.Node]:
        source = HERE.parent / self.arguments[0]
        self.env.note_dependency(str(source))
        lines: list[str] = []
        for entry in annotated.read(source, self.kind):
            default = entry["default"]
            lines += [f"``{entry['name']}``", f"    {entry['description']}", ""]
            lines += [f"    Default: {_literal(default)}.", ""]
        return self.parse_text_to_nodes("\n".join(lines))


def _literal(default: str) -> str:
    """``value (remark)``, the value as a literal."""
    value, _, remark = default.partition(" (")
    return f"``{value}``" + (f" ({remark}" if remark else "")


class _Settings(_Annotations):
    kind = "setting"


class _Toggles(_Annotations):
    kind = "toggle"


def setup(app: Sphinx) -> dict[str, bool]:
    """Registers the directives."""
    app.add_directive("settings-of", _Settings)
    app.add_directive("toggles-of", _Toggles)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
