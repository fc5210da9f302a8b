"""What can be imported without what: each in a process of its own, since this one has everything already."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "openedx_verifiable_credentials"


def run(what: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The program's end. ``-I``: neither PYTHONPATH nor the present folder brings the stand-in back."""
    command = [sys.executable, "-I", str(ROOT / "tests" / "import_without.py"), what, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def imported(what: str) -> set[str]:
    done = run(what)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def modules(*folders: str) -> set[str]:
    """Dotted names of the package's files in these folders or of these files."""
    files = [file for folder in folders for file in (PACKAGE.joinpath(folder).rglob("*.py") if folder else ())]
    files += [PACKAGE / f"{name}.py" for name in folders if (PACKAGE / f"{name}.py").is_file()]
    names = (".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files)
    return {name.removesuffix(".__init__") for name in names}


def test_everything_but_host_imports_without_the_credentials_service() -> None:
    own = {name for name in modules(".") if not name.startswith("openedx_verifiable_credentials.host")}
    of_extras = {name for name in own if name.endswith((".pkcs11", ".chain_rpc"))}
    assert imported("everything") >= own - of_extras


def test_the_pure_part_imports_without_any_framework() -> None:
    assert imported("pure") == modules("core", "data", "exceptions", "ports")


@pytest.mark.parametrize(
    ("what", "module", "line"),
    [
        ("everything", "api/__init__.py", "import credentials.apps.core.models"),
        ("everything", "flows/__init__.py", "from openedx_verifiable_credentials.host import certificates"),
        ("pure", "ports.py", "import django.conf"),
        ("pure", "core/__init__.py", "import rest_framework"),
        ("pure", "data.py", "from openedx_verifiable_credentials import app_settings"),
    ],
)
def test_an_import_too_many_is_noticed(tmp_path: Path, what: str, module: str, line: str) -> None:
    copy = tmp_path / PACKAGE.name
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / module).open("a", encoding="utf-8") as stream:
        stream.write(f"\n{line}\n")
    done = run(what, tmp_path)
    assert done.returncode != 0
    assert "kept out" in done.stderr
