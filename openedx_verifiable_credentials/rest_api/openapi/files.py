"""
Credentials baked into pictures: for their learner, and for whoever has the address of the public page. On paper: for
their learner.
"""

from __future__ import annotations

from openedx_verifiable_credentials.core.images.picture import PNG_TYPE
from openedx_verifiable_credentials.core.images.picture import SVG_TYPE
from openedx_verifiable_credentials.rest_api.openapi.learners import LEARNERS
from openedx_verifiable_credentials.rest_api.openapi.operation import API
from openedx_verifiable_credentials.rest_api.openapi.operation import LEARNER
from openedx_verifiable_credentials.rest_api.openapi.operation import NOT_KEPT
from openedx_verifiable_credentials.rest_api.openapi.operation import ROOT
from openedx_verifiable_credentials.rest_api.openapi.operation import SIGNED_IN
from openedx_verifiable_credentials.rest_api.openapi.operation import Answer
from openedx_verifiable_credentials.rest_api.openapi.operation import Operation
from openedx_verifiable_credentials.rest_api.openapi.problems import named
from openedx_verifiable_credentials.rest_api.openapi.verifiers import ETAG
from openedx_verifiable_credentials.rest_api.openapi.verifiers import SHARED
from openedx_verifiable_credentials.rest_api.openapi.verifiers import SHARED_PROBLEMS
from openedx_verifiable_credentials.rest_api.openapi.verifiers import UNCHANGED

_NAMED = {"Content-Disposition": "The name of the file."}
_POLICY = {"Content-Security-Policy": "It runs nothing and fetches nothing, wherever it is opened."}
_TYPES = {"png": PNG_TYPE, "svg": SVG_TYPE}
_BAKED = (
    *named("LedgerError", "withheld"),
    # In the way of credentials that no policy here can lead to.
    *named("PictureError", "picture_not_allowed", "picture_too_large"),
)
_HOW = (
    "The badge with the signed credential baked in (Open Badges 3.0 §5.3): the picture of its achievement, or one that "
    "is drawn where that is none of ours. A PNG stands in the SVG as it is; where the picture is an SVG, the PNG has "
    "one that is drawn."
)


def _own(form: str) -> Operation:
    return Operation(
        id=f"ownCredential{form.capitalize()}",
        method="get",
        path=f"{API}issued/{{credential_uuid}}/credential.{form}",
        tag=LEARNERS,
        summary=f"One's own credential, baked into a picture ({form.upper()})",
        description=f"{_HOW} It works while the switch is off, too.",
        security=LEARNER,
        answers=(Answer(200, "The file.", {_TYPES[form]: None}, {**NOT_KEPT, **_NAMED, **_policy(form)}),),
        problems=(
            *SIGNED_IN,
            *named("LedgerError", "unknown_credential"),
            *named("TransientError", "unreadable_credential"),
            *_BAKED,
        ),
    )


def _shared(form: str) -> Operation:
    return Operation(
        id=f"sharedCredential{form.capitalize()}",
        method="get",
        path=f"{ROOT}c/{{share_id}}/credential.{form}",
        tag=SHARED,
        summary=f"The shared credential, baked into a picture ({form.upper()})",
        description=f"{_HOW} For anyone who has the address and any origin.",
        parameters=("If-None-Match",),
        answers=(Answer(200, "The file.", {_TYPES[form]: None}, {**ETAG, **_NAMED, **_policy(form)}), UNCHANGED),
        problems=(*SHARED_PROBLEMS, *_BAKED),
    )


def _policy(form: str) -> dict[str, str]:
    return _POLICY if form == "svg" else {}


_PAPER = Operation(
    id="ownCredentialPdf",
    method="get",
    path=f"{API}issued/{{credential_uuid}}/credential.pdf",
    tag=LEARNERS,
    summary="One's own credential, on paper (PDF)",
    description=(
        "One page with what the credential says and, as a QR code, where it can be checked: its public page where it "
        "is shared, else the page that checks files. The signed credential is attached, byte for byte. It works while "
        "the switch is off, too."
    ),
    security=LEARNER,
    answers=(Answer(200, "The file.", {"application/pdf": None}, {**NOT_KEPT, **_NAMED, **_POLICY}),),
    problems=(
        *SIGNED_IN,
        *named("LedgerError", "unknown_credential", "withheld"),
        *named("TransientError", "unreadable_credential"),
    ),
)
OPERATIONS: tuple[Operation, ...] = (*map(_own, _TYPES), _PAPER, *map(_shared, _TYPES))
