"""What the first release stored is still there, and still claimed, after every migration since."""

from __future__ import annotations

import dataclasses
import datetime
import json
import uuid
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone

from openedx_verifiable_credentials.adapters import didkit
from openedx_verifiable_credentials.adapters import sealed
from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core import status_list as core
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.challenges import challenge_for
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import DocumentShape
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import Offer
from openedx_verifiable_credentials.models import Share
from openedx_verifiable_credentials.models import StatusList
from tests import asking
from tests import awards
from tests import bulk
from tests import sharing
from tests.commands.run import run

fill = import_module("openedx_verifiable_credentials.migrations.0003_fill_offers_and_slots").fill
fill_events = import_module("openedx_verifiable_credentials.migrations.0008_fill_event_credentials").fill
APP = "openedx_verifiable_credentials"
pytestmark = pytest.mark.django_db(transaction=True)
AS_IT_WAS = dataclasses.replace(OBV3_VC1, contexts=tuple(url for url in OBV3_VC1.contexts if url != v.STATUS_V1))


def migrate(*names: str) -> Any:
    """The historical models afterwards; without ``names``, of today."""
    executor = MigrationExecutor(connection)
    targets = [(APP, name) for name in names] or [one for one in executor.loader.graph.leaf_nodes() if one[0] == APP]
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def first_release(issuer: Any) -> Any:
    """The tables of 0001, with the issuer and its key in them; whatever happens, they are today's again afterwards."""
    try:
        yield migrate("0001_initial")
    finally:
        migrate()


class Made:
    """Rows of 0001, as its code made them."""

    def __init__(self, old: Any, site: Any, ada: Any, certificate: Any):
        self._models, self._site = old, site
        self.certificate = certificate
        self.now = timezone.now()
        self.means = get_means()
        self.learner_key = sealed.generate_key()
        learner_uuid = uuid.uuid4()
        kek, sealed_key = self.means.keks.seal(self.learner_key, learner_uuid.bytes)
        self.learner = self.model("Learner").objects.create(
            uuid=learner_uuid, user_id=ada.pk, sealed_key=sealed_key, sealed_with=kek, created=self.now
        )
        self.key = self.model("IssuerKey").objects.get()

    def model(self, name: str) -> Any:
        return self._models.get_model(APP, name)

    def offer(self, *certificates: Any, ago: int = 1) -> Any:
        created = self.now - datetime.timedelta(minutes=ago)
        return self.model("Offer").objects.create(
            uuid=uuid.uuid4(),
            learner=self.learner,
            key=self.key,
            site_id=self._site.pk,
            wallet_id="lc_wallet",
            certificate_uuids=[str(one.uuid) for one in certificates],
            created=created,
            expires_at=created + datetime.timedelta(minutes=10),
        )

    def credential(self, offer: Any, state: str, live_key: str | None, document: bytes = b"{}") -> Any:
        credential_uuid = uuid.uuid4()
        return self.model("Credential").objects.create(
            uuid=credential_uuid,
            certificate_uuid=self.certificate.uuid,
            learner=self.learner,
            issuer_id=self.key.issuer_id,
            key=self.key,
            offer=offer,
            profile_id="obv3-vc1",
            wallet_id="lc_wallet",
            is_bound=True,
            kind="course",
            achievement_key="course-v1:ExampleX+C1+2026",
            organization_key="ExampleX",
            site_id=self._site.pk,
            terms={},
            state=state,
            live_key=live_key,
            sealed_document=keys.seal_document(document, self.learner_key, credential_uuid),
            created=self.now,
        )

    def intent(self, offer: Any, holder: str) -> tuple[Any, dict[str, Any]]:
        """Recorded, not signed yet; and its document."""
        unsigned = open_badges.compose(
            self.means.source.get_awards([self.certificate.uuid])[self.certificate.uuid],
            Terms(),
            profile=AS_IT_WAS,
            issuer=awards.issuer_profile(self.key.issuer.did),
            credential_id=uuid.uuid4().urn,
            subject_id=holder,
        )
        live_key = f"{self.certificate.uuid.hex}:0"
        return self.credential(offer, "intended", live_key, json_text.write(unsigned)), unsigned


@pytest.fixture
def made(request: Any) -> Made:
    """In the tables of the first release."""
    host = [request.getfixturevalue(name) for name in ("ready", "ada", "course_certificate")]
    return Made(request.getfixturevalue("first_release"), *host)


def claim(made: Made, offer: Any, wallet: Any) -> dict[str, Any]:
    """By the link that was shown before the migration."""
    challenge = challenge_for(made.means.offer_key, offer.uuid, offer.created)
    path = f"{asking.API}credentials/issue/{offer.uuid}/"
    response = asking.post_json(Client(), path, wallet.present(challenge))
    assert response.status_code == 201, response.content
    credential: dict[str, Any] = response.json()
    return credential


def test_offers_and_slots_of_the_first_release_are_filled_in(made, program_certificate):
    one, both = made.offer(made.certificate), made.offer(made.certificate, program_certificate)
    hexadecimal = made.certificate.uuid.hex
    live = [made.credential(one, "issued", f"{hexadecimal}:0"), made.credential(both, "issued", f"{hexadecimal}:1")]
    ended = made.credential(None, "revoked", None)
    # Whatever stopped it in the middle: it can be run again.
    fill(migrate("0003_fill_offers_and_slots"), None)
    migrate()
    issuer = made.key.issuer_id
    for before, certificates in ((one, [made.certificate]), (both, [made.certificate, program_certificate])):
        after = Offer.objects.get(uuid=before.uuid)
        assert (after.issuer_id, after.learner_id, after.created) == (issuer, made.learner.pk, before.created)
        assert after.issuings == [
            {"certificate": str(certificate.uuid), "issuer": issuer, "organization": ""} for certificate in certificates
        ]
    for slot, before in enumerate(live):
        row = Credential.objects.get(uuid=before.uuid)
        assert row.live_key == f"{hexadecimal}:{issuer}:{slot}"
        assert (row.state, row.status_list, row.suspended, row.end_reason) == ("issued", None, False, "")
        assert keys.open_document(row, made.learner_key) == b"{}"
    assert Credential.objects.get(uuid=ended.uuid).live_key is None
    key = row.key
    assert (key.algorithm, key.store, key.signs, key.retired_at) == ("Ed25519", "database", True, None)


def test_offers_of_the_first_release_are_claimed_and_intents_signed_as_they_were_recorded(made, wallet):
    recorded = made.offer(made.certificate)
    intent, unsigned = made.intent(recorded, wallet.did)
    offer = made.offer(made.certificate)
    migrate()
    signed = claim(made, recorded, wallet)
    assert {name: value for name, value in signed.items() if name != "proof"} == unsigned
    assert didkit.verify(signed) == []
    assert claim(made, offer, wallet)["credentialStatus"]["type"] == "BitstringStatusListEntry"
    first, second = Credential.objects.order_by("pk")
    assert (first.uuid, first.state, first.status_list) == (intent.uuid, "issued", None)
    assert second.status_list == StatusList.objects.get()
    slots = [f"{made.certificate.uuid.hex}:{made.key.issuer_id}:{slot}" for slot in range(2)]
    assert [first.live_key, second.live_key] == slots
    # Both end with their certificate; no list can tell that of the first.
    made.certificate.revoke()
    run("vc_reconcile")
    assert set(Credential.objects.values_list("state", flat=True)) == {"revoked"}
    bits = bytes(StatusList.objects.get().bits)
    assert core.get_bit(bits, second.status_index) and sum(byte.bit_count() for byte in bits) == 1


def test_what_was_issued_before_there_were_pages_can_be_shared(ada_client, make_offer, course_certificate, wallet):
    raw = make_offer(course_certificate).claim(wallet).content
    page = sharing.share(ada_client)
    try:
        migrate("0004_offers_name_issuers")
        assert Share._meta.db_table not in connection.introspection.table_names()
    finally:
        migrate()
    assert sharing.get(page).status_code == 404
    assert sharing.get(f"{sharing.share(ada_client)}credential.json").content == raw


def test_events_are_found_by_the_credential_that_they_name():
    named, other = uuid.uuid4(), uuid.uuid4()
    names = [other] + [named] * 2_499
    Event.objects.bulk_create(
        Event(kind="credential.issued", at=timezone.now(), ids={"credential": str(name)}) for name in names
    )
    Event.objects.create(kind="issuer.changed", at=timezone.now(), ids={"issuer": "did:web:example.edu"})
    fill_events(apps, None)
    assert Event.objects.filter(credential=named).count() == 2_499
    assert Event.objects.filter(credential=other).count() == 1
    assert Event.objects.get(credential=None).kind == "issuer.changed"


def test_batches_come_and_go_with_their_migrations_and_what_was_stored_before_stays_readable(made):
    """``{`` is how documents begin that were sealed before there were other ways to pack them."""
    document = b'{"id":"urn:uuid:before"}'
    before = made.credential(None, "issued", f"{made.certificate.uuid.hex}:0", document)
    migrate()
    batch = bulk.issue()
    made_in_bulk = Credential.objects.get(batch__uuid=batch.uuid)
    raw = bulk.document(made_in_bulk)
    assert json.loads(raw)["id"] == made_in_bulk.uuid.urn
    try:
        old = migrate("0008_fill_event_credentials")
        assert {row.uuid for row in old.get_model(APP, "Credential").objects.all()} == {before.uuid, made_in_bulk.uuid}
        tables = connection.introspection.table_names()
        assert not {table._meta.db_table for table in (Batch, BatchChunk, DocumentShape)} & set(tables)
    finally:
        migrate()
    assert keys.open_document(Credential.objects.get(uuid=before.uuid), made.learner_key) == document
    # Gone with its shape, which is what a table of another version cannot keep.
    with pytest.raises(ConfigurationError):
        bulk.document(Credential.objects.get(uuid=made_in_bulk.uuid))


def test_batches_keep_their_counts_where_the_newest_columns_are_taken_away(ready, course_certificate):
    batch = bulk.issue()
    raw = bulk.document(Credential.objects.get())
    try:
        migrate("0009_batches")
    finally:
        migrate()
    assert batches.look(batch.uuid) == batch
    assert (Batch.objects.get().has_parts, Batch.objects.get().totals) == (True, None)
    assert bulk.document(Credential.objects.get()) == raw
    assert bulk.issue().held == 1
