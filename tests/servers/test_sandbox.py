"""``make serve``: what it says, and what works beside it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.servers.running import ROOT

pytestmark = pytest.mark.slow
PREPARE_TWICE = """
import json, sys, threading
from pathlib import Path
sys.path.insert(0, "scripts")
import serve
first, second = [serve.prepare(int(sys.argv[1]), Path(sys.argv[2])) for _ in range(2)]
from django.test import Client
[shared] = second["shares"]
page = Client().get(shared["url"].removeprefix(second["base_url"]))
threads = [thread.name for thread in threading.enumerate()]
print(json.dumps([first == second, shared["username"], page.status_code, "Omar" in page.content.decode(), threads]))
"""
REVOKE_SILENTLY = """
import json, sys
from pathlib import Path
sys.path.insert(0, "scripts")
import serve
described = serve.prepare(int(sys.argv[1]), Path(sys.argv[2]))
from credentials.apps.credentials.models import UserCredential
from django.test import Client
from openedx_verifiable_credentials.models import Credential, HostChange, Issuer
from tests import lists
[one, other] = lists.add_credentials(Issuer.objects.get(slug="default"), 2)
for row, username in ((one, "ada"), (other, "omar")):
    certificate = UserCredential.objects.filter(username=username, status="awarded").first()
    Credential.objects.filter(pk=row.pk).update(certificate_uuid=certificate.uuid)
serve.work()
before = sorted(lists.served_indices(one.status_list))
UserCredential.objects.filter(username="ada").update(status="revoked")
assert not HostChange.objects.exists(), "nobody noticed"
serve.work()
after = sorted(lists.served_indices(one.status_list))
admin = Client().get(described["admin_url"].removeprefix(described["base_url"]))
print(json.dumps([before, after, one.status_index, described["admin_url"], admin.status_code, admin["Location"]]))
"""


def test_a_revocation_that_sends_no_signal_is_seen_and_the_admin_has_an_address(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DB_")}
    done = subprocess.run(
        [sys.executable, "-c", REVOKE_SILENTLY, "8000", str(tmp_path / "sandbox.sqlite3")],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    before, after, index, address, *answer = json.loads(done.stdout.splitlines()[-1])
    assert (before, after) == ([], [index])
    assert address == "http://localhost:8000/admin/"
    assert answer == [302, "/admin/login/?next=/admin/"]


def test_a_credential_is_shared_once_and_nothing_is_in_the_way_of_a_fork(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DB_")}
    done = subprocess.run(
        [sys.executable, "-c", PREPARE_TWICE, "8000", str(tmp_path / "sandbox.sqlite3")],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [True, "omar", 200, True, ["MainThread"]]


VERIFY = """
import json, sys
from pathlib import Path
sys.path.insert(0, "scripts")
import serve
described = serve.prepare(int(sys.argv[1]), Path(sys.argv[2]))
again = serve.prepare(int(sys.argv[1]), Path(sys.argv[2]))
from django.test import Client
from tests import awards, signed
credential = json.loads(signed.released(awards.full_award(), awards.PROFILES[1], signed.signer()))
path = described["vc_api_url"].removeprefix(described["base_url"]) + "/credentials/verify"
answers = [
    Client().post(path, {"verifiableCredential": document}, "application/json", headers={"Authorization": header})
    for document in (credential, {**credential, "name": "Something else"})
    for header in (f"Bearer {described['vc_api_token']}", "Bearer none")
]
print(json.dumps([described["vc_api_token"] == again["vc_api_token"], [answer.status_code for answer in answers]]))
"""


def test_its_token_opens_the_vc_api(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DB_")}
    done = subprocess.run(
        [sys.executable, "-c", VERIFY, "8000", str(tmp_path / "sandbox.sqlite3")],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [True, [200, 401, 400, 401]]


CLAIM = """
import json, sys
from pathlib import Path
sys.path.insert(0, "scripts")
import serve
described = serve.prepare(int(sys.argv[1]), Path(sys.argv[2]))
assert serve.prepare(int(sys.argv[1]), Path(sys.argv[2])) == described
from django.test import Client
from openedx_verifiable_credentials.models import ClaimPolicy
def browser(login):
    client = Client(HTTP_HOST="localhost:8000")
    assert client.login(username=login["username"], password=login["password"])
    return client
learner = described["learners"][0]
client = browser(learner)
released = {}
for row in learner["credentials"]:
    asked = {"credential_uuid": row["uuid"], "storage_id": "download"}
    made = client.post("/verifiable_credentials/api/v1/credentials/init/", asked, "application/json")
    if made.status_code != 200:
        continue
    page = made.json()["deeplink"].removeprefix(described["base_url"])
    subject = client.post(page + "download/").json()["credentialSubject"]
    kinds = sorted(one["identityType"] for one in subject["identifier"])
    released[row["title"]] = [kinds, [result["value"] for result in subject.get("result", [])]]
admin = browser(described["course_admin"])
admin_root = described["admin_url"].removeprefix(described["base_url"])
pages = [f"{admin_root}openedx_verifiable_credentials/{name}/" for name in ("claimpolicy", "credential")]
course = ClaimPolicy.objects.get(scope="course_run")
pages += [f"{pages[0]}{course.pk}/change/", f"{pages[0]}add/", f"{admin_root}core/user/"]
states = sorted(row["state"] for row in learner["credentials"])
page = client.get(described["learner_page_url"].removeprefix(described["base_url"])).content.decode()
on_page = [page.count('name="certificate"'), page.count("has been revoked"), page.count("You can claim this")]
print(json.dumps([released, [admin.get(page).status_code for page in pages], states, on_page]))
"""


def test_its_policies_are_honoured_and_its_course_admin_is_no_superuser(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DB_")}
    done = subprocess.run(
        [sys.executable, "-c", CLAIM, "8000", str(tmp_path / "sandbox.sqlite3")],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    released, answers, states, on_page = json.loads(done.stdout.splitlines()[-1])
    assert released["Signed by the Academy"] == [["emailAddress", "name"], []]
    assert released["Data Science 🎓 for Beginners"] == [["name"], ["92.5", "A"]]
    assert released["Wonderland & Data: the “whole” thing 🚀"] == [["name"], []]
    assert answers == [200, 200, 200, 200, 403]
    assert states == [*5 * ["awarded"], "embargoed", "revoked"]
    assert on_page == [5, 1, 1], "the learner's page has them all"


ANCHOR = """
import json, sys, time
from pathlib import Path
sys.path.insert(0, "scripts")
import serve
database = Path(sys.argv[2])
url = serve.start_chain(database)
described = serve.prepare(int(sys.argv[1]), database, rpc_url=url)
from django.test import Client
from openedx_verifiable_credentials.models import AnchorBatch
client = Client(HTTP_HOST="localhost:8000")
learner = described["learners"][0]
assert client.login(username=learner["username"], password=learner["password"])
[row] = [row for row in learner["credentials"] if row["title"] == "Signed by the Academy"]
asked = {"credential_uuid": row["uuid"], "storage_id": "download"}
made = client.post("/verifiable_credentials/api/v1/credentials/init/", asked, "application/json").json()
assert client.post(made["deeplink"].removeprefix(described["base_url"]) + "download/").status_code == 200
deadline = time.monotonic() + 60
while not AnchorBatch.objects.filter(state="finalized").exists() and time.monotonic() < deadline:
    serve.work()
    time.sleep(0.5)
[batch] = AnchorBatch.objects.all()
print(json.dumps([described["rpc_url"] == url, batch.network, batch.state, "0x" + batch.transaction.hash]))
from tests.chain.node import Node
node = Node(None, int(url.rpartition(":")[2]))
print(json.dumps(node.transaction("0x" + batch.transaction.hash)["input"] == "0x" + batch.root))
print(json.dumps(url))
"""


@pytest.mark.anvil
def test_credentials_are_anchored_on_a_chain_that_ends_with_the_server(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DB_")}
    done = subprocess.run(
        [sys.executable, "-c", ANCHOR, "8000", str(tmp_path / "sandbox.sqlite3")],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=150, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (is_described, *anchored), is_there, url = map(json.loads, done.stdout.splitlines()[-3:])
    assert is_described and is_there and anchored[:2] == ["base-sepolia", "finalized"]
    port = int(url.rpartition(":")[2])
    deadline = time.monotonic() + 20
    with contextlib.suppress(OSError):
        while time.monotonic() < deadline:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            time.sleep(0.1)
        raise AssertionError("The node outlives the server.")
