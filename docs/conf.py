"""Sphinx, and directives that list what is written beside the code: annotations, and the codes of verification."""

from __future__ import annotations

import json
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


class _Codes(SphinxDirective):
    """``.. codes-of:: path``: a table for each check."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        source = HERE.parent / self.arguments[0]
        self.env.note_dependency(str(source))
        entries = json.loads(source.read_text(encoding="utf-8"))
        lines: list[str] = []
        for check in dict.fromkeys(entry["check"] for entry in entries.values()):
            lines += [f"``{check}``", "", ".. list-table::", "    :widths: 28 17 55", "    :header-rows: 1", ""]
            lines += ["    * - Code", "      - Outcome", "      - Sentence"]
            for code, entry in entries.items():
                if entry["check"] == check:
                    lines += [f"    * - ``{code}``", f"      - {entry['outcome']}", f"      - {entry['message']}"]
            lines.append("")
        return self.parse_text_to_nodes("\n".join(lines))


def setup(app: Sphinx) -> dict[str, bool]:
    """Registers the directives."""
    app.add_directive("settings-of", _Settings)
    app.add_directive("toggles-of", _Toggles)
    app.add_directive("codes-of", _Codes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
