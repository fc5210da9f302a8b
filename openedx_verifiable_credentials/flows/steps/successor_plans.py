"""What a credential would be if it were issued anew today: same holder, today's facts and terms. Nothing is written."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from collections.abc import Sequence
from uuid import UUID

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core import wording
from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.core.wallets import WalletProfile
from openedx_verifiable_credentials.core.wallets import get_wallet
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.flows.steps import record
from openedx_verifiable_credentials.flows.steps.claimable import require_claimable
from openedx_verifiable_credentials.flows.steps.issuers import IssuersInUse
from openedx_verifiable_credentials.flows.steps.issuers import PlannedCredential
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.permits import Permit
from openedx_verifiable_credentials.flows.steps.permits import get_resolutions
from openedx_verifiable_credentials.flows.steps.permits import require_permitted
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models.credential import CredentialState


@dataclasses.dataclass(frozen=True)
class SuccessorPlan:
    """What takes the place of ``old``. ``wallet`` has the credential profile that ``old`` has; ``subject``: its id."""

    old: Credential
    planned: PlannedCredential
    permit: Permit
    key: IssuerKey
    wallet: WalletProfile
    learner_key: Secret
    subject: str = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class Today:
    """Facts, policies (by the credential's primary key) and issuers as they are now, read once for some credentials."""

    awards: Mapping[UUID, Award]
    permits: Mapping[int, Permit]
    issuers: IssuersInUse


def look_at(means: Means, rows: Sequence[Credential]) -> Today:
    """What the host and the policies say now about ``rows``, without what their learners left out."""
    awards = means.source.get_awards({row.certificate_uuid for row in rows})
    found = get_resolutions(means.source, list(awards.values()))
    there = [row for row in rows if row.certificate_uuid in awards]
    terms = {row.pk: found[row.certificate_uuid].terms(_left_out(row.said_terms)) for row in there}
    details = frozenset(detail for one in terms.values() for detail in one.details)
    if details:
        completed = means.source.complete(list(awards.values()), details)
        awards = {award.certificate_uuid: award for award in completed}
    permits = {
        row.pk: Permit(awards[row.certificate_uuid], found[row.certificate_uuid], terms[row.pk]) for row in there
    }
    return Today(awards, permits, IssuersInUse())


def _left_out(kept: JsonObject) -> list[str]:
    """Whatever the learner named, allowed at the time or not: policies may allow it by now."""
    return [*kept.get("left_out", ()), *kept.get("left_out_too", ())]


def plan_successor(means: Means, old: Credential, today: Today, *, force: bool = False) -> SuccessorPlan:
    """
    What takes the place of ``old``, which has its learner, issuer and key.

    Raises LedgerError ``credential_ended``, ``suspended``, ``withheld``, ``unchanged`` (unless ``force``); AwardError,
    OfferError, CompositionError, SigningError as a claim does; TransientError ``unreadable_credential`` where its
    document does not open; ConfigurationError.
    """
    if old.state != CredentialState.ISSUED:
        raise LedgerError("credential_ended", "This credential is over, or was never issued.")
    if old.suspended:
        raise LedgerError("suspended", "This credential is suspended; lift that first, or a new one would be valid.")
    if old.learner is None or old.sealed_document is None:
        raise LedgerError("withheld", "What this credential says was erased.")
    wallet = dataclasses.replace(get_wallet(old.wallet_id), profile_id=old.profile_id)
    permit = _permit(means, old, wallet, old.learner.user_id, today)
    planned = _planned(means, old, permit.award, today.issuers)
    key = keys.get_signing_keys([planned.issuer], get_profile(old.profile_id))[planned.issuer.pk]
    learner_key = keys.open_learner_key(old.learner, means.keks)
    before = _opened(old, learner_key)
    subject = before["credentialSubject"]["id"]
    plan = SuccessorPlan(old, planned, permit, key, wallet, learner_key, subject)
    if not force and _says_the_same(plan, before):
        raise LedgerError("unchanged", "This credential says what it would say today.")
    return plan


def _opened(old: Credential, learner_key: Secret) -> JsonObject:
    """What it says, without its proof. One that is damaged does not keep others from being issued anew."""
    try:
        raw = keys.open_document(old, learner_key)
    except ConfigurationError:
        raise TransientError(
            "unreadable_credential", "The document of this credential does not open; its row may be damaged."
        ) from None
    return get_profile(old.profile_id).detach(json.loads(raw))[0]


def _permit(means: Means, old: Credential, wallet: WalletProfile, user_id: int, today: Today) -> Permit:
    """What policies permit, where its owner may still claim the certificate, into the same wallet and profile."""
    now = means.now()
    require_claimable(
        today.awards.get(old.certificate_uuid),
        user_id=user_id,
        site_id=old.site_id,
        retired_prefix=means.retired_prefix,
        now=now,
    )
    permit = today.permits[old.pk]
    require_permitted([permit], wallet, now)
    if not old.is_bound:
        record.require_names([permit.award], permit.terms)
    return permit


def _planned(means: Means, old: Credential, award: Award, issuers: IssuersInUse) -> PlannedCredential:
    """Signed by whom it was; where that one is out of use, by the one responsible today."""
    if issuers.has(old.issuer_id):
        return PlannedCredential(award, old.issuer, old.organization_key, "")
    plans = issuers.plan(means, award)
    of_the_same = [plan for plan in plans if plan.organization_key == old.organization_key]
    for plan in of_the_same or (plans if len(plans) == 1 else ()):
        if plan.issuer.organization_key in ("", plan.organization_key):
            return plan
    raise SigningError("no_issuer", "No issuer is set up for this certificate; run `manage.py vc_create_issuer`.")


def _says_the_same(plan: SuccessorPlan, before: JsonObject) -> bool:
    """
    Whether ``before`` is what it would be today. Where nothing but the site's default chooses the language, in whatever
    language it is: another default is no reason to revoke what hangs in learners' wallets. What a policy or the
    program's certificate names is one.
    """
    own = plan.permit.award.platform.language
    return any(
        _without_place(before) == _without_place(_document(plan, before, language))
        for language in dict.fromkeys((own, *wording.WORDINGS))
    )


def _document(plan: SuccessorPlan, before: JsonObject, language: str) -> JsonObject:
    """What it would say today, under its old id, on a site that speaks ``language``."""
    award = plan.permit.award
    composed = open_badges.compose(
        dataclasses.replace(award, platform=dataclasses.replace(award.platform, language=language)),
        plan.permit.terms,
        profile=get_profile(plan.old.profile_id),
        issuer=plan.planned.issuer.profile,
        credential_id=before["id"],
        subject_id=plan.subject,
        salt=_salt(before),
    )
    document: JsonObject = json.loads(json_text.write(composed))
    return document


def _salt(document: JsonObject) -> str:
    """Of the e-mail address's hash; where there was none, anything."""
    identifiers = document["credentialSubject"].get("identifier", [])
    return next((one["salt"] for one in identifiers if "salt" in one), "none")


def _without_place(document: JsonObject) -> JsonObject:
    """All but where its status is told."""
    return {name: value for name, value in document.items() if name != "credentialStatus"}
