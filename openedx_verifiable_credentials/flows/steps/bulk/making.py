"""Candidates → signed credentials, sealed under their learners' keys. Nothing is written that anybody could read."""

from __future__ import annotations

import dataclasses
import datetime
import logging
import secrets
import time
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

from openedx_verifiable_credentials.adapters.keystores import RemoteKey
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import packing
from openedx_verifiable_credentials.core import shapes
from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.core.shapes import Fresh
from openedx_verifiable_credentials.data import IssuerProfile
from openedx_verifiable_credentials.exceptions import BatchError
from openedx_verifiable_credentials.exceptions import CompositionError
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.flows.steps import leaves
from openedx_verifiable_credentials.flows.steps.bulk import comparing
from openedx_verifiable_credentials.flows.steps.bulk import leases
from openedx_verifiable_credentials.flows.steps.bulk.inserting import Made
from openedx_verifiable_credentials.flows.steps.bulk.judging import Candidate
from openedx_verifiable_credentials.flows.steps.bulk.judging import Refusal
from openedx_verifiable_credentials.flows.steps.bulk.learners import KeyOf
from openedx_verifiable_credentials.flows.steps.bulk.presses import Presses
from openedx_verifiable_credentials.flows.steps.bulk.presses import Ready
from openedx_verifiable_credentials.flows.steps.leaves import Leaf
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.status_lists import Place
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models.anchor import LeafCover
from openedx_verifiable_credentials.ports import Signer

logger = logging.getLogger(__name__)

_NOT_TEMPLATABLE = "not_templatable"
_BATCHES = 16
_RENEWED_EVERY_SECONDS = 20


@dataclasses.dataclass
class Making:
    """Those that are signed, and those of which the facts make no credential."""

    made: list[Made] = dataclasses.field(default_factory=list)
    refused: list[Refusal] = dataclasses.field(default_factory=list)


class Maker:
    """Kept by a worker from part to part: what it has compiled, and what of it was checked for which batch."""

    def __init__(self) -> None:
        self.presses = Presses()
        self.checked: OrderedDict[int, set[bytes]] = OrderedDict()
        self.until_check = 0

    def make(
        self, means: Means, chunk: BatchChunk, candidates: Sequence[tuple[Candidate, Place]],
        learners: Mapping[int, KeyOf], created: datetime.datetime,
    ) -> Making:  # fmt: skip
        """
        Signed, each with its place in a status list.

        Raises SigningError (``template_mismatch`` where a check failed), AnchoringError, BatchError ``lease_lost``,
        TransientError, ConfigurationError.
        """
        work = _Part(means, chunk, self, learners, created)
        for candidate, place in candidates:
            work.add(candidate, place)
        return work.result

    def is_to_be_checked(self, batch: int, name: bytes, one_in: int) -> bool:
        """The first of each template in each batch, and one in so many, at random."""
        self.until_check -= 1
        if name in self.checked.get(batch, ()) and self.until_check >= 0:
            return False
        if self.until_check < 0:
            # Between one and twice as many: on average it is one in so many, and nobody knows which.
            self.until_check = secrets.randbelow(2 * one_in)
        return True

    def note_checked(self, batch: int, names: set[bytes]) -> None:
        """Of the last few batches; those of an older one are checked once more, and all of one that had a mismatch."""
        self.checked[batch] = names
        while len(self.checked) > _BATCHES:
            self.checked.popitem(last=False)


class _Signed(NamedTuple):
    shape_id: int | None
    packed: bytes
    leaf: Leaf | None


class _Part:
    def __init__(
        self, means: Means, chunk: BatchChunk, maker: Maker, learners: Mapping[int, KeyOf], created: datetime.datetime
    ):
        self.result = Making()
        self._means, self._chunk, self._maker, self._created = means, chunk, maker, created
        self._learners = learners
        self._profile = get_profile(chunk.batch.profile_id)
        self._signers: dict[int, Signer] = {}
        self._issuers: dict[int, IssuerProfile] = {}
        self._ready: dict[Any, Ready | None] = {}
        self._renewed = time.monotonic()
        # What terms are told apart by below lives as long as this does.
        self._kept: list[Any] = []

    def add(self, candidate: Candidate, place: Place) -> None:
        self._keep_lease()
        credential_uuid = uuid.uuid4()
        fresh = Fresh(
            credential_id=credential_uuid.urn,
            subject_id=uuid.uuid4().urn,
            salt=secrets.token_hex(16) if candidate.terms.email else "",
            entries=tuple(place.entries(candidate.key.issuer)),
        )
        try:
            signed = self._signed(candidate, fresh)
        except CompositionError as error:
            self.result.refused.append(Refusal(candidate.award.certificate_uuid, error.code, error.message))
            return
        learner = self._learners[candidate.user_id]
        sealed = keys.seal_packed(signed.packed, learner.key, credential_uuid)
        self.result.made.append(
            Made(candidate, credential_uuid, place, learner.learner_id, sealed, signed.shape_id, signed.leaf)
        )

    def _keep_lease(self) -> None:
        """A signing service takes its time."""
        if time.monotonic() - self._renewed < _RENEWED_EVERY_SECONDS:
            return
        self._renewed = time.monotonic()
        if not leases.renew(self._chunk, self._means.now()):
            raise BatchError("lease_lost", "Another worker has taken this part over.")

    def _signed(self, candidate: Candidate, fresh: Fresh) -> _Signed:
        """By its template; by the whole way where a template cannot be sure."""
        try:
            return self._by_template(candidate, fresh)
        except CompositionError as error:
            if error.code != _NOT_TEMPLATABLE:
                raise
        unsigned = comparing.compose(candidate, fresh, self._profile)
        raw = comparing.sign_whole(
            self._means, unsigned, profile=self._profile, signer=self._signer(candidate), created=self._created
        )
        leaf = leaves.leaf_if_any(uuid.UUID(fresh.credential_id), raw, self._covers(candidate))
        return _Signed(None, packing.pack_document(raw), leaf)

    def _by_template(self, candidate: Candidate, fresh: Fresh) -> _Signed:
        award, terms, issuer = candidate.award, candidate.terms, self._issuer(candidate)
        shape = shapes.shape_of(award, terms, issuer=issuer, entries=len(fresh.entries))
        ready = self._get_ready(candidate, shape, fresh)
        signer = self._signer(candidate)
        pressed = ready.press.press(shapes.values(award, terms, shape, fresh, issuer=issuer), signer.sign)
        covers, leaf = self._covers(candidate), None
        if ready.leaf_of is not None and covers is not None:
            leaf = Leaf(ready.leaf_of(pressed), covers)
        if self._maker.is_to_be_checked(self._chunk.batch_id, ready.name, self._means.sample):
            self._check(candidate, fresh, ready, pressed.written, leaf)
        return _Signed(ready.shape_id, packing.pack_values(pressed.written), leaf)

    def _check(
        self, candidate: Candidate, fresh: Fresh, ready: Ready, written: Sequence[bytes], leaf: Leaf | None
    ) -> None:  # fmt: skip
        checked = self._maker.checked.pop(self._chunk.batch_id, set())
        comparing.require_same(
            self._means,
            ready.outline.write(written),
            comparing.compose(candidate, fresh, self._profile),
            profile=self._profile,
            signer=self._signer(candidate),
            created=self._created,
            leaf=leaf,
        )
        self._maker.note_checked(self._chunk.batch_id, checked | {ready.name})

    def _get_ready(self, candidate: Candidate, shape: shapes.Shape, fresh: Fresh) -> Ready:
        award = candidate.award
        # Within a part a configuration's facts are the same for all: they were read at one moment.
        name = (award.kind, award.configuration_id, id(candidate.terms), candidate.key.pk, shape)
        if name not in self._ready:
            self._kept.append(candidate.terms)
            self._ready[name] = self._compiled(candidate, shape, fresh)
        ready = self._ready[name]
        if ready is None:
            raise CompositionError("not_templatable", "Documents like this go the whole way.")
        return ready

    def _compiled(self, candidate: Candidate, shape: shapes.Shape, fresh: Fresh) -> Ready | None:
        signer = self._signer(candidate)
        if isinstance(signer, RemoteKey):
            return None  # a signing service takes whole documents
        suite = self._profile.suite_for(dids.algorithm_of(signer.method.public_key_multibase))
        try:
            return self._maker.presses.get(
                candidate,
                shape,
                fresh,
                profile=self._profile,
                suite=suite,
                verification_method=dids.method_for_suite(signer.method, suite),
                created=self._created,
                covers=self._covers(candidate),
            )
        except CompositionError as error:
            if error.code != _NOT_TEMPLATABLE:
                raise
            logger.info("Part %s of batch %s has a shape without a template", self._chunk.number, self._chunk.batch_id)
            return None

    def _covers(self, candidate: Candidate) -> LeafCover | None:
        return leaves.cover(self._means, self._profile.id, candidate.key.issuer)

    def _issuer(self, candidate: Candidate) -> IssuerProfile:
        profile = self._issuers.get(candidate.key.issuer_id)
        if profile is None:
            profile = self._issuers[candidate.key.issuer_id] = candidate.key.issuer.profile
        return profile

    def _signer(self, candidate: Candidate) -> Signer:
        signer = self._signers.get(candidate.key.pk)
        if signer is None:
            signer = self._signers[candidate.key.pk] = keys.open_credential_signer(candidate.key, self._means.keks)
        return signer
