"""What learners were given, as files to keep."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from openedx_verifiable_credentials.api import issued_files
from openedx_verifiable_credentials.api.anchored import ANCHORED
from openedx_verifiable_credentials.api.credential_files import CredentialFile
from openedx_verifiable_credentials.rest_api.base import LearnerView
from openedx_verifiable_credentials.rest_api.files import FILE_POLICIES
from openedx_verifiable_credentials.rest_api.v1 import issued_shapes
from openedx_verifiable_credentials.rest_api.v1.answers import AS_IT_IS
from openedx_verifiable_credentials.rest_api.v1.answers import NOT_KEPT
from openedx_verifiable_credentials.rest_api.v1.answers import until_anchored


class IssuedFileView(LearnerView):
    """
    ``GET issued/<uuid>/credential.json``, ``.png``, ``.svg``, ``.pdf``: one's own credential, byte for byte as it was
    handed out, that baked into a picture, or on paper with that attached.
    """

    works_while_off = frozenset({"GET", "HEAD", "OPTIONS"})

    def get(self, request: Request, credential_uuid: UUID, form: str) -> HttpResponse:
        """A file to keep."""
        own = issued_files.get_own_file(credential_uuid, user_id=self.caller["user_id"], form=form)
        return _attached(own, f"credential-{credential_uuid}.{form}", FILE_POLICIES.get(form, {}))


class AnchoredFileView(LearnerView):
    """``GET issued/<uuid>/anchored.json``: one's own credential with the proof that it is anchored."""

    works_while_off = frozenset({"GET", "HEAD", "OPTIONS"})

    def get(self, request: Request, credential_uuid: UUID) -> HttpResponse:
        """A file to keep."""
        own = issued_files.get_own_anchored(credential_uuid, user_id=self.caller["user_id"])
        return _attached(own, f"credential-{credential_uuid}-{ANCHORED}.json", {})


class AnchorView(LearnerView):
    """``GET issued/<uuid>/anchor/``: where the anchor of one's own credential stands."""

    works_while_off = frozenset({"GET", "HEAD", "OPTIONS"})

    def get(self, request: Request, credential_uuid: UUID) -> Response:
        """Its state; and when to ask again, until there is an anchored form."""
        found = issued_files.get_own_anchor(credential_uuid, user_id=self.caller["user_id"])
        shape = {"anchor": None if found is None else issued_shapes.anchor(found)}
        return Response(shape, headers={**NOT_KEPT, **until_anchored([found])})


def _attached(file: CredentialFile, name: str, policy: Mapping[str, str]) -> HttpResponse:
    headers = {**NOT_KEPT, **AS_IT_IS, **policy, "Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(file.raw, content_type=file.media_type, headers=headers)
