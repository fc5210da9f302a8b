"""Offers → the exact JSON of the contract."""

from __future__ import annotations

from typing import Any

from openedx_verifiable_credentials.api.offers import ShownOffer
from openedx_verifiable_credentials.core.policies import CLAIMS
from openedx_verifiable_credentials.rest_api.v1.answers import moment


def made_offer(offer: ShownOffer) -> dict[str, Any]:
    """What the MFE shows: a link and its QR, or where to go."""
    shape = {
        "deeplink": offer.link,
        "qrcode": offer.link_qr_png,
        "offer": str(offer.uuid),
        "expires_at": moment(offer.expires_at),
    }
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
        "expires_at": moment(shown.expires_at),
        "wallet": shown.wallet.id,
        "certificates": [certificate_uuid.hex for certificate_uuid in shown.certificate_uuids],
        "credentials": [str(credential_uuid) for credential_uuid in shown.credential_uuids],
        "deeplink": shown.link,
        "qrcode": shown.link_qr_png,
        "claim_page": shown.claim_page,
        "ways": [way for way, is_open in (("wallet", shown.can_present), ("download", shown.can_download)) if is_open],
        "claims": [_claim(shown, name) for name in CLAIMS],
    }


def _claim(shown: ShownOffer, name: str) -> dict[str, Any]:
    return {"claim": name, "released": name in shown.released, "can_be_left_out": name in shown.allowed}
