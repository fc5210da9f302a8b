"""Records → the exact JSON shapes of the contract."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from openedx_verifiable_credentials.api.offers import ShownOffer
from openedx_verifiable_credentials.api.sharing import IssuedCredential
from openedx_verifiable_credentials.core.policies import CLAIMS
from openedx_verifiable_credentials.core.wallets import WalletProfile
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.exceptions import OfferError

_LISTS = {CertificateKind.PROGRAM: "program_credentials", CertificateKind.COURSE: "course_credentials"}


def certificate_lists(awards: list[Award]) -> dict[str, list[dict[str, Any]]]:
    """Both lists, always: the MFE fails as a whole when one is missing."""
    lists: dict[str, list[dict[str, Any]]] = {name: [] for name in _LISTS.values()}
    for award in awards:
        lists[_LISTS[award.kind]].append(_certificate(award))
    return lists


def wallet(profile: WalletProfile) -> dict[str, str]:
    """A "storage"."""
    return {"id": profile.id, "name": profile.name}


def made_offer(offer: ShownOffer) -> dict[str, Any]:
    """What the MFE shows: a link and its QR, or where to go."""
    shape = {"deeplink": offer.link, "qrcode": offer.link_qr_png}
    if offer.wallet.on_page:
        return {**shape, "redirect": True}
    return {
        **shape,
        "app_link_android": offer.wallet.app_link_android,
        "app_link_ios": offer.wallet.app_link_ios,
    }


def offer(shown: ShownOffer) -> dict[str, Any]:
    """An offer as its owner may see it again."""
    return {
        "uuid": str(shown.uuid),
        "state": shown.state,
        "expires_at": shown.expires_at.isoformat(),
        "wallet": shown.wallet.id,
        "certificates": [certificate_uuid.hex for certificate_uuid in shown.certificate_uuids],
        "deeplink": shown.link,
        "qrcode": shown.link_qr_png,
        "claim_page": shown.claim_page,
        "ways": [way for way, is_open in (("wallet", shown.can_present), ("download", shown.can_download)) if is_open],
        "claims": [_claim(shown, name) for name in CLAIMS],
    }


def _claim(shown: ShownOffer, name: str) -> dict[str, Any]:
    return {"claim": name, "released": name in shown.released, "can_be_left_out": name in shown.allowed}


def issued(one: IssuedCredential) -> dict[str, Any]:
    """
    A credential as its learner sees it; ``share`` is the address of its public page, null where it has none, as there
    is for ``replaces`` and ``replaced_by`` where it was not issued anew.
    """
    return {
        "uuid": str(one.uuid),
        "certificate": one.certificate_uuid.hex,
        "kind": one.kind,
        "profile": one.profile_id,
        "state": one.state,
        "issued_at": one.issued_at.isoformat(),
        "share": one.page,
        "replaces": None if one.replaces is None else str(one.replaces),
        "replaced_by": None if one.replaced_by is None else str(one.replaced_by),
    }


def requested_certificates(data: dict[str, Any]) -> list[UUID]:
    """
    ``credential_uuid`` (one) or ``credential_uuids`` (several). Raises OfferError ``invalid_request``.
    """
    several = data.get("credential_uuids")
    values = several if several is not None else [data.get("credential_uuid")]
    if not isinstance(values, list) or ("credential_uuid" in data and several is not None):
        raise OfferError(
            "invalid_request", "Send either credential_uuid or a list credential_uuids.", field="credential_uuid"
        )
    try:
        return [UUID(value) for value in values]
    except (TypeError, ValueError, AttributeError):
        raise OfferError(
            "invalid_request", "A credential_uuid is missing or not a UUID.", field="credential_uuid"
        ) from None


def requested_wallet(data: dict[str, Any]) -> str:
    """``storage_id``. Raises OfferError ``invalid_request``."""
    wallet_id = data.get("storage_id")
    if not isinstance(wallet_id, str) or not wallet_id:
        raise OfferError("invalid_request", "The storage_id is missing.", field="storage_id")
    return wallet_id


def requested_left_out(data: dict[str, Any]) -> list[str]:
    """``leave_out``: claims that the learner leaves out. Raises OfferError ``invalid_request``."""
    names = data.get("leave_out", [])
    if not isinstance(names, list) or not all(isinstance(name, str) and name in CLAIMS for name in names):
        known = ", ".join(CLAIMS)
        raise OfferError("invalid_request", f"The leave_out must be a list of some of: {known}.", field="leave_out")
    return names


def _certificate(award: Award) -> dict[str, Any]:
    course = award.kind is CertificateKind.COURSE
    return {
        "uuid": award.certificate_uuid.hex,
        "status": award.status,
        "username": award.learner.username,
        "credential_id": award.configuration_id,
        "credential_uuid": award.achievement_key if course else award.achievement_key.replace("-", ""),
        "credential_title": award.title,
        "credential_org": ", ".join(filter(None, (o.name or o.key for o in award.organizations))),
        "modified_date": award.modified_at.date().isoformat(),
    }
