"""Where things are, and processes that have a database for them alone."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATHS = [str(ROOT), str(ROOT / "tests" / "credentials_service")]
MEMORY = ":memory:"


def use_paths() -> None:
    """So that the code under measure, tests' helpers and the stand-in service are found."""
    sys.path[:0] = [path for path in PATHS if path not in sys.path]


def environment(database: str | None = None) -> dict[str, str]:
    """Of a process on the stand-in service: ``database`` is a SQLite file, or None for a MariaDB of its own."""
    common = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DB_")},
        "DJANGO_SETTINGS_MODULE": "credentials.settings.test",
        "PYTHONPATH": os.pathsep.join(PATHS),
    }
    if database is not None:
        return {**common, "DB_NAME": database}
    return {
        **common,
        "DB_ENGINE": "django.db.backends.mysql",
        "DB_NAME": f"ovc_bench_{os.getpid()}",
        "DB_HOST": os.environ.get("DB_HOST") or "127.0.0.1",
        "DB_PORT": os.environ.get("DB_PORT") or "3306",
        "DB_USER": os.environ.get("DB_USER") or "root",
        "DB_PASSWORD": os.environ.get("DB_PASSWORD") or "",
    }


def in_process_of_its_own(module: str, what: str) -> int:
    """The exit status of ``module database``, with a database for it alone: on MariaDB where one answers."""
    from tests import parts  # noqa: PLC0415  (on the path by now)

    reason = parts.mariadb_server()
    if reason is not None:
        print(f"Not run here: {what} on MariaDB ({reason}); SQLite instead.", flush=True)
    with tempfile.TemporaryDirectory() as directory:
        file = None if reason is None else str(Path(directory) / "bench.sqlite3")
        command = [sys.executable, "-m", f"scripts.benchmarks.{module}", "database"]
        return subprocess.run(command, cwd=ROOT, env=environment(file), check=False).returncode  # noqa: S603


@contextlib.contextmanager
def database_of_its_own() -> Iterator[None]:
    """Django set up, with every table in the database that the environment names; gone afterwards."""
    import django  # noqa: PLC0415  (settings are named by the environment)

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    made, on_mysql = connection.settings_dict["NAME"], connection.vendor == "mysql"
    if on_mysql:
        _execute_without_database(f"CREATE DATABASE {made} CHARACTER SET utf8mb4")
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        connection.close()
        if on_mysql:
            _execute_without_database(f"DROP DATABASE {made}")


def _execute_without_database(statement: str) -> None:
    import MySQLdb  # noqa: PLC0415  (only where there is one)

    names = {"host": "DB_HOST", "user": "DB_USER", "password": "DB_PASSWORD"}
    options = {option: os.environ[name] for option, name in names.items()}
    with MySQLdb.connect(port=int(os.environ["DB_PORT"]), **options) as server:
        server.cursor().execute(statement)
