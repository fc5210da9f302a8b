"""Properties: whatever stands in the place of a good presentation, of a member or of a byte of it, is a 4xx in JSON."""

import json

import pytest
from hypothesis import assume
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from openedx_verifiable_credentials.models import Credential
from tests import asking
from tests import network
from tests import properties
from tests.wallet import DATA_INTEGRITY
from tests.wallet import V1
from tests.wallet import V2


@pytest.fixture(autouse=True)
def no_way_out(monkeypatch):
    """Nothing is fetched."""
    network.block(monkeypatch)


JUNK = hypothesis(properties.settings.get_profile("ours"), max_examples=40)
PATHS = [
    *[(name,) for name in ("@context", "type", "holder", "proof", "id", "verifiableCredential", "extra")],
    *[
        ("proof", name)
        for name in (
            "@context",
            "type",
            "cryptosuite",
            "created",
            "verificationMethod",
            "proofPurpose",
            "challenge",
            "domain",
            "proofValue",
            "extra",
        )
    ],
]
VALUES = st.one_of(
    properties.json_values,
    st.sampled_from(([V1], [V2], V2, [V2, DATA_INTEGRITY], "", "did:key:z6Mk", "_:b0", "\u0000", True, 1e999)),
)


def test_any_member_may_be_junk(make_offer, course_certificate, wallet):
    offer = make_offer(course_certificate)
    good = wallet.present(offer.challenge)

    @JUNK
    @given(path=st.sampled_from(PATHS), value=VALUES)
    def send(path, value):
        body = {**good, "proof": dict(good["proof"])}
        target = body if len(path) == 1 else body["proof"]
        assume(path[-1] not in target or target[path[-1]] != value)
        target[path[-1]] = value
        assume(not _means_the_same(path, value, good))
        refused(offer.post(json.dumps(body).encode()))

    send()


@pytest.mark.parametrize("path", PATHS, ids=".".join)
def test_any_member_may_be_a_copy_of_the_context(make_offer, course_certificate, wallet, path):
    """The one list a proof may hold is the presentation's own context, in its own place."""
    offer = make_offer(course_certificate)
    body = wallet.present(offer.challenge)
    target = body if len(path) == 1 else body["proof"]
    if path[-1] == "@context":
        return
    target[path[-1]] = body["@context"]
    refused(offer.post(body))


def test_any_byte_may_be_junk(make_offer, course_certificate, wallet):
    offer = make_offer(course_certificate)
    body = json.dumps(wallet.present(offer.challenge)).encode()

    @JUNK
    @given(place=st.integers(0, len(body) - 1), bite=st.integers(0, 4), new=st.binary(max_size=4))
    def send(place, bite, new):
        junk = body[:place] + new + body[place + bite :]
        assume(not _same(junk, body))
        refused(offer.post(junk))

    send()


def test_any_body_may_be_junk(make_offer, course_certificate):
    offer = make_offer(course_certificate)

    @JUNK
    @given(st.one_of(st.binary(max_size=200), properties.json_values.map(lambda value: json.dumps(value).encode())))
    def send(body):
        refused(offer.post(body))

    send()


def refused(response):
    status, code = asking.refusal(response)
    assert 400 <= status < 500, (status, code)
    assert not Credential.objects.exists()


def _means_the_same(path, value, good):
    """What a wallet may write differently: an empty list of credentials, one type without its list, our own domain."""
    return (path, value) in (
        (("verifiableCredential",), []),
        (("type",), "VerifiablePresentation"),
        (("proof", "@context"), good["@context"]),
    )


def _same(one, other):
    try:
        return json.loads(one) == json.loads(other)
    except ValueError:
        return False
