"""Claim policies as staff would save them, and what a credential must not say then."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from openedx_verifiable_credentials.models import ClaimPolicy

SITE, ORGANIZATION, COURSE, COURSE_RUN, PROGRAM = "site", "organization", "course", "course_run", "program"


def make_policy(scope: str, key: Any, **says: Any) -> ClaimPolicy:
    """The policy of a scope and key; what it does not name it says nothing about."""
    return ClaimPolicy.objects.create(scope=scope, key=str(key), **says)


def of_run(certificate: Any, **says: Any) -> ClaimPolicy:
    """The policy of a course certificate's run."""
    return make_policy(COURSE_RUN, certificate.credential.course_id, **says)


def change(policy: ClaimPolicy, **says: Any) -> None:
    """As a member of staff who edits it."""
    for name, value in says.items():
        setattr(policy, name, value)
    policy.save()


def identities(document: dict[str, Any]) -> dict[str, str]:
    """What the credential says of its subject's identity, by type."""
    entries = document["credentialSubject"].get("identifier", [])
    return {entry["identityType"]: entry["identityHash"] for entry in entries}


def hashed(email: str, salt: str) -> str:
    """An e-mail address as Open Badges 3.0 §B.4.3 writes it."""
    return "sha256$" + hashlib.sha256((email.lower() + salt).encode()).hexdigest()


def plain(raw: bytes) -> str:
    """The credential's text, without the escapes of JSON and without its proof, in which anything may come about."""
    document = {name: value for name, value in json.loads(raw).items() if name != "proof"}
    return json.dumps(document, ensure_ascii=False)
