"""What learners do with the credentials they were given."""

from __future__ import annotations

from openedx_verifiable_credentials.rest_api.openapi.learners import LEARNERS
from openedx_verifiable_credentials.rest_api.openapi.operation import API
from openedx_verifiable_credentials.rest_api.openapi.operation import JSON
from openedx_verifiable_credentials.rest_api.openapi.operation import LEARNER
from openedx_verifiable_credentials.rest_api.openapi.operation import NO_PAGE
from openedx_verifiable_credentials.rest_api.openapi.operation import NOT_KEPT
from openedx_verifiable_credentials.rest_api.openapi.operation import OFF
from openedx_verifiable_credentials.rest_api.openapi.operation import SIGNED_IN
from openedx_verifiable_credentials.rest_api.openapi.operation import THROTTLED
from openedx_verifiable_credentials.rest_api.openapi.operation import Answer
from openedx_verifiable_credentials.rest_api.openapi.operation import Operation
from openedx_verifiable_credentials.rest_api.openapi.problems import named

OPERATIONS = (
    Operation(
        id="listIssued",
        method="get",
        path=f"{API}issued/",
        tag=LEARNERS,
        summary="The learner's own credentials, a page at a time",
        description="What was handed out on whatever site, newest first. It works while the switch is off, too.",
        security=LEARNER,
        parameters=("page",),
        answers=(Answer(200, "One page.", {JSON: "IssuedCredentials"}, NOT_KEPT),),
        problems=(*SIGNED_IN, *NO_PAGE),
    ),
    Operation(
        id="revokeCredential",
        method="post",
        path=f"{API}issued/{{credential_uuid}}/revoke/",
        tag=LEARNERS,
        summary="Revoke one's own credential",
        description=(
            "For ever, and published at once where keys are to be had. What is over already stays as it is. No body is "
            "read. It works while the switch is off, too."
        ),
        security=LEARNER,
        parameters=("X-CSRFToken",),
        answers=(Answer(200, "The credential as it is now.", {JSON: "IssuedCredential"}, NOT_KEPT),),
        problems=(
            *SIGNED_IN,
            *THROTTLED,
            *named("LedgerError", "unknown_credential"),
            *named("TransientError", "busy"),
        ),
    ),
    Operation(
        id="showSharing",
        method="get",
        path=f"{API}issued/{{credential_uuid}}/share/",
        tag=LEARNERS,
        summary="How one's own credential is shared",
        description="The address of its public page. It works while the switch is off, too.",
        security=LEARNER,
        answers=(Answer(200, "Where the page is; nulls where there is none.", {JSON: "Sharing"}, NOT_KEPT),),
        problems=(*SIGNED_IN, *named("LedgerError", "unknown_credential")),
    ),
    Operation(
        id="shareCredential",
        method="put",
        path=f"{API}issued/{{credential_uuid}}/share/",
        tag=LEARNERS,
        summary="Share one's own credential",
        description="Turns its public page on. Shared already, its address stays the same.",
        security=LEARNER,
        parameters=("X-CSRFToken",),
        answers=(Answer(200, "Where the page is.", {JSON: "Sharing"}, NOT_KEPT),),
        problems=(
            *OFF,
            *SIGNED_IN,
            *THROTTLED,
            *named("LedgerError", "unknown_credential"),
            *named("TransientError", "busy"),
        ),
    ),
    Operation(
        id="unshareCredential",
        method="delete",
        path=f"{API}issued/{{credential_uuid}}/share/",
        tag=LEARNERS,
        summary="End the sharing of one's own credential",
        description="For ever: shared again, it has another address. It works while the switch is off, too.",
        security=LEARNER,
        parameters=("X-CSRFToken",),
        answers=(Answer(204, "It is not shared, or was not.", {}, NOT_KEPT),),
        problems=(
            *SIGNED_IN,
            *THROTTLED,
            *named("LedgerError", "unknown_credential"),
            *named("TransientError", "busy"),
        ),
    ),
)
