"""Outside of requests nothing empties the caches of edx-toggles: here every test starts like a process of its own."""

import pytest
from edx_django_utils.cache import RequestCache


@pytest.fixture(autouse=True)
def fresh_process():
    """The switch is read anew."""
    RequestCache.clear_all_namespaces()
