"""The core never reaches the network: a test here that tries to fails."""

import pytest
from hypothesis import settings

from tests import network
from tests import properties  # noqa: F401  (registers the profile)

settings.load_profile("ours")


@pytest.fixture(autouse=True, scope="module")
def no_network():
    with pytest.MonkeyPatch.context() as patch:
        network.block(patch)
        yield
