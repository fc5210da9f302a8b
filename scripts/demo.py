"""
``make demo``: a learner's certificate into a simulated wallet, over HTTP, and two independent verdicts on the result.

Starts the stand-in service on a free port of loopback with a database of its own, logs the learner in as a browser
would, asks for an offer as the learner-record MFE does, answers as a wallet does, and verifies what came back.
"""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import serve


class Browser:
    """Cookies and Django's CSRF, nothing else."""

    def __init__(self, base_url: str):
        self.base_url = base_url
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))

    def get(self, path: str) -> str:
        """The body."""
        with self._opener.open(self.base_url + path, timeout=30) as response:
            return response.read().decode("utf-8")

    def post(self, path: str, body: bytes, content_type: str) -> str:
        """The body, CSRF token sent along."""
        headers = {"Content-Type": content_type, "X-CSRFToken": self._csrf(), "Referer": self.base_url + path}
        request = urllib.request.Request(self.base_url + path, data=body, headers=headers)  # noqa: S310 (loopback)
        with self._opener.open(request, timeout=30) as response:
            return response.read().decode("utf-8")

    def log_in(self, username: str, password: str) -> None:
        """Through Django's form."""
        page = self.get("/login/?next=/health/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None, "The login page has no form."
        form = {"username": username, "password": password, "csrfmiddlewaretoken": token[1]}
        self.post(
            "/login/?next=/health/", urllib.parse.urlencode(form).encode("ascii"), "application/x-www-form-urlencoded"
        )

    def _csrf(self) -> str:
        return next((cookie.value or "" for cookie in self._jar if "csrftoken" in cookie.name), "")


def claim(deep_link: str) -> tuple[str, dict[str, Any]]:
    """What a wallet does with a link: ``(its DID, the credential)``."""
    from tests import wallet  # noqa: PLC0415  (on the path only now)

    holder = wallet.make_wallet(None)
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(deep_link).query)
    body = json.dumps(holder.present(query["challenge"][0])).encode("utf-8")
    request = urllib.request.Request(  # noqa: S310 (loopback)
        query["vc_request_url"][0], data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
        return holder.did, json.loads(response.read())


def verdicts(credential: dict[str, Any]) -> dict[str, bool]:
    """DIDKit's verdict, and that of pyoxigraph's canonicalisation with PyNaCl's Ed25519."""
    from openedx_verifiable_credentials.adapters import didkit  # noqa: PLC0415
    from openedx_verifiable_credentials.core import self_check  # noqa: PLC0415
    from openedx_verifiable_credentials.core.profiles import OBV3_VC1  # noqa: PLC0415
    from openedx_verifiable_credentials.data import VerificationMethod  # noqa: PLC0415
    from openedx_verifiable_credentials.exceptions import SigningError  # noqa: PLC0415

    did = credential["issuer"]["id"]
    key = did.removeprefix("did:key:")
    unsigned = {name: value for name, value in credential.items() if name != "proof"}
    try:
        self_check.require_good_release(
            json.dumps(credential).encode("utf-8"),
            unsigned=unsigned,
            profile=OBV3_VC1,
            method=VerificationMethod(f"{did}#{key}", did, key),
        )
        second = True
    except SigningError:
        second = False
    return {"DIDKit": not didkit.verify(credential), "pyoxigraph + PyNaCl": second}


def main() -> int:
    """Exit status 0 when the credential was claimed and both verdicts are good, and both refuse a changed one."""
    with tempfile.TemporaryDirectory() as directory:
        port = _free_port()
        description = serve.prepare(port, Path(directory) / "demo.sqlite3")
        server = subprocess.Popen(serve.server_command(port), env=os.environ)  # noqa: S603
        try:
            credential = _walk(description)
        finally:
            server.terminate()
            server.wait(20)
    print(json.dumps(credential, indent=2, ensure_ascii=False))
    good = verdicts(credential)
    changed = json.loads(json.dumps(credential))
    changed["credentialSubject"]["achievement"]["name"] += "!"
    bad = verdicts(changed)
    for verifier, verdict in good.items():
        refused = "refuses a changed copy" if not bad[verifier] else "ACCEPTS A CHANGED COPY"
        print(f"{verifier}: {'the credential verifies' if verdict else 'THE CREDENTIAL DOES NOT VERIFY'}; {refused}")
    return 0 if all(good.values()) and not any(bad.values()) else 1


def _walk(description: Any) -> dict[str, Any]:
    _wait(description["base_url"] + "/health/")
    learner = description["learners"][0]
    browser = Browser(description["base_url"])
    browser.log_in(learner["username"], learner["password"])
    print(f"1. {learner['username']} is logged in")
    lists = json.loads(browser.get("/verifiable_credentials/api/v1/credentials/"))
    courses = lists["course_credentials"]
    print(f"2. {len(courses)} course and {len(lists['program_credentials'])} program certificates can be claimed")
    # The newest one is issued by a did:web, whose document verifiers would have to fetch.
    course = courses[-1]
    wanted = {"credential_uuid": course["uuid"], "storage_id": "lc_wallet"}
    offer = json.loads(
        browser.post(
            "/verifiable_credentials/api/v1/credentials/init/", json.dumps(wanted).encode("ascii"), "application/json"
        )
    )
    print(f"3. offered {course['credential_title']!r}: {offer['deeplink'][:60]}…")
    holder, credential = claim(offer["deeplink"])
    print(f"4. a simulated wallet ({holder[:24]}…) claimed it:")
    return credential


def _wait(url: str) -> None:
    for _ in range(150):
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise SystemExit("The stand-in service did not start.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
