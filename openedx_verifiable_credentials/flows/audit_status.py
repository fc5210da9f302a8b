"""Compare the ledger, the bits of status lists and the documents that are served; make missing bits anew."""

from __future__ import annotations

import dataclasses
import datetime
import json
import logging
from collections.abc import Callable
from collections.abc import Iterator

from django.db import models
from django.db import transaction
from django.db.models import F

from openedx_verifiable_credentials.core import self_check
from openedx_verifiable_credentials.core import status_list as core
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.data import VerificationMethod
from openedx_verifiable_credentials.exceptions import StatusListError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.flows.steps import publishing
from openedx_verifiable_credentials.flows.steps.status_lists import close_open_lists
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import PublishedList
from openedx_verifiable_credentials.models import StatusList
from openedx_verifiable_credentials.models.credential import CredentialState

logger = logging.getLogger(__name__)

_ENDED = (CredentialState.REVOKED, CredentialState.SUPERSEDED)


@dataclasses.dataclass(frozen=True)
class Rebuilt:
    """A list whose bits were made anew; ``bits`` of them were missing, ``damaged`` says that arrays were."""

    uuid: str
    bits: int
    damaged: bool


def find_problems(now: datetime.datetime) -> Iterator[str]:
    """One sentence for each thing that is wrong; nothing is changed."""
    for pk in StatusList.objects.order_by("pk").values_list("pk", flat=True):
        yield from _problems_of_list(pk, now)


def rebuild(now: Callable[[], datetime.datetime], *, dry_run: bool = False) -> Iterator[Rebuilt]:
    """
    Set the bits that the ledger says are set, or that a good served document has set, and make damaged arrays anew.
    Revocations are never taken back. Yields the lists that needed it.

    New credentials get their places in new lists from here on: after a restore from a backup, places that the database
    takes for free may be in credentials it knows nothing of.
    """
    if not dry_run:
        close_open_lists()
    for pk in StatusList.objects.order_by("pk").values_list("pk", flat=True):
        rebuilt = _rebuild(pk, now(), dry_run)
        if rebuilt is not None:
            yield rebuilt


def _problems_of_list(pk: int, now: datetime.datetime) -> Iterator[str]:
    # In this order, so that what happens meanwhile is no problem: a credential ends in the transaction that sets its
    # bit, and bits are published after that.
    before = StatusList.objects.select_related("issuer").get(pk=pk)
    expected = _expected(before)
    after = StatusList.objects.select_related("issuer").get(pk=pk)
    name = f"Status list {after.uuid}"
    try:
        publishing.require_sound(before)
        publishing.require_sound(after)
    except StatusListError as error:
        yield str(error)
    else:
        for purpose, indices in expected.items():
            yield from _problems_of_bits(before, after, purpose, indices)
    yield from _problems_of_documents(after, name, now)


def _problems_of_bits(before: StatusList, after: StatusList, purpose: str, expected: bytes) -> Iterator[str]:
    earlier = publishing.raw_bits(before, purpose) or b""
    later = publishing.raw_bits(after, purpose) or b""
    missing = core.count_bits(core.difference(core.difference(expected, earlier), later))
    if missing:
        yield f"Status list {after.uuid}: {missing} {purpose} bits are missing that the ledger says are set."
    strays = core.count_bits(core.difference(core.difference(earlier, expected), core.difference(earlier, later)))
    if strays:
        yield f"Status list {after.uuid}: {strays} {purpose} bits are set that the ledger knows nothing of."


def _problems_of_documents(row: StatusList, name: str, now: datetime.datetime) -> Iterator[str]:
    documents = {ListForm(one.form): one for one in PublishedList.objects.filter(status_list=row).select_related("key")}
    for form in publishing.forms_of(row):
        served = documents.get(form)
        if served is None:
            yield f"{name}: its {form} document was never published."
            continue
        if not publishing.is_intact(bytes(served.document), bytes(served.gzipped), served.sha256):
            yield f"{name}: its {form} document is damaged."
            continue
        if served.valid_until <= now:
            yield f"{name}: its {form} document is over since {served.valid_until:%Y-%m-%d %H:%M}."
        yield from _problems_inside(row, served, form, name)


def _problems_inside(row: StatusList, served: PublishedList, form: ListForm, name: str) -> Iterator[str]:
    try:
        document = json.loads(bytes(served.document))
        profile = core.list_profile(get_profile(row.profile_id), form, served.key.algorithm)
        self_check.require_good_release(
            bytes(served.document), unsigned=profile.detach(document)[0], profile=profile, method=_method(row, served)
        )
        bits = publishing.bits_of(served) or b""
    except (VerifiableCredentialsError, ValueError, LookupError, TypeError):
        yield f"{name}: its {form} document does not verify."
        return
    subject = document["credentialSubject"]
    url = core.list_url(row.issuer.base_url, str(row.uuid), form)
    if (document["id"], document["issuer"], subject["statusPurpose"]) != (url, row.issuer.did, form.purpose):
        yield f"{name}: its {form} document is that of another list."
        return
    current = publishing.raw_bits(row, form.purpose)
    if row.changed_at is None and served.bits_version == row.bits_version and bits != current:
        yield f"{name}: its {form} document has other bits than the list, and no change waits to be published."


def _method(row: StatusList, served: PublishedList) -> VerificationMethod:
    value = served.key.public_key_multibase
    return VerificationMethod(f"{row.issuer.did}#{value}", row.issuer.did, value)


@transaction.atomic(durable=True)
def _rebuild(pk: int, now: datetime.datetime, dry_run: bool) -> Rebuilt | None:
    # The write comes first: it locks the list, on every database.
    StatusList.objects.filter(pk=pk).update(created=F("created"))
    row = StatusList.objects.get(pk=pk)
    expected = _expected(row)
    changes = {"bits": core.union(expected[v.REVOCATION], _sound(row, v.REVOCATION) or core.empty_bits(row.length))}
    for served in PublishedList.objects.filter(status_list=row):
        bits = _good_bits(served)
        # Suspensions come to an end: what is served may be older than the ledger.
        if bits is not None and len(bits) * 8 == row.length and ListForm(served.form).purpose == v.REVOCATION:
            changes["bits"] = core.union(changes["bits"], bits)
    if row.suspends:
        base = _sound(row, v.SUSPENSION) or core.empty_bits(row.length)
        changes["suspension_bits"] = core.union(expected[v.SUSPENSION], base)
    before = {name: bytes(getattr(row, name) or b"") for name in changes}
    if before == changes:
        return None
    missing = sum(core.count_bits(changes[name]) - core.count_bits(before[name]) for name in changes)
    damaged = any(len(before[name]) != len(changes[name]) for name in changes)
    if not dry_run:
        StatusList.objects.filter(pk=pk).update(
            **changes, bits_version=F("bits_version") + 1, changed_at=row.changed_at or now
        )
        logger.warning("Status list %s: its bits were made anew from the ledger", row.uuid)
    return Rebuilt(str(row.uuid), max(missing, 0), damaged)


def _sound(row: StatusList, purpose: str) -> bytes | None:
    bits = publishing.raw_bits(row, purpose)
    return bits if bits is not None and len(bits) * 8 == row.length else None


def _good_bits(served: PublishedList) -> bytes | None:
    try:
        return publishing.bits_of(served)
    except (VerifiableCredentialsError, ValueError, LookupError, TypeError):
        return None


def _expected(row: StatusList) -> dict[str, bytes]:
    """The bits that the ledger says are set, by purpose."""
    rows = Credential.objects.filter(status_list=row, status_index__lt=row.length)
    expected = {v.REVOCATION: _bits(row, rows.filter(state__in=_ENDED))}
    if row.suspends:
        expected[v.SUSPENSION] = _bits(row, rows.filter(suspended=True))
    return expected


def _bits(row: StatusList, credentials: models.QuerySet[Credential]) -> bytes:
    indices = credentials.values_list("status_index", flat=True)
    return core.with_bits(core.empty_bits(row.length), (index for index in indices.iterator() if index is not None))
