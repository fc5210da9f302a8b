"""The verifier in the browser knows the same networks as the service."""

from __future__ import annotations

import json

import pytest

from openedx_verifiable_credentials.core.networks import by_codes
from tests.frontend import building

pytestmark = pytest.mark.node


def test_they_are_the_same() -> None:
    program = "import {NETWORKS} from './src/verifier/networks.js'; console.log(JSON.stringify(NETWORKS))"
    found = json.loads(building.node("--input-type=module", "--eval", program))
    ours = [
        {
            "chain": each.chain,
            "network": each.network,
            "codes": list(each.codes),
            "chainId": each.chain_id,
            "isTest": each.is_test,
            "title": each.title,
        }
        for each in by_codes().values()
    ]
    assert found == ours
