"""Whatever is sent to make an offer: a 4xx with a code, in JSON; no row changed."""

import json

import pytest
from django.test import Client

from tests import asking
from tests import rows
from tests import seed

UNKNOWN = "0c1f5f0e-52f0-4d60-86ab-2b4b8ab5b9a1"
BODIES = {
    "empty": (b"", 400, "invalid_request"),
    "malformed": (b"{", 400, "malformed_json"),
    "array": ([], 400, "not_an_object"),
    "string": ("x", 400, "not_an_object"),
    "duplicate key": (b'{"storage_id": "a", "storage_id": "lc_wallet"}', 400, "duplicate_key"),
    "NaN": (b'{"storage_id": NaN}', 400, "malformed_json"),
    "deep": (b"[" * 10_000, 400, "too_deep"),
    "1 MB": (b" " * 2**20 + b"{}", 413, "too_large"),
    "8 MB": (b" " * 2**23 + b"{}", 413, "too_large"),
    "no certificate": ({"storage_id": "lc_wallet"}, 400, "invalid_request"),
    "null certificate": ({"credential_uuid": None, "storage_id": "lc_wallet"}, 400, "invalid_request"),
    "no uuid": ({"credential_uuid": "course-v1:a+b+c", "storage_id": "lc_wallet"}, 400, "invalid_request"),
    "number": ({"credential_uuid": 42, "storage_id": "lc_wallet"}, 400, "invalid_request"),
    "object": ({"credential_uuid": {"uuid": UNKNOWN}, "storage_id": "lc_wallet"}, 400, "invalid_request"),
    "list": ({"credential_uuid": [UNKNOWN], "storage_id": "lc_wallet"}, 400, "invalid_request"),
    "string of several": ({"credential_uuids": UNKNOWN, "storage_id": "lc_wallet"}, 400, "invalid_request"),
    "list of lists": ({"credential_uuids": [[UNKNOWN]], "storage_id": "lc_wallet"}, 400, "invalid_request"),
    "both": (
        {"credential_uuid": UNKNOWN, "credential_uuids": [UNKNOWN], "storage_id": "lc_wallet"},
        400,
        "invalid_request",
    ),
    "no wallet": ({"credential_uuid": UNKNOWN}, 400, "invalid_request"),
    "wallet as list": ({"credential_uuid": UNKNOWN, "storage_id": ["lc_wallet"]}, 400, "invalid_request"),
    "empty wallet": ({"credential_uuid": UNKNOWN, "storage_id": ""}, 400, "invalid_request"),
    "unknown wallet": ({"credential_uuid": UNKNOWN, "storage_id": "vc_status_list_2021"}, 404, "unknown_wallet"),
    "unknown certificate": ({"credential_uuid": UNKNOWN, "storage_id": "lc_wallet"}, 404, "unknown_certificate"),
    "none of several": ({"credential_uuids": [], "storage_id": "lc_wallet"}, 400, "no_certificate"),
    "too many": (
        {"credential_uuids": [f"{number:032x}" for number in range(21)], "storage_id": "lc_wallet"},
        400,
        "too_many_certificates",
    ),
}
# What clients of the service's earlier API look under.
FIELD = {"unknown_wallet": "storage_id", "unknown_certificate": "credential_uuid"}


@pytest.mark.parametrize("name", BODIES)
def test_it_is_refused(ada_client, course_certificate, name):
    body, status, code = BODIES[name]
    before = rows.snapshot()
    response = asking.post_json(ada_client, asking.INIT, body)
    assert asking.refusal(response) == (status, code)
    if code in FIELD:
        assert response.json()[FIELD[code]] == response.json()["detail"]
    assert rows.changed(before) == []


@pytest.mark.parametrize("missing", ["credential_uuid", "storage_id"])
def test_the_member_at_fault_is_named(ada_client, course_certificate, missing):
    body = {"credential_uuid": course_certificate.uuid.hex, "storage_id": "lc_wallet"}
    del body[missing]
    response = asking.post_json(ada_client, asking.INIT, body)
    assert (response.status_code, missing in response.json()) == (400, True)


@pytest.mark.parametrize("spelling", ["{}", "urn:uuid:{}", "{{{}}}"])
def test_a_uuid_may_be_spelt_in_several_ways(ada_client, course_certificate, spelling):
    body = {"credential_uuid": spelling.format(course_certificate.uuid), "storage_id": "lc_wallet"}
    assert asking.post_json(ada_client, asking.INIT, body).status_code == 200


def test_the_same_certificate_twice_is_one(ada_client, course_certificate):
    response = asking.init(ada_client, course_certificate, course_certificate)
    assert response.status_code == 200
    assert response.json() == asking.init(ada_client, course_certificate).json()


FORMS = {
    "form": ("application/x-www-form-urlencoded", b"credential_uuid=x&storage_id=y"),
    "form of many fields": ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(2000))),
    "large form": ("application/x-www-form-urlencoded", b"a=" + b"b" * 3_000_000),
    "multipart without its boundary": ("multipart/form-data", b"--x"),
    "multipart that is cut": ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; na"),
    "text": ("text/plain", b"hello"),
    "XML": ("application/xml", b"<a/>"),
    "a charset that is none": ("application/json; charset=klingon", b"{}"),
}


@pytest.mark.parametrize("name", FORMS)
def test_what_is_not_json_is_refused_in_json(ada, course_certificate, name):
    """Also with a session whose CSRF token is looked for in forms."""
    content_type, body = FORMS[name]
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.force_login(ada)
    token = browser.get("/csrf/api/v1/token").json()["csrfToken"]
    before = rows.snapshot()
    response = browser.generic("POST", asking.INIT, body, content_type, HTTP_X_CSRFTOKEN=token)
    status, _ = asking.refusal(response)
    assert status in (400, 403, 413, 415)
    assert rows.changed(before) == []


def test_a_certificate_of_another_kind_is_unknown(ready, ada, ada_client, course_certificate):
    """Badges and whatever the host will add are not ours."""
    from django.contrib.contenttypes.models import ContentType

    badge = seed.award(ada, seed.make_course(ready))
    type(badge).objects.filter(pk=badge.pk).update(
        credential_content_type=ContentType.objects.create(app_label="badges", model="credlybadgetemplate")
    )
    badge.refresh_from_db()
    assert asking.refusal(asking.init(ada_client, badge)) == (404, "unknown_certificate")
    shown = json.loads(ada_client.get(asking.LIST).content)
    assert [row["uuid"] for row in shown["course_credentials"]] == [course_certificate.uuid.hex]


def test_a_certificate_that_makes_no_credential_is_refused_when_it_is_offered(ready, ada, ada_client):
    configuration = seed.make_course(ready, seed.CourseOptions(title="\u202e\u200f", run_title="\u202e"))
    before = rows.snapshot()
    response = asking.init(ada_client, seed.award(ada, configuration))
    assert asking.refusal(response) == (409, "missing_text")
    assert set(rows.changed(before)) <= {"openedx_verifiable_credentials_learner", "credentials_usercredential"}
