"""The MFEs log in with the two halves of a JWT, each in a cookie of its own."""

import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from django.test import Client
from jwt.algorithms import RSAAlgorithm

from tests import asking

# The service's test settings have a short secret; what is tested is not its strength.
pytestmark = pytest.mark.filterwarnings(
    "ignore::jwt.InsecureKeyLengthWarning", "ignore:'JWT_ISSUERS':DeprecationWarning"
)


@pytest.fixture(scope="session", name="lms_key")
def make_lms_key():
    """An RSA key, as an LMS has."""
    return generate_private_key(65537, 2048)


@pytest.fixture(autouse=True)
def deployed(settings, lms_key):
    """The LMS's public key is configured, as Tutor does: without one edx-drf-extensions 10.9 checks no signature."""
    jwk = json.loads(RSAAlgorithm.to_jwk(lms_key.public_key()))
    settings.JWT_AUTH = {**settings.JWT_AUTH, "JWT_PUBLIC_SIGNING_JWK_SET": json.dumps({"keys": [jwk]})}


@pytest.fixture(name="claims")
def make_claims(settings):
    """What the LMS says of Ada."""
    now = int(time.time())
    return {
        "iss": settings.JWT_AUTH["JWT_ISSUER"],
        "aud": settings.JWT_AUTH["JWT_AUDIENCE"],
        "iat": now,
        "exp": now + 300,
        "version": "1.2.0",
        "preferred_username": "ada",
        "email": "ada@learners.example.edu",
    }


@pytest.fixture(name="hs256")
def make_hs256(settings):
    """Signs with the secret that the LMS and the service share."""
    return lambda claims: jwt.encode(claims, settings.JWT_AUTH["JWT_SECRET_KEY"], "HS256")


def browser(token):
    """A browser with both cookies, asking as the MFE does."""
    header_payload, _, signature = token.rpartition(".")
    client = Client(enforce_csrf_checks=True, headers={"USE-JWT-COOKIE": "true"})
    client.cookies["edx-jwt-cookie-header-payload"] = header_payload
    client.cookies["edx-jwt-cookie-signature"] = signature
    return client


def shown(client):
    """The uuids of the course certificates."""
    response = client.get(asking.LIST)
    assert response.status_code == 200, response.content
    return [row["uuid"] for row in response.json()["course_credentials"]]


def test_reading(hs256, claims, course_certificate):
    assert shown(browser(hs256(claims))) == [course_certificate.uuid.hex]


def test_reading_with_a_token_that_the_lms_signed(lms_key, claims, course_certificate):
    assert shown(browser(jwt.encode(claims, lms_key, "RS512"))) == [course_certificate.uuid.hex]


def test_an_offer_needs_a_csrf_token(hs256, claims, course_certificate):
    client = browser(hs256(claims))
    assert asking.refusal(asking.init(client, course_certificate)) == (401, "not_authenticated")
    token = client.get("/csrf/api/v1/token").json()["csrfToken"]
    assert asking.init(client, course_certificate, HTTP_X_CSRFTOKEN=token).status_code == 200


@pytest.mark.parametrize("change", [{"exp": 1}, {"iss": "https://elsewhere.example"}, {"aud": "elsewhere"}])
def test_a_token_that_is_not_for_us_is_nobody(hs256, claims, course_certificate, change):
    client = browser(hs256({**claims, **change}))
    assert asking.refusal(client.get(asking.LIST)) == (401, "not_authenticated")


@pytest.mark.parametrize("algorithm", ["HS256", "none"])
def test_a_forged_token_is_nobody(claims, course_certificate, algorithm):
    key = "another secret, as long as it should be" if algorithm == "HS256" else None
    client = browser(jwt.encode(claims, key, algorithm))
    assert asking.refusal(client.get(asking.LIST)) == (401, "not_authenticated")


def test_the_wrong_half_of_another_token_is_nobody(hs256, claims, course_certificate):
    head, _, _ = hs256(claims).rpartition(".")
    _, _, signature = hs256({**claims, "preferred_username": "bob"}).rpartition(".")
    assert asking.refusal(browser(f"{head}.{signature}").get(asking.LIST)) == (401, "not_authenticated")


def test_an_account_that_is_new_here_has_no_certificates(hs256, claims, course_certificate):
    assert shown(browser(hs256({**claims, "preferred_username": "newcomer"}))) == []


def test_a_token_and_a_session_of_different_people_are_nobody(hs256, claims, course_certificate, bob):
    client = browser(hs256(claims))
    client.force_login(bob)
    response = client.get(asking.LIST)
    assert asking.refusal(response) == (401, "authentication_failed")
