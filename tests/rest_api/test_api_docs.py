"""The service's own API documentation, which drf-yasg makes, has our operations with their texts."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from swagger_spec_validator.validator20 import validate_spec

from openedx_verifiable_credentials.rest_api.openapi.document import OPERATIONS
from openedx_verifiable_credentials.rest_api.openapi.document import problems

pytestmark = pytest.mark.django_db


def listed(client: Any) -> dict[str, Any]:
    """What Swagger shows to whoever is logged in there."""
    response = client.get(reverse("api_docs"), {"format": "openapi"})
    assert response.status_code == 200, response.content[:500]
    return json.loads(response.content)


def full_paths(shown: dict[str, Any]) -> dict[str, Any]:
    return {shown["basePath"].rstrip("/") + path: item for path, item in shown["paths"].items()}


@pytest.fixture(name="shown")
def what_a_signed_in_user_sees(ada_client, settings):
    settings.OPENEDX_VC_VC_API_TOKENS = [secrets.token_hex(32)]
    return listed(ada_client)


def test_it_is_valid(shown):
    validate_spec(shown)


def test_every_operation_of_ours_is_there_with_its_texts(shown):
    paths = full_paths(shown)
    for operation in OPERATIONS:
        there = paths[operation.path][operation.method]
        assert (there["summary"], there["description"]) == (operation.summary, operation.description)
        assert set(there["responses"]) == {str(answer.status) for answer in operation.answers} | {
            str(status) for status in problems(operation)
        }
        for status, several in problems(operation).items():
            for problem in several:
                assert f"`{problem.code}`: {problem.detail}" in there["responses"][str(status)]["description"]
    roots = ("/verifiable_credentials/", "/.well-known/")
    ours = {path: item for path, item in paths.items() if path.startswith(roots)}
    assert {(path, method) for path, item in ours.items() for method in item if method != "parameters"} == {
        (operation.path, operation.method) for operation in OPERATIONS
    }


def test_who_is_not_signed_in_sees_what_anyone_may_ask(db, settings):
    settings.OPENEDX_VC_VC_API_TOKENS = []
    paths = full_paths(listed(Client()))
    assert "/verifiable_credentials/c/{share_id}/" in paths
    assert "/verifiable_credentials/api/v1/credentials/init/" not in paths
    assert "/verifiable_credentials/vc-api/credentials/verify" not in paths


def test_the_page_itself_works(ada_client):
    page = ada_client.get(reverse("api_docs"), headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert b"swagger-ui" in page.content


def test_being_described_is_no_way_in(settings):
    settings.OPENEDX_VC_VC_API_TOKENS = [secrets.token_hex(32)]
    response = Client().post(
        "/verifiable_credentials/vc-api/credentials/verify?swagger_fake_view=1", {}, content_type="application/json"
    )
    assert response.status_code == 401


def test_nothing_of_it_is_imported_to_answer_requests():
    program = (
        "import sys; sys.modules['drf_yasg'] = None\n"
        "from django.conf import settings\n"
        "import django\n"
        "settings.INSTALLED_APPS.remove('drf_yasg')\n"
        "django.setup()\n"
        "from openedx_verifiable_credentials import urls\n"
        "from openedx_verifiable_credentials.rest_api.base import LearnerView\n"
        "assert len(urls.urlpatterns) == 2 and hasattr(LearnerView, 'swagger_schema')\n"
        "heavy = [name for name in sys.modules if name.endswith(('openapi.document', 'openapi.schemas'))]\n"
        "assert not heavy, heavy\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=120)
