"""Health, and the page for a server error."""

from django.db import DatabaseError
from django.db import connection
from django.http import HttpResponse
from django.http import JsonResponse


def health(_request):
    """Whether the database answers: 200 or 503, with the details as JSON."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
        state, status = "OK", 200
    except DatabaseError:
        state, status = "UNAVAILABLE", 503
    return JsonResponse(
        {"overall_status": state, "detailed_status": {"database_status": state}},
        status=status,
    )


def render_500(_request):
    """A short page; the service renders a themed template here."""
    return HttpResponse("<h1>Server error</h1>", status=500)
