"""
The sandbox: the stand-in service with two learners, staff, a course admin, certificates of every state, two claim
policies, grades, a shared program record and a shared credential. Used by
``make serve`` and ``make demo``; run with ``DJANGO_SETTINGS_MODULE=credentials.settings.sandbox``.
"""

from __future__ import annotations

import datetime
import json
from typing import Any
from uuid import UUID

from credentials.apps.core.models import User
from credentials.apps.credentials.models import CourseCertificate
from credentials.apps.credentials.models import UserCredential
from credentials.apps.records.models import ProgramCertRecord
from django.contrib.auth.models import Permission
from django.contrib.sites.models import Site
from django.core.management import call_command
from django.urls import reverse
from waffle.models import Switch

from openedx_verifiable_credentials.api import claims
from openedx_verifiable_credentials.api import issued
from openedx_verifiable_credentials.api import offers
from openedx_verifiable_credentials.api import sharing
from openedx_verifiable_credentials.core.policies import Scope
from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.models import ClaimPolicy
from openedx_verifiable_credentials.models import Issuer
from tests import seed

TITLES = (
    'Reading "Alice" & <Wonderland>',
    "Data Science 🎓 for Beginners",
    "مقدمة في البرمجة",
    "Plain Course",
)
# What a course admin may do: no superuser, and none who governs.
PERMISSIONS = (
    "view_claimpolicy",
    "add_claimpolicy",
    "change_claimpolicy",
    "view_badgeimage",
    "add_badgeimage",
    "view_credential",
    "change_credential",
    "suspend_credential",
    "reissue_credential",
    "view_issuer",
    "view_statuslist",
)


def build(base_url: str, did_method: str = "key") -> dict[str, Any]:
    """Migrate, seed, switch on; what ``build/sandbox.json`` says."""
    call_command("migrate", verbosity=0)
    if not Issuer.objects.exists():
        _seed(base_url, did_method)
    _make_course_admin()
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
    for learner, percent, letter in ((ada, "0.9250", "A"), (omar, "0.8125", "B")):
        for configuration in (*courses, academy):
            seed.grade(learner, configuration, percent, letter)
    ProgramCertRecord.objects.create(user=ada, program=program.program)
    _make_policies(courses[1])
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
    _share(omar, UserCredential.objects.get(course_credentials=courses[3], username="omar"), site)


def _make_policies(course: CourseCertificate) -> None:
    """One of an organisation, one of a course run."""
    ClaimPolicy.objects.create(
        scope=Scope.ORGANIZATION,
        key="AcademyX",
        email=True,
        criteria="Pass the **final exam** in person:\n\n- written, two hours\n- oral, twenty minutes",
    )
    ClaimPolicy.objects.create(scope=Scope.COURSE_RUN, key=course.course_id, grade=True)


def _make_course_admin() -> None:
    account, is_new = User.objects.get_or_create(username="course-admin", defaults={"is_staff": True})
    if is_new:
        account.set_password(seed.PASSWORD)
        account.save()
        ours = Permission.objects.filter(content_type__app_label="openedx_verifiable_credentials")
        account.user_permissions.set(ours.filter(codename__in=PERMISSIONS))


def _share(learner: User, certificate: UserCredential, site: Site) -> None:
    """
    Claimed and shared, so that there is a page to look at. A download: its suite is our own, and DIDKit, which cannot
    be used after a fork, stays asleep.
    """
    offer = offers.make_offer(
        user_id=learner.pk, site_id=site.pk, certificate_uuids=[certificate.uuid], wallet_id="download"
    )
    raw = claims.claim_for_download(offer.uuid, user_id=learner.pk)
    sharing.share(UUID(json.loads(raw)["id"].removeprefix("urn:uuid:")), user_id=learner.pk)


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
        "course_admin": {"username": "course-admin", "password": seed.PASSWORD},
        "issuers": [
            {"did": issuer.did, "profiles": sorted(PROFILES)} for issuer in Issuer.objects.order_by("-is_default", "pk")
        ],
        "learner_page_url": f"{base_url}{reverse('openedx_verifiable_credentials:learner-page')}",
        "verify_url": f"{base_url}{reverse('openedx_verifiable_credentials:verify-page')}",
        "shares": [shared for user in User.objects.order_by("pk") for shared in _shares(user)],
    }


def _shares(user: User) -> list[dict[str, str]]:
    found = issued.page_of_issued(user_id=user.pk).items
    return [{"url": one.page, "username": user.username, "credential": str(one.uuid)} for one in found if one.page]


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
