"""Credentials of others are judged, with DID documents and status lists that are fetched, once each."""

import datetime

import pytest

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.checks.report import CheckName
from openedx_verifiable_credentials.core.checks.report import Verdict
from openedx_verifiable_credentials.exceptions import FetchError
from openedx_verifiable_credentials.flows.steps.finding import SeenVersions
from openedx_verifiable_credentials.flows.verify import Expectations
from openedx_verifiable_credentials.flows.verify import Verifier
from openedx_verifiable_credentials.flows.verify import VerifyMeans
from tests import foreign
from tests.fetchers import FakeFetcher

WEB = foreign.signer(host=foreign.HOST)
OTHER = foreign.signer(31, host="other.example")
HOLDER = foreign.signer(41)
NOW = foreign.NOW
GOOD = ["well_formed", "signature_valid", "issuer_confirmed", "not_revoked", "in_force", "disclosure_unknown"]
SCHEMA, SIGNATURE, ISSUER, STATUS, DATES = range(5)


def make(documents=None, *, given=None, seen=None, now=NOW, offline=False, keys=None):
    """A verifier, and what it was asked to fetch."""
    fetcher = FakeFetcher(documents)
    means = VerifyMeans(
        find_own=lambda _: None,
        find_own_keys=(keys or {}).get,
        fetcher=None if offline else fetcher,
        chain=None,
        now=lambda: now,
        seen=seen or SeenVersions(),
    )
    return Verifier(means, given), fetcher


def codes(report):
    return [one.code for one in report.checks]


def but(**changes):
    """The codes of a good credential, but for these."""
    places = {"schema": 0, "signature": 1, "issuer": 2, "status": 3, "dates": 4}
    found = list(GOOD)
    for name, code in changes.items():
        found[places[name]] = code
    return found


CREDENTIAL = foreign.secure(foreign.credential(WEB, status=foreign.entry()), WEB)
LIST = foreign.secure(foreign.list_credential(WEB), WEB, created="2026-03-31T00:00:00Z")
REVOKED = foreign.secure(foreign.list_credential(WEB, [94_567]), WEB, created="2026-03-31T00:00:00Z")
DOCUMENTS = {foreign.did_url(): foreign.did_document(WEB), foreign.LIST_URL: LIST}


def judge(document=CREDENTIAL, documents=DOCUMENTS, **options):
    verify = {name: options.pop(name) for name in ("at", "expected") if name in options}
    body = document if isinstance(document, bytes) else foreign.raw(document)
    return make(documents, **options)[0].verify(body, **verify)


def test_a_credential_of_another_issuer_is_valid():
    report = judge()
    assert codes(report) == GOOD
    assert report.verdict is Verdict.VALID


def test_a_revoked_one_is_not():
    report = judge(documents={**DOCUMENTS, foreign.LIST_URL: REVOKED})
    assert codes(report) == but(status="revoked")
    assert report.verdict is Verdict.INVALID


@pytest.mark.parametrize("suite", [v.EDDSA_JCS_2022, v.ED25519_SIGNATURE_2020])
@pytest.mark.parametrize("by", [foreign.signer(), WEB], ids=["did:key", "did:web"])
def test_other_suites_are_known_too(suite, by):
    contexts = (v.CREDENTIALS_V1, v.ED25519_2020_V1) if suite == v.ED25519_SIGNATURE_2020 else (v.CREDENTIALS_V2,)
    document = foreign.credential(by, contexts=contexts)
    if suite == v.ED25519_SIGNATURE_2020:
        document["issuanceDate"] = document.pop("validFrom")
    method = dids.method_for_suite(by.method, suite)
    report = judge(foreign.secure(document, by, suite, verificationMethod=method))
    assert codes(report) == but(status="no_status")


def test_a_p256_issuer_is_known_too():
    by = foreign.signer(host=foreign.HOST, algorithm=v.P256)
    document = foreign.secure(foreign.credential(by), by, v.ECDSA_RDFC_2019)
    assert codes(judge(document, {foreign.did_url(): foreign.did_document(by)})) == but(status="no_status")


# --- What cannot be had says nothing against the document


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ({}, but(signature="key_unavailable", issuer="issuer_unreachable", status="status_unreachable")),
        (
            {foreign.did_url(): FetchError("address_refused", "a")},
            but(signature="key_unavailable", issuer="issuer_refused", status="status_unreachable"),
        ),
        ({foreign.did_url(): foreign.did_document(WEB)}, but(status="status_unreachable")),
        ({**DOCUMENTS, foreign.LIST_URL: FetchError("address_refused", "a")}, but(status="status_refused")),
        ({**DOCUMENTS, foreign.LIST_URL: FetchError("too_large", "a")}, but(status="status_list_invalid")),
        (
            {foreign.LIST_URL: LIST},
            but(signature="key_unavailable", issuer="issuer_unreachable", status="status_unreachable"),
        ),
    ],
)
def test_what_cannot_be_fetched_is_not_checked(documents, expected):
    report = judge(documents=documents)
    assert codes(report) == expected
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


def test_without_the_network_only_what_is_known_anyway_is_checked():
    report = judge(offline=True)
    assert codes(report) == but(signature="key_unavailable", issuer="offline", status="status_offline")
    by = foreign.signer()
    assert judge(foreign.secure(foreign.credential(by), by), offline=True).verdict is Verdict.VALID


def test_documents_that_are_given_need_no_network():
    given = {url: foreign.raw(document) for url, document in DOCUMENTS.items()}
    verifier, fetcher = make(given=given, offline=True)
    assert codes(verifier.verify(foreign.raw(CREDENTIAL))) == GOOD
    assert fetcher.asked == []


def test_a_list_that_is_given_is_as_old_as_the_moment_that_is_asked_for():
    given = {url: foreign.raw(document) for url, document in DOCUMENTS.items()}
    later = NOW + datetime.timedelta(days=900)
    assert codes(make(given=given, now=later)[0].verify(foreign.raw(CREDENTIAL), at=NOW)) == GOOD
    assert codes(make(given=given, now=later)[0].verify(foreign.raw(CREDENTIAL)))[STATUS] == "status_list_stale"
    # One that was fetched now says what is so now.
    assert codes(make(DOCUMENTS, now=later)[0].verify(foreign.raw(CREDENTIAL), at=NOW))[STATUS] == "status_list_stale"


def test_a_credential_that_is_judged_for_the_past_has_its_status_of_now():
    past = datetime.datetime(2026, 3, 15, tzinfo=datetime.UTC)
    assert codes(judge(at=past)) == GOOD
    assert codes(judge(documents={**DOCUMENTS, foreign.LIST_URL: REVOKED}, at=past)) == but(status="revoked")


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", foreign.raw({"id": "did:web:other.example"})])
def test_what_is_published_instead_of_the_did_document_says_nothing_against_the_credential(body):
    report = judge(documents={**DOCUMENTS, foreign.did_url(): body})
    assert codes(report)[SIGNATURE:STATUS] == ["key_unavailable", "invalid_did_document"]
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


@pytest.mark.parametrize("method", ["did:ion:EiA#key-1", "did:web:127.0.0.1%2f#a", "did:jwk:eyJ9#0", "urn:a:b"])
def test_an_issuer_of_another_kind_is_not_checked(method):
    document = foreign.credential(WEB, issuer=method.partition("#")[0])
    report = judge(foreign.secure(document, WEB, verificationMethod=method))
    assert codes(report) == but(signature="key_unavailable", issuer="unsupported_issuer", status="no_status")
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


def test_of_an_issuer_with_a_web_address_only_the_signature_can_be_checked():
    method = f"https://issuer.example/1#{WEB.method.public_key_multibase}"
    document = foreign.credential(WEB, issuer="https://issuer.example/1")
    report = judge(foreign.secure(document, WEB, verificationMethod=method))
    assert codes(report) == but(issuer="unsupported_issuer", status="no_status")
    changed = {**foreign.secure(document, WEB, verificationMethod=method), "name": "Another"}
    assert codes(judge(changed))[SIGNATURE] == "invalid_signature"


# --- Whose the key is


def test_another_did_cannot_sign_for_the_issuer():
    documents = {**DOCUMENTS, foreign.did_url("other.example"): foreign.did_document(OTHER)}
    report = judge(foreign.secure(foreign.credential(WEB), OTHER), documents)
    assert codes(report) == but(issuer="not_the_issuers_key", status="no_status")


def test_a_did_document_cannot_take_over_the_key_of_another():
    thief = foreign.did_document(OTHER)
    borrowed = {"id": WEB.method.id, "type": "Multikey", "controller": WEB.method.controller}
    borrowed["publicKeyMultibase"] = OTHER.method.public_key_multibase
    thief["verificationMethod"].append(borrowed)
    thief["assertionMethod"].append(WEB.method.id)
    documents = {foreign.did_url("other.example"): thief, foreign.did_url(): foreign.did_document(WEB)}
    report = judge(foreign.secure(foreign.credential(WEB), OTHER, verificationMethod=WEB.method.id), documents)
    assert codes(report)[SIGNATURE] == "invalid_signature"
    assert report.verdict is Verdict.INVALID


def test_a_proof_by_the_issuer_beside_one_by_another_confirms_it():
    documents = {**DOCUMENTS, foreign.did_url("other.example"): foreign.did_document(OTHER)}
    both = foreign.secure(foreign.secure(foreign.credential(WEB), OTHER, as_array=True), WEB)
    assert codes(judge(both, documents)) == but(status="no_status")


def test_a_strangers_proof_does_not_stand_in_for_the_issuers_that_is_of_an_unknown_suite():
    signed = foreign.secure(foreign.credential(WEB), OTHER, as_array=True)
    pretended = {"type": "DataIntegrityProof", "cryptosuite": "bbs-2023", "verificationMethod": WEB.method.id}
    documents = {**DOCUMENTS, foreign.did_url("other.example"): foreign.did_document(OTHER)}
    report = judge(
        {**signed, "proof": [*signed["proof"], {**pretended, "proofPurpose": "assertionMethod", "proofValue": "u"}]},
        documents,
    )
    assert codes(report)[ISSUER] == "issuer_not_reached"
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


# --- Lists in the place of the one that is named


def listed(by=WEB, indices=(), *, suite=v.EDDSA_RDFC_2022, proof=None, **members):
    return foreign.secure(foreign.list_credential(by, indices, **members), by, suite, **(proof or {}))


SWAPS = {
    "another issuer's": (listed(OTHER), "status_list_mismatch"),
    "signed by another in the issuer's name": (
        foreign.secure(foreign.changed(foreign.list_credential(OTHER), issuer=WEB.method.controller), OTHER),
        "status_list_invalid",
    ),
    "another address": (listed(url="https://issuer.example/status/2"), "status_list_mismatch"),
    "another purpose": (listed(purpose="suspension"), "status_list_mismatch"),
    "not signed": (foreign.list_credential(WEB), "status_list_invalid"),
    "a changed bit": (
        {**LIST, "credentialSubject": REVOKED["credentialSubject"]},
        "status_list_invalid",
    ),
    "a proof for login": (listed(proof={"proofPurpose": "authentication"}), "status_list_invalid"),
    "over": (listed(validUntil="2026-04-01T11:00:00Z"), "status_list_stale"),
    "of tomorrow": (listed(validFrom="2026-04-01T13:00:00Z"), "status_list_invalid"),
    "too short": (None, "status_list_invalid"),
    "no list": ({"id": foreign.LIST_URL}, "status_list_invalid"),
    "a credential that is no list": (foreign.secure(foreign.credential(WEB), WEB), "status_list_invalid"),
    "HTML": (b"<html></html>", "status_list_invalid"),
}


@pytest.mark.parametrize("swap", SWAPS)
def test_another_list_in_the_place_of_the_one_that_is_named_is_no_answer(swap):
    document, code = SWAPS[swap]
    if document is None:
        short = foreign.list_credential(WEB)
        short["credentialSubject"]["encodedList"] = "uH4sIAAAAAAAAA2NgGAWjYBQMIQAA6P7sMgACAAA"
        document = foreign.secure(short, WEB)
    documents = {**DOCUMENTS, foreign.LIST_URL: document, foreign.did_url("other.example"): foreign.did_document(OTHER)}
    report = judge(documents=documents)
    assert codes(report) == but(status=code)
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


def test_an_older_version_of_a_list_than_was_seen_is_out_of_date():
    seen = SeenVersions()
    newer = listed(indices=[94_567], validFrom="2026-04-01T00:00:00Z")
    for document, code in ((LIST, "not_revoked"), (newer, "revoked"), (LIST, "status_list_stale"), (newer, "revoked")):
        report = judge(documents={**DOCUMENTS, foreign.LIST_URL: document}, seen=seen)
        assert codes(report) == but(status=code)


def test_what_is_not_signed_by_the_issuer_does_not_make_a_list_old():
    seen = SeenVersions()
    for fake in (
        {**foreign.list_credential(WEB), "validFrom": "2026-04-01T11:00:00Z"},
        listed(OTHER, validFrom="2026-04-01T11:00:00Z"),
    ):
        documents = {foreign.did_url("other.example"): foreign.did_document(OTHER), **DOCUMENTS, foreign.LIST_URL: fake}
        assert judge(documents=documents, seen=seen).verdict is Verdict.COULD_NOT_BE_CHECKED
    assert codes(judge(seen=seen)) == GOOD


def test_a_list_of_another_that_is_served_at_the_address_does_not_make_the_issuers_old():
    seen = SeenVersions()
    documents = {foreign.did_url("other.example"): foreign.did_document(OTHER), **DOCUMENTS}
    stranger = foreign.secure(foreign.credential(OTHER, status=foreign.entry()), OTHER)
    theirs = listed(OTHER, validFrom="2026-04-01T11:00:00Z")
    assert judge(stranger, {**documents, foreign.LIST_URL: theirs}, seen=seen).verdict is Verdict.VALID
    assert codes(judge(documents=documents, seen=seen)) == GOOD


def test_a_1edtech_list_is_asked_for_by_its_address():
    url = "https://issuer.example/revocations"
    contexts = (v.CREDENTIALS_V2, v.OPEN_BADGES_V3, "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json")
    entry = {"id": url, "type": "1EdTechRevocationList"}
    bare = foreign.credential(WEB, contexts=contexts, status=entry)
    bare = {**bare, "type": ["VerifiableCredential", "OpenBadgeCredential"], "name": "A badge"}
    bare["issuer"] = {"id": WEB.method.controller, "type": ["Profile"], "name": "An issuer"}
    achievement = {
        "id": "https://issuer.example/a",
        "type": ["Achievement"],
        "name": "A",
        "description": "A",
        "criteria": {"narrative": "A"},
    }
    bare["credentialSubject"] |= {"type": ["AchievementSubject"], "achievement": achievement}
    document = foreign.secure(bare, WEB, as_array=True)
    for revoked, code in (([], "not_revoked"), ([{"id": document["id"], "revoked": True}], "revoked")):
        body = {"id": url, "issuer": WEB.method.controller, "revokedCredential": revoked}
        assert codes(judge(document, {**DOCUMENTS, url: body})) == but(status=code)


def test_the_status_of_a_document_that_was_changed_is_not_asked_for():
    verifier, fetcher = make(DOCUMENTS)
    changed = {**CREDENTIAL, "credentialStatus": foreign.entry(url="https://tracker.example/1")}
    report = verifier.verify(foreign.raw(changed))
    assert codes(report) == but(signature="invalid_signature", status="status_not_reached")
    assert fetcher.asked == [foreign.did_url()]


# --- Many


def test_a_thousand_credentials_of_one_issuer_fetch_each_document_once():
    verifier, fetcher = make(DOCUMENTS)
    credentials = [
        foreign.raw(foreign.secure(foreign.credential(WEB, status=foreign.entry(number), id=f"urn:uuid:{number}"), WEB))
        for number in range(5)
    ]
    reports = [verifier.verify(credential) for _ in range(200) for credential in credentials]
    assert {report.verdict for report in reports} == {Verdict.VALID}
    assert sorted(fetcher.asked) == sorted([foreign.did_url(), foreign.LIST_URL])


def test_what_cannot_be_fetched_is_asked_for_once():
    verifier, fetcher = make({})
    for _ in range(5):
        assert verifier.verify(foreign.raw(CREDENTIAL)).verdict is Verdict.COULD_NOT_BE_CHECKED
    assert sorted(fetcher.asked) == sorted([foreign.did_url(), foreign.LIST_URL])


def test_only_so_many_documents_are_kept():
    verifier, fetcher = make({})
    for number in range(40):
        by = foreign.signer(51, host=f"{number}.example")
        verifier.verify(
            foreign.raw(foreign.secure(foreign.credential(by, status=foreign.entry(url=f"https://a/{number}")), by))
        )
    assert len(verifier._status._lists._values) <= 32
    assert len(fetcher.asked) == 80


# --- Presentations


def present(credentials=(CREDENTIAL,), by=HOLDER, documents=DOCUMENTS, expected=None, **members):
    document = foreign.presentation(list(credentials), by, **members)
    return judge(document, documents, **({"expected": expected} if expected else {}))


HELD = ["well_formed", "signature_valid", "holder_confirmed"]


def test_a_presentation_is_valid_where_its_holder_signed_it_and_its_credentials_are():
    report = present(challenge="abc", domain="verifier.example", expected=Expectations("abc", "verifier.example"))
    assert codes(report) == HELD
    assert [codes(one) for one in report.credentials] == [GOOD]
    assert report.verdict is Verdict.VALID


@pytest.mark.parametrize(
    "expected", [Expectations("abd"), Expectations("abc", "other.example"), Expectations(domain="a")]
)
def test_a_presentation_for_another_challenge_or_domain_is_invalid(expected):
    report = present(challenge="abc", domain="verifier.example", expected=expected)
    assert codes(report) == ["well_formed", "wrong_challenge", "holder_confirmed"]
    assert report.verdict is Verdict.INVALID


def test_a_presentation_by_another_than_its_holder_is_invalid():
    thief = foreign.presentation([CREDENTIAL], foreign.signer(77), signed=False)
    report = judge(
        foreign.secure({**thief, "holder": HOLDER.method.controller}, foreign.signer(77), proofPurpose="authentication")
    )
    assert codes(report) == ["well_formed", "signature_valid", "not_the_holders_key"]
    assert report.verdict is Verdict.INVALID


def test_a_presentation_that_asserts_is_none():
    assert codes(present(proofPurpose="assertionMethod"))[SIGNATURE] == "wrong_purpose"


def test_a_presentation_without_a_holder_is_whoevers_key_signed_it():
    assert codes(present(holder=False)) == HELD


def test_a_presentation_without_a_proof_is_an_envelope():
    report = present(signed=False)
    assert codes(report) == ["well_formed", "unsigned_presentation", "no_holder"]
    assert report.verdict is Verdict.VALID_WITH_WARNINGS
    asked = present(signed=False, expected=Expectations("abc"))
    assert codes(asked) == ["well_formed", "no_proof", "issuer_not_reached"]
    assert asked.verdict is Verdict.INVALID


def test_one_bad_credential_makes_a_presentation_invalid():
    bad = {**CREDENTIAL, "name": "Another"}
    report = present([CREDENTIAL, bad])
    assert codes(report) == HELD
    assert [one.verdict for one in report.credentials] == [Verdict.VALID, Verdict.INVALID]
    assert report.verdict is Verdict.INVALID


def test_a_presentation_has_fifty_credentials_at_most():
    many = [CREDENTIAL] * 50
    assert judge(foreign.raw(foreign.presentation(many, WEB, signed=False))).get(CheckName.SCHEMA).code == "well_formed"
    # Found out before anything in them is looked at.
    more = [*many, {**CREDENTIAL, "undefined": "x"}]
    schema = judge(foreign.raw(foreign.presentation(more, WEB, signed=False))).get(CheckName.SCHEMA)
    assert (schema.code, schema.detail) == ("malformed", {"at": "/verifiableCredential"})


def test_a_presentation_with_another_credential_than_was_signed_is_invalid():
    document = foreign.presentation([CREDENTIAL], HOLDER)
    other = foreign.secure(foreign.credential(WEB, name="Another"), WEB)
    report = judge({**document, "verifiableCredential": [other]})
    assert codes(report)[SIGNATURE] == "invalid_signature"
    assert report.credentials[0].verdict is Verdict.VALID
    assert report.verdict is Verdict.INVALID


# --- Tokens


def as_token(by=WEB, *, claims=None, **header):
    return foreign.token({**foreign.credential(by), **(claims or {})}, by, **header)


@pytest.mark.parametrize("algorithm", [v.ED25519, v.P256])
@pytest.mark.parametrize("key_id", ["whole", "fragment", "bare", None])
def test_a_token_is_signed_by_the_key_of_its_issuer(algorithm, key_id):
    by = foreign.signer(host=foreign.HOST, algorithm=algorithm)
    fragment = by.method.id.partition("#")[2]
    name = {"whole": by.method.id, "fragment": f"#{fragment}", "bare": fragment, None: None}[key_id]
    report = judge(as_token(by, key_id=name), {foreign.did_url(): foreign.did_document(by)})
    assert codes(report) == but(status="no_status")
    assert report.get(CheckName.SIGNATURE).detail["proofs"][0]["verificationMethod"].startswith(by.method.id)


def test_a_token_without_a_key_id_is_of_no_one_key_where_there_are_several():
    documents = {foreign.did_url(): foreign.did_document(WEB, foreign.signer(22, host=foreign.HOST))}
    report = judge(as_token(), documents)
    assert codes(report)[SIGNATURE:STATUS] == ["key_unavailable", "method_not_listed"]
    brought = as_token(jwk=dids.public_jwk(WEB.method.public_key_multibase))
    assert codes(judge(brought, documents)) == but(status="no_status")


def test_a_key_that_a_token_brings_along_is_not_the_issuers_for_that():
    thief = foreign.signer(88, host=foreign.HOST)
    brought = as_token(thief, jwk=dids.public_jwk(thief.method.public_key_multibase))
    report = judge(brought)
    assert codes(report)[SIGNATURE:STATUS] == ["signature_valid", "method_not_listed"]
    assert report.verdict is Verdict.INVALID
    with_name = as_token(thief, jwk=dids.public_jwk(thief.method.public_key_multibase), key_id=WEB.method.id)
    assert judge(with_name).verdict is Verdict.INVALID


def test_a_token_that_was_changed_is_invalid():
    header, _, signature = as_token(key_id=WEB.method.id).split(b".")
    other = as_token(claims={"name": "Another"}, key_id=WEB.method.id).split(b".")[1]
    assert codes(judge(b".".join((header, other, signature))))[SIGNATURE] == "invalid_signature"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"alg": "none"}, "unsupported_algorithm"),
        ({"alg": "HS256"}, "unsupported_algorithm"),
        ({"jku": "https://a"}, "unsupported_proof"),
        ({"crit": ["exp"]}, "unsupported_proof"),
        ({"typ": "at+jwt"}, "malformed_proof"),
    ],
)
def test_a_token_with_a_header_that_is_not_accepted_has_a_report(header, code):
    report = judge(as_token(key_id=WEB.method.id, **header))
    assert [str(one.name) for one in report.checks] == [
        "schema",
        "signature",
        "issuer",
        "status",
        "dates",
        "disclosure",
    ]
    assert codes(report)[:2] == ["schema_not_reached", code]
    assert report.verdict is (Verdict.COULD_NOT_BE_CHECKED if code == "unsupported_proof" else Verdict.INVALID)


def test_a_token_names_the_algorithm_of_its_key():
    p256 = foreign.signer(host=foreign.HOST, algorithm=v.P256)
    swapped = as_token(WEB, key_id=p256.method.id)
    assert codes(judge(swapped, {foreign.did_url(): foreign.did_document(p256)}))[SIGNATURE] == "unsupported_algorithm"


@pytest.mark.parametrize(
    ("claims", "place", "code"),
    [
        ({"exp": 1_775_044_800 - 3_600}, SIGNATURE, "proof_expired"),
        ({"nbf": 1_775_044_800 + 3_600}, DATES, "not_yet_valid"),
        ({"exp": 1_775_044_800 + 60, "nbf": 1_775_044_800 - 60}, DATES, "in_force"),
    ],
)
def test_a_token_has_dates_of_its_own(claims, place, code):
    assert int(NOW.timestamp()) == 1_775_044_800
    assert codes(judge(as_token(claims=claims, key_id=WEB.method.id)))[place] == code


@pytest.mark.parametrize(("number", "place"), [(2**53 - 1, "well_formed"), (2**53, "not_json")])
def test_a_token_holds_only_numbers_that_all_readers_agree_on(number, place):
    subject = {**foreign.credential(WEB)["credentialSubject"], "https://example.org/credits": number}
    report = judge(as_token(claims={"credentialSubject": subject}, key_id=WEB.method.id))
    assert report.get(CheckName.SCHEMA).code == place


def test_a_status_list_may_be_a_token():
    document = foreign.token(foreign.credential(WEB, status=foreign.entry()), WEB, key_id=WEB.method.id)
    for indices, code in (((), "not_revoked"), ((94_567,), "revoked")):
        served = foreign.token(foreign.list_credential(WEB, indices), WEB, key_id=WEB.method.id)
        assert codes(judge(document, {**DOCUMENTS, foreign.LIST_URL: served})) == but(status=code)


def test_a_token_stands_in_a_presentation_in_its_envelope():
    token = as_token(key_id=WEB.method.id).decode()
    enveloped = {
        "@context": [v.CREDENTIALS_V2],
        "id": f"data:application/vc+jwt,{token}",
        "type": "EnvelopedVerifiableCredential",
    }
    report = present([enveloped])
    assert codes(report) == HELD
    assert [codes(one) for one in report.credentials] == [but(status="no_status")]


# --- What is no document


@pytest.mark.parametrize(
    "body", [b"", b"\0", b"{", b"[]", b"null", b"{}" * 2, b"a.b.c", b"\x89PNG\r\n\x1a\n", b"<svg/>", b"\xff" * 9]
)
def test_whatever_it_is_there_is_a_report(body):
    report = judge(body)
    assert [str(one.name) for one in report.checks] == [
        "schema",
        "signature",
        "issuer",
        "status",
        "dates",
        "disclosure",
    ]
    assert report.verdict in (Verdict.INVALID, Verdict.COULD_NOT_BE_CHECKED)
    assert report.as_json()["checks"]


# --- Keys that end


@pytest.mark.parametrize(
    ("member", "at", "code"),
    [
        ("revoked", None, "issuer_confirmed"),
        ("revoked", datetime.timedelta(days=2), "key_revoked"),
        ("expires", datetime.timedelta(days=2), "key_expired"),
        ("expires", datetime.timedelta(), "issuer_confirmed"),
    ],
)
def test_a_key_ends_when_its_document_says_so(member, at, code):
    document = foreign.did_document(WEB)
    for method in document["verificationMethod"]:
        method[member] = "2026-04-02T12:00:00Z"
    signed = foreign.secure(foreign.credential(WEB), WEB)
    report = judge(signed, {foreign.did_url(): document}, at=None if at is None else NOW + at)
    assert codes(report)[ISSUER] == code


def test_a_key_that_is_revoked_now_is_not_believed_for_the_past_unless_the_document_is_of_then():
    document = foreign.did_document(WEB)
    for method in document["verificationMethod"]:
        method["revoked"] = "2026-03-20T00:00:00Z"
    signed = foreign.secure(foreign.credential(WEB), WEB)
    past = datetime.datetime(2026, 3, 10, tzinfo=datetime.UTC)
    assert codes(judge(signed, {foreign.did_url(): document}, at=past))[ISSUER] == "key_revoked"
    given = {foreign.did_url(): foreign.raw(document)}
    assert codes(judge(signed, {}, given=given, at=past))[ISSUER] == "issuer_confirmed"
    assert codes(judge(signed, {}, given=given))[ISSUER] == "key_revoked"
