"""Are answers as the OpenAPI document says? For single answers, and for all that a test gets."""

from __future__ import annotations

import functools
import gzip
import json
import re
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from jsonschema import FormatChecker
from referencing import Registry
from referencing import Resource

from openedx_verifiable_credentials.rest_api.openapi.document import compose

ROOT = "urn:openapi"
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_CODE_ON_PAGE = re.compile(r"<code>(\w+)</code>")
_OURS = ("/verifiable_credentials/", "/.well-known/")


@functools.cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return compose()


@functools.cache
def validator(*pointer: str) -> Draft202012Validator:
    """For the schema at this place of the document."""
    whole = Resource.from_contents({"$schema": "https://json-schema.org/draft/2020-12/schema", **document()})
    escaped = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in pointer)
    registry = Registry().with_resource(ROOT, whole)
    return Draft202012Validator({"$ref": f"{ROOT}#{escaped}"}, registry=registry, format_checker=FormatChecker())


def template(response: Any) -> str | None:
    """The address of ours that was asked, its parameters in braces."""
    match = response.wsgi_request.resolver_match
    # The service includes plugins below a regular expression.
    path = None if match is None else "/" + _PARAMETER.sub(r"{\1}", match.route.removeprefix("^"))
    return path if path and path.startswith(_OURS) else None


def check(response: Any, *, request: Any = None) -> None:
    """Raises AssertionError where the answer, or ``request`` that led to it, is not as documented."""
    path = template(response)
    method = response.wsgi_request.method.lower()
    if path is None or method == "options":
        return
    operations = document()["paths"][path]
    operation = operations.get("get" if method == "head" else method)
    if operation is None:
        assert response.status_code >= 400, f"{method} {path} is not documented"
        return
    assert str(response.status_code) in operation["responses"], (
        f"{method} {path}: {response.status_code} {_text(response)}"
    )
    if method != "head":
        _check_body(response, path, method)
    if request is not None:
        validator("paths", path, method, "requestBody", "content", "application/json", "schema").validate(request)


def _check_body(response: Any, path: str, method: str) -> None:
    described = document()["paths"][path][method]["responses"][str(response.status_code)]
    if "content" not in described:
        assert not response.content, f"{method} {path}: a body that is not documented"
        return
    media = response["Content-Type"].split(";")[0]
    assert media in described["content"], f"{method} {path}: {response.status_code} {media}"
    if media == "text/html":
        found = _CODE_ON_PAGE.search(_text(response)) if response.status_code >= 400 else None
        assert found is None or f"`{found[1]}`" in described["description"], f"{method} {path}: {found[1]}"
        return
    if media.startswith("image/") or media == "application/pdf":
        return
    place = ("paths", path, method, "responses", str(response.status_code), "content", media, "schema")
    errors = [error.message[:300] for error in validator(*place).iter_errors(json.loads(_body(response)))]
    assert not errors, f"{method} {path} {response.status_code}: {errors} {_text(response)[:300]}"


def _body(response: Any) -> bytes:
    raw = bytes(response.content)
    return gzip.decompress(raw) if response.get("Content-Encoding") == "gzip" else raw


def _text(response: Any) -> str:
    return str(_body(response)[:2000], "utf-8", "replace")


@pytest.fixture(autouse=True)
def every_answer_is_as_described(monkeypatch: pytest.MonkeyPatch) -> None:
    """What any client of the test gets is looked at, as it gets it."""
    plain = Client.request

    def checked(self: Client, **request: Any) -> Any:
        response = plain(self, **request)
        if response.status_code != 500 or response["Content-Type"] == "application/json":
            check(response)
        return response

    monkeypatch.setattr(Client, "request", checked)
