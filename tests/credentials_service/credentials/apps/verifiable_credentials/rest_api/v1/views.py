"""One view that says who answered, so that a test can tell the in-tree app from the plugin."""

from django.http import JsonResponse
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def answered_in_tree(_request, **_kwargs):
    """200 with a marker."""
    return JsonResponse({"answered_by": "credentials.apps.verifiable_credentials"})
