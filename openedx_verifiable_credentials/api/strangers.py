"""Answers that are the same for everybody."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest


def forget_who_asks(request: HttpRequest) -> None:
    """
    The service's own middleware looks at the user of every request, so that Django says "Vary: Cookie", sets cookies
    and saves sessions. An answer that does not depend on any of it must not say so: shared caches would not keep it.
    """
    request.user = AnonymousUser()
    request.COOKIES = {}
    if hasattr(request, "session"):
        request.session = type(request.session)()
