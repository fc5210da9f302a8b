"""Our addresses, and requests as the clients of each make them."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

ROOT = "/verifiable_credentials/"
API = f"{ROOT}api/v1/"
LIST = f"{API}credentials/"
CERTIFICATES = f"{API}certificates/"
STORAGES = f"{API}storages/"
INIT = f"{API}credentials/init/"
PREVIEW = f"{API}certificates/preview/"
VERIFY_CREDENTIAL = f"{ROOT}vc-api/credentials/verify"
VERIFY_PRESENTATION = f"{ROOT}vc-api/presentations/verify"
# What does not read or write data; the rest counts against budgets.
_NOT_DATA = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "SET ")


def post_json(client: Any, path: str, data: Any, **headers: Any) -> Any:
    """The response to ``data`` as JSON; bytes are sent as they are."""
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return client.generic("POST", path, body, "application/json", **headers)


def init(client: Any, *certificates: Any, wallet: str = "lc_wallet", **headers: Any) -> Any:
    """The response to the learner-record MFE's "Create"; several certificates are ours alone."""
    uuids = [certificate.uuid.hex for certificate in certificates]
    named = {"credential_uuid": uuids[0]} if len(uuids) == 1 else {"credential_uuids": uuids}
    return post_json(client, INIT, {**named, "storage_id": wallet}, **headers)


def preview(client: Any, *certificates: Any, wallet: str = "lc_wallet", leave_out: Any = (), **headers: Any) -> Any:
    """The response to what a learner is shown before "Create"."""
    uuids = [certificate.uuid.hex for certificate in certificates]
    named = {"credential_uuids": uuids, "storage_id": wallet, "leave_out": list(leave_out)}
    return post_json(client, PREVIEW, named, **headers)


def data_statements(captured: CaptureQueriesContext) -> list[str]:
    """The SQL of what was captured, transaction control left out."""
    return [query["sql"] for query in captured.captured_queries if not query["sql"].upper().startswith(_NOT_DATA)]


def capture() -> CaptureQueriesContext:
    """A context that notes every statement."""
    return CaptureQueriesContext(connection)


def refusal(response: Any) -> tuple[int, str]:
    """Status and code of a refusal, which is JSON whatever was sent."""
    assert response.headers["Content-Type"] == "application/json", response.content[:300]
    body = response.json()
    assert isinstance(body["detail"], str) and body["detail"].endswith("."), body
    return response.status_code, body["code"]
