"""
What a learner, a wallet and a verifier do with the plugin in the service.

``run.py`` calls these functions in the order they stand here, each once, with a Service and the identifiers that
``inside/seed.py`` returned. A function prints its steps through ``steps.done`` and fails with ``expect``.
"""

import copy
import hashlib
import json
import sys
import tempfile
import urllib.parse
from pathlib import Path

import learner
import policies
from steps import expect

sys.path.insert(0, str(Path(__file__).parents[1] / "interop"))
import judges

API = "/verifiable_credentials/api/v1/"
WALLET = str(Path(__file__).parents[1] / "wallet.py")
# Two wallets; what they are does not matter, only that they differ.
ADAS_WALLET, ANOTHER_WALLET = "a1" * 32, "b2" * 32

# What the plugin is configured with, beside the service's own settings. Read before the first migration.
REPLACER = "username_replacement_worker"
SETTINGS = {"USERNAME_REPLACEMENT_WORKER": REPLACER}

OPENAPI = json.loads((Path(__file__).parents[2] / "docs" / "references" / "openapi.json").read_text(encoding="utf-8"))

LEARNER_ENDPOINTS = (
    "/verifiable_credentials/api/v1/credentials/",
    "/verifiable_credentials/api/v1/storages/",
)


def prepare(service, steps, seeded):
    """With the plugin migrated and its switch off: what an operator does once. Settings, key and issuer."""
    said = service.manage("vc_generate_kek")
    setting = "OPENEDX_VC_KEY_ENCRYPTION_KEYS"
    keys = next(line for line in said.splitlines() if line.startswith(setting)).partition(":")[2]
    service.configure(**{setting: json.loads(keys), "OPENEDX_VC_PUBLIC_BASE_URL": service.base_url})
    steps.done("vc_generate_kek")
    said = service.manage("vc_create_issuer", "--name", "The Academy", "--allow-http")
    expect("did:key:" in said, f"vc_create_issuer said: {said}")
    steps.done("vc_create_issuer")


def while_off(service, steps, seeded):
    """The learners' endpoints answer 404, signed in or not."""
    for client in (service.anonymous(), service.signed_in(seeded.get("ada_username", "ada"))):
        for path in LEARNER_ENDPOINTS:
            answer = client.get(path)
            expect(answer.status == 404, f"{path} with the switch off: {answer!r}")
    steps.done("switch off: the learners' endpoints answer 404")


def while_on(service, steps, seeded):
    """The claim flow."""
    for path in LEARNER_ENDPOINTS:
        answer = service.anonymous().get(path)
        expect(answer.status in (401, 403), f"{path} without a session: {answer!r}")
    steps.done("switch on: the learners' endpoints ask for a session")

    by_session = service.signed_in("ada")
    by_token = service.with_jwt("ada", 101, email="ada@academy.example")
    by_cookies = service.as_frontend("ada", 101, email="ada@academy.example")
    for client in (by_session, by_token, by_cookies):
        for path in LEARNER_ENDPOINTS:
            answer = client.get(path)
            expect(answer.status == 200, f"{path}: {answer!r}")
    steps.done("switch on: they answer a session, a token and a token in cookies")

    _api_docs(steps, by_session)

    policies.write(service, steps, seeded)
    offers = _offers(service, steps, seeded, by_session, by_cookies)
    credentials = _claims(service, steps, offers)
    policies.honoured(service, steps, seeded, credentials)
    policies.issuing_off_and_on(service, steps, seeded)
    _judged(service, steps, credentials)
    _documents(service, steps, credentials)
    _page(service, steps, seeded, by_session)
    _shared(service, steps, seeded, by_session, credentials)
    learner.visit(service, steps, seeded, by_session)
    _judged_by_node(service, steps, credentials, valid=[True, True])
    _revoked(service, steps, seeded, by_session)
    _says(service, seeded["shares"], ["is valid", "has been revoked"])
    steps.done("the page of a revoked credential says so")
    _judged_by_node(service, steps, credentials, valid=[True, False])
    _renamed(service, steps, seeded, offers, credentials)
    seeded["credentials"] = credentials
    seeded["holders"] = [credential["credentialSubject"]["id"] for credential in credentials]
    seeded["unclaimed"] = _link(_init(service.signed_in("grace"), seeded["grace_course"]))


def while_off_again(service, steps, seeded):
    """What was issued keeps being served and reconciled; nothing new is offered or issued."""
    while_off(service, steps, seeded)
    answer = _init(service.signed_in("grace"), seeded["grace_course"])
    expect(answer.status == 404, f"an offer with the switch off: {answer!r}")
    path, challenge = seeded["unclaimed"]
    presentation = service.inside("present", wallet=WALLET, seeds=[ADAS_WALLET], challenges=[challenge])[0]
    answer = service.anonymous().post(path, presentation)
    expect(answer.status == 404, f"a claim with the switch off: {answer!r}")
    steps.done("switch off again: no offer, no claim")
    _documents(service, steps, seeded["credentials"])
    service.inside("revoke", uuids=[seeded["ada_course"]])
    said = service.manage("vc_reconcile")
    expect("1 credentials ended" in said, f"vc_reconcile with the switch off said: {said}")
    steps.done("switch off again: the service's revocation still reaches what was issued")
    _judged_by_node(service, steps, seeded["credentials"], valid=[False, False])
    _retired(service, steps, seeded)


def _init(client, certificate, wallet="lc_wallet"):
    return client.post(API + "credentials/init/", {"credential_uuid": certificate, "storage_id": wallet})


def _link(answer):
    """Path and challenge of an offer."""
    expect(answer.status == 200, f"credentials/init/: {answer!r}")
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(answer.json()["deeplink"]).query)
    return urllib.parse.urlsplit(query["vc_request_url"][0]).path, query["challenge"][0]


def _offers(service, steps, seeded, by_session, by_cookies):
    lists = by_session.get(API + "credentials/").json()
    found = [row["uuid"] for name in ("course_credentials", "program_credentials") for row in lists[name]]
    wanted = [seeded["ada_course"].replace("-", ""), seeded["ada_program"].replace("-", "")]
    expect(found == wanted, f"certificates listed: {lists}")
    steps.done("Ada sees her course and her program certificate, and nobody else's")
    answer = _init(by_session, seeded["grace_course"])
    expect(answer.status == 404, f"another learner's certificate: {answer!r}")
    steps.done("another learner's certificate is refused")
    return [_link(_init(by_session, seeded["ada_course"])), _link(_init(by_cookies, seeded["ada_program"]))]


def _claims(service, steps, offers):
    challenges = [challenge for _, challenge in offers]
    presentations = service.inside(
        "present", wallet=WALLET, seeds=[ADAS_WALLET] * 2 + [ANOTHER_WALLET], challenges=[*challenges, challenges[0]]
    )
    wallet = service.anonymous()
    forged = copy.deepcopy(presentations[0])
    forged["proof"]["challenge"] = challenges[1]
    answer = wallet.post(offers[0][0], forged)
    expect(answer.status == 403, f"a forged presentation: {answer!r}")
    steps.done("a forged presentation is refused")
    answers = [wallet.post(path, sent) for (path, _), sent in zip(offers, presentations, strict=False)]
    for answer, sent in zip(answers, presentations, strict=False):
        expect(answer.status == 201, f"a claim: {answer!r}")
        expect(answer.json()["credentialSubject"]["id"] == sent["holder"], f"a claim: {answer!r}")
    steps.done("Ada's wallet claimed both certificates")
    again = wallet.post(offers[0][0], presentations[0])
    expect(again.body == answers[0].body, "the same wallet got other bytes the second time")
    answer = wallet.post(offers[0][0], presentations[2])
    expect(answer.status == 409, f"another wallet: {answer!r}")
    steps.done("asked again the wallet gets the same bytes, another wallet gets none")
    return [answer.json() for answer in answers]


def _api_docs(steps, by_session):
    """The service's own API documentation has our addresses, each with its text and its refusals."""
    answer = by_session.get("/api-docs/?format=openapi")
    expect(answer.status == 200, f"the API documentation: {answer!r}")
    shown = answer.json()
    paths = {shown["basePath"].rstrip("/") + path: item for path, item in shown["paths"].items()}
    for path, item in OPENAPI["paths"].items():
        for method, operation in item.items():
            there = paths.get(path, {}).get(method)
            if path.startswith("/verifiable_credentials/vc-api/"):
                expect(there is None, f"{path} is documented, and no token is configured")
                continue
            expect(there is not None, f"{method} {path} is not in the API documentation")
            expect(there["summary"] == operation["summary"], f"{method} {path}: {there}")
            expect(set(there["responses"]) == set(operation["responses"]), f"{method} {path}: {there}")
    steps.done("the service's /api-docs/ has every address of ours")


def _judged(service, steps, credentials):
    changed = copy.deepcopy(credentials)
    for credential in changed:
        credential["name"] += "!"
    verdicts = service.inside("judge", credentials=[*credentials, *changed])
    expect(verdicts == [[True, True]] * 2 + [[False, False]] * 2, f"verdicts: {verdicts}")
    steps.done("DIDKit and a second pipeline accept both credentials and refuse changed ones")


def _documents(service, steps, credentials):
    for credential in credentials:
        for address in (credential["credentialSubject"]["achievement"]["id"], credential["issuer"]["url"]):
            answer = service.anonymous().get(urllib.parse.urlsplit(address).path)
            expect(answer.status == 200, f"{address}: {answer!r}")
    steps.done("the addresses inside the credentials are served")


def _page(service, steps, seeded, by_session):
    made = _init(by_session, seeded["ada_course"], "download").json()
    expect(made.get("redirect") is True, f"an offer to download: {made}")
    path = urllib.parse.urlsplit(made["deeplink"]).path
    page = by_session.get(path)
    expect(page.status == 200 and "<h1>" in page.text, f"the claim page: {page!r}")
    expect(service.anonymous().get(path).status == 302, "the claim page is shown to anybody")
    expect(service.signed_in("grace").get(path).status == 404, "the claim page is shown to another learner")
    steps.done("the claim page is shown to its owner only")


def _shared(service, steps, seeded, by_session, credentials):
    """Ada turns the public pages of both on; the first one's first page is off for ever."""
    uuids = [credential["id"].removeprefix("urn:uuid:") for credential in credentials]
    ways = [f"{API}issued/{uuid}/share/" for uuid in uuids]
    expect(service.signed_in("grace").send("PUT", ways[0]).status == 404, "Grace shares what is Ada's")
    ended = _share(by_session, ways[0])
    expect(_share(by_session, ways[0]) == ended, "shared again, it is another page")
    expect(by_session.send("DELETE", ways[0]).status == 204, "sharing cannot be ended")
    seeded["shares"] = [_share(by_session, way) for way in ways]
    for path in (ended, f"/verifiable_credentials/c/{uuids[0]}/", "/verifiable_credentials/c/AAAAAAAAAAAAAAAAAAAAAA/"):
        answer = service.anonymous().get(path)
        expect(answer.status == 404 and "No such credential" in answer.text, f"{path}: {answer!r}")
    _says(service, seeded["shares"], ["is valid", "is valid"])
    for path, credential in zip(seeded["shares"], credentials, strict=True):
        answer = service.anonymous().get(path)
        expect("Ada Lovelace" in answer.text and "text/html" in answer.headers["Content-Type"], f"{path}: {answer!r}")
        policy = answer.headers["Content-Security-Policy"]
        expect("default-src 'none'" in policy and "unsafe" not in policy, f"{path}: {policy}")
        said = service.anonymous().get(path, Accept="application/json")
        expect(said.json()["result"] == "valid" and said.json()["credential"] == credential, f"{path}: {said!r}")
        expect(said.headers["Access-Control-Allow-Origin"] == "*", f"{path}: no other origin may read the JSON")
        file = service.anonymous().get(f"{path}credential.json")
        expect(file.json() == credential, f"{path}credential.json: {file!r}")
        expect(_digest(file.body) == said.json()["digest"]["value"], f"{path}: the digest is of something else")
    answer = service.anonymous().get("/verifiable_credentials/verify/")
    expect(answer.status == 200 and 'data-ovc-page="verify"' in answer.text, f"the page that checks files: {answer!r}")
    steps.done("shared credentials have a page, their JSON and a file; what is not shared is a 404")


def _share(client, way):
    answer = client.send("PUT", way)
    expect(answer.status == 200, f"{way}: {answer!r}")
    return urllib.parse.urlsplit(answer.json()["share"]).path


def _says(service, pages, headlines):
    for path, headline in zip(pages, headlines, strict=True):
        answer = service.anonymous().get(path)
        expect(answer.status == 200 and f"This credential {headline}" in answer.text, f"{path}: {answer!r}")


def _digest(body):
    return hashlib.sha256(body).hexdigest()


def _revoked(service, steps, seeded, by_session):
    service.inside("revoke", uuids=[seeded["ada_program"]])
    said = service.manage("vc_reconcile")
    expect("1 credentials ended" in said, f"vc_reconcile said: {said}")
    answer = _init(by_session, seeded["ada_program"])
    expect(answer.status == 409, f"an offer of a revoked certificate: {answer!r}")
    steps.done("a certificate that the service revokes takes its credential with it")


def _lists(service, credentials):
    """The status lists that the credentials name, and those beside them, by address, as anybody gets them."""
    served = {}
    named = [credential["credentialStatus"]["statusListCredential"] for credential in credentials]
    for address in (*named, *(one.replace("/status/", "/status/2021/") for one in named)):
        expect(address.startswith(service.base_url + "/"), f"a status list elsewhere: {address}")
        answer = service.anonymous().get(urllib.parse.urlsplit(address).path, Host="elsewhere.example")
        expect(answer.status == 200, f"{address}: {answer!r}")
        expect("json" in answer.headers["Content-Type"], f"{address}: {answer.headers['Content-Type']}")
        expect(answer.headers["Access-Control-Allow-Origin"] == "*", f"{address}: no other origin may read it")
        again = service.anonymous().get(urllib.parse.urlsplit(address).path, If_None_Match=answer.headers["ETag"])
        expect(again.status == 304, f"{address} with its ETag: {again!r}")
        served[address] = answer.json()
    return served


def _judged_by_node(service, steps, credentials, valid):
    """What verifier-core and @digitalbazaar say, with the lists as they are served now."""
    cases = {str(number): credential for number, credential in enumerate(credentials)}
    with tempfile.TemporaryDirectory(dir=service.folder) as directory:
        said = judges.verdicts(cases, {}, Path(directory), _lists(service, credentials))
    for case, one in zip(said.values(), valid, strict=True):
        expect(case["digitalbazaar"]["verified"], f"the signature, in Node: {case}")
        expect(case["verifierCore"]["verified"] is one, f"verifier-core: {case}")
        expect(f"revocation_status: {str(one).lower()}" in case["verifierCore"]["detail"], f"verifier-core: {case}")
        for library in judges.STATUSES:
            expect(case[library] == {"checked": True, "set": not one}, f"{library}: {case}")
    steps.done(f"verifiers in Node read the status lists: {', '.join('valid' if one else 'revoked' for one in valid)}")


def _replace_username(service, old, new):
    """As the LMS does it, for a new name and for retirement alike."""
    worker = service.with_jwt(REPLACER, 104)
    answer = worker.post("/api/v2/replace_usernames/", {"username_mappings": [{old: new}]})
    expect(answer.status == 200 and answer.json()["failed_replacements"] == [], f"replace_usernames: {answer!r}")


def _renamed(service, steps, seeded, offers, credentials):
    """Ada gets another username: it is still her, and nothing of hers is erased."""
    _replace_username(service, "ada", "countess")
    seeded["ada_username"] = "countess"
    said = service.manage("vc_reconcile")
    expect("0 retired ones erased" in said and "0 credentials ended" in said, f"vc_reconcile said: {said}")
    path, challenge = offers[0]
    presentation = service.inside("present", wallet=WALLET, seeds=[ADAS_WALLET], challenges=[challenge])[0]
    answer = service.anonymous().post(path, presentation)
    expect(answer.status == 201 and answer.json() == credentials[0], f"a claim after the new name: {answer!r}")
    lists = service.signed_in("countess").get(API + "credentials/").json()
    expect(len(lists["course_credentials"]) == 1, f"certificates listed after the new name: {lists}")
    steps.done("a new username changes nothing")


def _retired(service, steps, seeded):
    """Ada leaves: what we hold of her is gone, what she has stays as it is."""
    before = _lists(service, seeded["credentials"])
    retired = "retired__user_5d41402abc4b2a76b9719d911017c592"
    _replace_username(service, "countess", retired)
    seeded["ada_username"] = retired
    said = service.manage("vc_reconcile")
    # Two that her wallet has, and the one that she revoked herself.
    expect("1 retired ones erased with 3 credentials" in said, f"vc_reconcile said: {said}")
    said = service.manage("vc_reconcile")
    expect("0 retired ones erased" in said, f"vc_reconcile said once more: {said}")
    left = service.inside("personal", secrets=["ada lovelace", "countess", *seeded["holders"]])
    expect(left == {"learners": 1, "documents": 0, "found": []}, f"left of her: {left}")
    expect(_lists(service, seeded["credentials"]) == before, "erasing changed a status list")
    _says(service, seeded["shares"], ["is withheld", "is withheld"])
    for path in seeded["shares"]:
        answer = service.anonymous().get(path)
        expect("at the holder" in answer.text and "Lovelace" not in answer.text, f"{path}: {answer!r}")
        expect(service.anonymous().get(f"{path}credential.json").status == 410, f"{path}: the file is still there")
    _judged(service, steps, seeded["credentials"])
    steps.done("a retired learner is erased, the credentials still verify, their status stays")
