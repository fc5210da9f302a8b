"""
The achievements that credentials name, at their public addresses.

What a credential's ``achievement.id`` answers is there before the credential is, and says what the credential says of
it. An offer publishes it, and notes what it published; a claim publishes it again where something else holds by then.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable

from django.db import DatabaseError
from django.db import transaction

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.flows.steps.issuers import PlannedCredential
from openedx_verifiable_credentials.flows.steps.races import is_race
from openedx_verifiable_credentials.models import Achievement
from openedx_verifiable_credentials.models import Issuer


def digest_achievement(plan: PlannedCredential, terms: Terms) -> str:
    """What tells whether the achievement that goes with ``plan`` was published like this."""
    # The rules are part of it: what was changed and changed back may have been published in between.
    parts = {"document": _compose(plan, terms), "rules": dict(terms.rules)}
    return hashlib.sha256(json_text.write(parts)).hexdigest()


def publish_achievements(plans: Iterable[tuple[PlannedCredential, Terms]], now: datetime.datetime) -> None:
    """
    Each under its terms, of which no learner has left anything out. One statement each where nothing has changed, and
    no lock held: a whole class clicks at once.
    """
    for plan, terms in plans:
        document = _compose(plan, terms)
        rows = Achievement.objects.filter(address_digest=Achievement.digest(document["id"]))
        published = rows.first()
        if published is None:
            _publish_new(plan.issuer, document, now)
        elif published.document != document:
            rows.update(document=document, updated=now)


def _compose(plan: PlannedCredential, terms: Terms) -> JsonObject:
    return open_badges.compose_achievement(plan.award, terms, issuer=plan.issuer.profile, extended=True)


def _publish_new(issuer: Issuer, document: JsonObject, now: datetime.datetime) -> None:
    address = document["id"]
    try:
        with transaction.atomic():
            Achievement.objects.create(
                issuer=issuer,
                address=address,
                address_digest=Achievement.digest(address),
                document=document,
                updated=now,
            )
    except DatabaseError as error:
        if not is_race(error):
            raise
        # Another learner's click has just published it.
