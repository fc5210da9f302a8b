"""
``make package``: does the wheel hold what it must, and nothing else; and does it work where nothing of ours is?

Installs it with its requirements into a fresh virtual environment and imports every module there, the Credentials
service being absent.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "openedx_verifiable_credentials"
ENTRY_POINT = f"{PACKAGE} = {PACKAGE}.apps:VerifiableCredentialsConfig"
# Built, not committed (make frontend).
BUILT = tuple(f"{PACKAGE}/static/{PACKAGE}/{name}" for name in ("verifier.js", "verifier.LICENSES.txt", "claim.js"))
# Compiled by others from what is beside it, or not for readers.
SOURCE_LANGUAGE = "en"
NOT_SHIPPED = (".pyc", ".pot")


def expected_files() -> set[str]:
    """Every file of the package as it lies here."""
    files = (file for file in (ROOT / PACKAGE).rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    return {file.relative_to(ROOT).as_posix() for file in files if file.suffix not in NOT_SHIPPED} | compiled()


def compiled() -> set[str]:
    """What the build makes of every catalogue that translates."""
    catalogues = sorted((ROOT / PACKAGE / "locale").glob("*/LC_MESSAGES/django.po"))
    translated = [file for file in catalogues if file.parts[-3] != SOURCE_LANGUAGE]
    return {file.with_suffix(".mo").relative_to(ROOT).as_posix() for file in translated}


def check_contents(wheel: Path) -> None:
    """Raises SystemExit saying what is missing or too many."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
        entry_points = next(archive.read(name).decode() for name in names if name.endswith("/entry_points.txt"))
    shipped = {name for name in names if ".dist-info/" not in name}
    if unbuilt := [name for name in BUILT if name not in shipped]:
        raise SystemExit(f"What browsers run is not in the wheel: {', '.join(unbuilt)}. Run make frontend first.")
    if untranslated := sorted(compiled() - shipped):
        raise SystemExit(f"Catalogues are in the wheel as text only: {', '.join(untranslated)}.")
    if missing := expected_files() - shipped:
        raise SystemExit(f"Not in the wheel: {', '.join(sorted(missing))}")
    if extra := shipped - expected_files():
        raise SystemExit(f"In the wheel, but not of the package: {', '.join(sorted(extra))}")
    if ENTRY_POINT not in entry_points or "[credentials.djangoapp]" not in entry_points:
        raise SystemExit("The wheel has no entry point for the Credentials service.")
    print(f"{wheel.name}: {len(shipped)} files, as they are here")


def check_import(wheel: Path) -> None:
    """Raises SystemExit or CalledProcessError."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        pip = [python, "-m", "pip", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--quiet", wheel], check=True)  # noqa: S603
        subprocess.run([*pip, "check"], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        program = [python, "-I", ROOT / "tests" / "import_without.py", "everything"]
        done = subprocess.run(program, check=True, capture_output=True, text=True, cwd=folder)  # noqa: S603
        found = len(json.loads(done.stdout.splitlines()[-1]))
    print(f"{wheel.name}: {found} modules import in a fresh environment without the Credentials service")


def main() -> None:
    """Exit status 0 when all is well."""
    wheels = [Path(argument) for argument in sys.argv[1:]]
    if len(wheels) != 1:
        raise SystemExit("Name one wheel.")
    check_contents(wheels[0].resolve())
    check_import(wheels[0].resolve())


if __name__ == "__main__":
    main()
