"""A web server on loopback with a sandbox of its own, and what a browser and a wallet do with it."""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.wallet import Wallet

ROOT = Path(__file__).resolve().parents[2]
_PREPARE = """
import json, sys
sys.path.insert(0, "scripts")
import serve
from pathlib import Path
print(json.dumps(serve.prepare(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])))
"""


def gunicorn(port: int) -> list[str]:
    """Two workers forked from a master that has loaded the application."""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "--preload",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "2",
        "--threads",
        "4",
        "--log-level",
        "warning",
        "credentials.wsgi:application",
    ]


def uwsgi(port: int) -> list[str]:
    """Two processes with threads, as Tutor's image runs the service."""
    return [
        str(Path(sys.executable).with_name("uwsgi")),
        "--http-socket",
        f"127.0.0.1:{port}",
        "--processes",
        "2",
        "--threads",
        "4",
        "--enable-threads",
        "--single-interpreter",
        "--thunder-lock",
        "--die-on-term",
        "--need-app",
        "--buffer-size",
        "8192",
        "--disable-logging",
        "--virtualenv",
        sys.prefix,
        "--module",
        "credentials.wsgi:application",
    ]


SERVERS = {"gunicorn": gunicorn, "uwsgi": uwsgi}


@contextlib.contextmanager
def running(
    server: str, directory: Path, did_method: str = "key", settings: dict[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """The sandbox's description while ``server`` runs; afterwards nothing of it runs any more."""
    port = _free_port()
    description, environment = sandbox_of(directory, port, did_method)
    with Path(environment["CREDENTIALS_CFG"]).open("a", encoding="utf-8") as config:
        config.writelines(f"{name}: {json.dumps(value)}\n" for name, value in (settings or {}).items())
    log = directory / f"{server}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            SERVERS[server](port), cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait(description["base_url"], process, log)
        yield {**description, "pid": process.pid, "log": log}
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        # What was forked may outlive its parent.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


def sandbox_of(directory: Path, port: int, did_method: str) -> tuple[dict[str, Any], dict[str, str]]:
    """A fresh sandbox: its description, and the environment in which its processes run."""
    environment = sandbox_environment(directory)
    prepared = subprocess.run(
        [sys.executable, "-c", _PREPARE, str(port), environment["SANDBOX_DB"], did_method],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(prepared.stdout.splitlines()[-1]), environment


def sandbox_environment(directory: Path) -> dict[str, str]:
    """The environment of the processes of the sandbox in ``directory``."""
    database = directory / "sandbox.sqlite3"
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("DB_")},
        "DJANGO_SETTINGS_MODULE": "credentials.settings.sandbox",
        "SANDBOX_DB": str(database),
        "CREDENTIALS_CFG": str(database.with_suffix(".yml")),
        "SANDBOX_LOGLEVEL": "WARNING",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "credentials_service")]),
    }


def workers_of(pid: int) -> list[int]:
    """The processes that ``pid`` forked."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in children.split()]


class Browser:
    """A learner's browser: cookies and Django's CSRF."""

    def __init__(self, service: dict[str, Any], learner: dict[str, Any]):
        self._base_url = service["base_url"]
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))
        page = self.get("/login/?next=/health/").decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        form = {"username": learner["username"], "password": learner["password"], "csrfmiddlewaretoken": token[1]}
        self.post("/login/?next=/health/", urllib.parse.urlencode(form).encode(), "application/x-www-form-urlencoded")

    def get(self, path: str) -> bytes:
        """The body."""
        with self._opener.open(self._base_url + path, timeout=60) as response:
            return bytes(response.read())

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> bytes:
        """The body."""
        token = next((cookie.value or "" for cookie in self._jar if "csrftoken" in cookie.name), "")
        headers = {"Content-Type": content_type, "X-CSRFToken": token, "Referer": self._base_url + path}
        request = urllib.request.Request(self._base_url + path, data=body, headers=headers)
        with self._opener.open(request, timeout=60) as response:
            return bytes(response.read())

    def certificates(self) -> list[str]:
        """The uuids of those that can be claimed."""
        lists = json.loads(self.get("/verifiable_credentials/api/v1/credentials/"))
        return [row["uuid"] for rows in lists.values() for row in rows]

    def offer(self, certificate: str, wallet_id: str = "lc_wallet") -> dict[str, Any]:
        """The reply to an init request."""
        body = json.dumps({"credential_uuid": certificate, "storage_id": wallet_id}).encode()
        reply: dict[str, Any] = json.loads(self.post("/verifiable_credentials/api/v1/credentials/init/", body))
        return reply


def claim(deep_link: str, wallet: Wallet) -> tuple[int, bytes]:
    """What a wallet does with a link: ``(status, body)``."""
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(deep_link).query)
    request = urllib.request.Request(
        query["vc_request_url"][0],
        data=json.dumps(wallet.present(query["challenge"][0])).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def has_uwsgi() -> bool:
    """Whether uWSGI is installed beside this interpreter."""
    return shutil.which(str(Path(sys.executable).with_name("uwsgi"))) is not None


def _wait(base_url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(base_url + "/health/", timeout=2).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError(f"The server did not start:\n{log.read_text(errors='replace')[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
