"""Status lists with credentials in them, without certificates and wallets; and lists as a verifier reads them."""

from __future__ import annotations

import datetime
import json
import uuid
from typing import Any

from django.db import transaction
from django.test import Client
from django.utils import timezone

from openedx_verifiable_credentials.adapters.own_suites import OwnSuites
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.core import status_list as core
from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.flows.steps import publishing
from openedx_verifiable_credentials.flows.steps import revoking
from openedx_verifiable_credentials.flows.steps import status_lists
from openedx_verifiable_credentials.flows.steps.revoking import Ending
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import PublishedList
from openedx_verifiable_credentials.models import StatusList
from openedx_verifiable_credentials.models.credential import CredentialState
from openedx_verifiable_credentials.models.credential import EndReason
from tests import ledgers

PATH = f"{__name__}."


def add_credentials(issuer: Any, count: int = 1, profile: str = "obv3-vc1") -> list[Credential]:
    """Issued ones, each with a place in the list that is open; rows of the ledger and nothing more."""
    key = IssuerKey.objects.filter(issuer=issuer).first()
    now = timezone.now()
    rows = [
        Credential(
            uuid=uuid.uuid4(),
            certificate_uuid=uuid.uuid4(),
            issuer=issuer,
            key=key,
            profile_id=profile,
            wallet_id="lc_wallet",
            is_bound=True,
            kind="course",
            achievement_key="course-v1:Test+1+2026",
            organization_key="",
            site_id=1,
            terms={},
            state=CredentialState.ISSUED,
            status_list=place.status_list,
            status_index=place.index,
            created=now,
            issued_at=now,
        )
        for place in status_lists.allocate(get_means(), issuer, profile, count)
    ]
    Credential.objects.bulk_create(rows)
    return list(Credential.objects.filter(uuid__in=[row.uuid for row in rows]).order_by("pk"))


def open_lists(issuer: Any) -> None:
    """As after an earlier claim of each profile: there is a list with room, and it is served."""
    for profile in PROFILES:
        [place] = status_lists.allocate(get_means(), issuer, profile)
        publish(place.status_list)


def publish(status_list: StatusList) -> bool:
    """As a claim does that finds a list unpublished."""
    return publishing.publish(get_means(), status_list)


def revoke(*credentials: Credential, ago: datetime.timedelta = datetime.timedelta()) -> None:
    """As staff do."""
    pks = Credential.objects.filter(uuid__in=[row.uuid for row in credentials]).values_list("pk", flat=True)
    revoking.revoke(pks, Ending(EndReason.STAFF, timezone.now() - ago))


def suspend(*credentials: Credential, suspended: bool = True) -> None:
    """Suspend them, or lift that, as flows do."""
    with transaction.atomic():
        Credential.objects.filter(uuid__in=[row.uuid for row in credentials]).update(suspended=suspended)
        status_lists.mark_suspended(credentials, suspended, timezone.now())


def path(status_list: StatusList, form: ListForm = ListForm.REVOCATION) -> str:
    """The address, without host."""
    return core.STATUS_PATH + form.path(str(status_list.uuid))


def get(status_list: StatusList, form: ListForm = ListForm.REVOCATION, **headers: Any) -> Any:
    """The response to a stranger."""
    return Client(raise_request_exception=False).get(path(status_list, form), **headers)


def served_indices(status_list: StatusList, form: ListForm = ListForm.REVOCATION) -> set[int]:
    """What a verifier reads."""
    response = get(status_list, form)
    assert response.status_code == 200, response.content
    return indices(json.loads(response.content), form)


def indices(document: dict[str, Any], form: ListForm) -> set[int]:
    """The bits that are set in a list credential."""
    return ledgers.indices(core.decode(document["credentialSubject"]["encodedList"], multibase=not form.is_2021))


def versions(status_list: StatusList) -> set[int]:
    """Of the documents that are stored."""
    return set(PublishedList.objects.filter(status_list=status_list).values_list("version", flat=True))


class Down(OwnSuites):
    """A signer that cannot be reached."""

    def secure(self, *args: Any, **kwargs: Any) -> Any:
        raise SigningError("unsupported_key", "The signer cannot be reached.")


class Meanwhile(OwnSuites):
    """Something happens between the look at the list and its publication, once: ``Meanwhile.work``."""

    work: Any = None

    def secure(self, *args: Any, **kwargs: Any) -> Any:
        work, Meanwhile.work = Meanwhile.work, None
        if work is not None:
            work()
        return super().secure(*args, **kwargs)
