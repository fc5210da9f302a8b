"""
Shared credentials of every state, in the sandbox of a running server: ``python -m tests.browser.world`` in its
environment prints their addresses as JSON. Each is issued, shared and changed in the way the service itself does it.
"""

from __future__ import annotations

import datetime
import io
import itertools
import json
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
    with _ending(datetime.timedelta(days=-1)):
        world["expired"] = _shared("ada", "Wonderland & Data: the “whole” thing 🚀")
    # The sandbox has the first ones.
    seed._numbers = itertools.count(1000)
    with _clock_ahead(datetime.timedelta(hours=3)):
        world["warned"] = _shared("ada", _new_course("Signed Tomorrow"))
    world["unpublished"] = _shared("ada", _new_course("Revoked a Moment Ago"))
    quiet: dict[str, Any] = {"stdout": io.StringIO()}
    call_command("vc_revoke", credential=[UUID(world["revoked"]["uuid"])], **quiet)
    call_command("vc_suspend", credential=UUID(world["suspended"]["uuid"]), **quiet)
    call_command("vc_erase", username="omar", yes=True, **quiet)
    call_command("vc_publish_status", now=True, **quiet)
    call_command("vc_revoke", credential=[UUID(world["unpublished"]["uuid"])], no_publish=True, **quiet)
    return world


def _new_course(title: str) -> str:
    """The title of one more course, of which Ada has the certificate."""
    from credentials.apps.core.models import User
    from django.contrib.sites.models import Site

    from tests import seed

    course = seed.make_course(Site.objects.get_current(), seed.CourseOptions(run_title=title))
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


def _ending(after: datetime.timedelta) -> Any:
    """Meanwhile credentials are composed with an end, which no policy gives them yet; the rest is as ever."""
    from openedx_verifiable_credentials.core import open_badges

    compose = open_badges.compose
    end = open_badges.timestamp(datetime.datetime.now(datetime.UTC) + after)

    def composed(*args: Any, **options: Any) -> Any:
        document = compose(*args, **options)
        return {**document, options["profile"].valid_until: end}

    return mock.patch.object(open_badges, "compose", composed)


def _clock_ahead(by: datetime.timedelta) -> Any:
    """Meanwhile the service's clock is wrong."""
    from django.utils import timezone

    now = timezone.now
    return mock.patch.object(timezone, "now", lambda: now() + by)


if __name__ == "__main__":
    main()
