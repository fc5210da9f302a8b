"""How batches grow, on MariaDB: one database after the other, two workers on each until nothing is left."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from scripts.benchmarks import issuing
from scripts.benchmarks import places

_HEADING = (
    "certificates", "issued", "per second", "wall µs", "client CPU µs", "listing s", "RSS MB first", "RSS MB last",
    "bytes/row", "index bytes/row",
)  # fmt: skip


def run(sizes: Sequence[int]) -> None:
    """A line for each size; wall and CPU are those of one credential, memory that of the larger worker."""
    from tests import parts  # noqa: PLC0415  (on the path by now)

    reason = parts.mariadb_server()
    if reason is not None:
        print(f"Not measured: growth on MariaDB ({reason}).", flush=True)
        return
    print("".join(f"{name:>16}" for name in _HEADING), flush=True)
    for size in sizes:
        command = [sys.executable, "-m", "scripts.benchmarks.growth", str(size)]
        subprocess.run(command, cwd=places.ROOT, env=places.environment(), check=True)  # noqa: S603


def _measure(size: int) -> dict[str, Any]:
    issuing.seed(size, max(issuing.COURSES, size // 10_000))
    since = time.monotonic()
    batch = issuing.order()
    listed = time.monotonic() - since
    workers = issuing.Workers(batch, 2)
    # Both have compiled what they need by then.
    first = workers.work((0, 1), issuing.warm_up(size))
    before = max(held for held, _ in workers.memory())
    turns = workers.work((0, 1), size)
    after = max(held for held, _ in workers.memory())
    workers.end()
    issued = sum(turn.issued for turn in turns)
    seconds = max(one.ended for one in turns) - min(one.began for one in turns)
    issuing.require_readable(issued + sum(turn.issued for turn in first))
    return {
        "size": size, "issued": issued, "rate": issued / seconds, "wall": seconds / issued * 1e6,
        "cpu": sum(turn.cpu for turn in turns) / issued * 1e6, "listed": listed, "before": before, "after": after,
        **_bytes_of_rows(),
    }  # fmt: skip


def _bytes_of_rows() -> dict[str, float]:
    from django.db import connection  # noqa: PLC0415  (settings are named by the environment)

    from openedx_verifiable_credentials.models import Credential  # noqa: PLC0415

    table, count = Credential._meta.db_table, Credential.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE TABLE {table}")
        cursor.fetchall()
        cursor.execute(
            "SELECT data_length, index_length FROM information_schema.tables"
            " WHERE table_schema = DATABASE() AND table_name = %s",
            [table],
        )
        data, index = cursor.fetchone()
    return {"data": float(data) / count, "index": float(index) / count}


def _main(size: int) -> None:
    with places.database_of_its_own():
        pool = issuing.buffer_pool_mb()
        figures = _measure(size)
    print("".join(f"{figure:16,.0f}" for figure in figures.values()), f"  buffer pool {pool:.0f} MB", flush=True)
    path = places.ROOT / "build" / f"growth-{size}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({**figures, "buffer_pool_mb": pool}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _main(int(sys.argv[1]))
