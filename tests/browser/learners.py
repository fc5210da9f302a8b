"""
Learners with certificates, in the sandbox of a running server: ``python -m tests.browser.learners`` in its environment
prints the session of each as JSON. Every test has a learner of its own, so that none finds what another claimed.
"""

from __future__ import annotations

import datetime
import json
from typing import Any

import django

# Three certificates that are ready, one that is embargoed, one that was revoked.
NAMES = (
    "walker",
    "arabist",
    "typist",
    "clicker",
    "doubter",
    "tabber",
    "latecomer",
    "leaver",
    "waiter",
    "unlucky",
    "printer",
    "reader",
    "holder",
    "keeper",
)
# Of these the first has none, the second 10,000.
NOBODY, MANY = "beginner", "collector"
TITLES = ("Botany for Everyone", "Signals & <Systems>", "تاريخ العلوم")
EMBARGOED, REVOKED = "Not Before Spring", "Taken Back"


def main() -> None:
    """Award, log in, print."""
    django.setup()
    print(json.dumps(_build()))


def _build() -> dict[str, str]:
    from django.contrib.sites.models import Site

    from tests import many
    from tests import seed

    site = Site.objects.get_current()
    courses = _courses(site)
    learners = _learners()
    for name in NAMES:
        learner = learners[name]
        for configuration in courses[:4]:
            seed.backdate(seed.award(learner, configuration), days=10)
        seed.backdate(seed.award(learner, courses[4], status="revoked"), days=12)
    many.award_courses(site, learners[MANY], 10_000)
    return {name: _session_of(learner) for name, learner in learners.items()}


def _learners() -> dict[str, Any]:
    """With one hash for all of them: to make one takes its time."""
    from credentials.apps.core.models import User
    from django.contrib.auth.hashers import make_password

    from tests import seed

    password = make_password(seed.PASSWORD)
    return {
        name: User.objects.create(username=name, full_name=f"{name.title()} Lovelace", password=password)
        for name in (*NAMES, NOBODY, MANY)
    }


def _courses(site: Any) -> list[Any]:
    import itertools

    from tests import seed

    # The sandbox has the first ones.
    seed._numbers = itertools.count(2000)
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=30)
    ready = [seed.make_course(site, seed.CourseOptions(run_title=title)) for title in TITLES]
    embargoed = seed.make_course(site, seed.CourseOptions(run_title=EMBARGOED, available=soon))
    return [*ready, embargoed, seed.make_course(site, seed.CourseOptions(run_title=REVOKED))]


def _session_of(learner: Any) -> str:
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(learner)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


if __name__ == "__main__":
    main()
