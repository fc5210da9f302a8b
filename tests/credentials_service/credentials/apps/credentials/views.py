"""Plain pages in place of the service's themed ones."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from credentials.apps.credentials.models import ProgramCertificate
from credentials.apps.credentials.models import UserCredential


def certificate(_request, uuid):
    """A learner's certificate, by the hex of its uuid."""
    found = get_object_or_404(UserCredential, uuid=uuid, status=UserCredential.AWARDED)
    return HttpResponse(f"<h1>Certificate {found.uuid.hex}</h1>")


def example(_request, uuid):
    """A specimen of a program's certificate."""
    found = get_object_or_404(ProgramCertificate, program_uuid=uuid)
    return HttpResponse(f"<h1>Specimen {found.program_uuid.hex}</h1>")
