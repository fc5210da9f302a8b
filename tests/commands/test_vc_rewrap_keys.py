"""``vc_rewrap_keys``: everything under the new key-encryption key, nothing lost, whatever happens meanwhile."""

import uuid

import pytest
from django.utils import timezone

from openedx_verifiable_credentials.api.means import get_key_encryption_keys
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.flows import rewrap_keys
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import Learner
from openedx_verifiable_credentials.models import StatusList
from tests import faults
from tests import rows
from tests.commands.run import fails
from tests.commands.run import run

pytestmark = pytest.mark.django_db
NAME = "vc_rewrap_keys"
NEW = {"new": "A" * 43 + "="}


@pytest.fixture(name="claimed")
def make_claimed(make_offer, course_certificate, wallet):
    """An issuer's key, a learner's and a status list's."""
    offer = make_offer(course_certificate)
    assert offer.claim(wallet).status_code == 201
    return offer


@pytest.fixture(name="new_kek")
def make_new_kek(claimed, settings):
    """Before the old one."""
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = {**NEW, **settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS}
    return settings


def opened():
    """Every sealed value, in clear."""
    keks = get_key_encryption_keys()
    return [
        keks.unseal(row.sealed_with, getattr(row, column), row.uuid.bytes).reveal()
        for model, column in rewrap_keys.SEALED
        for row in model._default_manager.order_by("pk")
    ]


def names():
    return {row.sealed_with for model, _ in rewrap_keys.SEALED for row in model._default_manager.only("sealed_with")}


def test_everything_is_sealed_anew_and_the_old_key_can_go(new_kek, make_offer, course_certificate, wallet, claimed):
    before = opened()
    assert len(before) == 3
    said = run(NAME)
    assert "3 encrypted anew, 0 left" in said
    assert names() == {"new"}
    assert opened() == before
    event = Event.objects.latest("pk")
    assert (event.kind, event.ids) == ("keys.rewrapped", {"kek": "new"})
    new_kek.OPENEDX_VC_KEY_ENCRYPTION_KEYS = NEW
    assert opened() == before
    assert claimed.claim(wallet).status_code == 201, "the same bytes again"
    credential = Credential.objects.get()
    assert keys.open_document(credential, keys.open_learner_key(credential.learner, get_means().keks))
    assert "OK" in run("vc_doctor")


def test_every_sealed_column_is_known_to_it():
    from django.apps import apps

    sealed = {
        (model, field.name)
        for model in apps.get_app_config(rows.OURS).get_models()
        for field in model._meta.get_fields()
        if field.name.startswith("sealed_") and field.name not in ("sealed_with", "sealed_document")
    }
    assert sealed == set(rewrap_keys.SEALED)


def test_a_second_run_changes_nothing(new_kek):
    run(NAME)
    before = rows.snapshot()
    assert "0 encrypted anew, 0 left" in run(NAME)
    assert rows.changed(before) == []


def test_a_dry_run_counts_and_stores_nothing(new_kek):
    before = rows.snapshot()
    assert "3 would be" in run(NAME, "--dry-run")
    assert rows.changed(before) == []


def test_it_can_be_quiet(new_kek):
    assert run(NAME, verbosity=0) == ""
    assert names() == {"new"}


def test_keys_that_are_kept_elsewhere_are_none_of_its_business(new_kek):
    IssuerKey.objects.update(store="file", reference="/x", sealed_seed=None, sealed_with="")
    assert "2 encrypted anew, 0 left" in run(NAME)


def test_what_does_not_open_is_counted_and_the_rest_is_done(new_kek):
    Learner.objects.create(
        uuid="6f2c1e0a-3c3d-4a51-9d5e-0b6ad2a7f1c4", user_id=99, sealed_key=b"x" * 60, sealed_with="gone",
        created=timezone.now(),
    )  # fmt: skip
    said, sentence = fails(NAME)
    assert "3 encrypted anew, 1 left" in said
    assert "1 of them do not open" in sentence
    assert bytes(Learner.objects.get(user_id=99).sealed_key) == b"x" * 60


def test_a_value_that_changes_meanwhile_is_left_to_who_changed_it(new_kek, monkeypatch):
    """Between the look at a row and its change another process has sealed it anew, or erased the learner."""
    row = StatusList.objects.get()
    before = bytes(row.sealed_order_key)
    StatusList.objects.update(sealed_order_key=b"of somebody else")
    assert rewrap_keys._rewrap_row(row, "sealed_order_key", get_key_encryption_keys()) is False
    assert bytes(StatusList.objects.get().sealed_order_key) == b"of somebody else"
    StatusList.objects.update(sealed_order_key=before)
    learner = Learner.objects.get()
    Credential.objects.update(learner=None)
    Credential.objects.update(offer=None)
    learner.offers.all().delete() if hasattr(learner, "offers") else learner.offer_set.all().delete()
    stale = Learner.objects.get(pk=learner.pk)
    learner.delete()
    assert rewrap_keys._rewrap_row(stale, "sealed_key", get_key_encryption_keys()) is False


@pytest.mark.parametrize("table", ["issuerkey", "statuslist", "learner"])
def test_a_power_cut_loses_nothing_and_the_next_run_goes_on(new_kek, table):
    before = opened()
    with (
        pytest.raises(faults.PowerCut),
        faults.at_statement(f'UPDATE "openedx_verifiable_credentials_{table}"'),
    ):
        run(NAME)
    assert opened() == before
    run(NAME)
    assert opened() == before
    assert names() == {"new"}


def test_many_rows_take_several_batches(settings, claimed):
    """And the sealed bytes of each are bound to its own row."""
    keks = get_key_encryption_keys()
    count = 2 * rewrap_keys.BATCH
    learners = []
    for number in range(count):
        learner_uuid = uuid.uuid4()
        name, sealed = keks.seal(Secret(number.to_bytes(32, "big")), learner_uuid.bytes)
        user = 1000 + number
        now = timezone.now()
        learners.append(Learner(uuid=learner_uuid, user_id=user, sealed_key=sealed, sealed_with=name, created=now))
    Learner.objects.bulk_create(learners)
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = {**NEW, **settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS}
    before = opened()
    said = run(NAME)
    assert said.count("…") == 4, said
    assert f"{count + 3} encrypted anew, 0 left" in said
    assert opened() == before


def test_without_a_key_encryption_key_it_says_what_to_do(settings, claimed):
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = {}
    assert "vc_generate_kek" in fails(NAME)[1]
