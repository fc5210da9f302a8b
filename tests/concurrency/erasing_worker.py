"""
A process that erases retired learners and dies on the way: ``python -m tests.concurrency.erasing_worker NUMBER``.

It works on the database that DB_* names, and kills itself with SIGKILL before its NUMBERth write to our tables.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any


def main(number: int) -> None:
    """Exit status 0 where there are fewer writes."""
    import django

    django.setup()
    from django.db import connection

    from openedx_verifiable_credentials.api import erasing

    writes = 0

    def guard(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal writes
        writes += not sql.startswith("SELECT") and "openedx_verifiable_credentials_" in sql
        if writes == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        for _ in erasing.erase_retired():
            pass


if __name__ == "__main__":
    main(int(sys.argv[1]))
