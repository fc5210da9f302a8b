"""``manage.py vc_verify``: verdicts, exit statuses, and output that a terminal and a program can bear."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.core.management import CommandError
from django.core.management import call_command

from openedx_verifiable_credentials.api import verifying
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.management.commands import vc_verify
from tests import awards
from tests import signed

pytestmark = pytest.mark.django_db
CHECKS = ["schema", "signature", "issuer", "status", "dates", "disclosure"]


def _environment() -> dict[str, str]:
    """Of a command in a process of its own: with the stand-in for the service, wherever the tests were started."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def make(**changes: Any) -> bytes:
    """A credential of a did:key issuer, without a status."""
    return signed.released(awards.full_award(**changes), OBV3_VC2, signed.signer())


def tampered() -> bytes:
    return make().replace(b"Computing", b"Cooking!!", 1)


def unknown() -> bytes:
    """Of an issuer that is not known without the network."""
    return signed.released(awards.full_award(), OBV3_VC1, signed.signer(host="issuer.example.org"))


def run(*arguments: Any, **options: Any) -> tuple[int, str, str]:
    """Exit status, standard output and standard error."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("vc_verify", *map(str, arguments), stdout=out, stderr=err, **options)
    except SystemExit as end:
        assert isinstance(end.code, int)
        return end.code, out.getvalue(), err.getvalue()
    except CommandError as error:
        return error.returncode, out.getvalue(), f"{err.getvalue()}{error}"
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture(name="file")
def make_file(tmp_path):
    """Writes a file."""

    def write(name: str, content: bytes) -> Any:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return write


def test_a_valid_document_and_its_checks(file):
    path = file("badge.json", make())
    status, said, told = run(path)
    assert (status, told) == (0, "")
    first, *checks = said.splitlines()
    assert first == f"{path}: valid"
    assert [line.split()[0] for line in checks] == CHECKS
    assert "passed" in checks[1] and "The signature is valid" in checks[1]
    assert "not checked" in checks[5]


def test_an_invalid_document_is_a_1(file):
    path = file("badge.json", tampered())
    status, said, told = run(path)
    assert (status, told) == (1, "")
    assert said.startswith(f"{path}: invalid\n")
    assert "failed       The signature is not valid" in said


def test_one_that_cannot_be_checked_is_a_2(file):
    path = file("badge.json", unknown())
    status, said, told = run(path, "--offline")
    assert (status, told) == (2, "")
    assert said.startswith(f"{path}: could not be checked\n")
    assert "failed" not in said


@pytest.mark.parametrize(
    ("contents", "status", "summary"),
    [
        ([make, make], 0, "2 documents: 2 valid, 0 invalid."),
        ([make, unknown], 2, "2 documents: 1 valid, 0 invalid, 1 could not be checked."),
        ([unknown, tampered, make], 1, "3 documents: 1 valid, 1 invalid, 1 could not be checked."),
        ([tampered, unknown, tampered], 1, "3 documents: 0 valid, 2 invalid, 1 could not be checked."),
    ],
)
def test_of_several_the_worst_is_the_exit_status(file, contents, status, summary):
    paths = [file(f"{number}.json", make_one()) for number, make_one in enumerate(contents)]
    got, said, _ = run(*paths, "--offline")
    lines = said.splitlines()
    assert (got, lines[-1]) == (status, summary)
    told = [line.partition(": ")[0] for line in lines[:-1] if not line.startswith(" ")]
    assert told == [str(path) for path in paths], "in their order"


def test_of_several_the_valid_ones_take_a_line(file):
    good, bad = file("good.json", make()), file("bad.json", tampered())
    said = run(good, bad)[1].splitlines()
    assert said[:2] == [f"{good}: valid", f"{bad}: invalid"]
    assert len(said) == 2 + len(CHECKS) + 1
    assert len(run(good, bad, verbosity=2)[1].splitlines()) == 2 + 2 * len(CHECKS) + 1


def test_json_lines_and_nothing_else(file):
    paths = [file("good.json", make()), file("bad.json", tampered()), file("gone.json", b"")]
    paths[2].unlink()
    status, said, told = run(*paths, "--json")
    assert (status, told) == (1, "")
    lines = [json.loads(line) for line in said.splitlines()]
    assert [line["file"] for line in lines] == [str(path) for path in paths]
    assert [line["report"]["verdict"] for line in lines] == ["valid", "invalid", "could_not_be_checked"]
    for line in lines:
        assert line.keys() == {"file", "report"}
        assert [check["check"] for check in line["report"]["checks"]] == CHECKS


def test_standard_input(file, monkeypatch):
    class Input:
        buffer = io.BytesIO(make())

    monkeypatch.setattr("sys.stdin", Input)
    status, said, _ = run("-", file("bad.json", tampered()))
    assert status == 1
    assert said.startswith("-: valid\n")


def test_a_directory_stands_for_the_documents_below_it(file, tmp_path):
    for name in ("b.json", "a.JSON", "deep/er/c.jwt", "d.txt", ".hidden.json", ".git/e.json", "README"):
        file(f"in/{name}", make())
    file("elsewhere/f.json", tampered())
    (tmp_path / "in" / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    _, said, _ = run(tmp_path / "in", tmp_path / "in" / "d.txt")
    told = [line.partition(": ")[0] for line in said.splitlines()[:-1] if not line.startswith(" ")]
    assert told == [str(tmp_path / "in" / name) for name in ("a.JSON", "b.json", "deep/er/c.jwt", "d.txt")]


def test_a_file_that_cannot_be_read_is_one_that_could_not_be_checked(file, tmp_path):
    status, said, _ = run(tmp_path / "none.json", file("good.json", make()), "\0")
    assert status == 2
    assert said.splitlines()[0] == f"{tmp_path}/none.json: could not be checked"
    assert "The document could not be read." in said
    assert said.splitlines()[-1] == "3 documents: 1 valid, 0 invalid, 2 could not be checked."


def test_nothing_to_check_is_no_success(tmp_path):
    assert run(tmp_path) == (2, "", "There is no document in what was named.")


@pytest.mark.parametrize("size", [verifying.MAX_BYTES, verifying.MAX_BYTES + 1, 3 * verifying.MAX_BYTES])
def test_a_file_of_any_size_gets_a_verdict(file, size):
    path = file("large.json", b'{"a": "' + b"x" * (size - 9) + b'"}')
    status, said, _ = run(path)
    assert status == 1
    assert "larger or deeper than is accepted" in said


@pytest.mark.parametrize(
    ("moment", "status", "sentence"),
    [
        ("2026-11-22T12:00:00Z", 0, "in force"),
        ("2026-11-22T13:00:00.5+01:00", 0, "in force"),
        ("2001-01-01T00:00:00Z", 1, "not valid yet"),
    ],
)
def test_another_moment(file, moment, status, sentence):
    got, said, _ = run(file("badge.json", make()), "--at", moment)
    assert got == status
    assert sentence in said


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-22T12:00:00",
        "2026-11-22",
        "now",
        "",
        "12:00Z",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_a_moment_without_a_zone_is_refused(file, moment):
    with pytest.raises(CommandError, match="needs a time with its zone"):
        call_command("vc_verify", str(file("badge.json", make())), "--at", moment)


def test_names_and_details_cannot_write_to_the_terminal(file):
    name = "evil\x1b[2J\n: valid\u202e.json"
    document = json.loads(make())
    document["bad\x1b[2J\nterm"] = 1
    path = file(name, json.dumps(document).encode())
    for options in ([], ["--json"]):
        status, said, _ = run(path, *options)
        assert status == 1
        assert not {"\x1b", "\u202e"} & set(said)
        assert len(said.splitlines()) == (1 if options else 1 + len(CHECKS))


def test_a_name_that_is_no_text(file):
    path = os.fsdecode(b"caf\xe9.json")
    assert run(path, "--json")[0] == 2
    assert "\\udce9" in run(path)[1]


def test_a_failure_of_ours_is_never_called_invalid(file, monkeypatch, caplog):
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret of the document")

    monkeypatch.setattr(verifying, "verify_many", fail)
    status, said, told = run(file("badge.json", make()))
    assert (status, said) == (2, "")
    assert told == "Nothing can be said: RuntimeError. The log has more."
    assert "RuntimeError" in caplog.text


def test_a_wrong_setting_is_no_verdict(file, settings):
    settings.OPENEDX_VC_FETCHER = "nowhere.Fetcher"
    status, _, told = run(file("badge.json", make()))
    assert status == 2
    assert "OPENEDX_VC_FETCHER" in told


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("options", "count"), [([], 3), (["--json"], 0)])
def test_progress_is_told_on_a_terminal(file, monkeypatch, options, count):
    monkeypatch.setattr(vc_verify, "_PROGRESS_SECONDS", 0)
    paths = [str(file(f"{number}.json", make())) for number in range(3)]
    terminal, out = Terminal(), io.StringIO()
    call_command("vc_verify", *paths, *options, stdout=out, stderr=terminal)
    told = terminal.getvalue().splitlines()
    assert len(told) == count
    assert [line.partition(" (")[0] for line in told] == [f"… {n + 1} of 3 documents" for n in range(count)]
    assert "…" not in out.getvalue()


def test_our_own_issuers_are_known_without_the_network(ready, web_issuer, make_offer, course_certificate, wallet, file):
    reply = make_offer(course_certificate).claim(wallet)
    assert reply.status_code == 201
    call_command("vc_publish_status", all=True, now=True, stdout=io.StringIO())
    path = file("badge.json", reply.content)
    status, said, _ = run(path, "--offline")
    assert status == 0, said
    assert f"{path}: valid" in said
    assert "the credential counts" in said


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_who_stops_reading_is_not_told_of_a_failure(file, options):
    paths = [file(f"{number}.json", b"{}") for number in range(300)]
    command = [sys.executable, "-m", "django", "vc_verify", *map(str, paths), "--offline", *options]
    with subprocess.Popen(command, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert (process.wait(timeout=120), process.stderr.read()) == (2, b"")


@pytest.mark.parametrize("arguments", [[], ["--never", "x"], ["x", "--at", "noon"]])
def test_wrong_arguments_have_djangos_status(arguments):
    command = [sys.executable, "-m", "django", "vc_verify", *arguments]
    done = subprocess.run(command, env=_environment(), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert "usage:" in done.stderr
