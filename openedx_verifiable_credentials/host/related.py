"""What belongs to certificates in other tables of the service, each read with one query."""

from __future__ import annotations

import datetime
from typing import Any

from credentials.apps.catalog.models import CourseRun
from credentials.apps.core.models import User
from credentials.apps.credentials.models import UserCredential
from django.db.models import BinaryField
from django.db.models import Func
from django.db.models import JSONField
from django.db.models import OuterRef
from django.db.models import Subquery
from django.db.models.functions import JSONObject

from openedx_verifiable_credentials.data import Learner


def course_runs_with_courses() -> Any:
    """For a prefetch."""
    return CourseRun.objects.select_related("course")


def account_of(username_field: str) -> Subquery:
    """
    For an annotation: the account behind a username, which the service keeps as a plain string, in the same query.
    """
    members = {name: name for name in ("id", "username", "full_name", "first_name", "last_name")}
    accounts = User.objects.filter(username=OuterRef(username_field)).values(json=JSONObject(**members))
    return Subquery(accounts[:1], output_field=JSONField())


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


def learner_of(row: Any) -> Learner:
    """The account of an annotated row. Databases may ignore the case of a username; we don't."""
    account = row.account
    if not account or account["username"] != row.username:
        return Learner(user_id=None, username=row.username, full_name="")
    names = User(**{name: account[name] or "" for name in ("full_name", "first_name", "last_name")})
    return Learner(user_id=account["id"], username=row.username, full_name=names.get_full_name() or "")


def program_visibility(rows: list[Any], programs: dict[int, Any]) -> dict[int, datetime.datetime]:
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
        own = [dates[key] for run in runs_of.get(row.credential_id, ()) if (key := (row.username, run)) in dates]
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
