"""What learners and wallets send, and are answered. What is ours has exactly these members."""

from __future__ import annotations

from openedx_verifiable_credentials.core.policies import ABOUT_THE_LEARNER
from openedx_verifiable_credentials.core.policies import CLAIMS
from openedx_verifiable_credentials.core.shown_facts import Fact
from openedx_verifiable_credentials.core.shown_facts import Form
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.rest_api.openapi.json_schema import ADDRESS
from openedx_verifiable_credentials.rest_api.openapi.json_schema import ADDRESS_OR_NULL
from openedx_verifiable_credentials.rest_api.openapi.json_schema import CONTEXTS
from openedx_verifiable_credentials.rest_api.openapi.json_schema import COUNT
from openedx_verifiable_credentials.rest_api.openapi.json_schema import FLAG
from openedx_verifiable_credentials.rest_api.openapi.json_schema import HEX
from openedx_verifiable_credentials.rest_api.openapi.json_schema import MOMENT
from openedx_verifiable_credentials.rest_api.openapi.json_schema import MOMENT_OR_NULL
from openedx_verifiable_credentials.rest_api.openapi.json_schema import OBJECT
from openedx_verifiable_credentials.rest_api.openapi.json_schema import TEXT
from openedx_verifiable_credentials.rest_api.openapi.json_schema import TEXT_OR_NULL
from openedx_verifiable_credentials.rest_api.openapi.json_schema import TYPES
from openedx_verifiable_credentials.rest_api.openapi.json_schema import UUID
from openedx_verifiable_credentials.rest_api.openapi.json_schema import UUID_OR_NULL
from openedx_verifiable_credentials.rest_api.openapi.json_schema import exactly
from openedx_verifiable_credentials.rest_api.openapi.json_schema import list_of
from openedx_verifiable_credentials.rest_api.openapi.json_schema import one_of
from openedx_verifiable_credentials.rest_api.openapi.json_schema import ref
from openedx_verifiable_credentials.rest_api.openapi.json_schema import said

_FORMS = ("json", "png", "svg", "pdf", "anchored")
_PAGED: JsonObject = {
    "count": said(COUNT, "How many there are on all pages."),
    "page": said({"type": "integer", "minimum": 1}, "Which page this is."),
    "pages": said({"type": "integer", "minimum": 1}, "How many pages there are; one where there is nothing."),
}

TRANSACTION_OR_NULL: JsonObject = {"anyOf": [{"type": "string", "pattern": "^0x[0-9a-f]{64}$"}, {"type": "null"}]}
ANCHOR_STATE: JsonObject = said(
    one_of("waiting", "pending", "mined", "safe", "finalized"),
    "It waits for its batch; that is on its way; its transaction is in a block; in one that is safe; that is final.",
)

SCHEMAS: JsonObject = {
    "Certificate": exactly(
        "A certificate of the learner's that can be claimed.",
        uuid=said(HEX, "Of the certificate."),
        status=said(TEXT, "What the service says of it."),
        username=TEXT,
        credential_id=said({"type": "integer"}, "Of its configuration."),
        credential_uuid=said(TEXT, "The course run key, or the program's uuid without dashes."),
        credential_title=TEXT,
        credential_org=said(TEXT, "The organisations, separated by commas."),
        modified_date={"type": "string", "format": "date"},
    ),
    "Certificates": exactly(
        "Both lists are always there, newest first, without pages.",
        program_credentials=list_of(ref("Certificate")),
        course_credentials=list_of(ref("Certificate")),
    ),
    "OwnCertificate": exactly(
        "A certificate of the learner's, whether it can be claimed or not.",
        uuid=said(HEX, "Of the certificate."),
        kind=one_of("course", "program"),
        title=TEXT,
        organization=said(TEXT, "The organisations, separated by commas."),
        awarded_at=MOMENT,
        state=said(
            one_of("ready", "not_yet", "revoked", "not_offered"),
            "Can be claimed; from available_from on; never, since the service revoked it; never, as things are.",
        ),
        available_from=said(MOMENT_OR_NULL, "Of not_yet, where it is known."),
        wallets=said(list_of(TEXT), "The ids of those it can be taken to."),
        claims=said(
            list_of(one_of(*ABOUT_THE_LEARNER)),
            "What its credential says of the learner, each of which may be left out.",
        ),
        claimed=said(COUNT, "How many live credentials of it the learner has."),
    ),
    "DescribedWallet": exactly(
        "Where a credential can be taken to, and how that begins.",
        id=said(TEXT, "The storage_id."),
        name=TEXT,
        on_page=said(FLAG, "On the claim page."),
        app_link_android=said(ADDRESS_OR_NULL, "Where the wallet is had."),
        app_link_ios=ADDRESS_OR_NULL,
    ),
    "OwnCertificates": exactly(
        "20 a page, newest first.",
        **_PAGED,
        certificates=list_of(ref("OwnCertificate")),
        wallets=list_of(ref("DescribedWallet")),
    ),
    "Wallet": exactly("Where a credential can be taken to.", id=said(TEXT, "The storage_id."), name=TEXT),
    "Wallets": list_of(ref("Wallet")),
    "OfferRequest": {
        "type": "object",
        "description": "Either credential_uuid or credential_uuids. Other members are ignored.",
        "properties": {
            "credential_uuid": said(TEXT, "Of a certificate, with dashes or without."),
            "credential_uuids": said(list_of(TEXT), "Of several, for one offer."),
            "storage_id": said(TEXT, "Of a wallet that storages/ lists."),
            "leave_out": said(list_of(one_of(*CLAIMS)), "Claims that the credential shall not make."),
        },
        "required": ["storage_id"],
    },
    "MadeOffer": exactly(
        "An offer: a link and its QR code, or where to go.",
        optional=("redirect", "app_link_android", "app_link_ios"),
        deeplink=said(ADDRESS, "Opens the wallet, or leads to the claim page."),
        qrcode=said(TEXT, "The link as a PNG in base64."),
        offer=said(UUID, "Of the offer."),
        expires_at=MOMENT,
        redirect=said({"const": True}, "The link leads to the claim page: go there."),
        app_link_android=said(ADDRESS_OR_NULL, "Where the wallet is had, for a wallet that opens links."),
        app_link_ios=ADDRESS_OR_NULL,
    ),
    "Preview": exactly(
        "What credentials would say. Nobody else is told.",
        credentials=list_of(
            exactly(
                "What one would say.",
                certificate=said(HEX, "The uuid of its certificate."),
                title=TEXT,
                language=said(TEXT, "Of the sentences that are composed: BCP 47. Titles have their own."),
                facts=said(list_of(ref("ShownFact")), "In the order of being read."),
                left_out=said(list_of(one_of(*CLAIMS)), "Claims that are allowed, and left out."),
            )
        ),
    ),
    "ShownFact": exactly(
        "Something that a credential says.",
        fact=said(one_of(*Fact), "What it is; one may come several times."),
        claim=said(
            {"type": ["string", "null"], "enum": [*CLAIMS, None]},
            "The claim without which it is not said; null: it always is.",
        ),
        value=said(TEXT, "Of a link the address; of a date RFC 3339, in UTC; of email the address that is hashed."),
        form=one_of(*Form),
    ),
    "Offer": exactly(
        "One's own offer. Its link holds the one-time challenge: show it to nobody else.",
        uuid=UUID,
        state=one_of("open", "claimed", "revoked", "expired"),
        expires_at=MOMENT,
        wallet=said(TEXT, "The storage_id it was made for."),
        certificates=list_of(HEX),
        credentials=said(list_of(UUID), "What it gave."),
        deeplink=ADDRESS,
        qrcode=said(TEXT, "The link as a PNG in base64."),
        claim_page=ADDRESS,
        ways=said(list_of(one_of("wallet", "download")), "Those of the claim page that policies permit."),
        claims=list_of(
            exactly(
                "What becomes of one claim.",
                claim=one_of(*CLAIMS),
                released=said(FLAG, "The credential makes it; of several credentials, one of them."),
                can_be_left_out=said(FLAG, "Policies allow it, so that leaving it out means something."),
            )
        ),
    ),
    "Anchor": exactly(
        "Where the anchor of a credential stands; null is what there is not, or not yet.",
        state=ANCHOR_STATE,
        network=said(TEXT_OR_NULL, "What it is called."),
        is_test=said(FLAG, "A test network: it proves nothing."),
        transaction=TRANSACTION_OR_NULL,
        explorer=said(ADDRESS_OR_NULL, "A page about the transaction."),
        at=said(MOMENT_OR_NULL, "The time of the transaction's block."),
    ),
    "AnchorOrNull": {"anyOf": [ref("Anchor"), {"type": "null"}]},
    "OwnAnchor": exactly("Null where the credential is not to be anchored.", anchor=ref("AnchorOrNull")),
    "IssuedCredential": exactly(
        "A credential that was handed to the learner.",
        optional=("anchor",),
        uuid=UUID,
        certificate=said(HEX, "The uuid of its certificate."),
        kind=one_of("course", "program"),
        profile=one_of("obv3-vc1", "obv3-vc2"),
        state=one_of("valid", "suspended", "revoked", "superseded", "compromised"),
        issued_at=MOMENT,
        share=said(ADDRESS_OR_NULL, "Its public page; null where it is not shared."),
        replaces=said(UUID_OR_NULL, "The credential that it was issued anew for; null where it was not."),
        replaced_by=said(UUID_OR_NULL, "The one that was issued anew for it."),
        came_from=said(UUID_OR_NULL, "The one that was issued in bulk before, and claimed into a wallet by this one."),
        title=said(TEXT, "As the credential says; empty where that is withheld, or cannot be read just now."),
        issuer=said(TEXT, "The issuer's name."),
        wallet=ref("Wallet"),
        bound=said(FLAG, "Whether only that wallet can present it."),
        holder=said(TEXT_OR_NULL, "How the DID of that wallet ends."),
        valid_until=MOMENT_OR_NULL,
        withheld=said(FLAG, "What it says was erased."),
        can_revoke=said(FLAG, "It is live."),
        files=said(
            exactly("Absolute paths by form.", optional=_FORMS, **dict.fromkeys(_FORMS, TEXT)),
            "Where it is had as a file; nowhere where it is withheld.",
        ),
        anchor=said(ref("Anchor"), "Only there where it is to be anchored."),
    ),
    "IssuedCredentials": exactly("20 a page, newest first.", **_PAGED, credentials=list_of(ref("IssuedCredential"))),
    "Sharing": exactly(
        "Where the public page is; nulls where there is none.",
        share=ADDRESS_OR_NULL,
        qrcode=said(TEXT_OR_NULL, "That address as a PNG in base64."),
        linkedin=said(ADDRESS_OR_NULL, "Adds it to a LinkedIn profile; null where that is not possible."),
    ),
    "ClaimedAsFiles": exactly(
        "What an offer gave.",
        optional=("anchors",),
        credentials=list_of(UUID),
        anchors=said(
            list_of(ref("AnchorOrNull")),
            "Of each of them, where that was asked for; null of one that is not to be anchored.",
        ),
    ),
    "WalletPresentation": {
        "type": "object",
        "description": (
            "A bare VerifiablePresentation (VCDM 1.1 or 2.0) without credentials, with one proof for the purpose "
            "authentication: Ed25519Signature2020, or DataIntegrityProof with eddsa-rdfc-2022, by the key of the "
            "did:key that is its holder."
        ),
        "properties": {
            "@context": CONTEXTS,
            "type": TYPES,
            "id": TEXT,
            "holder": {"anyOf": [TEXT, OBJECT]},
            "proof": said(OBJECT, "With the challenge of the offer's link."),
        },
        "required": ["@context", "type", "proof"],
    },
}
