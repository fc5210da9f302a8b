"""
Shared credentials of every state, in the sandbox of a running server: ``python -m tests.browser.world`` in its
environment prints their addresses as JSON. Each is issued, shared and changed in the way the service itself does it.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import itertools
import json
from collections.abc import Iterator
from typing import Any
from unittest import mock
from uuid import UUID

import django


def main() -> None:
    """Issue, share, change, print."""
    django.setup()
    print(json.dumps(_build()))


def _build() -> dict[str, dict[str, str]]:
    from django.core.management import call_command

    from tests import seed

    world = {
        "valid": _shared("ada", "Data Science 🎓 for Beginners"),
        "revoked": _shared("ada", 'Reading "Alice" & <Wonderland>'),
        "suspended": _shared("ada", "مقدمة في البرمجة"),
        "web": _shared("ada", "Signed by the Academy"),
        "withheld": _shared("omar", "Signed by the Academy"),
    }
    # Awarded ten days ago, claimed in time, over since yesterday.
    with _for_days(9), _clock_ahead(datetime.timedelta(days=-2)):
        world["expired"] = _shared("ada", "Wonderland & Data: the “whole” thing 🚀")
    # The sandbox has the first ones.
    seed._numbers = itertools.count(1000)
    with _clock_ahead(datetime.timedelta(hours=3)):
        world["warned"] = _shared("ada", _new_course("Signed Tomorrow"))
    # For who revokes one, and so publishes its list, while other tests rely on theirs.
    world["spare"] = _shared("ada", _new_course("Nothing Depends on This", "AcademyX"))
    world["unpublished"] = _shared("ada", _new_course("Revoked a Moment Ago"))
    quiet: dict[str, Any] = {"stdout": io.StringIO()}
    call_command("vc_revoke", credential=[UUID(world["revoked"]["uuid"])], **quiet)
    call_command("vc_suspend", credential=UUID(world["suspended"]["uuid"]), **quiet)
    call_command("vc_erase", username="omar", yes=True, **quiet)
    call_command("vc_publish_status", now=True, **quiet)
    call_command("vc_revoke", credential=[UUID(world["unpublished"]["uuid"])], no_publish=True, **quiet)
    return world


def _new_course(title: str, organization: str = "ExampleX") -> str:
    """The title of one more course, of which Ada has the certificate."""
    from credentials.apps.core.models import User
    from django.contrib.sites.models import Site

    from tests import seed

    course = seed.make_course(
        Site.objects.get_current(), seed.CourseOptions(run_title=title, organization=organization)
    )
    seed.backdate(seed.award(User.objects.get(username="ada"), course), days=5)
    return title


def _shared(username: str, title: str) -> dict[str, str]:
    from credentials.apps.core.models import User
    from credentials.apps.credentials.models import UserCredential
    from django.contrib.sites.models import Site

    from openedx_verifiable_credentials.api import claims
    from openedx_verifiable_credentials.api import offers
    from openedx_verifiable_credentials.api import sharing

    user = User.objects.get(username=username)
    rows = UserCredential.objects.filter(username=username)
    (certificate,) = [row for row in rows if _title(row) == title]
    offer = offers.make_offer(
        user_id=user.pk,
        site_id=Site.objects.get_current().pk,
        certificate_uuids=[certificate.uuid],
        wallet_id="download",
    )
    raw = claims.claim_for_download(offer.uuid, user_id=user.pk)
    uuid = json.loads(raw)["id"].removeprefix("urn:uuid:")
    return {"uuid": uuid, "page": sharing.share(uuid, user_id=user.pk), "raw": raw.decode("utf-8")}


def _title(row: Any) -> str:
    configuration = row.credential
    if configuration.title:
        return str(configuration.title)
    course = getattr(configuration, "course_run", None)
    return str((course or configuration.program).title)


@contextlib.contextmanager
def _for_days(days: int) -> Iterator[None]:
    """Meanwhile a policy of the site says for how many days from their award credentials are valid."""
    from django.contrib.sites.models import Site

    from openedx_verifiable_credentials.models import ClaimPolicy

    policy = ClaimPolicy.objects.create(
        scope="site", key=str(Site.objects.get_current().pk), validity_days=days, final=True
    )
    yield
    policy.delete()


def _clock_ahead(by: datetime.timedelta) -> Any:
    """Meanwhile the service's clock is wrong."""
    from django.utils import timezone

    now = timezone.now
    return mock.patch.object(timezone, "now", lambda: now() + by)


if __name__ == "__main__":
    main()
