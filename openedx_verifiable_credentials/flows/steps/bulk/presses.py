"""Compiled templates, kept by a worker from part to part, and the rows of their shapes."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from collections import OrderedDict

from django.db import DatabaseError

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import shapes
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.core.profiles import CredentialProfile
from openedx_verifiable_credentials.core.shapes import Fresh
from openedx_verifiable_credentials.core.shapes import Shape
from openedx_verifiable_credentials.core.templates import LeafOf
from openedx_verifiable_credentials.core.templates import Outline
from openedx_verifiable_credentials.core.templates import Press
from openedx_verifiable_credentials.core.templates import Template
from openedx_verifiable_credentials.core.templates import compile_template
from openedx_verifiable_credentials.flows.steps.bulk.judging import Candidate
from openedx_verifiable_credentials.flows.steps.races import is_race
from openedx_verifiable_credentials.models import DocumentShape
from openedx_verifiable_credentials.models.anchor import LeafCover

_MOST = 64


@dataclasses.dataclass(frozen=True)
class Ready:
    """
    A template at the moment of a part. ``name`` tells it, and what its leaves cover, from every other one;
    ``leaf_of`` is None where there are no leaves; ``shape_id``: the primary key of its row.
    """

    name: bytes
    press: Press
    leaf_of: LeafOf | None
    outline: Outline
    shape_id: int


class Presses:
    """The last templates that were needed, at most :data:`_MOST`."""

    def __init__(self) -> None:
        self._templates: OrderedDict[bytes, Template] = OrderedDict()
        self._shapes: dict[str, int] = {}

    def get(
        self, candidate: Candidate, shape: Shape, fresh: Fresh, *, profile: CredentialProfile, suite: str,
        verification_method: str, created: datetime.datetime, covers: LeafCover | None,
    ) -> Ready:  # fmt: skip
        """
        The template of ``candidate`` and all who share its configuration, terms, issuer and shape; ``covers``: what
        their leaves do.

        Raises CompositionError: ``not_templatable``, or what composing and canonicalising raise.
        """
        skeleton, slots = shapes.skeleton(
            candidate.award, candidate.terms, shape, profile=profile, issuer=candidate.key.issuer.profile, fresh=fresh
        )
        name = hashlib.sha256(json_text.write([profile.id, suite, verification_method, skeleton])).digest()
        template = self._templates.get(name)
        if template is None:
            template = compile_template(
                skeleton, slots, suite=suite, attach=profile.attach, verification_method=verification_method
            )
            self._keep(name, template)
        leaf_of = None if covers is None else template.leaves(covers)
        shape_id = self._shape(template.outline, candidate, created)
        checked_as = name + (covers or "").encode("ascii")
        return Ready(checked_as, template.at(timestamp(created)), leaf_of, template.outline, shape_id)

    def _keep(self, name: bytes, template: Template) -> None:
        self._templates[name] = template
        while len(self._templates) > _MOST:
            self._templates.popitem(last=False)

    def _shape(self, outline: Outline, candidate: Candidate, created: datetime.datetime) -> int:
        raw, terms = outline.dump(), candidate.terms.as_json()
        digest = DocumentShape.digest_of(raw, json_text.write(terms))
        if digest not in self._shapes:
            self._shapes[digest] = _row(digest, raw, terms, created)
        return self._shapes[digest]


def _row(digest: str, outline: bytes, terms: dict[str, object], created: datetime.datetime) -> int:
    """Durable before any credential names it."""
    found = DocumentShape.objects.filter(digest=digest).values_list("pk", flat=True)
    pk = found.first()
    if pk is not None:
        return pk
    try:
        return DocumentShape.objects.create(digest=digest, outline=outline, terms=terms, created=created).pk
    except DatabaseError as error:
        if not is_race(error):
            raise
    return found.get()
