"""What credentials would say, told to their learner beforehand. Nothing is written, published or noted."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from collections.abc import Sequence
from uuid import UUID

from openedx_verifiable_credentials.core import shown_facts
from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core import wording
from openedx_verifiable_credentials.core.shown_facts import ShownFact
from openedx_verifiable_credentials.core.subjects import written_email
from openedx_verifiable_credentials.core.wallets import WalletProfile
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.proposals import Proposal
from openedx_verifiable_credentials.flows.steps.proposals import propose


@dataclasses.dataclass(frozen=True)
class Disclosure:
    """
    What one credential would say. ``language``: of the sentences that we compose (BCP 47); ``left_out``: claims that
    policies allow and the learner leaves out.
    """

    certificate_uuid: UUID
    title: str
    language: str
    facts: tuple[ShownFact, ...]
    left_out: tuple[str, ...]


def disclose(
    means: Means, *, user_id: int, site_id: int, certificate_uuids: Sequence[UUID], wallet: WalletProfile,
    left_out: Collection[str] = (),
) -> list[Disclosure]:  # fmt: skip
    """
    What the credentials of these certificates would say in ``wallet``, in the order asked for; of a joint program each
    issuer's. Raises as an offer does (:mod:`.offer`).
    """
    proposals = propose(
        means,
        user_id=user_id,
        site_id=site_id,
        certificate_uuids=certificate_uuids,
        wallet=wallet,
        left_out=left_out,
        now=means.now(),
    )
    return [_disclosed(one) for one in proposals.credentials]


def _disclosed(one: Proposal) -> Disclosure:
    award, terms = one.permit.award, one.permit.terms
    facts = shown_facts.read(
        one.document,
        email=written_email(award.learner),
        official=text.clean_line(one.plan.issuer.profile.official),
    )
    return Disclosure(
        certificate_uuid=award.certificate_uuid,
        title=one.document["name"],
        language=wording.of(award, terms).language,
        facts=facts,
        left_out=terms.left_out,
    )
