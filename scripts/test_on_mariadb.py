"""
The MariaDB part of ``make test``: concurrency, on the database that production runs on.

Runs where a server answers (DB_HOST, DB_PORT, DB_USER, DB_PASSWORD; by default root on 127.0.0.1:3306 without a
password) and its driver is installed (requirements/mariadb.txt); says in one line where not, and fails there when
``OVC_REQUIRE`` names mariadb.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import parts  # noqa: E402  (on the path only now)


def main() -> int:
    """The exit status of pytest, or whether the part may be missing."""
    if os.environ.get("DB_ENGINE", "").endswith("mysql"):
        return 0  # the whole suite has just run there
    reason = parts.mariadb_server()
    if reason is not None:
        print(f"Not run here: the mariadb part ({reason}).")
        return 1 if "mariadb" in parts.required() else 0
    defaults = {"DB_HOST": "127.0.0.1", "DB_PORT": "3306", "DB_USER": "root", "DB_NAME": f"ovc_tests_{os.getpid()}"}
    environment = {**defaults, **os.environ, "DB_ENGINE": "django.db.backends.mysql"}
    command = [sys.executable, "-m", "pytest", "-m", "mariadb", "tests/concurrency"]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603  (our own words)


if __name__ == "__main__":
    sys.exit(main())
