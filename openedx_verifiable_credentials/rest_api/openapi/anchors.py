"""Anchored credentials: where the anchor of one stands, and the credential with its Merkle proof."""

from __future__ import annotations

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.rest_api.openapi.learners import LEARNERS
from openedx_verifiable_credentials.rest_api.openapi.operation import API
from openedx_verifiable_credentials.rest_api.openapi.operation import JSON
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

_FILE = "The file: application/vc for VCDM 2.0, else application/vc+ld+json."
_MEDIA = {v.APPLICATION_VC_LD_JSON: "AnchoredCredential", v.APPLICATION_VC: "AnchoredCredential"}
_NAMED = {"Content-Disposition": "The name of the file."}
_NOT_YET = named("LedgerError", "withheld", "not_anchored", "anchor_pending")

OPERATIONS = (
    Operation(
        id="ownAnchor",
        method="get",
        path=f"{API}issued/{{credential_uuid}}/anchor/",
        tag=LEARNERS,
        summary="Where the anchor of one's own credential stands",
        description=(
            "With Retry-After while there is no anchored form, and there will be one. It works while the switch is "
            "off, too."
        ),
        security=LEARNER,
        answers=(Answer(200, "Its state.", {JSON: "OwnAnchor"}, {**NOT_KEPT, "Retry-After": "Seconds."}),),
        problems=(*SIGNED_IN, *named("LedgerError", "unknown_credential")),
    ),
    Operation(
        id="ownAnchoredCredential",
        method="get",
        path=f"{API}issued/{{credential_uuid}}/anchored.json",
        tag=LEARNERS,
        summary="One's own credential, anchored",
        description=(
            "The credential with the proof that a transaction on a public chain holds it to its date. The credential "
            "itself stays as it was handed out. It works while the switch is off, too."
        ),
        security=LEARNER,
        answers=(Answer(200, _FILE, _MEDIA, {**NOT_KEPT, **_NAMED}),),
        problems=(
            *SIGNED_IN,
            *named("LedgerError", "unknown_credential"),
            *_NOT_YET,
            *named("TransientError", "unreadable_credential"),
        ),
    ),
    Operation(
        id="sharedAnchoredCredential",
        method="get",
        path=f"{ROOT}c/{{share_id}}/anchored.json",
        tag=SHARED,
        summary="The shared credential, anchored",
        description="For anyone who has the address and any origin.",
        parameters=("If-None-Match",),
        answers=(Answer(200, _FILE, _MEDIA, {**ETAG, **_NAMED}), UNCHANGED),
        problems=(*SHARED_PROBLEMS, *_NOT_YET),
    ),
)
