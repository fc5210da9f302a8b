"""
Every file of the 1EdTech validator and of Blockcerts v3 has its verdict, and where that is not what the file's name
says, the reason.

Nothing is fetched. The files are judged for a moment after they were collected; what is named in the table is what did
not pass.
"""

import datetime

import pytest

from openedx_verifiable_credentials.core.checks.report import CheckName
from openedx_verifiable_credentials.core.checks.report import Outcome
from openedx_verifiable_credentials.core.checks.report import Verdict
from openedx_verifiable_credentials.flows.verify import Verifier
from openedx_verifiable_credentials.flows.verify import VerifyMeans
from tests import foreign
from tests import standards

NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
FOLDERS = ("ob30-1edtech-validator", "clr20-1edtech-validator", "blockcerts-v3", "blockcerts-cert-schema-examples")
GOOD, BAD, UNDECIDED = Verdict.VALID, Verdict.INVALID, Verdict.COULD_NOT_BE_CHECKED

# What a name says and we do not, with the reason.
WEB_ADDRESS = "its issuer is a web address, not a DID: whose key it is cannot be told; its signature is valid"
OFFLINE = "what it names is not among the files"
OLD_CONTEXT = "it names a context that is not pinned here: of a draft, or of another standard"
OWN_CONTEXT = "it has contexts of its own, or in an order or number that is not accepted"
NO_FRAGMENT = "its verification method names a DID and none of its keys"
OTHER_SUITE = "it is secured with a suite that is not known here"
TEST_NETWORK = "its Merkle proof is sound, and anchored on a test network or none, which nobody looked up"
UNTRUE = "its issuer changed it after it was signed, or it was an example from the start"
SCHEMA = "it is not what the standard asks for, whatever its name says"
MEMBER = "what is meant to be wrong about it is no error in the standard"

OB, CLR, BC, EX = (f"{folder}/" for folder in FOLDERS)
VERDICTS = {
    OB + "bit-string-list/credential-status-revoked-blank-nodes.json": (
        UNDECIDED,
        ["unsupported_issuer", "status_offline"],
        WEB_ADDRESS,
    ),
    OB + "bit-string-list/credential-status-revoked.json": (
        UNDECIDED,
        ["unsupported_issuer", "status_offline"],
        WEB_ADDRESS,
    ),
    OB + "bit-string-list/testlist": (UNDECIDED, ["unsupported_issuer"], WEB_ADDRESS),
    OB + "complete.json": (UNDECIDED, ["unsupported_issuer", "status_offline"], WEB_ADDRESS),
    OB + "complete_v1.json": (BAD, ["malformed"], SCHEMA),
    OB + "credential-status-revoked.json": (UNDECIDED, ["key_unavailable", "offline", "status_offline"], OFFLINE),
    OB + "endorsement-err-schema-status-refresh.json": (BAD, ["invalid_signature", "unsupported_issuer"], ""),
    OB + "endorsement-valid.json": (UNDECIDED, ["unsupported_issuer"], WEB_ADDRESS),
    OB + "sd/derivedcredential.json": (UNDECIDED, ["unsupported_proof"], OTHER_SUITE),
    OB + "simple-context-alias.json": (UNDECIDED, ["unsupported_issuer"], WEB_ADDRESS),
    OB + "simple-context-version.json": (UNDECIDED, ["unsupported_issuer"], WEB_ADDRESS),
    OB + "simple-did-key-method.json": (UNDECIDED, ["key_unavailable", "unsupported_issuer"], NO_FRAGMENT),
    OB + "simple-did-web-method.json": (UNDECIDED, ["unsupported_issuer"], WEB_ADDRESS),
    OB + "simple-eddsa-2022.json": (UNDECIDED, ["unsupported_proof"], OTHER_SUITE),
    OB + "simple-err-context.json": (BAD, ["malformed"], ""),
    OB + "simple-err-credential-subject-achievement-result-description-type.json": (BAD, ["malformed"], ""),
    OB + "simple-err-credential-subject-identifier-type.json": (BAD, ["malformed"], ""),
    OB + "simple-err-credential-subject-profile-type.json": (BAD, ["malformed"], ""),
    OB + "simple-err-credential-subject-result-type.json": (BAD, ["malformed"], ""),
    OB + "simple-err-credential-subject-type.json": (BAD, ["malformed"], ""),
    OB + "simple-err-evidence-type.json": (BAD, ["malformed"], ""),
    OB + "simple-err-expired.json": (BAD, ["unsupported_issuer", "expired"], ""),
    OB + "simple-err-issued.json": (BAD, ["malformed"], ""),
    OB + "simple-err-issuer-otheridentifier-type.json": (BAD, ["malformed"], ""),
    OB + "simple-err-issuer-parentorg-type.json": (BAD, ["malformed"], ""),
    OB + "simple-err-issuer-type.json": (BAD, ["malformed"], ""),
    OB + "simple-err-issuer.json": (BAD, ["malformed"], ""),
    OB + "simple-err-proof-method-no-scheme.json": (BAD, ["malformed_proof"], ""),
    # An unknown kind of identifier, or key, is not known: that is no forgery.
    OB + "simple-err-proof-method-unknown-did-method.json": (
        UNDECIDED,
        ["key_unavailable", "unsupported_issuer"],
        WEB_ADDRESS,
    ),
    OB + "simple-err-proof-method-unknown-scheme.json": (
        UNDECIDED,
        ["key_unavailable", "unsupported_issuer"],
        WEB_ADDRESS,
    ),
    OB + "simple-err-proof-method.json": (UNDECIDED, ["key_unavailable", "unsupported_issuer"], WEB_ADDRESS),
    OB + "simple-err-proof-value.json": (BAD, ["invalid_signature", "unsupported_issuer"], ""),
    OB + "simple-err-type.json": (BAD, ["undefined_term"], ""),
    OB + "simple-multiple-proofs.json": (UNDECIDED, ["unsupported_issuer"], WEB_ADDRESS),
    OB + "simple-noproof.json": (BAD, ["malformed"], ""),
    OB + "simple.1ob": (UNDECIDED, ["unsupported_issuer"], WEB_ADDRESS),
    OB + "simple.json": (UNDECIDED, ["unsupported_issuer"], WEB_ADDRESS),
    OB + "simple.jwt": (UNDECIDED, ["unknown_context"], OLD_CONTEXT),
    OB + "simple_v1.json": (UNDECIDED, ["unsupported_issuer"], WEB_ADDRESS),
    OB + "velocity.jwt": (UNDECIDED, ["unknown_context"], OLD_CONTEXT),
    **{
        CLR + name: (UNDECIDED, ["unknown_context"], OLD_CONTEXT)
        for name in (
            "complex.json",
            "simple-noproof.json",
            "simple.json",
            "simple.jwt",
            "simple_old_safesigned.json",
            "simple_v1.json",
        )
    },
    **{
        BC + name: (UNDECIDED, ["unknown_context"], OLD_CONTEXT)
        for name in (
            "blockcerts-3.0-alpha.json",
            "blockcerts-3.0-beta-did-ethereum-ropsten.json",
            "blockcerts-3.0-beta.json",
        )
    },
    **{
        BC + name: (UNDECIDED, ["anchor_not_checked", "unsupported_issuer", "status_offline"], TEST_NETWORK)
        for name in (
            "cert-rl-status-list-2021-revoked.json",
            "cert-rl-status-list-2021-suspended.json",
            "cert-rl-status-list-2021.json",
        )
    },
    BC + "certificate.json": (UNDECIDED, ["unsupported_data_model"], "it is of Blockcerts 2, an Open Badge 2.0"),
    **{
        BC + name: (UNDECIDED, ["context_not_accepted"], OWN_CONTEXT)
        for name in (
            "ecdsa-sd-2023-derived-credential.json",
            "ecdsa-sd-2023-signed-credential.json",
            "mocknet-vc-v2-credential-schema-invalid.json",
            "mocknet-vc-v2-credential-schema.json",
            "mocknet-vc-v2-credential-subject-array.json",
            "mocknet-vc-v2-data-integrity-proof-multiple-signatures-non-chained.json",
            "mocknet-vc-v2-data-integrity-proof-multiple-signatures.json",
            "mocknet-vc-v2-name-description-multilingual.json",
            "mocknet-vc-v2-name-description.json",
            "mocknet-verifiable-presentation-failing-credential.json",
            "mocknet-verifiable-presentation-tampered.json",
            "mocknet-verifiable-presentation.json",
            "testnet-v3--no-did.json",
            "testnet-v3-custom-context.json",
            "testnet-v3-did--verification-method-mismatch.json",
            "testnet-v3-did--verification-method-not-referenced.json",
            "testnet-v3-did.json",
        )
    },
    BC + "ethereum-sepolia-v3.json": (UNDECIDED, ["anchor_not_checked", "unsupported_issuer"], TEST_NETWORK),
    BC + "example-non-chained-proofs.json": (UNDECIDED, ["anchor_not_checked"], TEST_NETWORK),
    BC + "mocknet-v3-valid.json": (UNDECIDED, ["unsupported_proof"], OTHER_SUITE),
    # 2022-07-13T20:21:40.088Z is a dateTimeStamp.
    BC + "mocknet-vc-v2-data-integrity-proof.json": (
        UNDECIDED,
        ["anchor_not_checked", "unsupported_issuer"],
        TEST_NETWORK,
    ),
    BC + "mocknet-vc-v2-invalid-date-format.json": (
        UNDECIDED,
        ["anchor_not_checked", "unsupported_issuer"],
        MEMBER,
    ),
    BC + "mocknet-vc-v2-validFrom-not-yet-valid.json": (
        BAD,
        ["anchor_not_checked", "unsupported_issuer", "not_yet_valid"],
        "",
    ),
    BC + "mocknet-vc-v2-validFrom-valid.json": (
        UNDECIDED,
        ["anchor_not_checked", "unsupported_issuer"],
        TEST_NETWORK,
    ),
    BC + "mocknet-vc-v2-validUntil-expired.json": (
        BAD,
        ["anchor_not_checked", "unsupported_issuer", "expired"],
        "",
    ),
    BC + "proof-chain-example-ed25519.json": (GOOD, [], ""),
    BC + "proof-chain-example-secp256k1.json": (UNDECIDED, ["unsupported_proof"], OTHER_SUITE),
    BC + "testnet-v3--tampered.json": (BAD, ["malformed"], ""),
    # The target of its proof is not its hash under any published version of its contexts.
    BC + "testnet-v3-hashlink.json": (BAD, ["invalid_signature", "unsupported_issuer"], UNTRUE),
    BC + "testnet-v3-verification-method-issuer-profile.json": (UNDECIDED, ["unsupported_proof"], OTHER_SUITE),
    BC + "vp-eddsa-rdfc-2022.json": (GOOD, [], ""),
    EX + "bbba8553-8ec1-445f-82c9-a57251dd731c.json": (BAD, ["invalid_signature", "not_the_issuers_key"], UNTRUE),
    EX + "cert-no-proof.json": (BAD, ["no_proof"], ""),
    EX + "example.3.1.multisigned.json": (BAD, ["invalid_signature"], UNTRUE),
}
# What a file's name calls it where it is meant to be refused.
_BAD_NAMES = (
    "-err-",
    "-revoked",
    "-suspended",
    "noproof",
    "no-proof",
    "tampered",
    "expired",
    "not-yet-valid",
    "invalid",
    "failing",
    "mismatch",
    "not-referenced",
)
NOT_REACHED = {"not_reached", "issuer_not_reached", "status_not_reached", "dates_not_reached", "schema_not_reached"}


def verify(raw, given=None):
    means = VerifyMeans(lambda _: None, lambda _: None, None, None, lambda: NOW)
    return Verifier(means, given).verify(raw)


def decisive(report):
    """What did not pass, and was looked at."""
    passed = {one.code for one in report.checks if one.outcome is Outcome.PASSED}
    undecided = passed | NOT_REACHED | {"disclosure_unknown"}
    return [one.code for one in report.checks if one.code not in undecided]


@pytest.mark.parametrize("name", VERDICTS)
def test_a_published_file_has_its_verdict(name):
    verdict, found, _ = VERDICTS[name]
    report = verify(standards.path(f"vectors/{name}").read_bytes())
    assert (report.verdict, decisive(report)) == (verdict, found)


@pytest.mark.parametrize("name", VERDICTS)
def test_a_verdict_is_the_one_that_the_name_says_or_has_a_reason(name):
    verdict, _, reason = VERDICTS[name]
    says = BAD if any(word in name for word in _BAD_NAMES) else GOOD
    assert (verdict == says) != bool(reason)


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_published_file_is_left_out(folder):
    root = standards.path(f"vectors/{folder}")
    files = {f"{folder}/{file.relative_to(root).as_posix()}" for file in root.rglob("*") if file.is_file()}
    assert files == {name for name in VERDICTS if name.startswith(f"{folder}/")}


# --- With what they name at hand


def given_for(document, revoked):
    """The DID document that the key in the method's fragment makes, and the list of what is revoked."""
    did, _, key = document["proof"]["verificationMethod"].partition("#")
    method = {"id": f"{did}#{key}", "type": "Multikey", "controller": did, "publicKeyMultibase": key}
    url = document["credentialStatus"]["id"]
    address = "https://dc.1edtech.org/" + "/".join(did.split(":")[3:]) + "/did.json"
    revocations = {"id": url, "issuer": did, "revokedCredential": [{"id": one, "revoked": True} for one in revoked]}
    did_document = {"id": did, "verificationMethod": [method], "assertionMethod": [method["id"]]}
    return {address: foreign.raw(did_document), url: foreign.raw(revocations)}


def test_the_revoked_credential_of_1edtech_is_revoked_where_its_list_is_at_hand():
    name = f"vectors/{OB}credential-status-revoked.json"
    document = standards.read_json(name)
    raw = standards.path(name).read_bytes()
    report = verify(raw, given_for(document, [document["id"]]))
    assert (report.verdict, decisive(report)) == (BAD, ["revoked"])
    assert verify(raw, given_for(document, ["urn:uuid:another"])).verdict is GOOD
    changed = {**document, "name": "Another"}
    assert changed != document
    report = verify(foreign.raw(changed), given_for(document, []))
    assert report.get(CheckName.SIGNATURE).code == "invalid_signature"
