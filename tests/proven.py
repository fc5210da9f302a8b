"""What must hold after a batch of everything that a platform has, told by the service's tables without our code."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections import defaultdict
from typing import Any
from uuid import UUID

from credentials.apps.core.models import User
from credentials.apps.credentials.models import CourseCertificate
from credentials.apps.credentials.models import ProgramCertificate
from credentials.apps.credentials.models import UserCredential
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from waffle.models import Switch

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.api import publishing
from openedx_verifiable_credentials.api import verifying
from openedx_verifiable_credentials.core.checks.report import Verdict
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from tests import bulk

RETIRED = "retired__user_"


def make_ready() -> None:
    """A platform whose claims are switched on, with an issuer."""
    Switch.objects.create(name="openedx_verifiable_credentials.enabled", active=True)
    issuers.create_issuer(issuers.NewIssuer(name="Example Academy", slug="academy", method="web"))


def count(batch: UUID, sample: int) -> dict[str, Any]:
    """What there is; ``wrong``: what is not as it must be, in words."""
    names = _issuable()
    credentials = Credential.objects.filter(batch__uuid=batch)
    held = Counter(credentials.values_list("certificate_uuid", flat=True))
    places = Counter(credentials.values_list("status_list", "status_index"))
    refused = Counter(one.code for one in batches.refusals(batch))
    told = Counter(
        uuid for event in Event.objects.filter(kind="batch.issued") for uuid in event.ids["credentials"]
    )  # fmt: skip
    progress = batches.look(batch)
    publishing.publish_due(now=True)
    unverified = _unverified(batch, names, sample)
    awarded = UserCredential.objects.filter(status="awarded").count()
    truths = {
        "the batch is done, and each part of it": progress.state == "done" and not progress.waiting,
        "every certificate that may have one has its credential, and no other has": held.keys() == names.keys(),
        "no certificate has two": max(held.values(), default=0) <= 1,
        "every credential is issued and live": credentials.filter(state="issued", live_key__isnull=False).count()
        == credentials.count() == Credential.objects.count(),
        "no place of a list is given twice": max(places.values(), default=0) <= 1,
        "no place was handed out twice, used or not": _places_are_disjoint(batch),
        "every place that is used was written down before": _are_written_down(batch, len(places)),
        "every other certificate was refused once, with its reason": refused.total() == awarded - len(names),
        "every credential has its event, once": told == Counter(map(str, credentials.values_list("uuid", flat=True))),
        "the counts of the parts say the same": (progress.issued, progress.held) == (len(held), 0),
        "documents of a sample open, name their learner and verify": not unverified,
    }  # fmt: skip
    wrong = [name for name, is_so in truths.items() if not is_so]
    return {
        "issued": len(held),
        "refused": dict(refused),
        "verified": sample - len(unverified),
        "wrong": [*wrong, *unverified[:5]],
    }


def _issuable() -> dict[UUID, str]:
    """By certificate, its learner's name."""
    now = timezone.now()
    kinds = {model: ContentType.objects.get_for_model(model).pk for model in (CourseCertificate, ProgramCertificate)}
    good = {(kinds[ProgramCertificate], pk) for pk in ProgramCertificate.objects.values_list("pk", flat=True)}
    for course in CourseCertificate.objects.filter(is_active=True):
        if course.certificate_available_date is None or course.certificate_available_date <= now:
            good.add((kinds[CourseCertificate], course.pk))
    columns = ("username", "full_name", "first_name", "last_name")
    names = {
        username: " ".join((full_name or f"{first} {last}").split())
        for username, full_name, first, last in User.objects.values_list(*columns)
        if not username.startswith(RETIRED)
    }
    awarded = UserCredential.objects.filter(status="awarded")
    facts = awarded.values_list("uuid", "username", "credential_content_type", "credential_id")
    return {uuid: names[username] for uuid, username, *of in facts if tuple(of) in good and names.get(username)}


def _places_are_disjoint(batch: UUID) -> bool:
    taken: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for places in BatchChunk.objects.filter(batch__uuid=batch).values_list("places", flat=True):
        for name, first, how_many in places:
            taken[name].append((first, first + how_many))
    for ranges in taken.values():
        ranges.sort()
        if any(end > start for (_, end), (start, _) in zip(ranges, ranges[1:], strict=False)):
            return False
    return True


def _are_written_down(batch: UUID, used: int) -> bool:
    written = sum(
        how_many
        for places in BatchChunk.objects.filter(batch__uuid=batch).values_list("places", flat=True)
        for _, _, how_many in places
    )
    return written >= used


def _unverified(batch: UUID, names: dict[UUID, str], sample: int) -> list[str]:
    """Of some credentials those whose document is not what it must be."""
    pks = list(Credential.objects.filter(batch__uuid=batch).values_list("pk", flat=True))
    chosen = random.sample(pks, min(sample, len(pks)))
    rows = Credential.objects.filter(pk__in=chosen).select_related("learner", "shape")
    found = []
    for row in rows:
        raw = bulk.document(row)
        said = json.loads(raw)["credentialSubject"]["identifier"][0]["identityHash"]
        verdict = verifying.verify(raw, offline=True).verdict
        if verdict != Verdict.VALID or said != names.get(row.certificate_uuid):
            found.append(f"{row.uuid}: {verdict}")
    return found
