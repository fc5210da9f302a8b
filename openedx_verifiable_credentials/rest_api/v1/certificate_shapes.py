"""Certificates and wallets → the exact JSON of the contract."""

from __future__ import annotations

from typing import Any

from openedx_verifiable_credentials.api.own_certificates import OwnCertificate
from openedx_verifiable_credentials.api.paging import Page
from openedx_verifiable_credentials.core.wallets import WALLETS
from openedx_verifiable_credentials.core.wallets import WalletProfile
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.rest_api.v1.answers import moment
from openedx_verifiable_credentials.rest_api.v1.answers import paged

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


def own_certificates(page: Page[OwnCertificate]) -> dict[str, Any]:
    """One page of the learner's certificates; every wallet there is, whatever it may be given."""
    return {
        **paged(page),
        "certificates": [_own(one) for one in page.items],
        "wallets": [_described(one) for one in WALLETS.values()],
    }


def _own(one: OwnCertificate) -> dict[str, Any]:
    return {
        "uuid": one.award.certificate_uuid.hex,
        "kind": one.award.kind.value,
        "title": one.award.title,
        "organization": _organizations(one.award),
        "awarded_at": moment(one.award.awarded_at),
        "state": one.state,
        "available_from": moment(one.available_from),
        "wallets": list(one.wallet_ids),
        "claims": list(one.claims),
        "claimed": one.claimed,
    }


def _described(profile: WalletProfile) -> dict[str, Any]:
    return {
        **wallet(profile),
        "on_page": profile.on_page,
        "app_link_android": profile.app_link_android,
        "app_link_ios": profile.app_link_ios,
    }


def _organizations(award: Award) -> str:
    return ", ".join(filter(None, (o.name or o.key for o in award.organizations)))


def _certificate(award: Award) -> dict[str, Any]:
    course = award.kind is CertificateKind.COURSE
    return {
        "uuid": award.certificate_uuid.hex,
        "status": award.status,
        "username": award.learner.username,
        "credential_id": award.configuration_id,
        "credential_uuid": award.achievement_key if course else award.achievement_key.replace("-", ""),
        "credential_title": award.title,
        "credential_org": _organizations(award),
        "modified_date": award.modified_at.date().isoformat(),
    }
