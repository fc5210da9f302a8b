"""
Prove bulk issuance: a platform of very many certificates on MariaDB, one batch of all of them, processes that are
killed with -9 at random all the way; then everything is counted.

    python scripts/prove_bulk.py --count 200000 --processes 2 --kills 50
    python scripts/prove_bulk.py --count 200000 --workers 4 --broker redis://127.0.0.1:6379/15 --kills 50

The server is named by DB_HOST, DB_PORT, DB_USER and DB_PASSWORD (root on 127.0.0.1:3306 without a password). A database
of its own is made, and dropped unless ``--keep`` is given. Prints what was found as JSON; exit status 1 where anything
is not as it must be. Kills its own processes only.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "credentials_service")]
_QUEUE = f"ovc_proof_{os.getpid()}"
_MOST_SECONDS = 3600


def main() -> int:
    """The exit status."""
    options = _options()
    name = f"ovc_proof_{os.getpid()}"
    _set_environment(options, name)
    with _connected() as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
    try:
        found = _prove(options)
    finally:
        if not options.keep:
            with _connected() as cursor:
                cursor.execute(f"DROP DATABASE {name}")
    print(json.dumps(found, indent=2))
    return 1 if found["wrong"] else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Issue very many credentials while processes are killed, and count.")
    parser.add_argument("--count", type=int, default=200_000, help="how many certificates")
    parser.add_argument("--courses", type=int, default=20, help="of how many courses")
    parser.add_argument("--processes", type=int, default=2, help="of vc_issue")
    parser.add_argument("--kills", type=int, default=50, help="spread over the whole batch")
    parser.add_argument("--broker", help="issue by Celery workers, with this broker")
    parser.add_argument("--workers", type=int, default=4, help="processes of Celery")
    parser.add_argument("--profile", default="obv3-vc2", help="obv3-vc1 or obv3-vc2")
    parser.add_argument("--sample", type=int, default=500, help="how many documents are opened and verified")
    parser.add_argument("--seed", type=int, default=None, help="of what is killed when")
    parser.add_argument("--throttle", type=int, default=None, help="credentials a second, all processes together")
    parser.add_argument("--log", type=Path, default=None, help="where the processes write; nowhere by default")
    parser.add_argument("--keep", action="store_true", help="do not drop the database")
    return parser.parse_args()


def _set_environment(options: argparse.Namespace, name: str) -> None:
    defaults = {"DB_HOST": "127.0.0.1", "DB_PORT": "3306", "DB_USER": "root", "DB_PASSWORD": ""}
    for variable, value in defaults.items():
        os.environ.setdefault(variable, value)
    os.environ |= {"DB_ENGINE": "django.db.backends.mysql", "DB_NAME": name}
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path[:2])
    os.environ["DJANGO_SETTINGS_MODULE"] = "credentials.settings.test"
    if options.broker:
        os.environ |= {"BROKER_URL": options.broker, "TASK_QUEUE": _QUEUE}
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.queues.settings"


def _connected() -> Any:
    import MySQLdb  # noqa: PLC0415  (only this script needs a server without a database)

    variables = {"host": "DB_HOST", "user": "DB_USER", "password": "DB_PASSWORD"}
    given = {name: os.environ[variable] for name, variable in variables.items()}
    return MySQLdb.connect(port=int(os.environ["DB_PORT"]), **given).cursor()


def _prove(options: argparse.Namespace) -> dict[str, Any]:
    since = time.monotonic()
    command = [sys.executable, "scripts/seed_many.py", "--count", str(options.count), "--courses", str(options.courses)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  (our own words)
    import django  # noqa: PLC0415  (the database is there only now)

    django.setup()
    from tests import proven  # noqa: PLC0415

    proven.make_ready()
    seeded = time.monotonic()
    if options.broker:
        run: _Run = _CeleryRun(options)
    else:
        run = _CommandRun(options)
    with run:
        run.to_the_end(random.Random(options.seed))  # noqa: S311  (chooses what is killed)
    figures = {
        "certificates": options.count,
        "seconds_seeding": round(seeded - since, 1),
        "seconds": round(run.seconds, 1),
        "kills": run.killed,
        "starts": run.starts,
        "peak_mb": round(run.peak_kb / 1024, 1),
    }
    counted = proven.count(run.batch, options.sample)
    return {**figures, "per_second": round(counted["issued"] / run.seconds, 1), **counted}


class _Run:
    """One batch of everything, with processes that are killed and started again until it is over."""

    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.batch: Any = None
        self.killed: dict[str, int] = {}
        self.starts, self.seconds, self.peak_kb = 0, 0.0, 0
        self._process: subprocess.Popen[bytes] | None = None
        self._is_over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._log = open(options.log or os.devnull, "ab")  # noqa: SIM115  (closed by __exit__)

    def __enter__(self) -> _Run:
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._watcher.join()
        if self._process is not None and self._process.poll() is None:
            self._signal_group(signal.SIGTERM)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._signal_group(signal.SIGKILL)
        self._log.close()

    def command(self) -> list[str]:
        """What is started, for the first time or anew."""
        raise NotImplementedError

    def tend(self) -> None:
        """What has to be done again and again."""

    def to_the_end(self, choose: random.Random) -> None:
        """Raises TimeoutError."""
        from openedx_verifiable_credentials.api import batches  # noqa: PLC0415  (Django is set up only now)

        began = time.monotonic()
        kills = [self.options.count * (number + 0.5) / (self.options.kills + 1) for number in range(self.options.kills)]
        while True:
            self._keep_running()
            self.tend()
            progress = None if self.batch is None else batches.look(self.batch)
            if progress is not None and progress.is_over:
                break
            if progress is not None and kills and progress.looked_at >= kills[0]:
                kills.pop(0)
                time.sleep(choose.random() * 0.3)
                self._kill(choose)
            if time.monotonic() - began > _MOST_SECONDS:
                raise TimeoutError(f"Not done after {_MOST_SECONDS} s: {progress}")
            time.sleep(0.05)
        self.seconds = time.monotonic() - began

    def _keep_running(self) -> None:
        if self._process is None or self._process.poll() is not None:
            self.starts += 1
            self._process = subprocess.Popen(  # noqa: S603  (our own words)
                self.command(), cwd=ROOT, start_new_session=True, stdout=self._log, stderr=self._log,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip

    def _kill(self, choose: random.Random) -> None:
        """Most often one that works; sometimes the one that has started them; rarely all at once."""
        assert self._process is not None
        what = choose.choices(("worker", "parent", "all"), (0.8, 0.17, 0.03))[0]
        children = _children(self._process.pid)
        if what == "all" and self.options.kills >= 20:
            self._signal_group(signal.SIGKILL)
        elif what == "worker" and children:
            _signal(choose.choice(children), signal.SIGKILL)
        else:
            what = "parent"
            _signal(self._process.pid, signal.SIGKILL)
        self.killed[what] = self.killed.get(what, 0) + 1

    def _signal_group(self, number: int) -> None:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def _watch(self) -> None:
        while not self._is_over.wait(0.2):
            if self._process is not None:
                for pid in (self._process.pid, *_children(self._process.pid)):
                    self.peak_kb = max(self.peak_kb, _peak_kb(pid))


class _CommandRun(_Run):
    """``vc_issue --all``; after its end, ``vc_issue --resume``."""

    def command(self) -> list[str]:
        what = ["--all", "--yes", "--profile", self.options.profile] if self.batch is None else ["--resume"]
        processes = ["--processes", str(self.options.processes)]
        if self.batch is None and self.options.throttle:
            what += ["--throttle", str(self.options.throttle)]
        return [sys.executable, "-m", "django", "vc_issue", *what, *processes]

    def tend(self) -> None:
        if self.batch is None:
            from openedx_verifiable_credentials.api import batches  # noqa: PLC0415

            self.batch = batches.newest()


class _CeleryRun(_Run):
    """Celery workers; this process sends them what is left to do, over and over."""

    def command(self) -> list[str]:
        worker = ["worker", "--concurrency", str(self.options.workers), "--loglevel", "WARNING", "--without-mingle"]
        return [sys.executable, "-m", "celery", "-A", "openedx_verifiable_credentials", *worker]

    def tend(self) -> None:
        from openedx_verifiable_credentials.api import batches  # noqa: PLC0415
        from openedx_verifiable_credentials.api import dispatching  # noqa: PLC0415

        if self.batch is None:
            order = batches.Order(batches.Selection(), self.options.profile, throttle=self.options.throttle)
            batch = batches.create(order)
            for _ in batches.list_certificates(batch, batches.worker_name()):
                pass
            self.batch, self._sent_at = batch, 0.0
        if time.monotonic() - self._sent_at > 1:
            dispatching.dispatch(self.batch)
            self._sent_at = time.monotonic()


def _children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _peak_kb(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("VmHWM:")), 0)


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


if __name__ == "__main__":
    sys.exit(main())
