"""Is this installation able to issue? Facts for the system checks, and a credential that is signed and thrown away."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError
from django.urls import Resolver404
from django.urls import resolve
from django.utils import timezone

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.adapters import keystores
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core import profiles
from openedx_verifiable_credentials.core.wallets import WALLETS
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.data import CourseFacts
from openedx_verifiable_credentials.data import Learner
from openedx_verifiable_credentials.data import Organization
from openedx_verifiable_credentials.data import Platform
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.flows.steps.issuers import issuers_in_use
from openedx_verifiable_credentials.flows.steps.sign_and_check import sign_and_check
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models.key import KeyStore

_OUR_PATH = "/verifiable_credentials/api/v1/credentials/"
_IN_TREE_APP = "verifiable_credentials"


def require_tables() -> None:
    """Raises DatabaseError where our tables are not there yet."""
    Event.objects.exists()


def shadowed_by() -> str | None:
    """Which code answers our addresses instead of ours; None where all is well."""
    try:
        module = resolve(_OUR_PATH).func.__module__
    except Resolver404:
        return "nothing"
    return None if module.startswith(__name__.split(".", 1)[0] + ".") else module


def count_in_tree_credentials() -> int:
    """How many credentials the service's in-tree app has issued; their status lists are served only by it."""
    if not apps.is_installed("credentials.apps.verifiable_credentials"):
        return 0
    try:
        lines = apps.get_model(_IN_TREE_APP, "IssuanceLine")
        return int(lines.objects.filter(processed=True).count())
    except (LookupError, DatabaseError):
        return 0


def base_url_problem() -> str | None:
    """What is wrong with the public base URLs in use; None where nothing is."""
    configured = app_settings.public_base_url()
    issuers = list(IssuerKey.objects.filter(signs=True).values_list("issuer__base_url", flat=True))
    used = [url for url in (configured, *issuers) if url]
    if not used:
        return "OPENEDX_VC_PUBLIC_BASE_URL is not set."
    if not settings.DEBUG and any(not url.startswith("https://") for url in used):
        return "A public base URL is plain http."
    return None


def issuer_problem() -> str | None:
    """Why nothing can be signed for an issuer that is in use; None where all can sign."""
    in_use = list(issuers_in_use())
    if not in_use:
        return "There is no default issuer with a signing key, and none for an organisation or a site."
    try:
        for issuer in in_use:
            signing = list(IssuerKey.objects.filter(signs=True, issuer=issuer).select_related("issuer"))
            if not signing:
                return f"The issuer {issuer.slug} is in use and has no signing key."
            for key in signing:
                keys.open_signer(key, get_means().keks)
    except (ConfigurationError, VerifiableCredentialsError) as error:
        return str(error)
    return None


def unsigned_profiles() -> Iterator[tuple[str, str, str]]:
    """
    ``(issuer, profile, wallets)``: the profiles that wallets want and that no key of an issuer in use signs. Issuers
    without any signing key are :func:`issuer_problem`'s.
    """
    for issuer in issuers_in_use():
        algorithms = set(IssuerKey.objects.filter(signs=True, issuer=issuer).values_list("algorithm", flat=True))
        for profile in profiles.PROFILES.values():
            names = [wallet.name for wallet in WALLETS.values() if wallet.profile_id == profile.id]
            if algorithms and names and algorithms.isdisjoint(profile.suites):
                yield issuer.slug, profile.id, ", ".join(names)


def exposed_key_files() -> Iterator[tuple[str, str]]:
    """
    ``(path, "read" or "write" or both)``: the key files that everybody on this machine may read or write: issuers',
    and that of anchoring.
    """
    issuers = IssuerKey.objects.filter(store=KeyStore.FILE).values_list("reference", flat=True)
    for path in filter(None, (*issuers, app_settings.anchoring.anchor_keystore())):
        exposed_to = keystores.exposed_to(path)
        if exposed_to is not None:
            yield path, exposed_to


def sign_throw_away() -> Iterator[tuple[str, str]]:
    """
    Sign a credential nobody gets with every issuer and profile, self-check included; ``(issuer, profile)`` as each
    succeeds. Raises what signing raises. Writes nothing.
    """
    means = get_means()
    now = timezone.now().replace(microsecond=0)
    for key in IssuerKey.objects.filter(signs=True).select_related("issuer").order_by("pk"):
        signer = keys.open_signer(key, means.keks)
        for profile in (one for one in profiles.PROFILES.values() if key.algorithm in one.suites):
            document = open_badges.compose(
                _nobodys_award(now),
                Terms(name=False),
                profile=profile,
                issuer=key.issuer.profile,
                credential_id=uuid.uuid4().urn,
                subject_id=uuid.uuid4().urn,
            )
            sign_and_check(document, profile=profile, signer=signer, created=now, means=means)
            yield key.issuer.slug, profile.id


def _nobodys_award(now: datetime.datetime) -> Award:
    return Award(
        certificate_uuid=uuid.uuid4(),
        kind=CertificateKind.COURSE,
        title="Test of the issuer",
        learner=Learner(user_id=None, username="", full_name=""),
        platform=Platform(site_id=0, domain="", name="", company=""),
        organizations=(Organization(key="test", name="Test"),),
        signatories=(),
        status="awarded",
        is_active=True,
        visible_from=now,
        awarded_at=now,
        modified_at=now,
        configuration_id=0,
        course=CourseFacts(key="course-v1:test+test+test", title="Test", number="test", run="test", mode="honor"),
    )
