"""
LinkedIn's "Add to profile": an address that opens its form with a credential filled in. Nothing is sent until the
learner follows it and saves the form there.
"""

from __future__ import annotations

import datetime
from urllib.parse import quote
from urllib.parse import urlencode

from openedx_verifiable_credentials.core import text

_FORM = "https://www.linkedin.com/profile/add"


def add_to_profile_url(
    *,
    name: str,
    organization: str | int,
    issued: datetime.datetime | None,
    expires: datetime.datetime | None,
    url: str,
    credential_id: str,
) -> str:
    """
    The form for the credential called ``name`` whose page is ``url``. ``organization``: what the issuer is called, or
    the number of its page at LinkedIn, which then shows its logo. Dates are told by year and month in UTC, as the
    credential has them; None is left out.
    """
    issuer = "organizationId" if isinstance(organization, int) else "organizationName"
    said = {
        "startTask": "CERTIFICATION_NAME",
        "name": text.clean_line(name),
        issuer: organization if isinstance(organization, int) else text.clean_line(organization),
        **_month("issue", issued),
        **_month("expiration", expires),
        "certUrl": url,
        "certId": credential_id,
    }
    return f"{_FORM}?{urlencode(said, quote_via=quote, safe='')}"


def _month(which: str, moment: datetime.datetime | None) -> dict[str, int]:
    if moment is None:
        return {}
    moment = moment.astimezone(datetime.UTC)
    return {f"{which}Year": moment.year, f"{which}Month": moment.month}
