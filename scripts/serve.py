"""
``make serve``: the stand-in service with seeded data on loopback, in a pre-forking server. Stop it with Ctrl-C.

Writes ``build/sandbox.json``: addresses, logins, certificates and issuers, for people and programs that try it out.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
PLACES = (ROOT / "tests" / "credentials_service", ROOT)


def prepare(port: int, database: Path, did_method: str = "key", rpc_url: str = "") -> dict[str, object]:
    """
    Make the database ready and describe it. ``did_method`` is the default issuer's; ``rpc_url``: of the node on whose
    chain credentials are anchored, "" where they are not.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    base_url = f"http://localhost:{port}"
    _find_modules()
    config = database.with_suffix(".yml")
    token = _kept(database, ".token")
    settings: dict[str, object] = {
        "OPENEDX_VC_PUBLIC_BASE_URL": base_url,
        "OPENEDX_VC_KEY_ENCRYPTION_KEYS": {"sandbox": _kept(database, ".kek")},
        "OPENEDX_VC_VC_API_TOKENS": [token],
        "OPENEDX_VC_NUM_PROXIES": 0,
        **_anchoring(database, rpc_url),
    }
    config.write_text("".join(f"{name}: {json.dumps(value)}\n" for name, value in settings.items()), encoding="utf-8")
    os.environ.update(
        DJANGO_SETTINGS_MODULE="credentials.settings.sandbox",
        SANDBOX_DB=str(database),
        CREDENTIALS_CFG=str(config),
        SANDBOX_LOGLEVEL=os.environ.get("SANDBOX_LOGLEVEL", "WARNING"),
        PYTHONPATH=os.pathsep.join(map(str, PLACES)),
    )
    import django  # noqa: PLC0415  (settings are named only now)

    django.setup()
    from tests import sandbox  # noqa: PLC0415

    description: dict[str, object] = sandbox.build(base_url, did_method)
    from django.db import connections  # noqa: PLC0415

    connections.close_all()
    api = f"{base_url}/verifiable_credentials/vc-api"
    chain = {"rpc_url": rpc_url} if rpc_url else {}
    return {**description, "vc_api_url": api, "vc_api_token": token, **chain}


def _find_modules() -> None:
    sys.path[:0] = [str(place) for place in PLACES if str(place) not in sys.path]


def _anchoring(database: Path, rpc_url: str) -> dict[str, object]:
    """The settings; the key goes where one goes that is in no file of settings."""
    if not rpc_url:
        return {}
    from tests import sandbox_chain  # noqa: PLC0415  (on the path only now)

    os.environ["OPENEDX_VC_ANCHOR_PRIVATE_KEY"] = anchoring_key(database).hex()
    return {
        "OPENEDX_VC_ANCHORING": True,
        "OPENEDX_VC_ANCHOR_NETWORK": sandbox_chain.NETWORK,
        "OPENEDX_VC_ANCHOR_RPC_URLS": {sandbox_chain.NETWORK: [rpc_url]},
        "OPENEDX_VC_ANCHOR_PUBLIC_RPC_URLS": {sandbox_chain.NETWORK: [rpc_url]},
        "OPENEDX_VC_ANCHOR_EVERY_SECONDS": 5,
        # The node begins at fees that Base has not seen for years.
        "OPENEDX_VC_ANCHOR_MAX_FEE_PER_BATCH_WEI": 10**15,
        "OPENEDX_VC_ANCHOR_MAX_FEE_PER_DAY_WEI": 10**18,
    }


def anchoring_key(database: Path) -> bytes:
    """32 bytes, the same after a restart, as the chain is."""
    return base64.b64decode(_kept(database, ".anchoring-key"))


def start_chain(database: Path) -> str:
    """A node's address; "" where there is none, after a line that says why."""
    _find_modules()
    from tests import sandbox_chain  # noqa: PLC0415  (on the path only now)

    missing = sandbox_chain.missing()
    url = "" if missing else sandbox_chain.start(database.with_suffix(".chain.json"), anchoring_key(database))
    if not url:
        print(f"Credentials are not anchored here ({missing or 'the node does not start'}).", flush=True)
    return url


def write(description: dict[str, object], path: Path) -> None:
    """All at once, so that nobody reads half of it."""
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(description, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(path)


def has_scripts() -> bool:
    """Whether browsers can check credentials by themselves, and the learner's page is more than forms."""
    from openedx_verifiable_credentials.api import bundle  # noqa: PLC0415  (on the path only now)

    return bundle.has_script() and bundle.has_element()


def server_command(port: int) -> list[str]:
    """Gunicorn on loopback, two workers with threads."""
    options = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--log-level", "warning"]
    return [sys.executable, "-m", "gunicorn", *options, "credentials.wsgi:application"]


def work_beside_the_server(seconds: float = 2.0) -> None:
    """
    A child that does what cron does for a real service: follow the host's changes and publish status lists. It ends
    when the server does.
    """
    parent = os.getpid()
    if os.fork():
        return
    while os.getppid() == parent:
        try:
            work()
        except Exception as error:  # noqa: BLE001  (whatever it is, the next round may do better)
            print(f"The work beside the server failed: {error}", file=sys.stderr, flush=True)
        time.sleep(seconds)
    os._exit(0)


def work() -> None:
    """One round."""
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    # Everything: ``QuerySet.update()`` revokes a certificate without a signal.
    call_command("vc_reconcile", all=True, stdout=io.StringIO())
    call_command("vc_publish_status", now=True, stdout=io.StringIO())
    if getattr(settings, "OPENEDX_VC_ANCHORING", False):
        call_command("vc_anchor", stdout=io.StringIO())


def _kept(database: Path, suffix: str) -> str:
    """Base64 of 32 bytes: kept beside the database, so that the sandbox survives a restart; made for it alone."""
    path = database.with_suffix(suffix)
    if not path.exists():
        path.write_text(base64.b64encode(os.urandom(32)).decode("ascii"), encoding="ascii")
    return path.read_text(encoding="ascii")


def main() -> None:
    """Prepare, describe, serve."""
    parser = argparse.ArgumentParser(description="Serve the stand-in Credentials service with seeded data.")
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    database = BUILD / f"sandbox-{port}.sqlite3"
    BUILD.mkdir(parents=True, exist_ok=True)
    description = prepare(port, database, rpc_url=start_chain(database))
    write(description, BUILD / "sandbox.json")
    print(f"Serving {description['base_url']}; logins and certificates are in build/sandbox.json", flush=True)
    print(f"The learners' page is {description['learner_page_url']}", flush=True)
    if "rpc_url" in description:
        print(
            f"Credentials of Example Academy are anchored on a chain of its own: {description['rpc_url']}", flush=True
        )
    if not has_scripts():
        print(
            "The scripts of the pages are not built (make frontend, needs Node.js 20): they show plain HTML.",
            flush=True,
        )
    command = server_command(port)
    work_beside_the_server()
    os.execv(command[0], command)  # noqa: S606  (the server takes this process over)


if __name__ == "__main__":
    main()
