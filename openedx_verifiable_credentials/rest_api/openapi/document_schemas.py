"""
Documents of a standard (credentials, lists, DID documents), described as far as we write them; their standard says the
rest.
"""

from __future__ import annotations

from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.rest_api.openapi.json_schema import ADDRESS
from openedx_verifiable_credentials.rest_api.openapi.json_schema import ANCHORED_PROOF
from openedx_verifiable_credentials.rest_api.openapi.json_schema import CONTEXTS
from openedx_verifiable_credentials.rest_api.openapi.json_schema import MOMENT
from openedx_verifiable_credentials.rest_api.openapi.json_schema import OBJECT
from openedx_verifiable_credentials.rest_api.openapi.json_schema import PROOF
from openedx_verifiable_credentials.rest_api.openapi.json_schema import TEXT
from openedx_verifiable_credentials.rest_api.openapi.json_schema import TYPES
from openedx_verifiable_credentials.rest_api.openapi.json_schema import document
from openedx_verifiable_credentials.rest_api.openapi.json_schema import exactly
from openedx_verifiable_credentials.rest_api.openapi.json_schema import list_of
from openedx_verifiable_credentials.rest_api.openapi.json_schema import one_of
from openedx_verifiable_credentials.rest_api.openapi.json_schema import ref
from openedx_verifiable_credentials.rest_api.openapi.json_schema import said


def _credential(description: str, proof: JsonObject) -> JsonObject:
    return document(
        description,
        optional=("name", "validFrom", "validUntil", "issuanceDate", "expirationDate", "credentialStatus"),
        _context=CONTEXTS,
        id=ADDRESS,
        type={"type": "array", "items": TEXT, "contains": {"const": "OpenBadgeCredential"}},
        name=TEXT,
        issuer=OBJECT,
        credentialSubject=OBJECT,
        validFrom=MOMENT,
        validUntil=MOMENT,
        issuanceDate=MOMENT,
        expirationDate=MOMENT,
        credentialStatus={"anyOf": [OBJECT, list_of(OBJECT)]},
        proof=proof,
    )


SCHEMAS: JsonObject = {
    "Credential": _credential(
        "A signed OpenBadgeCredential (Open Badges 3.0): obv3-vc1 is VCDM 1.1, obv3-vc2 is VCDM 2.0.", PROOF
    ),
    "AnchoredCredential": _credential("The same with a Merkle proof, whose root is on a public chain.", ANCHORED_PROOF),
    "CredentialPresentation": document(
        "Several credentials, for an offer of several: a presentation without a proof.",
        _context=CONTEXTS,
        type=TYPES,
        verifiableCredential=list_of(ref("Credential")),
    ),
    "Claimed": {
        "description": "The bare document: no envelope around it.",
        "anyOf": [ref("Credential"), ref("CredentialPresentation")],
    },
    "Achievement": document(
        "The Achievement of a certificate (Open Badges 3.0).",
        optional=("description",),
        _context=CONTEXTS,
        id=ADDRESS,
        type=list_of(TEXT),
        name=TEXT,
        description=TEXT,
        criteria=OBJECT,
    ),
    "Profile": document(
        "The issuer's Profile (Open Badges 3.0).",
        optional=("publicKey",),
        _context=CONTEXTS,
        id=ADDRESS,
        type=list_of(TEXT),
        name=TEXT,
        publicKey=said(
            list_of(
                exactly(
                    "The account of one key.",
                    optional=("expires", "revoked"),
                    id={"type": "string", "pattern": "^ecdsa-koblitz-pubkey:0x[0-9A-Fa-f]{40}$"},
                    created=MOMENT,
                    expires=MOMENT,
                    revoked=MOMENT,
                )
            ),
            "The keys that pay for anchors, and in which time the blocks are whose anchors count.",
        ),
    ),
    "DidDocument": document(
        "A DID document (DID Core), with every key the issuer has had.",
        optional=("service",),
        _context=CONTEXTS,
        id={"type": "string", "pattern": "^did:web:"},
        verificationMethod=list_of(OBJECT),
        assertionMethod=list_of(TEXT),
        service=said(list_of(OBJECT), "Where credentials are anchored: the issuer's Profile."),
    ),
    "KeyHistory": exactly(
        "Every key the issuer has had, newest first.",
        issuer=said(ADDRESS, "Its DID."),
        keys=list_of(
            exactly(
                "One key.",
                optional=("retired", "compromisedSince"),
                id=ADDRESS,
                algorithm=one_of("Ed25519", "P-256"),
                publicKeyMultibase=TEXT,
                created=MOMENT,
                retired=MOMENT,
                compromisedSince=said(MOMENT, "Nothing it signs from then on is to be believed."),
            )
        ),
    ),
    "StatusList": document(
        "One bit for each credential, signed: a BitstringStatusListCredential, or a StatusList2021Credential.",
        optional=("validFrom", "validUntil", "issuanceDate", "expirationDate"),
        _context=CONTEXTS,
        id=ADDRESS,
        type=list_of(TEXT),
        issuer={"anyOf": [TEXT, OBJECT]},
        validFrom=MOMENT,
        validUntil=MOMENT,
        issuanceDate=MOMENT,
        expirationDate=MOMENT,
        credentialSubject={
            "type": "object",
            "properties": {
                "id": ADDRESS,
                "type": one_of("BitstringStatusList", "StatusList2021"),
                "statusPurpose": one_of("revocation", "suspension"),
                "encodedList": TEXT,
            },
            "required": ["id", "type", "statusPurpose", "encodedList"],
        },
        proof=PROOF,
    ),
}
