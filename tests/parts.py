"""
Parts of the suite that need something a machine may lack: a node of Ethereum, the verifier of Blockcerts, Chromium,
MariaDB, RabbitMQ, Redis, Node, SoftHSM2.

A test names its part by a marker. Where the part is missing the test is skipped and the run says so in one line at its
end; with the part's name in ``OVC_REQUIRE`` (CI: all of them) the test fails instead. Tests of the MariaDB part run
where the run's database is one: in CI the whole suite, elsewhere by ``scripts/test_on_mariadb.py``.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import socket
from pathlib import Path

from tests.chain import node

PARTS = ("anvil", "blockcerts", "chromium", "rabbitmq", "redis", "node", "softhsm")
INTEROP = Path(__file__).parent / "interop"
FRONTEND = Path(__file__).parents[1] / "frontend"
BROWSER = Path(__file__).parent / "browser"
BUNDLE = (
    Path(__file__)
    .parents[1]
    .joinpath("openedx_verifiable_credentials", "static", "openedx_verifiable_credentials", "verifier.js")
)


def required() -> set[str]:
    """The parts that must be there."""
    return set(os.environ.get("OVC_REQUIRE", "").split())


@functools.cache
def missing(part: str) -> str | None:
    """Why ``part`` cannot run here; None where it can."""
    look = {
        "anvil": _anvil,
        "blockcerts": _blockcerts,
        "chromium": _chromium,
        "rabbitmq": _rabbitmq,
        "redis": _redis,
        "node": _node,
        "softhsm": _softhsm,
    }
    return look[part]()


def mariadb_server() -> str | None:
    """Why no MariaDB can be used from here, whatever database this run is on; None where one can."""
    if importlib.util.find_spec("MySQLdb") is None:
        return "mysqlclient is not installed (requirements/mariadb.txt)"
    import MySQLdb

    host, port = os.environ.get("DB_HOST") or "127.0.0.1", int(os.environ.get("DB_PORT") or 3306)
    user, password = os.environ.get("DB_USER") or "root", os.environ.get("DB_PASSWORD") or ""
    try:
        MySQLdb.connect(host=host, port=port, user=user, password=password, connect_timeout=2).close()
    except MySQLdb.OperationalError:
        return f"no server lets {user} in at {host}:{port}"
    return None


def _anvil() -> str | None:
    if importlib.util.find_spec("web3") is None:
        return "web3 is not installed (requirements/anchoring.txt)"
    return None if node.binary() else "run `npm ci --ignore-scripts` in tests/chain"


def _blockcerts() -> str | None:
    if shutil.which("node") is None:
        return "node is not installed"
    is_there = (INTEROP / "blockcerts" / "node_modules").is_dir()
    return None if is_there else "run `npm ci --ignore-scripts` in tests/interop/blockcerts"


def _chromium() -> str | None:
    if importlib.util.find_spec("playwright") is None:
        return "playwright is not installed (requirements/browser.txt)"
    if chromium() is None:
        return "Chromium is not installed (Debian: chromium)"
    if not (BROWSER / "node_modules" / "@openedx").is_dir():
        return "run `npm ci --ignore-scripts` in tests/browser"
    if shutil.which("node") is None:
        return "node is not installed"
    built = BUNDLE.is_file() and BUNDLE.with_name("claim.js").is_file()
    return None if built else "the scripts for the browser are not built (make frontend)"


def _rabbitmq() -> str | None:
    return None if _answers("127.0.0.1", 5672) else "no RabbitMQ answers at 127.0.0.1:5672"


def _redis() -> str | None:
    return None if _answers("127.0.0.1", 6379) else "no Redis answers at 127.0.0.1:6379"


def _node() -> str | None:
    if shutil.which("node") is None:
        return "node is not installed"
    if not (INTEROP / "node_modules").is_dir():
        return "run `npm ci --ignore-scripts` in tests/interop"
    if not (FRONTEND / "node_modules").is_dir():
        return "run `npm ci --ignore-scripts` in frontend"
    return None


def _softhsm() -> str | None:
    if importlib.util.find_spec("pkcs11") is None:
        return "python-pkcs11 is not installed (requirements/hsm.txt)"
    if softhsm_module() is None or shutil.which("softhsm2-util") is None:
        return "SoftHSM2 is not installed (Debian: softhsm2)"
    return None


def chromium() -> str | None:
    """The path of Chromium, or of a browser made from it."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def softhsm_module() -> str | None:
    """The path of SoftHSM2's PKCS#11 library."""
    places = ("/usr/lib/softhsm", "/usr/lib/x86_64-linux-gnu/softhsm", "/usr/lib/aarch64-linux-gnu/softhsm")
    found = (Path(place) / "libsofthsm2.so" for place in (*places, "/usr/lib64/pkcs11", "/opt/homebrew/lib/softhsm"))
    return next((str(path) for path in found if path.is_file()), None)


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True
