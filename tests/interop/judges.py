"""Runs the programs of this folder."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from typing import Any

HERE = Path(__file__).parent
CONTEXTS = HERE.parents[1] / "openedx_verifiable_credentials" / "core" / "contexts"
JUDGES = ("verifierCore", "digitalbazaar")
# What is said of a credential's status, from the list it names and from the StatusList2021 beside that.
_ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
STATUSES = ("bitstringStatus", "status2021")


class GaveUp(Exception):
    """A program ended with another exit status than 0: the end of what it said."""


def verdicts(
    cases: dict[str, Any], did_documents: dict[str, Any], directory: Path, status_lists: dict[str, Any] | None = None
) -> dict[str, dict[str, Any]]:
    """By case id: what each judge says of the credential, while ``status_lists`` are served at their addresses."""
    documents, lists, lines = directory / "dids.json", directory / "lists.json", directory / "cases.jsonl"
    documents.write_text(json.dumps(did_documents), encoding="utf-8")
    lists.write_text(json.dumps(status_lists or {}), encoding="utf-8")
    lines.write_text("\n".join(json.dumps({"id": i, "credential": c}) for i, c in cases.items()), encoding="utf-8")
    run = subprocess.run(
        ["node", "verify.mjs", "--contexts", str(CONTEXTS), "--did-documents", str(documents),
         "--status-lists", str(lists), str(lines)],
        cwd=HERE, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    reports = [json.loads(line) for line in run.stdout.splitlines()]
    assert [report["id"] for report in reports] == list(cases)
    return {report["id"]: report for report in reports}


Answers = Callable[[], dict[str, dict[str, Any]]]


def digitalbazaar(
    cases: Iterable[tuple[str, str]], did_documents: dict[str, Any], directory: Path
) -> contextlib.AbstractContextManager[Answers]:
    """
    What @digitalbazaar/vc says of each case, of which the JSON is given as text. It works while the block runs; what is
    given to it waits for the answers, by case id: ``verified`` and ``detail``.
    """
    documents = directory / "digitalbazaar-dids.json"
    documents.write_text(json.dumps(did_documents), encoding="utf-8")
    command = ["node", "verify.mjs", "--contexts", str(CONTEXTS), "--did-documents", str(documents)]
    return _judging([*command, "--only-digitalbazaar"], cases, directory / "digitalbazaar")


def didkit(cases: Iterable[tuple[str, str]], directory: Path) -> contextlib.AbstractContextManager[Answers]:
    """What DIDKit says, likewise. Only of credentials for which it needs no network."""
    return _judging([sys.executable, "didkit_judge.py"], cases, directory / "didkit")


@contextlib.contextmanager
def _judging(command: list[str], cases: Iterable[tuple[str, str]], files: Path) -> Iterator[Answers]:
    lines = files.with_suffix(".cases")
    with lines.open("w", encoding="utf-8") as file:
        file.writelines(f'{{"id": {json.dumps(case)}, "credential": {raw}}}\n' for case, raw in cases)
    with lines.open(encoding="utf-8") as stdin, files.with_suffix(".answers").open("w+", encoding="utf-8") as answers:
        process = subprocess.Popen(
            command, cwd=HERE, stdin=stdin, stdout=answers, stderr=subprocess.PIPE, text=True, env=_ENVIRONMENT
        )

        def answered() -> dict[str, dict[str, Any]]:
            _, said = process.communicate(timeout=600)
            if process.returncode:
                raise GaveUp(said[-2000:])
            answers.seek(0)
            reports = [json.loads(line) for line in answers]
            return {report["id"]: report.get("digitalbazaar", report) for report in reports}

        try:
            yield answered
        finally:
            process.kill()
            process.communicate()


def sign(wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What sign.mjs makes of each: its head says what goes in and comes out."""
    run = subprocess.run(
        ["node", "sign.mjs", "--contexts", str(CONTEXTS)],
        input="".join(f"{json.dumps(one)}\n" for one in wanted),
        cwd=HERE, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    return [json.loads(line) for line in run.stdout.splitlines()]


def read_lists(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """What read_lists.mjs says of each line, in one process, while the lines are still being made."""
    process = subprocess.Popen(
        ["node", "read_lists.mjs"], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None

    def feed(pipe: IO[str]) -> None:
        with contextlib.suppress(BrokenPipeError), pipe:
            pipe.writelines(f"{line}\n" for line in lines)

    feeder = threading.Thread(target=feed, args=(process.stdin,))
    feeder.start()
    try:
        with process.stdout:
            for line in process.stdout:
                yield json.loads(line)
        if process.wait(60):
            raise GaveUp(process.stderr.read()[-2000:])
    finally:
        process.kill()
        process.wait(60)
        feeder.join()
        process.stderr.close()


def wallet(deep_link: str, *options: str) -> subprocess.CompletedProcess[str]:
    """The wallet's libraries answer a link; the credential is on stdout."""
    return subprocess.run(
        ["node", "wallet.mjs", "--deeplink", deep_link, *options], cwd=HERE, capture_output=True, text=True, timeout=120
    )
