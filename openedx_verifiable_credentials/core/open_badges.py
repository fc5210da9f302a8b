"""
An award, its terms and a subject → an unsigned Open Badges 3.0 credential (Open Badges 3.0 §B.1).

The same inputs always give the same document, in the language that :mod:`.wording` chooses by them. Text is cleaned
when it is composed, once. ``type`` members are arrays, except in IdentityObject, IdentifierEntry and Image, whose
schemas want plain strings. What the terms withhold is in no member: docs/references/credentials.rst says for each of
them what it is made from and which point of a policy it needs.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core import wording
from openedx_verifiable_credentials.core.achievements import compose_achievement as compose_achievement
from openedx_verifiable_credentials.core.achievements import image
from openedx_verifiable_credentials.core.achievements import offering
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.core.profiles import CredentialProfile
from openedx_verifiable_credentials.core.subjects import compose_evidence
from openedx_verifiable_credentials.core.subjects import compose_subject
from openedx_verifiable_credentials.core.wording import Wording
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import IssuerProfile
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Terms


def compose(
    award: Award,
    terms: Terms,
    *,
    profile: CredentialProfile,
    issuer: IssuerProfile,
    credential_id: str,
    subject_id: str,
    status: Sequence[JsonObject] = (),
    salt: str = "",
) -> JsonObject:
    """
    The unsigned credential of ``award`` in ``profile``. ``status`` are its status entries; a single one is written as
    an object, since verifiers look at the first of several only.

    ``credential_id`` and ``subject_id`` are absolute IRIs: a fresh ``urn:uuid:``, and the holder's DID or, without a
    wallet, a random ``urn:uuid:``. ``salt``: 16 random bytes in hexadecimal, drawn for this credential; it is needed
    and written only where the terms release an e-mail address.

    Raises CompositionError ``invalid_iri``, ``missing_text``, ``missing_salt``, ``naive_date``.
    """
    awarded = timestamp(award.awarded_at)
    until = written_valid_until(award, terms)
    name = text.require_line(award.title, "title of the certificate")
    document: JsonObject = {
        "@context": list(profile.contexts),
        "id": text.require_iri(credential_id, "id of the credential"),
        "type": [v.VERIFIABLE_CREDENTIAL, v.OPEN_BADGE_CREDENTIAL],
        "name": name,
        "description": _short_description(award, wording.of(award, terms), name),
        "issuer": _issuer(issuer, award, terms),
        profile.valid_from: awarded,
    }
    if until:
        document[profile.valid_until] = until
    if profile.extended:
        document["awardedDate"] = awarded
    if status:
        document["credentialStatus"] = status[0] if len(status) == 1 else list(status)
    achievement = compose_achievement(award, terms, issuer=issuer, extended=profile.extended)
    document["credentialSubject"] = compose_subject(
        award, terms, subject_id=subject_id, achievement=achievement, salt=salt
    )
    evidence = compose_evidence(award, terms, issuer)
    if evidence:
        document["evidence"] = evidence
    return document


def valid_until(award: Award, terms: Terms) -> datetime.datetime | None:
    """When the credential's validity ends, counted from the award; None: never, or in no year that can be written."""
    if terms.validity_days is None:
        return None
    try:
        return award.awarded_at.astimezone(datetime.UTC) + datetime.timedelta(days=terms.validity_days)
    except OverflowError:
        return None


def written_valid_until(award: Award, terms: Terms) -> str:
    """:func:`valid_until` as it is written; "" where the validity does not end."""
    until = valid_until(award, terms)
    return "" if until is None else timestamp(until)


def present(credentials: list[JsonObject]) -> JsonObject:
    """A bare presentation that carries several signed credentials of one profile (VCDM §4.13)."""
    return {
        "@context": [credentials[0]["@context"][0]],
        "type": [v.VERIFIABLE_PRESENTATION],
        "verifiableCredential": credentials,
    }


def _issuer(issuer: IssuerProfile, award: Award, terms: Terms) -> JsonObject:
    """Its Profile; the first who signs the host's certificate goes before the official of the issuer's settings."""
    profile = profile_document(issuer)
    if terms.signatories and award.signatories:
        first = award.signatories[0]
        official = ", ".join(filter(None, (text.clean_line(first.name), text.clean_line(first.title))))
        if official:
            profile["official"] = official
    return profile


def profile_document(issuer: IssuerProfile) -> JsonObject:
    """The issuer's Profile (Open Badges 3.0 §B.1.6), as embedded in credentials and served at its address."""
    document: JsonObject = {
        "id": issuer.did,
        "type": [v.PROFILE],
        "name": text.require_line(issuer.name, "name of the issuer"),
        "url": text.require_iri(issuer.url, "address of the issuer"),
    }
    logo = text.clean_web_address(issuer.image_url)
    if logo:
        document["image"] = image(logo)
    for member, value in (("email", issuer.contact), ("official", issuer.official)):
        if text.clean_line(value):
            document[member] = text.clean_line(value)
    return document


def _short_description(award: Award, words: Wording, name: str) -> str:
    sentence = words.course_certificate if award.course is not None else words.program_certificate
    return sentence.format(name=name, by=words.by(offering(award)))
