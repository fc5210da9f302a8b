"""DID document and Profile of an issuer whose credentials are anchored, as they are served."""

from __future__ import annotations

import datetime
import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openedx_verifiable_credentials.api import anchor_keys
from openedx_verifiable_credentials.core import accounts
from openedx_verifiable_credentials.core import did_documents
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.canonical import canonicalize_independently
from tests import rows
from tests.flows.test_anchor_keys import FIRST
from tests.flows.test_anchor_keys import SECOND

pytestmark = pytest.mark.django_db
HOST = "credentials.example.edu"
DID = f"did:web:{HOST}"
PROFILE = "/verifiable_credentials/issuers/academy/"
CHAIN = 84_532
KOBLITZ = "ecdsa-koblitz-pubkey:"


@pytest.fixture(name="published")
def make_published(web_issuer):
    """A key that pays for anchors."""
    return anchor_keys.publish_anchor_key(FIRST, CHAIN)


def get(path):
    response = Client().get(path, HTTP_HOST=HOST)
    assert response.status_code == 200
    return response.json()


def did_document():
    return get("/.well-known/did.json")


def test_without_such_keys_both_are_as_ever(web_issuer):
    assert "publicKey" not in get(PROFILE)
    assert all(isinstance(context, str) for context in (*get(PROFILE)["@context"], *did_document()["@context"]))
    assert "service" not in did_document()


def test_the_profile_names_the_accounts_and_the_did_document_the_profile(web_issuer, published):
    profile, document = get(PROFILE), did_document()
    (entry,) = profile["publicKey"]
    assert entry["id"] == KOBLITZ + accounts.checksummed(FIRST.address)
    assert entry.keys() == {"id", "created"}
    assert profile["id"] == DID == document["id"]
    (service,) = document["service"]
    assert service["serviceEndpoint"] == f"https://{HOST}{PROFILE}"
    method = f"{DID}#{accounts.multikey(FIRST.public_key)}"
    assert method in document["assertionMethod"]
    read = did_documents.read(json.dumps(document).encode(), DID)
    assert read.find(method).address == FIRST.address
    (account,) = [one["blockchainAccountId"] for one in document["verificationMethod"] if "blockchainAccountId" in one]
    assert account == f"eip155:84532:{accounts.checksummed(FIRST.address)}"


def test_the_end_of_a_key_stands_in_the_profile_alone(web_issuer, published):
    anchor_keys.rotate_anchor_key(SECOND, CHAIN)
    anchor_keys.revoke_anchor_key(FIRST.address, timezone.now() - datetime.timedelta(hours=1))
    new, old = get(PROFILE)["publicKey"]
    assert (new["id"], old["id"]) == tuple(KOBLITZ + accounts.checksummed(key.address) for key in (SECOND, FIRST))
    assert new.keys() == {"id", "created"}
    assert old.keys() == {"id", "created", "expires", "revoked"}
    document = did_document()
    assert not any({"expires", "revoked"} & set(one) for one in document["verificationMethod"])
    methods = [f"{DID}#{accounts.multikey(key.public_key)}" for key in (SECOND, FIRST)]
    assert set(methods) <= {one["id"] for one in document["verificationMethod"]}
    assert [method in document["assertionMethod"] for method in methods] == [True, False]


def test_both_are_json_ld_of_which_nothing_is_dropped(web_issuer, published):
    anchor_keys.rotate_anchor_key(SECOND, CHAIN)
    for document in (did_document(), get(PROFILE)):
        assert canonicalize(document) == canonicalize_independently(document)


def test_many_keys_cost_no_more_queries_than_two(web_issuer, published):
    anchor_keys.rotate_anchor_key(SECOND, CHAIN)
    for path in ("/.well-known/did.json", PROFILE):
        with CaptureQueriesContext(connection) as queries:
            get(path)
        ours = [query for query in queries if rows.OURS in query["sql"]]
        assert len(ours) == (5 if path.endswith("did.json") else 4)


def test_a_did_key_issuer_publishes_none(issuer):
    anchor_keys.publish_anchor_key(FIRST, CHAIN)
    assert "publicKey" not in get(f"/verifiable_credentials/issuers/{issuer.slug}/")
