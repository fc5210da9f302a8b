"""``vc_issue`` as tests run it, and certificates to issue for."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from credentials.apps.core.models import User
from credentials.apps.credentials.models import UserCredential
from django.core.management import CommandError
from django.core.management import call_command
from django.db import connection
from django.db import transaction

from openedx_verifiable_credentials.models import Credential
from tests import seed

LISTING = "openedx_verifiable_credentials.flows.steps.bulk.listing"


def certificates(count: int, course: Any) -> list[UserCredential]:
    """Of this many learners who were not there before, awarded yesterday."""
    first = User.objects.count()
    with transaction.atomic():
        made = [seed.make_learner(f"learner{number}", f"Learner {number}") for number in range(first, first + count)]
        return [seed.backdate(seed.award(one, course), days=1) for one in made]


def refused(name: str, *arguments: Any, code: int = 1) -> tuple[str, str]:
    """What the command says before it exits with that status, and with which sentence."""
    out = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command(name, *map(str, arguments), stdout=out, stderr=out)
    assert caught.value.returncode == code, caught.value
    return out.getvalue(), str(caught.value)


def uuids(certificates: Iterable[UserCredential]) -> list[UUID]:
    """Of the certificates, sorted."""
    return sorted(one.uuid for one in certificates)


def issued_for() -> list[UUID]:
    """The certificates that have a credential, each as often as it has one, sorted."""
    return sorted(Credential.objects.filter(state="issued").values_list("certificate_uuid", flat=True))


@contextlib.contextmanager
def at_insert(act: Callable[[], object], number: int = 1) -> Iterator[None]:
    """``act`` is called when the credentials of the ``number``th part are to be written."""
    start = f"INSERT INTO {connection.ops.quote_name(Credential._meta.db_table)}"
    seen = []

    def guard(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        # Written with everything in it, it is bytes.
        text = sql[: len(start)].decode() if isinstance(sql, bytes) else sql
        if text.startswith(start):
            seen.append(start)
            if len(seen) == number:
                act()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        yield
