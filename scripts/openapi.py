"""
``make openapi``: writes docs/references/openapi.json and openapi.rst out of what the package says of its addresses.

Needs neither Django's settings nor a database.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from openedx_verifiable_credentials.rest_api.openapi import document  # noqa: E402  (found by the line above)
from openedx_verifiable_credentials.rest_api.openapi.operation import Operation  # noqa: E402

HEAD = """\
OpenAPI
=======

Every address with what it takes, what it answers, and each code it refuses with. This page and the document behind it
are made by ``make openapi`` out of ``rest_api/openapi``; tests hold them to what the endpoints answer. How the API is
meant is told in :doc:`http-api`.

:download:`openapi.json <openapi.json>` is OpenAPI 3.1, with schemas, and with examples that went over the wire. The
Credentials service shows the same in its own ``/api-docs/`` (Swagger 2.0), to each what they may ask: who is not signed
in sees the public addresses and the wallets', who is signed in the learners', too. The VC API is there where it has a
token.
"""
WHO = {
    "learner": "The learner: JWT cookies or header, or a session.",
    "page": "The owner of the offer, in a browser.",
    "token": "Who has a bearer token of the VC API.",
    "anyone": "Anyone.",
}


def texts() -> dict[str, str]:
    """The files of docs/references, by name."""
    openapi = json.dumps(document.compose(), indent=2, ensure_ascii=False) + "\n"
    tags = dict.fromkeys(operation.tag for operation in document.OPERATIONS)
    return {"openapi.json": openapi, "openapi.rst": "\n".join([HEAD, *(_section(tag) for tag in tags)])}


def _section(tag: str) -> str:
    ours = [operation for operation in document.OPERATIONS if operation.tag == tag]
    return "\n".join([f"{tag}\n{'-' * len(tag)}\n", *map(_operation, ours)])


def _operation(operation: Operation) -> str:
    lines = [f"``{operation.method.upper()} {operation.path}``"]
    lines += _wrapped(f"{operation.summary}. {operation.description}")
    lines += [f"    - Who: {WHO[operation.security]}"]
    if operation.body:
        lines += _wrapped(f"- Takes: ``{operation.body}``, as {_codes(operation.takes)}.", hang=2)
    for answer in operation.answers:
        media = f", as {_codes(answer.media)}" if answer.media else ""
        lines += _wrapped(f"- {answer.status}{media}", hang=2)
    for status, several in document.problems(operation).items():
        lines += _wrapped(f"- {status}: {_codes(dict.fromkeys(one.code for one in several))}", hang=2)
    return "\n".join([lines[0], *_list_apart(lines[1:]), ""])


def _list_apart(lines: list[str]) -> list[str]:
    """RST wants an empty line before a list."""
    first = next(number for number, line in enumerate(lines) if line.startswith("    - "))
    return [*lines[:first], "", *lines[first:]]


def _codes(names: object) -> str:
    return ", ".join(f"``{name}``" for name in names)  # type: ignore[attr-defined]


def _wrapped(text: str, hang: int = 0) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) > 110:
            lines.append(line)
            line = " " * hang
        line = f"{line}{' ' if line.strip() else ''}{word}"
    return [f"    {one}" for one in [*lines, line]]


if __name__ == "__main__":
    for name, text in texts().items():
        (ROOT / "docs" / "references" / name).write_text(text, encoding="utf-8")
        print(f"docs/references/{name}: {len(text.encode('utf-8'))} bytes")
