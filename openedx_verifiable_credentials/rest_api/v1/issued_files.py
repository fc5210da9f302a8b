"""What learners were given, as files to keep."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from openedx_verifiable_credentials.api import issued_files
from openedx_verifiable_credentials.rest_api.base import LearnerView
from openedx_verifiable_credentials.rest_api.files import FILE_POLICIES
from openedx_verifiable_credentials.rest_api.v1.answers import AS_IT_IS
from openedx_verifiable_credentials.rest_api.v1.answers import NOT_KEPT


class IssuedFileView(LearnerView):
    """
    ``GET issued/<uuid>/credential.json``, ``.png``, ``.svg``, ``.pdf``: one's own credential, byte for byte as it was
    handed out, that baked into a picture, or on paper with that attached.
    """

    works_while_off = frozenset({"GET", "HEAD", "OPTIONS"})

    def get(self, request: Request, credential_uuid: UUID, form: str) -> HttpResponse:
        """A file to keep."""
        own = issued_files.get_own_file(credential_uuid, user_id=self.caller["user_id"], form=form)
        name = f"credential-{credential_uuid}.{form}"
        return HttpResponse(
            own.raw,
            content_type=own.media_type,
            headers={
                **NOT_KEPT,
                **AS_IT_IS,
                **FILE_POLICIES.get(form, {}),
                "Content-Disposition": f'attachment; filename="{name}"',
            },
        )
