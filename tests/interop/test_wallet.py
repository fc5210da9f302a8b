"""The released wallet's own libraries claim from a running service, and the result verifies elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

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
    assert {kind for c in cases.values() for kind in [c["credentialSubject"]["achievement"]["achievementType"]]} == {
        "Course",
        "MicroCredential",
    }
    reports = judges.verdicts(cases, {}, tmp_path)
    for case, report in reports.items():
        assert all(report[judge]["verified"] for judge in judges.JUDGES), (case, report)
