"""The released wallet's own libraries claim from a running service, and the result verifies elsewhere."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.interop import judges
from tests.servers.running import Browser
from tests.servers.running import running

pytestmark = [pytest.mark.node, pytest.mark.slow]


def test_the_wallet_claims_course_and_program_certificates(tmp_path: Path):
    cases = {}
    with running("gunicorn", tmp_path) as service:
        for learner, options in zip(service["learners"], ((), ("--vc1",)), strict=True):
            browser = Browser(service, learner)
            for number, certificate in enumerate(browser.certificates()):
                link = browser.offer(certificate)["deeplink"]
                run = judges.wallet(link, *options)
                assert run.returncode == 0, run.stderr
                cases[f"{learner['username']} {number}"] = json.loads(run.stdout)
        link = browser.offer(certificate)["deeplink"]
        forged = judges.wallet(link.replace("challenge=", "challenge=x"))
        assert forged.returncode == 1
        assert "wrong_challenge" in forged.stderr
        documents = {
            issuer["did"]: fetched(did_url(issuer["did"])) for issuer in service["issuers"] if "web" in issuer["did"]
        }
        lists = {url: fetched(url) for credential in cases.values() for url in list_urls(credential)}
    assert {kind for c in cases.values() for kind in [c["credentialSubject"]["achievement"]["achievementType"]]} == {
        "Course",
        "MicroCredential",
    }
    reports = judges.verdicts(cases, documents, tmp_path, lists)
    for case, report in reports.items():
        assert all(report[judge]["verified"] for judge in judges.JUDGES), (case, report)
        assert [report[name] for name in judges.STATUSES] == [{"checked": True, "set": False}] * 2, (case, report)


def fetched(url: str) -> Any:
    """The JSON document at ``url``."""
    with urllib.request.urlopen(url, timeout=60) as response:
        return json.load(response)


def did_url(did: str) -> str:
    """Where a did:web of this machine is published; elsewhere it would be https."""
    host, *path = did.removeprefix("did:web:").split(":")
    return f"http://{urllib.parse.unquote(host)}/{'/'.join(path) or '.well-known'}/did.json"


def list_urls(credential: dict[str, Any]) -> tuple[str, str]:
    """The list that it names and the StatusList2021 beside it."""
    url = credential["credentialStatus"]["statusListCredential"]
    return url, url.replace("/status/", "/status/2021/")
