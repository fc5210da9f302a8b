"""What learners and wallets ask: the contract of the learner-record MFE, and ours beside it."""

from __future__ import annotations

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.rest_api.openapi.operation import API
from openedx_verifiable_credentials.rest_api.openapi.operation import HTML
from openedx_verifiable_credentials.rest_api.openapi.operation import JSON
from openedx_verifiable_credentials.rest_api.openapi.operation import JSON_BODY
from openedx_verifiable_credentials.rest_api.openapi.operation import LEARNER
from openedx_verifiable_credentials.rest_api.openapi.operation import NO_PAGE
from openedx_verifiable_credentials.rest_api.openapi.operation import NOT_KEPT
from openedx_verifiable_credentials.rest_api.openapi.operation import OFF
from openedx_verifiable_credentials.rest_api.openapi.operation import PAGE
from openedx_verifiable_credentials.rest_api.openapi.operation import ROOT
from openedx_verifiable_credentials.rest_api.openapi.operation import SIGNED_IN
from openedx_verifiable_credentials.rest_api.openapi.operation import THROTTLED
from openedx_verifiable_credentials.rest_api.openapi.operation import Answer
from openedx_verifiable_credentials.rest_api.openapi.operation import Operation
from openedx_verifiable_credentials.rest_api.openapi.problems import HTTP
from openedx_verifiable_credentials.rest_api.openapi.problems import named

LEARNERS, _WALLETS, _CLAIM_PAGE = "For learners", "For wallets", "Claim page"
_CREDENTIAL_TYPES = (JSON, v.APPLICATION_VC_LD_JSON, v.APPLICATION_VC, v.APPLICATION_LD_JSON)
# What may be in the way of an offer is told before there is one.
OFFERING = (
    *named("AwardError"),
    *named("OfferError", "wallet_not_offered", "unsupported_wallet"),
    *named("CompositionError", "missing_text", "invalid_iri", "relative_iri", "naive_date", "not_yet_valid"),
    *named("CompositionError", "too_large", "undefined_term", "not_canonical"),
    *named("SigningError", "no_issuer", "no_issuer_key"),
    *named("TransientError", "busy"),
)
# Of an offer that only a download could take.
NOBODY = named("CompositionError", "names_nobody")
_CLAIMING = (
    *OFFERING,
    *named("OfferError", "unknown_offer", "offer_expired", "taken_by_another_holder"),
    *named("OfferError", "credential_ended", "too_many_credentials"),
    *named("SigningError", "signs_for_another", "key_mismatch", "unsupported_key", "key_not_found", "key_compromised"),
    *named("SigningError", "signing_service_refused", "signing_service_failed", "didkit_failed", "didkit_forked"),
    *named("SigningError", "self_check_failed", "signing_failed"),
    *named("TransientError", "didkit_timeout", "hsm_unavailable", "signing_service_down"),
)
_PRESENTING = (
    *named("PresentationError", "not_a_presentation", "unexpected_member", "unsupported_context", "missing_proof"),
    *named("PresentationError", "malformed_proof", "unsupported_proof_type", "wrong_purpose", "wrong_challenge"),
    *named("PresentationError", "wrong_domain", "missing_holder", "unsupported_did_method", "unsupported_key"),
    *named("PresentationError", "holder_mismatch", "invalid_proof_value", "invalid_signature", "not_canonical"),
)
_TO_LOGIN = Answer(
    302, "Nobody is logged in: to the login, and from there to the claim page.", {}, {"Location": "Where."}
)
_PAGE_PROBLEMS = (*OFF, *named("OfferError", "unknown_offer"))
_COUNTED_PAGE_PROBLEMS = (*_PAGE_PROBLEMS, *named("OfferError", "too_many_requests"))

OPERATIONS = (
    Operation(
        id="listCertificates",
        method="get",
        path=f"{API}credentials/",
        tag=LEARNERS,
        summary="The learner's certificates that can be claimed",
        description=(
            "Of this site, newest first. Both lists are always there; the reply has no pages. What policies offer to "
            "no wallet is left out."
        ),
        security=LEARNER,
        answers=(Answer(200, "Both lists.", {JSON: "Certificates"}),),
        problems=(*OFF, *SIGNED_IN),
    ),
    Operation(
        id="listOwnCertificates",
        method="get",
        path=f"{API}certificates/",
        tag=LEARNERS,
        summary="The learner's certificates, a page at a time",
        description=(
            "Of this site, newest first, also those that cannot be claimed, or not yet. One whose data in the service "
            "are broken is counted, but not shown."
        ),
        security=LEARNER,
        parameters=("page",),
        answers=(Answer(200, "One page, and every wallet there is.", {JSON: "OwnCertificates"}, NOT_KEPT),),
        problems=(*OFF, *SIGNED_IN, *NO_PAGE),
    ),
    Operation(
        id="listWallets",
        method="get",
        path=f"{API}storages/",
        tag=LEARNERS,
        summary="The wallets one may choose from",
        description=(
            "In the order in which they are shown. Those that policies offer for none of the learner's certificates "
            "are left out."
        ),
        security=LEARNER,
        answers=(Answer(200, "A bare array.", {JSON: "Wallets"}),),
        problems=(*OFF, *SIGNED_IN),
    ),
    Operation(
        id="makeOffer",
        method="post",
        path=f"{API}credentials/init/",
        tag=LEARNERS,
        summary="Offer a certificate to a wallet",
        description="The same request again, soon and before the offer was claimed, gets the same offer.",
        security=LEARNER,
        body="OfferRequest",
        parameters=("X-CSRFToken",),
        answers=(Answer(200, "The link, or where to go.", {JSON: "MadeOffer"}, NOT_KEPT),),
        problems=(
            *OFF,
            *SIGNED_IN,
            *JSON_BODY,
            *THROTTLED,
            *named("OfferError", "invalid_request", "unknown_wallet", "no_certificate", "too_many_certificates"),
            *OFFERING,
            *NOBODY,
        ),
    ),
    Operation(
        id="previewCertificates",
        method="post",
        path=f"{API}certificates/preview/",
        tag=LEARNERS,
        summary="What the credentials would say",
        description=(
            "Everything that the credentials of these certificates would say in this wallet, read off the documents "
            "that would be signed. Nothing is stored or published; what would be refused of an offer is refused here."
        ),
        security=LEARNER,
        body="OfferRequest",
        parameters=("X-CSRFToken",),
        answers=(
            Answer(
                200,
                "In the order asked for; of a joint program that several issue, each one's.",
                {JSON: "Preview"},
                NOT_KEPT,
            ),
        ),
        problems=(
            *OFF,
            *SIGNED_IN,
            *JSON_BODY,
            *THROTTLED,
            *named("OfferError", "invalid_request", "unknown_wallet", "no_certificate", "too_many_certificates"),
            *OFFERING,
            *NOBODY,
        ),
    ),
    Operation(
        id="showOffer",
        method="get",
        path=f"{API}offers/{{offer_uuid}}/",
        tag=LEARNERS,
        summary="One's own offer",
        description="To show it again, or to see whether it was claimed. Another's is unknown.",
        security=LEARNER,
        answers=(Answer(200, "Its state and link.", {JSON: "Offer"}, NOT_KEPT),),
        problems=(*OFF, *SIGNED_IN, *named("OfferError", "unknown_offer")),
    ),
    Operation(
        id="claimAsFiles",
        method="post",
        path=f"{API}offers/{{offer_uuid}}/download/",
        tag=LEARNERS,
        summary="Claim one's own offer without a wallet",
        description=(
            "What it gave is had as files below issued/. Within the life of the offer twice is once. No body is read. "
            "With wait_for_anchor, 202 until all that is to be anchored is; it was issued with the first answer."
        ),
        security=LEARNER,
        parameters=("wait_for_anchor", "X-CSRFToken"),
        answers=(
            Answer(201, "The credentials, in the order of the certificates.", {JSON: "ClaimedAsFiles"}, NOT_KEPT),
            Answer(
                202,
                "The same, and where their anchors stand: ask again, or look at each anchor.",
                {JSON: "ClaimedAsFiles"},
                {**NOT_KEPT, "Retry-After": "Seconds."},
            ),
        ),
        problems=(*OFF, *SIGNED_IN, *THROTTLED, *_CLAIMING, *NOBODY, *NO_PAGE),
    ),
    Operation(
        id="ownCredentialFile",
        method="get",
        path=f"{API}issued/{{credential_uuid}}/credential.json",
        tag=LEARNERS,
        summary="One's own credential, once more",
        description=(
            "As a file, byte for byte as it was handed out, whatever became of it since: of one that was issued anew, "
            "this is how the new one is had. It works while the switch is off, too."
        ),
        security=LEARNER,
        answers=(
            Answer(
                200,
                "The file: application/vc for VCDM 2.0, else application/vc+ld+json.",
                {v.APPLICATION_VC_LD_JSON: "Credential", v.APPLICATION_VC: "Credential"},
                {**NOT_KEPT, "Content-Disposition": "The name of the file."},
            ),
        ),
        problems=(
            *SIGNED_IN,
            *named("LedgerError", "unknown_credential", "withheld"),
            *named("TransientError", "unreadable_credential"),
        ),
    ),
    Operation(
        id="claim",
        method="post",
        path=f"{API}credentials/issue/{{offer_uuid}}/",
        tag=_WALLETS,
        summary="A wallet's presentation for a signed credential",
        description=(
            "Nobody is logged in here, and cookies mean nothing: what counts is the proof, with the challenge of the "
            "offer's link. Within the life of the offer the same holder gets the same bytes again."
        ),
        body="WalletPresentation",
        takes=(JSON, v.APPLICATION_LD_JSON, v.APPLICATION_VP_LD_JSON, v.APPLICATION_VP),
        answers=(
            Answer(
                201,
                "The bare signed credential; a bare presentation where the offer holds several.",
                dict.fromkeys(_CREDENTIAL_TYPES, "Claimed"),
                NOT_KEPT,
            ),
        ),
        problems=(*OFF, *JSON_BODY, *THROTTLED, *_PRESENTING, *_CLAIMING, *named(HTTP, "internal_error")),
    ),
    Operation(
        id="claimPage",
        method="get",
        path=f"{ROOT}offers/{{offer_uuid}}/",
        tag=_CLAIM_PAGE,
        summary="The claim page",
        description="For the owner of the offer: its link, its QR code and the download, or what became of it.",
        security=PAGE,
        answers=(Answer(200, "The page.", {HTML: None}), _TO_LOGIN),
        problems=_PAGE_PROBLEMS,
        refusals=(HTML,),
    ),
    Operation(
        id="downloadCredential",
        method="post",
        path=f"{ROOT}offers/{{offer_uuid}}/download/",
        tag=_CLAIM_PAGE,
        summary="Claim without a wallet",
        description="The signed credential as a file, its subject a random urn:uuid.",
        security=PAGE,
        parameters=("X-CSRFToken",),
        answers=(
            Answer(200, "The file.", {JSON: "Claimed"}, {"Content-Disposition": "The name of the file."}),
            _TO_LOGIN,
        ),
        problems=(
            *_COUNTED_PAGE_PROBLEMS,
            *_CLAIMING,
            *NOBODY,
            *named(HTTP, "permission_denied"),
        ),
        refusals=(HTML,),
    ),
    Operation(
        id="renewOffer",
        method="post",
        path=f"{ROOT}offers/{{offer_uuid}}/renew/",
        tag=_CLAIM_PAGE,
        summary="A new offer of the same certificates",
        description="Leads to its claim page.",
        security=PAGE,
        parameters=("X-CSRFToken",),
        answers=(Answer(302, "To the page of the new offer; or to the login.", {}, {"Location": "Where."}),),
        problems=(
            *_COUNTED_PAGE_PROBLEMS,
            *OFFERING,
            *NOBODY,
            *named("OfferError", "too_many_certificates"),
            *named(HTTP, "permission_denied"),
        ),
        refusals=(HTML,),
    ),
)
