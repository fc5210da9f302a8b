"""What belongs to certificates in other tables of the service, each read with one query."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from collections.abc import Set
from typing import Any
from uuid import UUID

from credentials.apps.catalog.models import CourseRun
from credentials.apps.core.models import User
from credentials.apps.credentials.models import CourseCertificate
from credentials.apps.credentials.models import ProgramCertificate
from credentials.apps.credentials.models import UserCredential
from django.contrib.contenttypes.models import ContentType
from django.db.models import BinaryField
from django.db.models import Func
from django.db.models import JSONField
from django.db.models import OuterRef
from django.db.models import Subquery
from django.db.models.functions import JSONObject

from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.data import Learner
from openedx_verifiable_credentials.host.awards import COLUMNS
from openedx_verifiable_credentials.host.awards import Certificate

_NAMES = ("full_name", "first_name", "last_name")


def course_runs_with_courses() -> Any:
    """For a prefetch."""
    return CourseRun.objects.select_related("course")


def kinds() -> dict[int, CertificateKind]:
    """
    What certificates are of, by their content types' numbers, which Django looks up once a process. Certificates are
    not joined with content types: a database may then begin with those, of which there are two, and read every
    certificate.
    """
    models = {CourseCertificate: CertificateKind.COURSE, ProgramCertificate: CertificateKind.PROGRAM}
    found = ContentType.objects.get_for_models(*models)
    return {found[model].pk: kind for model, kind in models.items()}


def with_learners(uuids: Set[UUID]) -> tuple[list[Certificate], dict[str, Learner]]:
    """These certificates, and their learners by username, which the service keeps as a plain string beside them."""
    found = UserCredential.objects.filter(uuid__in=uuids)
    if len(uuids) == 1:
        return _with_learner(found)
    rows = Certificate.read(found)
    usernames = {row.username for row in rows}
    accounts = User.objects.filter(username__in=usernames).values_list("pk", "username", *_NAMES) if rows else ()
    return rows, _learners(usernames, accounts)


def _with_learner(found: Any) -> tuple[list[Certificate], dict[str, Learner]]:
    """In one statement, since a claim asks for one certificate. For many, two cost a third less."""
    members = {name: name for name in ("id", "username", *_NAMES)}
    accounts = User.objects.filter(username=OuterRef("username")).values(json=JSONObject(**members))
    account = Subquery(accounts[:1], output_field=JSONField())
    rows = list(found.annotate(account=account).values_list(*COLUMNS, "account"))
    certificates = [Certificate._make(row[:-1]) for row in rows]
    held = [tuple(row[-1][name] for name in members) for row in rows if row[-1]]
    return certificates, _learners({one.username for one in certificates}, held)


def learner(user_id: int) -> Learner | None:
    """The account of this number, where it has a name."""
    accounts = list(User.objects.filter(pk=user_id).exclude(username="").values_list("pk", "username", *_NAMES))
    return next(iter(_learners({account[1] for account in accounts}, accounts).values()), None)


def _learners(usernames: Set[str], accounts: Iterable[tuple[Any, ...]]) -> dict[str, Learner]:
    """
    One for each username, a learner whose account is gone, too. Databases may ignore the case of a username; we don't.
    """
    found = {username: Learner(user_id=None, username=username, full_name="") for username in usernames}
    # The host's own rule says what a learner is called. One instance tells it for all: making each its own costs more
    # than the rest of an award.
    user = User()
    for pk, username, *values in accounts:
        if username in found:
            for name, value in zip(_NAMES, values, strict=True):
                setattr(user, name, value or "")
            found[username] = Learner(user_id=pk, username=username, full_name=user.get_full_name() or "")
    return found


class _Bytes(Func):
    """A text as its bytes: those differ wherever two texts do, whatever a collation says."""

    template = "CAST(%(expressions)s AS BINARY)"
    output_field = BinaryField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """The same, as SQLite calls it."""
        return self.as_sql(compiler, connection, template="CAST(%(expressions)s AS BLOB)", **context)


def exactly_of(username: str, rows: Any) -> Any:
    """Those of ``rows`` under exactly this username; the database's index finds them, and its collation adds none."""
    return rows.filter(username=username).annotate(letters=_Bytes("username")).filter(letters=username.encode())


def program_visibility(rows: list[Certificate], programs: dict[int, Any]) -> dict[int, datetime.datetime]:
    """
    From when each program certificate is visible, by its row: the latest date among the learner's course certificates
    of the program; a row that has none is left out, since the host does not show it.
    """
    runs_of = {
        configuration.pk: [run.pk for run in configuration.program.course_runs.all()]
        for configuration in programs.values()
        if configuration.program is not None
    }
    wanted = {run for runs in runs_of.values() for run in runs}
    if not wanted:
        return {}
    dates = _course_dates({row.username for row in rows}, wanted)
    visible = {}
    for row in rows:
        own = [dates[key] for run in runs_of.get(row.configuration_id, ()) if (key := (row.username, run)) in dates]
        if own:
            visible[row.pk] = max(own)
    return visible


def _course_dates(usernames: set[str], runs: set[int]) -> dict[tuple[str, int], datetime.datetime]:
    rows = (
        UserCredential.objects.filter(username__in=usernames, course_credentials__course_run__in=runs)
        .order_by("-pk")
        .values_list(
            "username", "course_credentials__course_run", "course_credentials__certificate_available_date", "created"
        )
    )
    # Later rows of the query overwrite earlier ones: what stays is the oldest certificate, as in the host.
    return {(username, run): available or created for username, run, available, created in rows}
