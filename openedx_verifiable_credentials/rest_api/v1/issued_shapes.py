"""Credentials → the exact JSON of the contract."""

from __future__ import annotations

from typing import Any

from openedx_verifiable_credentials.api.anchored import ANCHORED
from openedx_verifiable_credentials.api.anchored import ANCHORED_FILE
from openedx_verifiable_credentials.api.anchored import Anchor
from openedx_verifiable_credentials.api.credential_files import FORMS
from openedx_verifiable_credentials.api.issued import IssuedCredential
from openedx_verifiable_credentials.api.paging import Page
from openedx_verifiable_credentials.api.sharing import Shared
from openedx_verifiable_credentials.rest_api.v1.answers import moment
from openedx_verifiable_credentials.rest_api.v1.answers import paged

_ISSUED = "/verifiable_credentials/api/v1/issued/"


def issued_page(page: Page[IssuedCredential]) -> dict[str, Any]:
    """One page of the learner's credentials."""
    return {**paged(page), "credentials": [issued(one) for one in page.items]}


def issued(one: IssuedCredential) -> dict[str, Any]:
    """
    A credential as its learner sees it; ``share`` is the address of its public page, null where it has none, as there
    is for ``replaces`` and ``replaced_by`` where it was not issued anew, and for ``came_from`` where no batch had
    issued it before. There is an ``anchor`` only where it is to be anchored.
    """
    shape = {
        "uuid": str(one.uuid),
        "certificate": one.certificate_uuid.hex,
        "kind": one.kind,
        "profile": one.profile_id,
        "state": one.state,
        "issued_at": moment(one.issued_at),
        "share": one.page,
        "replaces": None if one.replaces is None else str(one.replaces),
        "replaced_by": None if one.replaced_by is None else str(one.replaced_by),
        "came_from": None if one.came_from is None else str(one.came_from),
        "title": one.title,
        "issuer": one.issuer_name,
        "wallet": {"id": one.wallet_id, "name": one.wallet_name},
        "bound": one.is_bound,
        "holder": one.holder,
        "valid_until": moment(one.valid_until),
        "withheld": one.withheld,
        "can_revoke": one.can_revoke,
        "files": _files(one),
    }
    return shape if one.anchor is None else {**shape, "anchor": anchor(one.anchor)}


def anchor(one: Anchor) -> dict[str, Any]:
    """Where an anchor stands; null is what there is not, or not yet."""
    return {
        "state": one.state,
        "network": one.network or None,
        "is_test": one.is_test,
        "transaction": f"0x{one.transaction}" if one.transaction else None,
        "explorer": one.explorer or None,
        "at": moment(one.at),
    }


def _files(one: IssuedCredential) -> dict[str, str]:
    if one.withheld:
        return {}
    folder = f"{_ISSUED}{one.uuid}/"
    files = {form: f"{folder}credential.{form}" for form in FORMS}
    is_anchored = one.anchor is not None and one.anchor.is_in_block
    return {**files, ANCHORED: f"{folder}{ANCHORED_FILE}"} if is_anchored else files


def shared(one: Shared) -> dict[str, str | None]:
    """How a credential is shared; nothing but nulls where it is not."""
    return {"share": one.page, "qrcode": one.page_qr_png, "linkedin": one.linkedin}
