"""The parts of the service's API that touch this plugin: its error handler, and retirement."""

import logging

from django.apps import apps
from django.conf import settings
from django.db import transaction
from edx_rest_framework_extensions.auth.jwt.authentication import JwtAuthentication
from rest_framework.exceptions import Throttled
from rest_framework.permissions import BasePermission
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.views import exception_handler

log = logging.getLogger(__name__)

USERNAME_COLUMNS = (
    ("core.user", "username"),
    ("credentials.usercredential", "username"),
    ("records.usergrade", "username"),
)


def credentials_throttle_handler(exc, context):
    """DRF's own handler, with a line in the log for a throttled request."""
    if isinstance(exc, Throttled):
        log.warning("Throttled: %s", context["view"])
    return exception_handler(exc, context)


class IsReplacementWorker(BasePermission):
    """Only the account named in settings may rename learners."""

    def has_permission(self, request, view):
        return request.user.username == settings.USERNAME_REPLACEMENT_WORKER


class UsernameReplacementView(APIView):
    """Renames learners in every table at once; the rows are updated in place, so no signal fires."""

    authentication_classes = (JwtAuthentication,)
    permission_classes = (IsAuthenticated, IsReplacementWorker)

    def post(self, request):
        """Body: ``{"username_mappings": [{old: new}, …]}``."""
        mappings = request.data.get("username_mappings")
        if not isinstance(mappings, list) or any(not isinstance(pair, dict) or len(pair) != 1 for pair in mappings):
            return Response(status=400)
        for pair in mappings:
            for old, new in pair.items():
                replace_username(old, new)
        return Response({"successful_replacements": mappings, "failed_replacements": []})


def replace_username(old, new):
    """Rename one learner as retirement does, emptying the user's names; returns how many rows changed."""
    changed = 0
    with transaction.atomic():
        for label, column in USERNAME_COLUMNS:
            values = {column: new}
            if label == "core.user":
                values.update(full_name="", first_name="", last_name="")
            changed += apps.get_model(label).objects.filter(**{column: old}).update(**values)
    return changed
