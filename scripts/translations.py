"""
``make translations``: reads the texts out of the code, brings every catalogue up to date with them, and compiles those
that translate. ``extract`` or ``compile`` does that part alone; ``compile`` needs nothing but Babel, and is what the
build of a wheel does.

Texts are found by Babel, in templates with Django's own reading of them, so no GNU gettext is needed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.messages.pofile import write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "openedx_verifiable_credentials"
LOCALES = PACKAGE / "locale"
SOURCE = "en"
# Which arguments of which functions are texts: (1,) the first, (1, 2) singular and plural, (1c, …) a context.
_PLURAL: tuple[Any, ...] = (1, 2)
_IN_CONTEXT: tuple[Any, ...] = ((1, "c"), 2)
_PLURAL_IN_CONTEXT: tuple[Any, ...] = ((1, "c"), 2, 3)
KEYWORDS: dict[str, tuple[Any, ...] | None] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), _PLURAL),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), _IN_CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), _PLURAL_IN_CONTEXT),
}
_COMMENT = "Translators:"
# They would change with every run, or say nothing that the history does not.
_LEFT_OUT = tuple(
    f'"{name}:'.encode()
    for name in (
        *("Project-Id-Version", "POT-Creation-Date", "PO-Revision-Date", "Generated-By"),
        *("Report-Msgid-Bugs-To", "Last-Translator", "Language-Team"),
    )
)
_HEADER = "# Texts of openedx-verifiable-credentials. Under the licence of the package."


def extract() -> Catalog:
    """Every text of the code and the templates, in the order of the files."""
    catalog = Catalog(locale=SOURCE, header_comment=_HEADER, fuzzy=False)
    for file in sorted(PACKAGE.rglob("*.py")) + sorted((PACKAGE / "templates").rglob("*.html")):
        for function, messages, comments in _texts_of(file):
            context, ids = _taken_apart(function, messages)
            if ids is not None:
                place = [(file.relative_to(ROOT).as_posix(), 0)]
                catalog.add(ids, locations=place, auto_comments=comments, context=context)
    return catalog


def update() -> None:
    """The source catalogue is written anew; the others get what is new, not translated yet, and lose what is gone."""
    found = extract()
    _write(LOCALES / SOURCE / "LC_MESSAGES" / "django.po", found)
    for file in catalogues():
        catalog = read(file)
        catalog.update(found, no_fuzzy_matching=True)
        catalog.header_comment = found.header_comment
        _write(file, catalog)


def compile_all() -> None:
    """A .mo beside every catalogue that translates something, written where it differs from the one that is there."""
    for file in catalogues():
        compiled = BytesIO()
        write_mo(compiled, read(file))
        target = file.with_suffix(".mo")
        if not target.exists() or target.read_bytes() != compiled.getvalue():
            # Others may be reading: they get the old one or the new one.
            written = target.with_suffix(f".{os.getpid()}")
            written.write_bytes(compiled.getvalue())
            written.replace(target)


def catalogues() -> list[Path]:
    """The .po files of every language but the one that the code is written in."""
    return [file for file in sorted(LOCALES.glob("*/LC_MESSAGES/django.po")) if file.parts[-3] != SOURCE]


def read(file: Path) -> Catalog:
    """A catalogue with its language and plural forms."""
    with file.open("rb") as stream:
        return read_po(stream, locale=file.parts[-3])


def _texts_of(file: Path) -> Iterator[tuple[str, Any, list[str]]]:
    source = file.read_text(encoding="utf-8")
    if file.suffix == ".html":
        # Beside Babel, only this needs Django: a wheel is built without it.
        from django.utils.translation.template import templatize  # noqa: PLC0415

        source = "\n".join(line.lstrip() for line in templatize(source).splitlines())
    for _, function, messages, comments in extract_python(
        BytesIO(source.encode("utf-8")), KEYWORDS, (_COMMENT,), {"encoding": "utf-8"}
    ):
        yield function, messages, comments


def _taken_apart(function: str, messages: Any) -> tuple[str | None, Any]:
    """The context, and the text or both of its forms; None where what is translated is no literal."""
    arguments = list(messages) if isinstance(messages, tuple) else [messages]
    kinds = KEYWORDS[function] or (1,)
    context = arguments.pop(0) if (1, "c") in kinds else None
    number = 2 if kinds in (_PLURAL, _PLURAL_IN_CONTEXT) else 1
    ids = arguments[:number]
    if not all(ids):
        return context, None
    return context, tuple(ids) if number > 1 else ids[0]


def _write(file: Path, catalog: Catalog) -> None:
    written = BytesIO()
    write_po(written, catalog, width=120, include_lineno=False, ignore_obsolete=True)
    lines = written.getvalue().splitlines(keepends=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"".join(line for line in lines if not line.startswith(_LEFT_OUT)))


def main() -> None:
    """All of it, or the part that is named."""
    parts = {"extract": [update], "compile": [compile_all], "all": [update, compile_all]}
    chosen = sys.argv[1] if len(sys.argv) > 1 else "all"
    if chosen not in parts or len(sys.argv) > 2:
        raise SystemExit(f"Name one of {', '.join(parts)}, or nothing.")
    for step in parts[chosen]:
        step()


if __name__ == "__main__":
    main()
