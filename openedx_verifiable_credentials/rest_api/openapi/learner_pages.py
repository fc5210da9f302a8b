"""The learner's page, which is HTML: what can be done there, programs do by the addresses for learners."""

from __future__ import annotations

from openedx_verifiable_credentials.rest_api.openapi.learners import NOBODY
from openedx_verifiable_credentials.rest_api.openapi.learners import OFFERING
from openedx_verifiable_credentials.rest_api.openapi.operation import HTML
from openedx_verifiable_credentials.rest_api.openapi.operation import NO_PAGE
from openedx_verifiable_credentials.rest_api.openapi.operation import OFF
from openedx_verifiable_credentials.rest_api.openapi.operation import PAGE
from openedx_verifiable_credentials.rest_api.openapi.operation import ROOT
from openedx_verifiable_credentials.rest_api.openapi.operation import Answer
from openedx_verifiable_credentials.rest_api.openapi.operation import Operation
from openedx_verifiable_credentials.rest_api.openapi.problems import HTTP
from openedx_verifiable_credentials.rest_api.openapi.problems import named

_LEARNERS_PAGE = "Learner's page"
_TO_LOGIN = Answer(302, "Nobody is logged in: to the login, and back from there.", {}, {"Location": "Where."})
_OWN = named("LedgerError", "unknown_credential")
_FORM = (*named("OfferError", "too_many_requests"), *named(HTTP, "permission_denied"))
_BACK = "To the list of claimed credentials on the learner's page."

OPERATIONS = (
    Operation(
        id="learnerPage",
        method="get",
        path=ROOT,
        tag=_LEARNERS_PAGE,
        summary="The learner's page",
        description=(
            "Certificates to claim, and what was claimed, a page of each. While the switch is off: what was claimed; "
            "404 where that is nothing."
        ),
        security=PAGE,
        parameters=("page", "claimed"),
        answers=(Answer(200, "The page.", {HTML: None}), _TO_LOGIN),
        problems=(*OFF, *NO_PAGE),
        refusals=(HTML,),
    ),
    Operation(
        id="offerFromPage",
        method="post",
        path=f"{ROOT}offers/",
        tag=_LEARNERS_PAGE,
        summary="Offer what was chosen on the page",
        description=(
            "A form: certificate (a uuid, once or several times), wallet, asked (every claim that the form asks about) "
            "and show (those of them that are not left out). 403 with a link to the login where nobody is logged in."
        ),
        security=PAGE,
        parameters=("X-CSRFToken",),
        answers=(Answer(302, "To the claim page of the offer.", {}, {"Location": "Where."}),),
        problems=(
            *OFF,
            *OFFERING,
            *NOBODY,
            *named("OfferError", "invalid_request", "no_certificate", "too_many_certificates", "unknown_wallet"),
            *_FORM,
        ),
        refusals=(HTML,),
    ),
    Operation(
        id="shareFromPage",
        method="post",
        path=f"{ROOT}issued/{{credential_uuid}}/share/",
        tag=_LEARNERS_PAGE,
        summary="Share one's own credential, from the page",
        description="As the PUT for learners.",
        security=PAGE,
        parameters=("X-CSRFToken",),
        answers=(Answer(302, _BACK, {}, {"Location": "Where."}),),
        problems=(*OFF, *_OWN, *named("TransientError", "busy"), *_FORM),
        refusals=(HTML,),
    ),
    Operation(
        id="unshareFromPage",
        method="post",
        path=f"{ROOT}issued/{{credential_uuid}}/unshare/",
        tag=_LEARNERS_PAGE,
        summary="End the sharing of one's own credential, from the page",
        description="As the DELETE for learners; while the switch is off, too.",
        security=PAGE,
        parameters=("X-CSRFToken",),
        answers=(Answer(302, _BACK, {}, {"Location": "Where."}),),
        problems=(*_OWN, *named("TransientError", "busy"), *_FORM),
        refusals=(HTML,),
    ),
    Operation(
        id="addToLinkedIn",
        method="get",
        path=f"{ROOT}issued/{{credential_uuid}}/linkedin/",
        tag=_LEARNERS_PAGE,
        summary="Add one's own shared credential to a LinkedIn profile",
        description="404 where it is not shared or not valid. While the switch is off, too.",
        security=PAGE,
        answers=(Answer(302, "To LinkedIn's form, filled in; or to the login.", {}, {"Location": "Where."}),),
        problems=_OWN,
        refusals=(HTML,),
    ),
    Operation(
        id="revocationPage",
        method="get",
        path=f"{ROOT}issued/{{credential_uuid}}/revoke/",
        tag=_LEARNERS_PAGE,
        summary="The question before one's own credential is revoked",
        description="While the switch is off, too.",
        security=PAGE,
        answers=(Answer(200, "The page.", {HTML: None}), _TO_LOGIN),
        problems=_OWN,
        refusals=(HTML,),
    ),
    Operation(
        id="revokeFromPage",
        method="post",
        path=f"{ROOT}issued/{{credential_uuid}}/revoke/",
        tag=_LEARNERS_PAGE,
        summary="Revoke one's own credential, from the page",
        description="As the POST for learners: for ever, and once; while the switch is off, too.",
        security=PAGE,
        parameters=("X-CSRFToken",),
        answers=(Answer(302, _BACK, {}, {"Location": "Where."}),),
        problems=(*_OWN, *named("TransientError", "busy"), *_FORM),
        refusals=(HTML,),
    ),
)
