"""What is written beside the code says what the code does; nothing of one machine is in the repository."""

from __future__ import annotations

import argparse
import ast
import json
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import load_command_class
from django.core.management.base import BaseCommand
from django.urls import URLPattern

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials import exceptions
from openedx_verifiable_credentials import toggles
from openedx_verifiable_credentials import urls
from openedx_verifiable_credentials.rest_api import errors

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "openedx_verifiable_credentials"
read_annotations = runpy.run_path(str(ROOT / "docs" / "annotated.py"))["read"]


def read(*parts: str) -> str:
    return ROOT.joinpath(*parts).read_text(encoding="utf-8")


# Settings and the switch


def annotated_settings() -> list[dict[str, str]]:
    entries: list[dict[str, str]] = read_annotations(PACKAGE / "app_settings" / "defaults.py", "setting")
    return entries


def test_every_setting_is_annotated_in_the_order_of_the_defaults() -> None:
    assert [entry["name"] for entry in annotated_settings()] == [
        app_settings.PREFIX + name for name in app_settings.DEFAULTS
    ]


@pytest.mark.parametrize("entry", annotated_settings(), ids=lambda entry: entry["name"])
def test_the_annotation_has_the_default(entry: dict[str, str]) -> None:
    default = app_settings.DEFAULTS[entry["name"].removeprefix(app_settings.PREFIX)]
    written = json.dumps(default) if isinstance(default, str) else repr(default)
    assert entry["default"].partition(" (")[0] == written
    assert len(entry["description"]) > 20


def test_the_switch_is_annotated() -> None:
    (entry,) = read_annotations(PACKAGE / "toggles.py", "toggle")
    assert entry["name"] == toggles.SWITCH_NAME
    assert entry["default"] == "False"


# Error codes


def raised() -> Iterator[tuple[type[Exception], str | None, str]]:
    """Class, code (None where it is no literal) and place of every error of ours that the package makes."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
            kind = getattr(exceptions, name, None)
            if not isinstance(kind, type) or not issubclass(kind, exceptions.VerifiableCredentialsError):
                continue
            assert isinstance(node, ast.Call)
            first = node.args[0] if node.args else None
            literal = isinstance(first, ast.Constant) and isinstance(first.value, str)
            yield kind, first.value if literal else None, f"{file.relative_to(ROOT)}:{node.lineno}"


def documented() -> dict[tuple[str, str], int]:
    """HTTP status by class and code, as errors.rst has them."""
    statuses = {}
    page = read("docs", "references", "errors.rst").split("\nCodes of HTTP itself\n")[0]
    for section in re.split(r"\n(?=\w+Error\n-+\n)", page)[1:]:
        for code, status in re.findall(r"\* - ``(\w+)``\n\s+- (\d+)\n", section):
            statuses[section.splitlines()[0], code] = int(status)
    return statuses


def test_every_code_is_a_literal() -> None:
    assert [place for _, code, place in raised() if code is None] == []


def test_every_error_code_is_documented_and_no_other() -> None:
    assert {(kind.__name__, code) for kind, code, _ in raised()} == set(documented())


@pytest.mark.parametrize(("kind", "code"), documented())
def test_the_documented_status_is_the_one_that_http_gives(kind: str, code: str) -> None:
    answer = errors.handle(getattr(exceptions, kind)(code, "A sentence."), {})
    assert answer.status_code == documented()[kind, code]
    assert answer.data["code"] == code


# Addresses, commands, checks, modules


def addresses(patterns: list[Any], before: str = "/") -> Iterator[str]:
    for pattern in patterns:
        route = before + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from addresses(pattern.url_patterns, route)


def test_every_address_is_documented_and_no_other() -> None:
    page = read("docs", "references", "http-api.rst")
    written = set(re.findall(r"^``(?:GET|POST|PUT|DELETE) (\S+)``$", page, re.MULTILINE))
    assert sorted(written) == sorted(addresses(urls.urlpatterns))


def own_commands() -> list[str]:
    return sorted(file.stem for file in (PACKAGE / "management" / "commands").glob("vc_*.py"))


def test_every_command_is_documented_with_its_options() -> None:
    page = read("docs", "references", "management-commands.rst")
    sections = dict(re.findall(r"^(vc_\w+)\n-+\n(.*?)(?=^vc_\w+\n-|\Z)", page, re.MULTILINE | re.DOTALL))
    assert sorted(sections) == own_commands()
    for name, section in sections.items():
        own = options(load_command_class(PACKAGE.name, name)) - options(BaseCommand())
        assert set(re.findall(r"^ *``(--[a-z-]+)``$", section, re.MULTILINE)) == own, name


def options(command: BaseCommand) -> set[str]:
    return options_of(command.create_parser("manage.py", "any"))


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    """Its own, and those of its subcommands."""
    below = [
        one
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for one in action.choices.values()
    ]
    own = {option for action in parser._actions for option in action.option_strings}
    return own.union(*map(options_of, below))


def test_every_check_is_documented_and_no_other() -> None:
    written = set(re.findall(r"``[EW](\d{3})``", read("docs", "references", "checks.rst")))
    assert written == set(re.findall(r"\b[EW]?(\d{3})\"", (PACKAGE / "checks.py").read_text(encoding="utf-8")))


def test_the_layout_page_names_every_part_of_the_package() -> None:
    parts = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    named = set(re.findall(r"``(\w+)``", read("docs", "references", "package-layout.rst")))
    assert parts - named - {"__init__"} == set()


# The package


def test_the_changelog_says_what_is_unreleased() -> None:
    assert re.search(r"^Unreleased\n-+\n\n\S", read("CHANGELOG.rst"), re.MULTILINE)


@pytest.mark.parametrize("file", sorted((ROOT / "requirements").glob("*.in")), ids=lambda file: file.name)
def test_requirements_are_compiled_and_name_no_index(file: Path) -> None:
    compiled = file.with_suffix(".txt").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9.-]+)==", compiled, re.MULTILINE))
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith(("#", "-")):
            name = re.split(r"[^A-Za-z0-9._-]", line)[0].lower().replace("_", "-")
            assert name in pinned, f"{name} is not in {file.stem}.txt: run make upgrade"
            assert " # " in line, f"{file.name} gives no reason for {name}"
    assert not re.search(r"^\s*-(-index|-extra-index|-find-links|-trusted|i |f )|://", compiled, re.MULTILINE)


def refusal_of_a_wheel_without(missing: str, folder: Path) -> str:
    check_wheel = runpy.run_path(str(ROOT / "scripts" / "check_wheel.py"))
    wheel = folder / "any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("any.dist-info/entry_points.txt", "[credentials.djangoapp]")
        for name in check_wheel["expected_files"]() | set(check_wheel["BUILT"]):
            if not name.endswith(missing):
                archive.writestr(name, "")
    with pytest.raises(SystemExit) as refused:
        check_wheel["check_contents"](wheel)
    return str(refused.value)


@pytest.mark.parametrize("missing", ["verifier.js", "verifier.LICENSES.txt", "claim.js"])
def test_a_wheel_without_what_browsers_run_is_refused(tmp_path: Path, missing: str) -> None:
    assert re.search(rf"{missing}.*make frontend", refusal_of_a_wheel_without(missing, tmp_path))


@pytest.mark.parametrize("missing", ["es_419/LC_MESSAGES/django.mo", "ar/LC_MESSAGES/django.mo"])
def test_a_wheel_whose_translations_are_not_compiled_is_refused(tmp_path: Path, missing: str) -> None:
    assert re.search(rf"text only: \S+/{missing}\.$", refusal_of_a_wheel_without(missing, tmp_path))


def test_what_compiles_the_translations_goes_with_the_source_and_asks_for_nothing_but_babel() -> None:
    assert "include scripts/translations.py\n" in read("MANIFEST.in")
    project = tomllib.loads(read("pyproject.toml"))
    assert [re.split(r"\W", one)[0] for one in project["build-system"]["requires"]] == ["setuptools", "Babel"]
    program = "import sys; sys.modules['django'] = None; import translations; translations.compile_all()"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT / "scripts", check=True)


@pytest.mark.parametrize("target", ["package", "browser", "test-host"])
def test_what_is_handed_on_is_built_with_what_browsers_run(target: str) -> None:
    [needs] = re.findall(rf"^{target}: (.*?)(?: ##|$)", read("Makefile"), re.MULTILINE)
    assert "frontend" in needs.split()


def tracked_files() -> list[Path]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_tracked_file_names_a_place_of_one_machine() -> None:
    places = re.compile(r"(?:^|[^\w.{}$)-])/(?:root|work|farm|home/\w+|Users/\w+|tmp/[a-z]\w*)/", re.MULTILINE)
    found = []
    for file in tracked_files():
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{file.relative_to(ROOT)}: {match[0].strip()}" for match in places.finditer(text)]
    assert found == []
