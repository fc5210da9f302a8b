"""What verifiers ask: shared credentials, public documents, status lists, and the VC API."""

from __future__ import annotations

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.rest_api.openapi.operation import HTML
from openedx_verifiable_credentials.rest_api.openapi.operation import JSON
from openedx_verifiable_credentials.rest_api.openapi.operation import JSON_BODY
from openedx_verifiable_credentials.rest_api.openapi.operation import NO_DATABASE
from openedx_verifiable_credentials.rest_api.openapi.operation import NOT_KEPT
from openedx_verifiable_credentials.rest_api.openapi.operation import ROOT
from openedx_verifiable_credentials.rest_api.openapi.operation import THROTTLED
from openedx_verifiable_credentials.rest_api.openapi.operation import TOKEN
from openedx_verifiable_credentials.rest_api.openapi.operation import Answer
from openedx_verifiable_credentials.rest_api.openapi.operation import Operation
from openedx_verifiable_credentials.rest_api.openapi.problems import HTTP
from openedx_verifiable_credentials.rest_api.openapi.problems import named

SHARED, _VC_API, _DOCUMENTS, _LISTS = "Shared credentials", "VC API", "Public documents", "Status lists"
ETAG = {"ETag": "Strong.", "Cache-Control": "How long it may be kept."}
_FOR_EVER = {"ETag": "Strong.", "Cache-Control": "For ever: immutable."}
UNCHANGED = Answer(304, "What If-None-Match names is current.", {}, ETAG)
SHARED_PROBLEMS = (
    *named("LedgerError", "unknown_credential"),
    *named("OfferError", "too_many_requests"),
    *named("TransientError", "unreadable_credential"),
    *NO_DATABASE,
)


def _verify(what: str, body: str, operation_id: str) -> Operation:
    return Operation(
        id=operation_id,
        method="post",
        path=f"{ROOT}vc-api/{what}s/verify",
        tag=_VC_API,
        summary=f"Whether a {what} can be believed",
        description=(
            "For programs that have a bearer token; there is no VC API where none is configured. 200 where it is "
            "verified, 400 where it is not. The switch has no say."
        ),
        security=TOKEN,
        body=body,
        answers=(
            Answer(200, "It is verified.", {JSON: "VerificationResult"}, NOT_KEPT),
            Answer(400, "It is not verified; or the request is malformed.", {JSON: "VerificationResult"}, NOT_KEPT),
        ),
        problems=(
            *named(HTTP, "not_authenticated", "unknown_token", "not_found", "internal_error"),
            *JSON_BODY,
            *THROTTLED,
            *named("PresentationError", "invalid_request", "unknown_option"),
        ),
    )


def _document(operation_id: str, path: str, summary: str, schema: str, media: str = JSON) -> Operation:
    return Operation(
        id=operation_id,
        method="get",
        path=path,
        tag=_DOCUMENTS,
        summary=summary,
        description="For anyone and any origin, whether the switch is on or off. It may be kept for five minutes.",
        parameters=("If-None-Match",),
        answers=(Answer(200, "The document.", {media: schema}, ETAG), UNCHANGED),
        problems=(*named(HTTP, "not_found"), *NO_DATABASE),
    )


def _status_list(form: ListForm) -> Operation:
    kind = "StatusList2021Credential" if form.is_2021 else "BitstringStatusListCredential"
    return Operation(
        id="statusList" + "".join(part.capitalize() for part in form.split("-")),
        method="get",
        path=f"{ROOT}status/{form.path('{list_uuid}')}",
        tag=_LISTS,
        summary=f"A status list: {kind}, {form.purpose}",
        description="One bit for each credential. Stored bytes, the same for everybody; nobody is asked who they are.",
        parameters=("If-None-Match", "Accept-Encoding"),
        answers=(Answer(200, "The list and its proof.", {JSON: "StatusList"}, ETAG), UNCHANGED),
        problems=(*named("StatusListError"), *NO_DATABASE),
    )


OPERATIONS = (
    Operation(
        id="sharedCredential",
        method="get",
        path=f"{ROOT}c/{{share_id}}/",
        tag=SHARED,
        summary="The public page of a credential",
        description=(
            "HTML for people, JSON where that is preferred. What is unknown, was never shared, or is not shared any "
            "more is the same 404. Of an erased credential, that what it says is withheld."
        ),
        answers=(
            Answer(
                200,
                "The page.",
                {JSON: "SharedCredential", HTML: None},
                {"Link": "Where everything is (RFC 8288).", "Vary": "Accept."},
            ),
        ),
        problems=SHARED_PROBLEMS,
        refusals=(JSON, HTML),
    ),
    Operation(
        id="sharedCredentialFile",
        method="get",
        path=f"{ROOT}c/{{share_id}}/credential.json",
        tag=SHARED,
        summary="The signed credential, byte for byte",
        description="As a file, for anyone who has the address and any origin.",
        parameters=("If-None-Match",),
        answers=(
            Answer(
                200,
                "The file: application/vc for VCDM 2.0, else application/vc+ld+json.",
                {v.APPLICATION_VC_LD_JSON: "Credential", v.APPLICATION_VC: "Credential"},
                {**ETAG, "Content-Disposition": "The name of the file."},
            ),
            UNCHANGED,
        ),
        problems=(*SHARED_PROBLEMS, *named("LedgerError", "withheld")),
    ),
    Operation(
        id="evidenceFile",
        method="get",
        path=f"{ROOT}c/{{share_id}}/evidence.html",
        tag=SHARED,
        summary="One file that checks itself without a network",
        description=(
            "It holds the credential, the issuer's DID document, the status lists as they are served at that moment, "
            "and the verifier."
        ),
        answers=(Answer(200, "The file.", {HTML: None}, {"Content-Disposition": "The name of the file."}),),
        problems=(
            *SHARED_PROBLEMS,
            *named("LedgerError", "withheld"),
            *named("StatusListError", "status_list_expired", "corrupted_list"),
            *named("TransientError", "no_verifier"),
        ),
        refusals=(HTML,),
    ),
    Operation(
        id="verifyPage",
        method="get",
        path=f"{ROOT}verify/",
        tag=SHARED,
        summary="The page that checks a file",
        description="Of any issuer, in the browser. The file never leaves it.",
        answers=(Answer(200, "The page.", {HTML: None}),),
        problems=named("OfferError", "too_many_requests"),
        refusals=(HTML,),
    ),
    _verify("credential", "VerifyCredentialRequest", "verifyCredential"),
    _verify("presentation", "VerifyPresentationRequest", "verifyPresentation"),
    _document(
        "achievement",
        f"{ROOT}achievements/{{kind}}/{{key}}/",
        "The Achievement of a certificate",
        "Achievement",
        v.APPLICATION_LD_JSON,
    ),
    _document("issuerProfile", f"{ROOT}issuers/{{slug}}/", "The issuer's Profile", "Profile", v.APPLICATION_LD_JSON),
    _document("issuerKeys", f"{ROOT}issuers/{{slug}}/keys.json", "Every key an issuer has had", "KeyHistory"),
    _document(
        "issuerDidDocument",
        f"{ROOT}issuers/{{slug}}/did.json",
        "The DID document of an issuer with a path (did:web)",
        "DidDocument",
    ),
    _document("hostDidDocument", "/.well-known/did.json", "The DID document of this host (did:web)", "DidDocument"),
    Operation(
        id="badgeImage",
        method="get",
        path=f"{ROOT}images/{{name}}",
        tag=_DOCUMENTS,
        summary="A badge image",
        description=(
            "Called by the SHA-256 of its bytes and .png or .svg, so what it shows never changes. For anyone and any "
            "origin, whether the switch is on or off."
        ),
        parameters=("If-None-Match",),
        answers=(Answer(200, "The picture.", {"image/png": None, "image/svg+xml": None}, _FOR_EVER), UNCHANGED),
        problems=(*named(HTTP, "not_found"), *named("PictureError", "picture_corrupted"), *NO_DATABASE),
    ),
    *map(_status_list, ListForm),
    Operation(
        id="noStatusList",
        method="get",
        path=f"{ROOT}status/{{name}}",
        tag=_LISTS,
        summary="Any other name",
        description="There is no such list.",
        answers=(),
        problems=named("StatusListError", "unknown_list"),
    ),
)
