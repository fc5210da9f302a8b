"""What is attached to a certificate in PDF verifies with verifiers of others, and what was changed there does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from openedx_verifiable_credentials.api import sheets
from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.core.profiles import CredentialProfile
from tests import awards
from tests import papers
from tests import signed
from tests.interop import judges

pytestmark = pytest.mark.node


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_what_is_attached_verifies_elsewhere(profile: CredentialProfile, tmp_path: Path) -> None:
    good = signed.released(awards.full_award(), profile, signed.signer())
    changed = good.replace(b"Computing", b"Cooking!!", 1)
    assert changed != good
    cases = {
        name: json.loads(papers.attached(sheets.write_sheet(raw, base_url="https://example.org"))["credential.json"])
        for name, raw in (("good", good), ("changed", changed))
    }
    reports = judges.verdicts(cases, {}, tmp_path)
    for judge in judges.JUDGES:
        assert reports["good"][judge]["verified"] is True
        assert reports["changed"][judge]["verified"] is False
