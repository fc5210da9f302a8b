"""Sharing: one live page a credential, a new id each time, gone for ever once it ended; erased, the row stays."""

import hashlib
import re

import pytest
from django.db import IntegrityError
from django.db import transaction
from django.test import Client

from openedx_verifiable_credentials.api import claims
from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.api import issued
from openedx_verifiable_credentials.api import offers
from openedx_verifiable_credentials.api import public_credentials
from openedx_verifiable_credentials.api import sharing
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import Share
from tests import asking
from tests import faults
from tests import retiring
from tests import rows
from tests.test_switch import turn


@pytest.fixture(name="raw")
def make_raw(ready, ada, course_certificate):
    """The bytes of Ada's credential."""
    made = offers.make_offer(
        user_id=ada.pk, site_id=ready.pk, certificate_uuids=[course_certificate.uuid], wallet_id="download"
    )
    return claims.claim_for_download(made.uuid, user_id=ada.pk)


@pytest.fixture(name="credential")
def make_credential(raw):
    """Ada's credential."""
    return Credential.objects.get()


def share_id_of(page):
    """The last part of the address."""
    return page.split("/")[-2]


def events():
    """What was noted about sharing."""
    return list(Event.objects.filter(kind__endswith="shared").order_by("pk").values_list("kind", "ids"))


def test_its_page_shows_the_bytes_that_were_handed_out(raw, credential, ada, issuer):
    page = sharing.share(credential.uuid, user_id=ada.pk)
    assert re.fullmatch(rf"{issuer.base_url}/verifiable_credentials/c/[A-Za-z0-9_-]{{22}}/", page)
    found = public_credentials.find_shared(share_id_of(page))
    assert found.raw == raw
    assert found.sha256 == hashlib.sha256(raw).hexdigest()
    assert found.page == page


def test_shared_again_it_is_the_same_page(credential, ada):
    pages = {sharing.share(credential.uuid, user_id=ada.pk) for _ in range(3)}
    assert len(pages) == 1
    assert Share.objects.count() == 1
    assert [kind for kind, _ in events()] == ["credential.shared"]


def test_once_it_ended_it_is_gone_and_the_next_page_is_another(credential, ada):
    seen = []
    for _ in range(3):
        seen.append(sharing.share(credential.uuid, user_id=ada.pk))
        sharing.unshare(credential.uuid, user_id=ada.pk)
        sharing.unshare(credential.uuid, user_id=ada.pk)
        assert [public_credentials.find_shared(share_id_of(page)) for page in seen] == [None] * len(seen)
    assert len(set(seen)) == 3
    assert [kind for kind, _ in events()] == ["credential.shared", "credential.unshared"] * 3
    assert all(row.live is None and row.ended_at >= row.created for row in Share.objects.all())


def test_events_name_the_credential_and_never_the_page(credential, ada):
    sharing.share(credential.uuid, user_id=ada.pk)
    [(_, ids)] = events()
    assert ids == {"credential": str(credential.uuid), "certificate": str(credential.certificate_uuid)}


def test_an_id_is_nothing_but_random(credential, ada):
    ids = set()
    for _ in range(50):
        ids.add(share_id_of(sharing.share(credential.uuid, user_id=ada.pk)))
        sharing.unshare(credential.uuid, user_id=ada.pk)
    assert len(ids) == 50
    assert len({one[0] for one in ids}) > 10


@pytest.mark.parametrize("change", [str.swapcase, str.lower, str.upper, lambda s: s + " ", lambda s: s[:-1] + "é"])
def test_an_id_is_told_from_every_other_spelling(credential, ada, change):
    page = sharing.share(credential.uuid, user_id=ada.pk)
    assert change(share_id_of(page)) != share_id_of(page)
    assert public_credentials.find_shared(share_id_of(page)) is not None
    assert public_credentials.find_shared(change(share_id_of(page))) is None


def test_nobody_shares_or_ends_anothers(credential, ada, bob):
    sharing.share(credential.uuid, user_id=ada.pk)
    before = rows.snapshot()
    for act in (sharing.share, sharing.unshare):
        with pytest.raises(LedgerError) as caught:
            act(credential.uuid, user_id=bob.pk)
        assert caught.value.code == "unknown_credential"
    assert rows.changed(before) == []


@pytest.mark.parametrize("state", ["intended", "abandoned"])
def test_what_was_never_handed_out_cannot_be_shared(credential, ada, state):
    Credential.objects.update(state=state, issued_at=None, live_key=None)
    with pytest.raises(LedgerError) as caught:
        sharing.share(credential.uuid, user_id=ada.pk)
    assert caught.value.code == "unknown_credential"
    assert issued.page_of_issued(user_id=ada.pk).items == []


@pytest.mark.parametrize("state", ["revoked", "superseded"])
def test_what_is_over_can_be_shared_and_says_so(credential, ada, state):
    Credential.objects.update(state=state, live_key=None)
    page = sharing.share(credential.uuid, user_id=ada.pk)
    assert public_credentials.find_shared(share_id_of(page)).status == state


def test_a_retired_learner_shares_nothing_new_and_can_still_withdraw(settings, credential, ada):
    page = sharing.share(credential.uuid, user_id=ada.pk)
    retiring.retire(settings, "ada")
    with pytest.raises(LedgerError) as caught:
        sharing.share(credential.uuid, user_id=ada.pk)
    assert caught.value.code == "unknown_credential"
    sharing.unshare(credential.uuid, user_id=ada.pk)
    assert public_credentials.find_shared(share_id_of(page)) is None


def test_erased_its_page_stays_and_is_withheld(credential, ada, issuer):
    page = sharing.share(credential.uuid, user_id=ada.pk)
    digest = Share.objects.get().sha256
    erasing.erase_by_username("ada")
    found = public_credentials.find_shared(share_id_of(page))
    assert found.withheld and found.raw is None and found.document is None and found.facts is None
    assert (found.status, found.sha256, found.issuer_did) == ("valid", digest, issuer.did)


def test_a_page_that_had_ended_stays_gone_after_an_erasure(credential, ada):
    page = sharing.share(credential.uuid, user_id=ada.pk)
    sharing.unshare(credential.uuid, user_id=ada.pk)
    erasing.erase_by_username("ada")
    assert public_credentials.find_shared(share_id_of(page)) is None


def test_two_live_shares_of_a_credential_cannot_be(credential, ada):
    sharing.share(credential.uuid, user_id=ada.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Share.objects.create(share_id="x" * 22, credential=credential, sha256="0" * 64, created=credential.created)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", [f'INSERT INTO "{rows.OURS}_share"', f'INSERT INTO "{rows.OURS}_event"'])
def test_stopped_in_the_middle_nothing_happened(credential, ada, statement):
    before = rows.snapshot()
    with pytest.raises(faults.PowerCut), faults.at_statement(statement):
        sharing.share(credential.uuid, user_id=ada.pk)
    assert rows.changed(before) == []
    sharing.share(credential.uuid, user_id=ada.pk)


@pytest.mark.django_db(transaction=True)
def test_a_race_is_tried_again_and_given_up_in_the_end(credential, ada):
    statement = f'INSERT INTO "{rows.OURS}_share"'
    with faults.at_statement(statement, make_error=faults.locked) as seen:
        page = sharing.share(credential.uuid, user_id=ada.pk)
    assert len(seen) == 2
    sharing.unshare(credential.uuid, user_id=ada.pk)
    with pytest.raises(TransientError) as caught, _always(statement):
        sharing.share(credential.uuid, user_id=ada.pk)
    assert caught.value.code == "busy"
    assert public_credentials.find_shared(share_id_of(page)) is None


def _always(statement):
    """Fails each time."""
    from django.db import connection

    def guard(execute, sql, params, many, context):
        if sql.startswith(statement.replace('"', connection.ops.quote_name("x")[0])):
            raise faults.locked()
        return execute(sql, params, many, context)

    return connection.execute_wrapper(guard)


@pytest.mark.django_db(transaction=True)
def test_erased_between_reading_and_sharing_nothing_is_shared(credential, ada):
    """The erasure comes after the document was read, before its share is written."""
    from django.db import connection

    def guard(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and not Credential.objects.filter(erased_at__isnull=False).exists() and not done:
            done.append(sql)
            erasing.erase_by_username("ada")
        return execute(sql, params, many, context)

    done = []
    with pytest.raises(LedgerError) as caught, connection.execute_wrapper(guard):
        sharing.share(credential.uuid, user_id=ada.pk)
    assert caught.value.code == "unknown_credential"
    assert done and not Share.objects.exists()


def test_sharing_needs_the_switch_and_withdrawing_does_not(credential, ada):
    page = sharing.share(credential.uuid, user_id=ada.pk)
    look(False)
    with pytest.raises(OfferError) as caught:
        sharing.share(credential.uuid, user_id=ada.pk)
    assert caught.value.code == "switched_off"
    assert public_credentials.find_shared(share_id_of(page)) is not None
    assert [one.page for one in issued.page_of_issued(user_id=ada.pk).items] == [page]
    sharing.unshare(credential.uuid, user_id=ada.pk)
    assert public_credentials.find_shared(share_id_of(page)) is None
    look(True)


def look(active):
    """Outside of requests a process keeps what it saw of the switch; every request looks again."""
    turn(active)
    Client().get(asking.STORAGES)


def test_where_the_key_encryption_key_is_gone_the_page_says_try_again(settings, credential, ada, caplog):
    page = sharing.share(credential.uuid, user_id=ada.pk)
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = {"other": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
    with pytest.raises(TransientError) as caught:
        public_credentials.find_shared(share_id_of(page))
    assert caught.value.code == "unreadable_credential"
    assert "cannot be shown" in caplog.text
