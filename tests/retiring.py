"""Renaming and retirement, asked of the service as the LMS asks it: ``POST /api/v2/replace_usernames/`` with a JWT."""

from __future__ import annotations

import json
import time
import warnings
from typing import Any

import jwt
from credentials.apps.core.models import User
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from django.test import Client
from jwt.algorithms import RSAAlgorithm

from tests import asking

ADDRESS = "/api/v2/replace_usernames/"
_LMS_KEY = generate_private_key(65537, 2048)


def rename(settings: Any, names: dict[str, str], *, worker: str | None = None) -> Any:
    """The response to one request that gives new usernames for old ones; by the configured worker, or by another."""
    jwk = json.loads(RSAAlgorithm.to_jwk(_LMS_KEY.public_key()))
    settings.JWT_AUTH = {**settings.JWT_AUTH, "JWT_PUBLIC_SIGNING_JWK_SET": json.dumps({"keys": [jwk]})}
    worker = worker or settings.USERNAME_REPLACEMENT_WORKER
    User.objects.get_or_create(username=worker, defaults={"email": f"{worker}@lms.example.edu"})
    now = int(time.time())
    claims = {
        "iss": settings.JWT_AUTH["JWT_ISSUER"],
        "aud": settings.JWT_AUTH["JWT_AUDIENCE"],
        "iat": now,
        "exp": now + 300,
        "version": "1.2.0",
        "preferred_username": worker,
        "email": f"{worker}@lms.example.edu",
    }
    with warnings.catch_warnings():
        # The service's test settings have a short secret; what is tested is not its strength.
        warnings.simplefilter("ignore")
        token = jwt.encode(claims, settings.JWT_AUTH["JWT_SECRET_KEY"], "HS256")
        mappings = {"username_mappings": [{old: new} for old, new in names.items()]}
        return asking.post_json(Client(), ADDRESS, mappings, HTTP_AUTHORIZATION=f"JWT {token}")


def retire(settings: Any, username: str, number: int = 1) -> str:
    """Retire one learner; the username that they have from then on."""
    retired = f"retired__user_{number:040x}"
    response = rename(settings, {username: retired})
    assert response.status_code == 200, response.content
    return retired
