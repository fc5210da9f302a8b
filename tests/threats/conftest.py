"""The learner's certificate and browser; each module says who the learner is."""

import pytest
from django.test import Client

from tests import seed


@pytest.fixture(name="certificate")
def make_certificate(ready, web_issuer, learner):
    """The learner's."""
    return seed.backdate(seed.award(learner, seed.make_course(ready)), days=3)


@pytest.fixture(name="browser")
def make_browser(learner):
    """In which the learner is logged in."""
    browser = Client(raise_request_exception=False)
    browser.force_login(learner)
    return browser
