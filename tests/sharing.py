"""A learner's shared credential, and the ways to its page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from openedx_verifiable_credentials.models import Credential
from tests import asking

ISSUED = f"{asking.API}issued/"
JSON = {"Accept": "application/json"}


def share_path(credential: Any) -> str:
    """Where its owner turns sharing on and off."""
    return f"{ISSUED}{getattr(credential, 'uuid', credential)}/share/"


def put(client: Any, credential: Any) -> Any:
    """The response to sharing."""
    return client.put(share_path(credential))


def delete(client: Any, credential: Any) -> Any:
    """The response to ending that."""
    return client.delete(share_path(credential))


def share(client: Any, credential: Any | None = None) -> str:
    """The path of the public page of a credential, by default of the only one."""
    response = put(client, credential or Credential.objects.get())
    assert response.status_code == 200, response.content
    return urlsplit(response.json()["share"]).path


def get(path: str, **headers: str) -> Any:
    """What anyone is answered."""
    return Client().get(path, headers=headers)
