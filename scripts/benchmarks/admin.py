"""
The part of ``make bench`` that is about the admin: its lists over 200,000 credentials and as many events, on MariaDB
where one answers. Exit status 1, after the last figure, where a page took longer than it may.
"""

from __future__ import annotations

import datetime
import os
import random
import statistics
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

from scripts.benchmarks import places
from scripts.benchmarks.limits import Limits

CREDENTIALS, COURSES, ORGANIZATIONS, LEARNERS, OF_ONE = 200_000, 400, 40, 20_000, 20
DOCUMENT_BYTES, PER_PAGE = 3_000, 50
ROUNDS = 5
MOST_SECONDS = 1.0
APP = "/admin/openedx_verifiable_credentials/"
LIST = f"{APP}credential/"


def run(limits: Limits) -> None:
    """In a process and a database of its own."""
    done = places.in_process_of_its_own("admin", "the admin")
    limits.hold("a limit of the admin part, see above", not done)


def _database() -> int:
    limits = Limits()
    with places.database_of_its_own():
        since = time.perf_counter()
        learner = _fill()
        print(f"{CREDENTIALS:,} credentials and events made in {time.perf_counter() - since:.0f} s", flush=True)
        _measure(limits, learner)
    return limits.status()


def _fill() -> Any:
    """The learner who is searched for."""
    from openedx_verifiable_credentials import models  # noqa: PLC0415  (settings are named by the environment)
    from openedx_verifiable_credentials.api import issuers  # noqa: PLC0415
    from openedx_verifiable_credentials.api.means import get_means  # noqa: PLC0415
    from openedx_verifiable_credentials.flows.steps.status_lists import allocate  # noqa: PLC0415
    from tests import seed  # noqa: PLC0415

    site = seed.make_site("testserver")
    made = [issuers.create_issuer(issuers.NewIssuer(name="Bench"))]
    made += [
        issuers.create_issuer(issuers.NewIssuer(name=key, slug=key.lower(), organization_key=key, is_default=False))
        for key in map(_organization, range(10))
    ]
    keys = {issuer.pk: issuer.keys.get() for issuer in made}
    lists = {issuer.pk: allocate(get_means(), issuer, "obv3-vc2")[0].status_list for issuer in made}
    ada = seed.make_learner("ada")
    courses = [seed.make_course(site) for _ in range(OF_ONE)]
    own = [seed.award(ada, course).uuid for course in courses]
    now = datetime.datetime.now(datetime.UTC)
    models.Learner.objects.bulk_create(
        (
            models.Learner(uuid=uuid.uuid4(), user_id=number, sealed_key=b"k", sealed_with="k", created=now)
            for number in range(1, LEARNERS + 1)
        ),
        batch_size=2_000,
    )
    learners = list(models.Learner.objects.values_list("pk", flat=True))
    facts = _Facts({"site": site.pk, "issuers": made, "keys": keys, "lists": lists, "learners": learners, "own": own})
    _in_batches(models.Credential, facts.credentials())
    _in_batches(models.Event, facts.events())
    return ada


class _Facts:
    """What rows say: random, the same at every run."""

    def __init__(self, rows: dict[str, Any]):
        self._random = random.Random(5)  # noqa: S311  (no secret)
        self._rows = rows
        self._uuids = [uuid.UUID(int=self._random.getrandbits(128), version=4) for _ in range(CREDENTIALS)]

    def credentials(self) -> Iterator[Any]:
        from openedx_verifiable_credentials import models  # noqa: PLC0415

        document, rows, now = os.urandom(DOCUMENT_BYTES), self._rows, datetime.datetime.now(datetime.UTC)
        for number, credential in enumerate(self._uuids):
            issuer = self._random.choice(rows["issuers"])
            state = self._random.choices(["issued", "revoked", "superseded", "abandoned"], [90, 5, 4, 1])[0]
            course = self._random.randrange(COURSES)
            at = now - datetime.timedelta(minutes=5 * (CREDENTIALS - number))
            yield models.Credential(
                uuid=credential,
                certificate_uuid=rows["own"][number // 2] if number < 2 * OF_ONE else uuid.uuid4(),
                learner_id=self._random.choice(rows["learners"]),
                issuer=issuer,
                key=rows["keys"][issuer.pk],
                profile_id=self._random.choice(["obv3-vc1", "obv3-vc2"]),
                wallet_id=self._random.choice(["lc_wallet", "download"]),
                is_bound=True,
                kind="course" if course % 10 else "program",
                achievement_key=course_key(course) if course % 10 else str(program(course)),
                organization_key=_organization(course % ORGANIZATIONS),
                site_id=rows["site"],
                terms={"name": True, "grade": False},
                state=state,
                status_list=rows["lists"][issuer.pk],
                status_index=number + 1_000,
                suspended=self._random.random() < 0.01,
                sealed_document=document,
                created=at,
                issued_at=at,
                ended_at=None if state == "issued" else at,
                end_reason={"revoked": "staff", "superseded": "superseded"}.get(state, ""),
            )

    def events(self) -> Iterator[Any]:
        from openedx_verifiable_credentials import models  # noqa: PLC0415

        now = datetime.datetime.now(datetime.UTC)
        for credential in self._uuids:
            ids = {"credential": str(credential)}
            yield models.Event(kind="credential.issued", ids=ids, credential=credential, at=now)


def _in_batches(model: Any, rows: Iterator[Any]) -> None:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == 2_000:
            model.objects.bulk_create(batch)
            batch.clear()
    model.objects.bulk_create(batch)


def course_key(number: int) -> str:
    """Of the number-th course."""
    return f"course-v1:{_organization(number % ORGANIZATIONS)}+C{number}+2026"


def program(number: int) -> uuid.UUID:
    """Of the number-th program."""
    return uuid.UUID(int=number + 1, version=4)


def _days_ago(days: int) -> str:
    return f"{datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days):%Y-%m-%d}%2000:00:00%2B00:00"


def _organization(number: int) -> str:
    return f"Org{number:02}"


def _measure(limits: Limits, learner: Any) -> None:
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    browser = Client()
    browser.force_login(get_user_model().objects.create_superuser("root", "root@example.edu", "x"))
    found = browser.post(f"{LIST}search/", {"q": learner.username})["Location"]
    print(f"{'admin, ' + connection.display_name:60} {'best':>8} {'median':>8} {'queries':>8}", flush=True)
    for name, path in _pages(found):
        taken = []
        for _ in range(ROUNDS):
            with CaptureQueriesContext(connection) as captured:
                since = time.perf_counter()
                response = browser.get(path)
                taken.append(time.perf_counter() - since)
            assert response.status_code == 200, (path, response.status_code)
        median = statistics.median(taken)
        print(f"{name:60} {min(taken) * 1000:8.0f} {median * 1000:8.0f} {len(captured):8}", flush=True)
        if os.environ.get("BENCH_SQL"):
            for query in sorted(captured.captured_queries, key=lambda one: -float(one["time"]))[:3]:
                print("   ", query["time"], query["sql"][:600], flush=True)
        limits.hold(f"{name}: {median:.2f} s", median <= MOST_SECONDS)


def _pages(found: str) -> Iterator[tuple[str, str]]:
    from openedx_verifiable_credentials.models import Credential  # noqa: PLC0415
    from openedx_verifiable_credentials.models import Issuer  # noqa: PLC0415

    last = CREDENTIALS // PER_PAGE
    row = Credential.objects.order_by("pk")[CREDENTIALS // 3]
    yield "credentials, first page", LIST
    yield "credentials, page in the middle", f"{LIST}?p={last // 2}"
    yield "credentials, last page", f"{LIST}?p={last}"
    yield "credentials, one", f"{LIST}{row.pk}/change/"
    filters = {
        "state__exact": ("issued", "revoked", "abandoned", "intended"),
        "suspended__exact": ("0", "1"),
        "end_reason__exact": ("staff", "holder"),
        "kind": ("course", "program"),
        "issuer__id__exact": (Issuer.objects.get(slug="default").pk,),
        "profile_id": ("obv3-vc1",),
        "wallet_id": ("download",),
        "site_id": (row.site_id, 999),
        "organization_key": ("Org01", "None"),
        "created__gte": (_days_ago(7), _days_ago(365)),
    }
    for field, values in filters.items():
        for value in values:
            yield f"credentials, {field}={value}", f"{LIST}?{field}={value}"
    yield "credentials, state=issued, last page", f"{LIST}?state__exact=issued&p={int(last * 0.89)}"
    yield "credentials, state=issued, in the middle", f"{LIST}?state__exact=issued&p={int(last * 0.44)}"
    yield "credentials, suspended=0, last page", f"{LIST}?suspended__exact=0&p={int(last * 0.98)}"
    yield "credentials, two filters", f"{LIST}?state__exact=revoked&organization_key=Org01"
    searches = {
        "uuid": row.uuid,
        "certificate": row.certificate_uuid.hex,
        "program": program(20),
        "course run": course_key(1).replace("+", "%2B"),
        "Org+Number": "Org01%2BC1",
        "beginning of many": "course-v1:",
        "nothing": "course-v1:None%2B",
    }
    for name, text in searches.items():
        yield f"credentials, search: {name}", f"{LIST}?q={text}"
    yield "credentials, search: username", found
    yield "events, first page", f"{APP}event/"
    yield "events, last page", f"{APP}event/?p={last}"
    yield "events, kind=credential.issued", f"{APP}event/?kind=credential.issued"
    yield "status lists", f"{APP}statuslist/"
    yield "issuers", f"{APP}issuer/"
    yield "health", f"{APP}statuslist/health/"


if __name__ == "__main__" and sys.argv[1:] == ["database"]:
    sys.exit(_database())
