"""
The sandbox: the stand-in service with two learners, staff and certificates of every state. Used by ``make serve`` and
``make demo``; run with ``DJANGO_SETTINGS_MODULE=credentials.settings.sandbox``.
"""

from __future__ import annotations

import datetime
from typing import Any

from credentials.apps.core.models import User
from credentials.apps.credentials.models import UserCredential
from django.core.management import call_command
from django.urls import reverse
from waffle.models import Switch

from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.models import Issuer
from tests import seed

TITLES = (
    'Reading "Alice" & <Wonderland>',
    "Data Science 🎓 for Beginners",
    "مقدمة في البرمجة",
    "Plain Course",
)


def build(base_url: str, did_method: str = "key") -> dict[str, Any]:
    """Migrate, seed, switch on; what ``build/sandbox.json`` says."""
    call_command("migrate", verbosity=0)
    if not Issuer.objects.exists():
        _seed(base_url, did_method)
    return _described(base_url)


def _seed(base_url: str, did_method: str) -> None:
    site = seed.make_site()
    ada = seed.make_learner("ada", "Ada Lovelace")
    omar = seed.make_learner("omar", "Omar al-Khayyām عمر الخيام")
    User.objects.create_superuser("staff", "staff@example.edu", seed.PASSWORD)
    courses = [seed.make_course(site, seed.CourseOptions(run_title=title)) for title in TITLES]
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=30)
    embargoed = seed.make_course(site, seed.CourseOptions(run_title="Not Yet Visible", available=soon))
    academy = seed.make_course(site, seed.CourseOptions(run_title="Signed by the Academy", organization="AcademyX"))
    program = seed.make_program(site, courses[:2], title="Wonderland & Data: the “whole” thing 🚀")
    for learner in (ada, omar):
        for configuration in (*courses, embargoed, academy, program):
            seed.backdate(seed.award(learner, configuration), days=10)
    UserCredential.objects.get(course_credentials=courses[3], username="ada").revoke()
    common = {"base_url": base_url, "allow_http": base_url.startswith("http:"), "verbosity": 0}
    call_command("vc_create_issuer", name="Example University", slug="default", did_method=did_method, **common)
    call_command(
        "vc_create_issuer",
        name="Example Academy",
        slug="academy",
        did_method="web-path",
        organization="AcademyX",
        **common,
    )
    Switch.objects.update_or_create(name="openedx_verifiable_credentials.enabled", defaults={"active": True})


def _described(base_url: str) -> dict[str, Any]:
    return {
        "base_url": base_url,
        "login_url": f"{base_url}/login/",
        "admin_url": f"{base_url}{reverse('admin:index')}",
        "learners": [
            {"username": name, "password": seed.PASSWORD, "credentials": _certificates(name)}
            for name in ("ada", "omar")
        ],
        "staff": {"username": "staff", "password": seed.PASSWORD},
        "issuers": [
            {"did": issuer.did, "profiles": sorted(PROFILES)} for issuer in Issuer.objects.order_by("-is_default", "pk")
        ],
    }


def _certificates(username: str) -> list[dict[str, str]]:
    rows = UserCredential.objects.filter(username=username).order_by("pk").select_related("credential_content_type")
    return [_certificate(row) for row in rows]


def _certificate(row: UserCredential) -> dict[str, str]:
    course = row.credential_content_type.model == "coursecertificate"
    configuration = row.credential
    title = configuration.title or (configuration.course_run.title if course else configuration.program.title)
    visible = not (course and configuration.certificate_available_date)
    state = row.status if visible else "embargoed"
    return {"uuid": str(row.uuid), "kind": "course" if course else "program", "title": title, "state": state}
