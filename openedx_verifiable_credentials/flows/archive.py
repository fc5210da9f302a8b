"""
Credentials as a file that outlives the database's rows: what the ledger says of each, and its document, sealed as it
is.

Learners' keys stay in the database: who is erased there cannot be read in any archive any more. Issuers' public keys
and the shapes of documents go along.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import json
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Q

from openedx_verifiable_credentials.adapters.archive_file import ArchiveWriter
from openedx_verifiable_credentials.adapters.archive_file import read_archive
from openedx_verifiable_credentials.adapters.sealed import KeyEncryptionKeys
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import self_check
from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.data import VerificationMethod
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import DocumentShape
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import Learner

FORMAT = "openedx_verifiable_credentials archive"
VERSION = 1
_CHUNK = 1000
_MOST_PROBLEMS = 20


@dataclasses.dataclass(frozen=True)
class Wanted:
    """Which credentials: all that were issued, of one course run or program, of a batch, issued before a moment."""

    achievement: str | None = None
    batch: str | None = None
    before: datetime.datetime | None = None

    def condition(self) -> Q:
        """For a query."""
        given = {"achievement_key": self.achievement, "batch__uuid": self.batch, "issued_at__lt": self.before}
        return Q(issued_at__isnull=False, **{name: value for name, value in given.items() if value is not None})


@dataclasses.dataclass
class Checked:
    """
    What became of the credentials of an archive: ``good``; ``erased``, whose learner's key is gone; ``changed``, which
    do not open or whose proof is not good; ``problems`` by credential, the first few.
    """

    good: int = 0
    erased: int = 0
    changed: int = 0
    problems: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def looked_at(self) -> int:
        """How many there were."""
        return self.good + self.erased + self.changed


def count(wanted: Wanted) -> int:
    """How many credentials would be archived."""
    return Credential.objects.filter(wanted.condition()).count()


def export(path: Path, wanted: Wanted, now: Callable[[], datetime.datetime]) -> Iterator[int]:
    """
    Write the archive; yields how many credentials are in it so far. Nothing is deleted or changed in the database.

    Raises LedgerError ``file_exists``, TransientError ``export_failed``.
    """
    written = last = 0
    rows = Credential.objects.order_by("pk").select_related("issuer", "key__issuer", "learner", "status_list")
    # Which ones is asked without the tables beside: with them, the server sorts all credentials of an issuer each time.
    names = Credential.objects.filter(wanted.condition()).order_by("pk").values_list("pk", flat=True)
    with ArchiveWriter(path) as archive:
        archive.write({"format": FORMAT, "version": VERSION, "created": now().isoformat()})
        work = _Export(archive)
        while pks := list(names.filter(pk__gt=last)[:_CHUNK]):
            last, part = pks[-1], list(rows.filter(pk__in=pks).defer(*_NOT_READ))
            work.take(part)
            written += len(part)
            yield written


_NOT_READ = ("status_list__bits", "status_list__suspension_bits", "status_list__sealed_order_key", "key__sealed_seed")


class _Export:
    """What credentials refer to is written once, before the first that does."""

    def __init__(self, archive: ArchiveWriter):
        self._archive = archive
        self._shapes: dict[int, str] = {}
        self._keys: set[int] = set()

    def take(self, part: list[Credential]) -> None:
        new = {row.shape_id for row in part if row.shape_id is not None} - self._shapes.keys()
        for shape in DocumentShape.objects.filter(pk__in=new):
            outline = bytes(shape.outline).decode("utf-8")
            self._archive.write({"shape": {"digest": shape.digest, "outline": outline, "terms": shape.terms}})
            self._shapes[shape.pk] = shape.digest
        for row in part:
            if row.key_id not in self._keys:
                self._keys.add(row.key_id)
                self._archive.write({"key": _key(row.key)})
            self._archive.write({"credential": _credential(row, self._shapes)})


def _key(key: IssuerKey) -> dict[str, Any]:
    return {"uuid": str(key.uuid), "issuer": key.issuer.did, "publicKeyMultibase": key.public_key_multibase}


def _credential(row: Credential, shapes: Mapping[int, str]) -> dict[str, Any]:
    sealed = None if row.sealed_document is None else base64.b64encode(bytes(row.sealed_document)).decode("ascii")
    return {
        "uuid": str(row.uuid),
        "certificate": str(row.certificate_uuid),
        "learner": None if row.learner is None else str(row.learner.uuid),
        "issuer": row.issuer.did,
        "key": str(row.key.uuid),
        "profile": row.profile_id,
        "kind": row.kind,
        "achievement": row.achievement_key,
        "organization": row.organization_key,
        "site": row.site_id,
        "state": row.state,
        "suspended": row.suspended,
        "statusList": None if row.status_list is None else str(row.status_list.uuid),
        "statusListIndex": row.status_index,
        "created": row.created.isoformat(),
        "issued": None if row.issued_at is None else row.issued_at.isoformat(),
        "ended": None if row.ended_at is None else row.ended_at.isoformat(),
        "reason": row.end_reason,
        "shape": None if row.shape_id is None else shapes.get(row.shape_id),
        "sealed": sealed,
    }


def check(path: Path, keks: KeyEncryptionKeys) -> Iterator[Checked]:
    """
    Open every credential of an archive with the learners' keys that the database has, and verify its proof; yields the
    same object, further on each time. Status and dates are the verifiers' to look at.

    Raises LedgerError ``archive_damaged``, TransientError ``export_failed``, ConfigurationError.
    """
    lines = read_archive(path)
    first = next(lines, {})
    if first.get("format") != FORMAT or first.get("version") != VERSION:
        raise LedgerError("archive_damaged", "This file is no archive of credentials that this version can read.")
    work, waiting = _Check(keks), []
    for line in lines:
        if "credential" in line:
            waiting.append(line["credential"])
        else:
            work.know(line)
        if len(waiting) == _CHUNK:
            work.take(waiting)
            waiting = []
            yield work.result
    work.take(waiting)
    yield work.result


class _Check:
    def __init__(self, keks: KeyEncryptionKeys):
        self.result = Checked()
        self._keks = keks
        self._shapes: dict[str, DocumentShape] = {}
        self._methods: dict[str, VerificationMethod] = {}

    def know(self, line: Mapping[str, Any]) -> None:
        """A shape or a key. Raises LedgerError ``archive_damaged``."""
        try:
            if "shape" in line:
                said = line["shape"]
                outline = said["outline"].encode("utf-8")
                self._shapes[said["digest"]] = DocumentShape(
                    digest=said["digest"], outline=outline, terms=said["terms"]
                )
            else:
                said = line["key"]
                public = dids.read_public_key(said["publicKeyMultibase"])[1]
                self._methods[said["uuid"]] = dids.key_method(said["issuer"], public)
        except (KeyError, TypeError, AttributeError, ValueError, VerifiableCredentialsError) as error:
            raise LedgerError("archive_damaged", "A line of the archive is none.") from error

    def take(self, credentials: Sequence[Mapping[str, Any]]) -> None:
        wanted = {said["learner"] for said in credentials if said["learner"] is not None}
        learners = {str(row.uuid): row for row in Learner.objects.filter(uuid__in=wanted)}
        for said in credentials:
            if said["sealed"] is None or said["learner"] not in learners:
                self.result.erased += 1
                continue
            try:
                self._verify(said, learners[said["learner"]])
                self.result.good += 1
            except (ConfigurationError, VerifiableCredentialsError, ValueError, KeyError) as error:
                self.result.changed += 1
                if len(self.result.problems) < _MOST_PROBLEMS:
                    self.result.problems[said["uuid"]] = getattr(error, "code", "unreadable_credential")

    def _verify(self, said: Mapping[str, Any], learner: Learner) -> None:
        row = Credential(
            uuid=UUID(said["uuid"]),
            sealed_document=base64.b64decode(said["sealed"], validate=True),
            shape=None if said["shape"] is None else self._shapes[said["shape"]],
        )
        raw = keys.open_document(row, keys.open_learner_key(learner, self._keks))
        profile = get_profile(said["profile"])
        unsigned = profile.detach(json.loads(raw))[0]
        if unsigned["id"] != row.uuid.urn:
            raise LedgerError("archive_damaged", "A credential of the archive is another one than it says.")
        self_check.require_good_release(raw, unsigned=unsigned, profile=profile, method=self._methods[said["key"]])
