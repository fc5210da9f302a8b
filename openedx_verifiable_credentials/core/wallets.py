"""
Wallet profiles as data: what a wallet is called, which credential profile it verifies, and how it is linked to.

To add one, add a row; docs/how-tos/add-a-wallet.rst tells what to find out first.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from urllib.parse import quote
from urllib.parse import urlencode

from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.exceptions import OfferError


@dataclasses.dataclass(frozen=True)
class WalletProfile:
    """
    ``id`` is what the learner-record MFE sends as ``storage_id``. ``deep_link`` is the address a ``dccrequest``
    link starts with, or None where our claim page is the way. ``on_page``: the MFE leads to our claim page.
    """

    id: str
    name: str
    profile_id: str
    deep_link: str | None = None
    app_link_android: str | None = None
    app_link_ios: str | None = None
    on_page: bool = False


LEARNER_CREDENTIAL_WALLET = WalletProfile(
    id="lc_wallet",
    name="Learner Credential Wallet",
    profile_id=OBV3_VC1.id,
    deep_link="dccrequest://request",
    app_link_android="https://play.google.com/store/apps/details?id=app.lcw",
    app_link_ios="https://apps.apple.com/app/learner-credential-wallet/id1590615710",
)
DOWNLOAD = WalletProfile(id="download", name="Download or other wallet", profile_id=OBV3_VC2.id, on_page=True)
WALLETS = {wallet.id: wallet for wallet in (LEARNER_CREDENTIAL_WALLET, DOWNLOAD)}


def get_wallet(wallet_id: str) -> WalletProfile:
    """The wallet called ``wallet_id``. Raises OfferError ``unknown_wallet``."""
    try:
        return WALLETS[wallet_id]
    except KeyError:
        known = ", ".join(WALLETS)
        raise OfferError("unknown_wallet", f"There is no such wallet; known: {known}.", field="storage_id") from None


def usable_wallets(wallet_ids: Collection[str], profile_ids: Collection[str]) -> list[WalletProfile]:
    """Those among ``wallet_ids`` whose credential profile is among ``profile_ids``, in the order of being shown."""
    return [wallet for wallet in WALLETS.values() if wallet.id in wallet_ids and wallet.profile_id in profile_ids]


def presenting_wallet(wallet: WalletProfile) -> WalletProfile:
    """Which wallet presents for an offer of ``wallet``: our claim page shows the first wallet's link."""
    return wallet if wallet.deep_link else LEARNER_CREDENTIAL_WALLET


def deep_link(wallet: WalletProfile, *, issuer: str, request_url: str, challenge: str) -> str:
    """
    The link that opens ``wallet`` with a request (the legacy flow of the Learner Credential Wallet).

    Everything is percent-encoded: the wallet splits ``request_url`` at its first question mark otherwise.
    """
    start = presenting_wallet(wallet).deep_link
    query = urlencode(
        {"issuer": issuer, "auth_type": "bearer", "challenge": challenge, "vc_request_url": request_url},
        quote_via=quote,
        safe="",
    )
    return f"{start}?{query}"
