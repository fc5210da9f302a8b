"""A plain page in place of the service's own frontend."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from credentials.apps.records.models import ProgramCertRecord


def shared_record(_request, uuid):
    """A program record that its learner shared, by the hex of its uuid."""
    found = get_object_or_404(ProgramCertRecord, uuid=uuid)
    return HttpResponse(f"<h1>Record {found.uuid.hex}</h1>")
