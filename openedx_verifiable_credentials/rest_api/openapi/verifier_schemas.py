"""What verifiers send, and are answered: exactly these members."""

from __future__ import annotations

from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.rest_api.openapi.json_schema import ADDRESS
from openedx_verifiable_credentials.rest_api.openapi.json_schema import ADDRESS_OR_NULL
from openedx_verifiable_credentials.rest_api.openapi.json_schema import FLAG
from openedx_verifiable_credentials.rest_api.openapi.json_schema import MOMENT
from openedx_verifiable_credentials.rest_api.openapi.json_schema import MOMENT_OR_NULL
from openedx_verifiable_credentials.rest_api.openapi.json_schema import OBJECT
from openedx_verifiable_credentials.rest_api.openapi.json_schema import TEXT
from openedx_verifiable_credentials.rest_api.openapi.json_schema import TEXT_OR_NULL
from openedx_verifiable_credentials.rest_api.openapi.json_schema import exactly
from openedx_verifiable_credentials.rest_api.openapi.json_schema import list_of
from openedx_verifiable_credentials.rest_api.openapi.json_schema import one_of
from openedx_verifiable_credentials.rest_api.openapi.json_schema import ref
from openedx_verifiable_credentials.rest_api.openapi.json_schema import said
from openedx_verifiable_credentials.rest_api.openapi.learner_schemas import ANCHOR_STATE
from openedx_verifiable_credentials.rest_api.openapi.learner_schemas import TRANSACTION_OR_NULL

SCHEMAS: JsonObject = {
    "SharedCredential": exactly(
        "The public page of a credential, for programs. It is what the issuer's own service says.",
        optional=("credential",),
        id=TEXT,
        page=ADDRESS,
        asOf=MOMENT,
        result=one_of(
            "valid", "revoked", "suspended", "superseded", "compromised", "expired", "not_yet_valid", "withheld"
        ),
        status=exactly(
            "What the issuer's ledger says.",
            state=one_of("valid", "revoked", "suspended", "superseded", "compromised"),
            since=MOMENT_OR_NULL,
        ),
        disclosure=one_of("shared", "withheld"),
        issuer=exactly(
            "Who signed it.",
            id=ADDRESS,
            domain=said(TEXT_OR_NULL, "What a did:web proves."),
            selfDeclaredName=said(TEXT, "Nobody checks it."),
        ),
        digest=exactly(
            "Of the file behind credential.json.",
            algorithm={"const": "sha-256"},
            value={"type": "string", "pattern": "^[0-9a-f]{64}$"},
        ),
        anchor={"anyOf": [ref("SharedAnchor"), {"type": "null"}]},
        links=exactly(
            "Where everything is.",
            credential=ADDRESS_OR_NULL,
            evidence=ADDRESS_OR_NULL,
            didDocument=ADDRESS_OR_NULL,
            issuerKeys=ADDRESS,
            statusLists=list_of(ADDRESS),
        ),
        credential=said(OBJECT, "The signed credential; not there where it is withheld."),
    ),
    "SharedAnchor": exactly(
        "Where the anchor of a shared credential stands; null is what there is not, or not yet.",
        state=ANCHOR_STATE,
        network=said(TEXT_OR_NULL, "What it is called."),
        isTest=said(FLAG, "A test network: it proves nothing."),
        transaction=TRANSACTION_OR_NULL,
        explorer=said(ADDRESS_OR_NULL, "A page about the transaction."),
        at=said(MOMENT_OR_NULL, "The time of the transaction's block."),
        credential=said(ADDRESS_OR_NULL, "The anchored form."),
    ),
    "VerifyOptions": exactly(
        "What is not among these is refused.",
        optional=(
            "checks",
            "challenge",
            "domain",
            "returnCredential",
            "returnPresentation",
            "returnProblemDetails",
            "returnResults",
        ),
        checks=said(
            list_of(one_of("proof", "credentialStatus", "schema", "signature", "issuer", "status", "dates")),
            "What decides; without it everything does. Structure, signature and issuer always count.",
        ),
        challenge=said(TEXT, "What the proof must have been made for."),
        domain=said(TEXT, "Where the proof must have been made for."),
        returnCredential=FLAG,
        returnPresentation=FLAG,
        returnProblemDetails=said(FLAG, "Accepted; they are always there."),
        returnResults=said(FLAG, "Accepted; the report is always there."),
    ),
    "VerifyCredentialRequest": {
        "type": "object",
        "properties": {
            "verifiableCredential": {
                "description": "The document, or a compact JWS. An EnvelopedVerifiableCredential is a document, too.",
                "anyOf": [OBJECT, TEXT],
            },
            "options": ref("VerifyOptions"),
        },
        "required": ["verifiableCredential"],
    },
    "VerifyPresentationRequest": {
        "type": "object",
        "properties": {
            "verifiablePresentation": {
                "description": "The document. An EnvelopedVerifiablePresentation is a document, too.",
                "anyOf": [OBJECT, TEXT],
            },
            "options": ref("VerifyOptions"),
        },
        "required": ["verifiablePresentation"],
    },
    "VerificationProblem": exactly(
        "Problem details (RFC 9457) of one check.",
        optional=("credential",),
        type=ADDRESS,
        title=TEXT,
        detail=TEXT,
        code=said(TEXT, "Of the check; see the page on verification."),
        credential=said({"type": "integer"}, "The number of the credential inside a presentation, from 0."),
    ),
    "VerificationReport": exactly(
        "Every check in its order, and the verdict that follows.",
        optional=("credentials",),
        verdict=one_of("valid", "valid_with_warnings", "invalid", "could_not_be_checked"),
        checkedAt=MOMENT,
        checks=list_of(
            exactly(
                "One check.",
                check=one_of("schema", "signature", "issuer", "status", "dates", "disclosure"),
                outcome=one_of("passed", "warning", "failed", "not_checked"),
                code=TEXT,
                message=TEXT,
                detail=OBJECT,
            )
        ),
        credentials=said(list_of(OBJECT), "Of a presentation: the report of each credential in it."),
    ),
    "VerificationResult": exactly(
        "What was found. A document may have 512 KiB.",
        optional=("credential", "verifiablePresentation"),
        verified=said(FLAG, "No check that decides failed, or could not be made."),
        checks=said(list_of(TEXT), "Those that decided."),
        errors=list_of(ref("VerificationProblem")),
        warnings=list_of(ref("VerificationProblem")),
        problemDetails=said(list_of(ref("VerificationProblem")), "The errors, then the warnings."),
        report=ref("VerificationReport"),
        credential=said({"type": ["object", "string"]}, "With returnCredential: what was sent."),
        verifiablePresentation=said({"type": ["object", "string"]}, "With returnPresentation: what was sent."),
    ),
}
