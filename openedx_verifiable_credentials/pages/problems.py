"""
What a page says of a refusal in its own language: one sentence for a code. Errors themselves speak English, and more
precisely: on an English page, and where a sentence is not translated, theirs is shown.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

_CANNOT_BE_MADE = _(
    "A credential cannot be made of this certificate as it stands. Tell those who run this site, and give them the "
    "code below."
)
_CANNOT_BE_SIGNED = _(
    "The credential could not be signed, which is not your fault. Tell those who run this site, and give them the code "
    "below."
)
_TRY_AGAIN = _("This did not work just now. Nothing is lost: try again in a moment.")
_LIST_IS_MISSING = _("The issuer's status list cannot be had just now; try again later.")

SENTENCES = {
    "switched_off": _("Verifiable credentials are not available here."),
    "invalid_request": _("What was asked for cannot be understood. Go back and try again."),
    "unknown_certificate": _("You have no such certificate."),
    "certificate_revoked": _("This certificate has been revoked."),
    "certificate_inactive": _("This certificate is not active."),
    "certificate_not_visible": _("This certificate is not available yet."),
    "issuing_off": _("This certificate is not offered as a verifiable credential."),
    "policy_unreadable": _(
        "This certificate cannot be claimed now: the rules about it are damaged. Tell those who run this site."
    ),
    "validity_over": _("The time within which this certificate could be claimed is over."),
    "wallet_not_offered": _("This certificate is not offered to this wallet; choose another one."),
    "unsupported_wallet": _("The issuer cannot sign what this wallet needs; choose another one."),
    "unknown_wallet": _("There is no such wallet; choose another one."),
    "no_certificate": _("Choose at least one certificate."),
    "too_many_certificates": _("These are too many certificates for one offer; choose fewer."),
    "unknown_offer": _("There is no such offer."),
    "offer_expired": _("This offer is over. Nothing is lost: make a new one."),
    "taken_by_another_holder": _("This offer was already claimed by another wallet."),
    "credential_ended": _("The credential of this offer has been revoked or replaced."),
    "too_many_credentials": _(
        "This certificate has as many valid credentials as are allowed here; revoke one that you no longer need."
    ),
    "too_many_requests": _("Too many requests; wait a little and try again."),
    "names_nobody": _("Without a wallet a credential must name you or your e-mail address; this one would do neither."),
    "not_yet_valid": _("The date of the award lies in the future."),
    "unknown_credential": _("There is no such credential."),
    "withheld": _("What this credential says is withheld at its holder's request."),
    "unreadable_credential": _("This credential cannot be shown just now; try again later."),
    "picture_corrupted": _("This picture is damaged and is not served."),
    "no_verifier": _("The verifier that belongs into the file is not installed here."),
    "key_compromised": _("The key of this credential is compromised; make a new offer."),
    **dict.fromkeys(
        (
            "missing_text", "invalid_iri", "relative_iri", "naive_date", "too_large", "undefined_term", "not_canonical",
        ),
        _CANNOT_BE_MADE,
    ),
    **dict.fromkeys(
        (
            "no_issuer", "no_issuer_key", "signs_for_another", "key_mismatch", "unsupported_key", "key_not_found",
            "signing_service_refused", "signing_service_failed", "didkit_failed", "didkit_forked", "self_check_failed",
            "signing_failed",
        ),
        _CANNOT_BE_SIGNED,
    ),
    **dict.fromkeys(
        ("busy", "didkit_timeout", "hsm_unavailable", "signing_service_down", "database_unavailable"), _TRY_AGAIN
    ),
    **dict.fromkeys(("unknown_list", "status_list_expired", "corrupted_list"), _LIST_IS_MISSING),
}  # fmt: skip


def shown(error: VerifiableCredentialsError) -> dict[str, Any]:
    """For the page of a problem: the error, and its sentence in the language of this moment."""
    return {"error": error, "sentence": sentence(error)}


def sentence(error: VerifiableCredentialsError) -> str:
    """That of its code where it is translated, else its own."""
    english = SENTENCES.get(error.code, "")
    translated = gettext(english) if english else ""
    return error.message if translated == english else translated
