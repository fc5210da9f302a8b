"""Every standard URL, type and suite name, once."""

from typing import Final

# JSON-LD contexts (VCDM 1.1 §4.1, VCDM 2.0 §4.3, Open Badges 3.0 §9).
CREDENTIALS_V1: Final = "https://www.w3.org/2018/credentials/v1"
CREDENTIALS_V2: Final = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES_V3: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OPEN_BADGES_EXTENSIONS: Final = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
ED25519_2020_V1: Final = "https://w3id.org/security/suites/ed25519-2020/v1"
DATA_INTEGRITY_V2: Final = "https://w3id.org/security/data-integrity/v2"
DID_V1: Final = "https://www.w3.org/ns/did/v1"
MULTIKEY_V1: Final = "https://w3id.org/security/multikey/v1"
JWS_2020_V1: Final = "https://w3id.org/security/suites/jws-2020/v1"
STATUS_V1: Final = "https://www.w3.org/ns/credentials/status/v1"
STATUS_LIST_2021_V1: Final = "https://w3id.org/vc/status-list/2021/v1"

# Types.
VERIFIABLE_CREDENTIAL: Final = "VerifiableCredential"
VERIFIABLE_PRESENTATION: Final = "VerifiablePresentation"
ENVELOPED_VERIFIABLE_CREDENTIAL: Final = "EnvelopedVerifiableCredential"
OPEN_BADGE_CREDENTIAL: Final = "OpenBadgeCredential"
ACHIEVEMENT_SUBJECT: Final = "AchievementSubject"
ACHIEVEMENT: Final = "Achievement"
PROFILE: Final = "Profile"
IDENTITY_OBJECT: Final = "IdentityObject"
IDENTIFIER_ENTRY: Final = "IdentifierEntry"
IMAGE: Final = "Image"
ALIGNMENT: Final = "Alignment"
EVIDENCE: Final = "Evidence"
RESULT: Final = "Result"
RESULT_DESCRIPTION: Final = "ResultDescription"

# Status (Bitstring Status List v1.0 §2; its predecessor StatusList2021).
BITSTRING_STATUS_LIST_CREDENTIAL: Final = "BitstringStatusListCredential"
BITSTRING_STATUS_LIST: Final = "BitstringStatusList"
BITSTRING_STATUS_LIST_ENTRY: Final = "BitstringStatusListEntry"
STATUS_LIST_2021_CREDENTIAL: Final = "StatusList2021Credential"
STATUS_LIST_2021: Final = "StatusList2021"
STATUS_LIST_2021_ENTRY: Final = "StatusList2021Entry"
REVOCATION_LIST_1EDTECH: Final = "1EdTechRevocationList"
REVOCATION: Final = "revocation"
SUSPENSION: Final = "suspension"
MESSAGE: Final = "message"
REFRESH: Final = "refresh"

# Securing mechanisms.
DATA_INTEGRITY_PROOF: Final = "DataIntegrityProof"
ED25519_SIGNATURE_2020: Final = "Ed25519Signature2020"
EDDSA_RDFC_2022: Final = "eddsa-rdfc-2022"
EDDSA_JCS_2022: Final = "eddsa-jcs-2022"
ECDSA_RDFC_2019: Final = "ecdsa-rdfc-2019"
MERKLE_PROOF_2019: Final = "MerkleProof2019"
MERKLE_PROOF_2019_SUITE: Final = "merkle-proof-2019"

# Proof purposes (Data Integrity §2.1).
ASSERTION_METHOD: Final = "assertionMethod"
AUTHENTICATION: Final = "authentication"

# Verification method types.
MULTIKEY: Final = "Multikey"
ED25519_VERIFICATION_KEY_2020: Final = "Ed25519VerificationKey2020"
JSON_WEB_KEY_2020: Final = "JsonWebKey2020"
JSON_WEB_KEY: Final = "JsonWebKey"
ECDSA_SECP256K1_VERIFICATION_KEY_2019: Final = "EcdsaSecp256k1VerificationKey2019"
ECDSA_SECP256K1_RECOVERY_METHOD_2020: Final = "EcdsaSecp256k1RecoveryMethod2020"

# Key algorithms.
ED25519: Final = "Ed25519"
P256: Final = "P-256"
SECP256K1: Final = "secp256k1"

# Media types.
APPLICATION_JSON: Final = "application/json"
APPLICATION_LD_JSON: Final = "application/ld+json"
APPLICATION_VC: Final = "application/vc"
APPLICATION_VC_LD_JSON: Final = "application/vc+ld+json"
APPLICATION_VP: Final = "application/vp"
APPLICATION_VP_LD_JSON: Final = "application/vp+ld+json"
APPLICATION_DID_LD_JSON: Final = "application/did+ld+json"
