"""Which certificates may be claimed, by whom, where, now. Asked at the offer and again at the claim."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from uuid import UUID

from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.exceptions import AwardError
from openedx_verifiable_credentials.ports import CertificateSource

AWARDED = "awarded"


def get_claimable(
    source: CertificateSource, certificate_uuids: Sequence[UUID], *, user_id: int, site_id: int,
    retired_prefix: str, now: datetime.datetime,
) -> list[Award]:  # fmt: skip
    """
    The awards, in the order asked for.

    Raises AwardError: ``unknown_certificate`` (also for another's, another site's and a retired learner's, which must
    not be told apart), ``certificate_revoked``, ``certificate_inactive``, ``certificate_not_visible``.
    """
    found = source.get_awards(certificate_uuids)
    awards = []
    for certificate_uuid in certificate_uuids:
        award = found.get(certificate_uuid)
        awards.append(
            require_claimable(award, user_id=user_id, site_id=site_id, retired_prefix=retired_prefix, now=now)
        )
    return awards


def require_claimable(
    award: Award | None, *, user_id: int, site_id: int, retired_prefix: str, now: datetime.datetime
) -> Award:  # fmt: skip
    """The award that was found, which may be none. Raises as :func:`get_claimable`."""
    is_own = award is not None and award.learner.user_id == user_id and award.platform.site_id == site_id
    if award is None or not is_own or is_retired(award, retired_prefix):
        raise AwardError("unknown_certificate", "You have no such certificate.", field="credential_uuid")
    _require_claimable(award, now)
    return award


def is_claimable(award: Award, now: datetime.datetime, retired_prefix: str) -> bool:
    """Whether ``award`` may be claimed now, by its owner."""
    return why_not_claimable(award, now) is None and not is_retired(award, retired_prefix)


def why_not_claimable(award: Award, now: datetime.datetime) -> AwardError | None:
    """What a claim of ``award`` would be refused with, whoever it is of; None where it would not."""
    try:
        _require_claimable(award, now)
    except AwardError as error:
        return error
    return None


def is_retired(award: Award, prefix: str) -> bool:
    """Whether its learner left the platform: a session that is still open claims nothing any more."""
    return award.learner.username.startswith(prefix)


def _require_claimable(award: Award, now: datetime.datetime) -> None:
    if award.status != AWARDED:
        raise AwardError("certificate_revoked", "This certificate has been revoked.", field="credential_uuid")
    if not award.is_active:
        raise AwardError("certificate_inactive", "This certificate is not active.", field="credential_uuid")
    if award.visible_from is None or award.visible_from > now or award.awarded_at > now:
        raise AwardError("certificate_not_visible", "This certificate is not available yet.", field="credential_uuid")
