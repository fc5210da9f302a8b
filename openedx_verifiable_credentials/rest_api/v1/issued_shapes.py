"""Credentials → the exact JSON of the contract."""

from __future__ import annotations

from typing import Any

from openedx_verifiable_credentials.api.sharing import IssuedCredential


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
