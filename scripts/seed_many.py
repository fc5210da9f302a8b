"""
Very many certificates in a database of the stand-in service, which may be empty: what bulk issuance is measured with.

    DB_ENGINE=django.db.backends.mysql DB_NAME=many … python scripts/seed_many.py --count 200000

The database is named by ``DB_*``, as for tests, or by the settings in ``DJANGO_SETTINGS_MODULE``. Prints what was made
as JSON.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _refresh_statistics() -> None:
    """What a server that has been up for a while knows of its tables."""
    from django.db import connection  # noqa: PLC0415  (settings are named only now)

    if connection.vendor == "mysql":
        tables = ", ".join(map(connection.ops.quote_name, connection.introspection.table_names()))
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE TABLE {tables}")


def main() -> None:
    """Migrate, seed, tell."""
    parser = argparse.ArgumentParser(description="Seed very many certificates in a database of the stand-in service.")
    parser.add_argument("--count", type=int, default=200_000, help="how many certificates")
    parser.add_argument("--courses", type=int, default=20, help="of how many courses, at least 4")
    parser.add_argument("--domain", default="example.com", help="of which site")
    options = parser.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "credentials_service")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credentials.settings.test")
    import django  # noqa: PLC0415  (settings are named only now)

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from tests import many  # noqa: PLC0415
    from tests import seed  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    since = time.monotonic()
    made = many.seed_platform(seed.make_site(options.domain), options.count, options.courses)
    _refresh_statistics()
    said = {**dataclasses.asdict(made), "awarded": made.awarded, "issuable": made.issuable}
    print(json.dumps({**said, "seconds": round(time.monotonic() - since, 1)}, indent=2))


if __name__ == "__main__":
    main()
