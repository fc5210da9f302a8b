"""
The learner's addresses as a front end of another origin calls them: with cookies, a header of its own and so with a
preflight, which django-cors-headers answers as it does in the service.
"""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from openedx_verifiable_credentials.rest_api.base import LearnerView
from openedx_verifiable_credentials.rest_api.v1 import urls
from tests import asking

PROFILE = "https://apps.learner.example.edu"
STRANGER = "https://evil.example"
SENT = "use-jwt-cookie,x-csrftoken,content-type"
METHODS = ("get", "post", "put", "delete")
# What a script of another origin may not read unless it is told so (Fetch, "CORS-safelisted response-header name").
EXPOSED = {"Content-Disposition", "Retry-After"}


def learner_addresses():
    """Each with each of its methods."""
    for pattern in urls.urlpatterns:
        view = getattr(pattern.callback, "view_class", object)
        if issubclass(view, LearnerView):
            path = reverse(
                f"openedx_verifiable_credentials:{pattern.name}",
                kwargs=dict.fromkeys(pattern.pattern.converters, uuid.UUID(int=1)),
            )
            yield from ((path, method) for method in METHODS if hasattr(view, method))


@pytest.fixture
def allowed(settings):
    """The profile MFE is one of the service's front ends."""
    settings.CORS_ORIGIN_WHITELIST = [PROFILE]
    settings.CSRF_TRUSTED_ORIGINS = [PROFILE]
    return settings


def names(value):
    return {name.strip() for name in value.split(",")}


def preflight(path, method, origin):
    return Client().options(
        path,
        HTTP_ORIGIN=origin,
        HTTP_ACCESS_CONTROL_REQUEST_METHOD=method.upper(),
        HTTP_ACCESS_CONTROL_REQUEST_HEADERS=SENT,
    )


def test_every_call_of_a_front_end_passes_its_preflight(allowed, ready):
    addresses = list(learner_addresses())
    assert {method for _, method in addresses} == set(METHODS)
    for path, method in addresses:
        answer = preflight(path, method, PROFILE)
        assert answer.status_code == 200, path
        assert answer["Access-Control-Allow-Origin"] == PROFILE, path
        assert answer["Access-Control-Allow-Credentials"] == "true", path
        assert method.upper() in names(answer["Access-Control-Allow-Methods"]), path
        assert names(answer["Access-Control-Allow-Headers"]) >= names(SENT), path


def test_no_call_of_a_stranger_does(allowed, ready):
    for path, method in learner_addresses():
        assert "Access-Control-Allow-Origin" not in preflight(path, method, STRANGER), path


def test_a_front_end_may_read_what_a_file_is_called_and_when_to_ask_again(allowed, ada_client, ready):
    answers = [
        ada_client.get(asking.LIST, HTTP_ORIGIN=PROFILE),
        ada_client.get(f"{asking.API}offers/{uuid.uuid4()}/", HTTP_ORIGIN=PROFILE),
        Client().get(asking.LIST, HTTP_ORIGIN=PROFILE),
    ]
    assert [answer.status_code for answer in answers] == [200, 404, 401]
    for answer in answers:
        assert answer["Access-Control-Allow-Origin"] == PROFILE
        assert names(answer["Access-Control-Expose-Headers"]) == EXPOSED


def test_what_is_written_from_a_stranger_is_refused(allowed, ada, course_certificate):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)
    token = browser.get("/csrf/api/v1/token").json()["csrfToken"]

    def init(origin):
        return asking.init(browser, course_certificate, HTTP_X_CSRFTOKEN=token, HTTP_ORIGIN=origin)

    assert asking.refusal(init(STRANGER)) == (403, "permission_denied")
    assert init(PROFILE).status_code == 200
