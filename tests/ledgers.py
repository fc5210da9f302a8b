"""What must hold of the ledger and its status lists whatever happened before; and ledgers of many rows."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.core import status_list as core
from openedx_verifiable_credentials.flows.steps.publishing import bits_of
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import PublishedList
from openedx_verifiable_credentials.models import StatusList
from openedx_verifiable_credentials.models.credential import CredentialState

OVER = (CredentialState.REVOKED, CredentialState.SUPERSEDED)


def indices(bits: bytes) -> set[int]:
    """Those that are set: most significant bit first (Bitstring Status List v1.0 §3.2), read here without our code."""
    return {8 * at + bit for at, byte in enumerate(bits) if byte for bit in range(8) if byte & 0x80 >> bit}


def is_marked(credential: Credential) -> bool:
    """Whether the ledger's list says that it is revoked."""
    credential.refresh_from_db()
    return core.get_bit(bytes(credential.status_list.bits), credential.status_index)


def is_served_as(credential: Credential, form: str = "revocation") -> bool:
    """Its bit in the document that verifiers get."""
    served = PublishedList.objects.get(status_list=credential.status_list_id, form=form)
    return core.get_bit(bits_of(served), credential.status_index)


def require_sound(*, published: bool = True) -> None:
    """
    Every credential that ended has its bit and no other has, in the ledger and (``published``) in what is served; every
    row says why and when it ended, and has its one event.
    """
    for status_list in StatusList.objects.all():
        rows = status_list.credentials.values_list("status_index", "state")
        ended = {index for index, state in rows if state in OVER}
        assert indices(bytes(status_list.bits)) == ended
        if published:
            assert status_list.changed_at is None
            served = {row.form: row for row in status_list.published.all()}
            assert {indices(bits_of(served[form])) == ended for form in ("revocation", "revocation-2021")} == {True}
        if status_list.suspends:
            suspended = set(status_list.credentials.filter(suspended=True).values_list("status_index", flat=True))
            assert indices(bytes(status_list.suspension_bits)) == suspended
            if published:
                assert indices(bits_of(served["suspension"])) == suspended
    for row in Credential.objects.filter(state__in=OVER):
        assert (row.live_key, bool(row.ended_at), bool(row.end_reason)) == (None, True, True)
    assert not Credential.objects.filter(state="issued", live_key=None).exists()
    revoked = Counter(event.ids["credential"] for event in Event.objects.filter(kind="credential.revoked"))
    assert revoked == Counter(str(row.uuid) for row in Credential.objects.filter(state="revoked"))


def multiply(template: Credential, count: int, certificates: list[Any] | None = None) -> list[Credential]:
    """
    ``count`` more rows like ``template``, each with a place of its own in the same list, one of those that are handed
    out last; of these certificates, or of its own.
    """
    status_list = StatusList.objects.get(pk=template.status_list_id)
    taken = set(status_list.credentials.values_list("status_index", flat=True))
    kek, sealed = status_list.sealed_with, status_list.sealed_order_key
    order_key = get_means().keks.unseal(kek, sealed, status_list.uuid.bytes).reveal()
    last_first = (core.nth_index(order_key, status_list.length, n) for n in reversed(range(status_list.length)))
    free = (index for index in last_first if index not in taken)
    rows = []
    for number in range(count):
        fields = {field.attname: getattr(template, field.attname) for field in Credential._meta.concrete_fields}
        fields |= {"id": None, "uuid": uuid.uuid4(), "offer_id": None, "status_index": next(free)}
        fields["live_key"] = f"made:{fields['uuid'].hex}"
        if certificates is not None:
            fields["certificate_uuid"] = certificates[number % len(certificates)].uuid
        rows.append(Credential(**fields))
    Credential.objects.bulk_create(rows, batch_size=500)
    return rows
