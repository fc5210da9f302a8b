"""Certificates and wallets → the exact JSON of the contract."""

from __future__ import annotations

from typing import Any

from openedx_verifiable_credentials.core.wallets import WalletProfile
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import CertificateKind

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
