"""
Every refusal that reaches HTTP: its class and code, and a sentence that comes with it. The status follows from them.

``docs/references/errors.rst`` says when each is given; tests hold these to it and to the sentences of the code.
"""

from __future__ import annotations

import dataclasses

from openedx_verifiable_credentials import exceptions
from openedx_verifiable_credentials.api.http_status import status_of


@dataclasses.dataclass(frozen=True)
class Problem:
    """``status``: of HTTP. ``detail``: a sentence; others may stand with the same code."""

    code: str
    status: int
    detail: str


_OURS = {
    "AwardError": {
        "unknown_certificate": "You have no such certificate.",
        "certificate_revoked": "This certificate has been revoked.",
        "certificate_inactive": "This certificate is not active.",
        "certificate_not_visible": "This certificate is not available yet.",
        "issuing_off": "The certificate “Computing” is not offered as a verifiable credential.",
        "policy_unreadable": (
            "This certificate cannot be claimed now: its claim policy is damaged. Tell those who run this site."
        ),
        "validity_over": "The certificate “Computing” can be claimed for 90 days after its award; they are over.",
    },
    "OfferError": {
        "switched_off": "Verifiable credentials are not available here.",
        "invalid_request": "A credential_uuid is missing or not a UUID.",
        "wallet_not_offered": (
            "The certificate “Computing” is not offered to this wallet (Learner Credential Wallet); "
            "choose one of: Download or other wallet."
        ),
        "unsupported_wallet": "The issuer default has no key that signs obv3-vc2, which this wallet needs.",
        "unknown_wallet": "There is no such wallet; known: lc_wallet, download.",
        "no_certificate": "Name at least one certificate.",
        "too_many_certificates": "An offer holds at most 20 certificates.",
        "unknown_offer": "There is no such offer.",
        "offer_expired": "This offer has expired; make a new one on the certificates page.",
        "taken_by_another_holder": "This offer was already claimed by another wallet.",
        "credential_ended": "The credential of this offer has been revoked or replaced.",
        "too_many_credentials": "This certificate has 5 live credentials, which is the limit here.",
        "too_many_requests": "Too many requests; wait a little and try again.",
    },
    "PresentationError": {
        "too_large": "The body is larger than 65536 bytes.",
        "too_deep": "The body is nested deeper than 24 levels.",
        "malformed_json": "The body is not valid JSON in UTF-8.",
        "duplicate_key": "An object of the body has the same key twice.",
        "not_an_object": "The body must be one JSON object.",
        "invalid_request": "The request's verifiableCredential must be an object, or a compact JWS.",
        "unknown_option": "There is an option that is not known here.",
        "not_a_presentation": "The body is not a VerifiablePresentation.",
        "unexpected_member": "The presentation has a member that is not expected here.",
        "unsupported_context": "The presentation has a JSON-LD context that is not accepted.",
        "missing_proof": "The presentation has no proof.",
        "malformed_proof": "The proof must be one object of strings.",
        "unsupported_proof_type": "The proof must be Ed25519Signature2020 or eddsa-rdfc-2022.",
        "wrong_purpose": "The proof was not made for the purpose of authentication.",
        "wrong_challenge": "The proof was not made for the challenge of this offer.",
        "wrong_domain": "The proof was made for another domain.",
        "missing_holder": "The presentation must name its holder and verification method.",
        "unsupported_did_method": "Only did:key holders are accepted; nothing is fetched.",
        "unsupported_key": "Only Ed25519 keys in Multikey form are accepted.",
        "holder_mismatch": "The holder is not the controller of the key that signed.",
        "invalid_proof_value": "The proof value is not 64 bytes in base58-btc.",
        "invalid_signature": "The Ed25519Signature2020 signature of the presentation is not valid.",
        "not_canonical": "The presentation is not JSON-LD that can be verified.",
    },
    "CompositionError": {
        "missing_text": "The title of the certificate is empty.",
        "names_nobody": (
            "Without a wallet a credential must name you or your e-mail address; this one would do neither."
        ),
        "invalid_iri": "The identifier is not an absolute IRI.",
        "relative_iri": "An identifier or type of the document is not an absolute IRI.",
        "naive_date": "A date without a time zone cannot be written.",
        "not_yet_valid": "The date of the award lies in the future.",
        "too_large": "The credential would be larger than 49152 bytes.",
        "undefined_term": "No context of the document defines a member.",
        "not_canonical": "The document has no canonical JSON form.",
    },
    "PictureError": {
        "picture_corrupted": "This picture is damaged and is not served.",
        "picture_not_allowed": "A picture of this kind cannot carry this credential as it stands.",
        "picture_too_large": "The picture is larger than 4194304 bytes.",
    },
    "SigningError": {
        "no_issuer": "No issuer is set up for this certificate; run `manage.py vc_create_issuer`.",
        "no_issuer_key": "The issuer default has no key that signs obv3-vc1.",
        "signs_for_another": "The issuer default is another organisation's.",
        "key_mismatch": "The key in the issuer's key store does not belong to its public key.",
        "unsupported_key": "The key's store is not known here, or holds nothing.",
        "key_not_found": "The token has no Ed25519 private key of that name; it must be one.",
        "key_compromised": "The key of this credential is compromised; make a new offer.",
        "signing_service_refused": "The signing service answers with HTTP 403.",
        "signing_service_failed": "The signing service returned another document than it was sent.",
        "didkit_failed": "DIDKit could not process the document.",
        "didkit_forked": "DIDKit was used before this process was forked and cannot be used after it.",
        "self_check_failed": "The signature does not verify.",
        "signing_failed": "The credential could not be signed; the log of the service has the cause.",
    },
    "StatusListError": {
        "unknown_list": "There is no such status list.",
        "status_list_expired": "This status list is over; a new one has not been signed yet.",
        "corrupted_list": "This status list is damaged and is not served.",
    },
    "LedgerError": {
        "unknown_credential": "There is no such credential.",
        "withheld": "What this credential says is withheld at its holder's request.",
        "not_anchored": "This credential is not anchored.",
        "anchor_pending": "This credential is being anchored; try again later.",
    },
    "TransientError": {
        "busy": "Others are claiming this certificate just now; try again.",
        "unreadable_credential": "This credential cannot be shown just now; try again later.",
        "no_verifier": "The verifier that belongs into the file is not installed here.",
        "didkit_timeout": "DIDKit did not answer in 20 seconds.",
        "hsm_unavailable": "The security module does not answer as it should; try again.",
        "signing_service_down": "The signing service cannot be reached, or takes too long.",
        "database_unavailable": "The document cannot be read just now; try again.",
    },
}
# Of the REST framework, and of what comes before it.
_HTTP = {
    "not_authenticated": (401, "Authentication credentials were not provided."),
    "authentication_failed": (401, "Incorrect authentication credentials."),
    "unknown_token": (401, "The bearer token is not known here."),
    "permission_denied": (403, "CSRF Failed: CSRF token missing."),
    "not_found": (404, "There is no such document."),
    "method_not_allowed": (405, "This document can only be read."),
    "unsupported_media_type": (415, 'Unsupported media type "text/plain" in request.'),
    "throttled": (429, "Too many requests; wait a little and try again."),
    "internal_error": (500, "Something went wrong on our side; try again later."),
}
HTTP = "HTTP"


def _of(kind: str, code: str, detail: str) -> Problem:
    return Problem(code, status_of(getattr(exceptions, kind)(code, detail)), detail)


PROBLEMS = {
    **{f"{kind}.{code}": _of(kind, code, detail) for kind, codes in _OURS.items() for code, detail in codes.items()},
    **{f"{HTTP}.{code}": Problem(code, status, detail) for code, (status, detail) in _HTTP.items()},
}


def named(kind: str, *codes: str) -> tuple[str, ...]:
    """The keys of these codes of ``kind`` in :data:`PROBLEMS`; of all of them where none is named."""
    return tuple(f"{kind}.{code}" for code in codes) or tuple(key for key in PROBLEMS if key.startswith(f"{kind}."))
