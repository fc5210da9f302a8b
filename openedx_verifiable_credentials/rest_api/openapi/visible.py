"""
How the service's own API documentation (drf-yasg) comes to list what is ours.

It lists views of the REST framework only, which it knows by the attribute ``cls`` of what stands in the URL patterns.
Pages and public documents are plain views, and stay so: they get a class to be described by, which answers no request.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import URLPattern
from django.urls import URLResolver
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class Described:
    """For a view whose operations stand in :mod:`..openapi`."""

    @property
    def swagger_schema(self) -> Any:
        """What drf-yasg asks to describe the view. It is imported only by who has it, and asks."""
        from openedx_verifiable_credentials.rest_api.openapi.swagger import DescribedOperation  # noqa: PLC0415  (see above)

        return DescribedOperation


class _Read(Described, APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        """To be listed; never called."""
        raise NotImplementedError


class _Send(Described, APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def post(self, request: Request) -> Response:
        """To be listed; never called."""
        raise NotImplementedError


class _Both(_Read, _Send):
    pass


def show(patterns: Iterable[URLPattern | URLResolver]) -> None:
    """Have the plain views among ``patterns`` listed, too."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            show(pattern.url_patterns)
        elif not hasattr(pattern.callback, "cls"):
            view_class = getattr(pattern.callback, "view_class", None)
            callback: Any = pattern.callback
            callback.cls = _stand_in(hasattr(view_class, "get"), hasattr(view_class, "post"))
            callback.initkwargs = {}


def _stand_in(reads: bool, sends: bool) -> type[APIView]:
    """Functions, of which nothing is known, read."""
    if reads and sends:
        return _Both
    return _Send if sends else _Read
