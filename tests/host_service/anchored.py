"""
What an operator does so that credentials are anchored, and what a learner then has, against a node of a test network on
loopback. ``run.py`` calls this last but one, with the switch on.
"""

import json
import re
import secrets
import sys
from pathlib import Path

from steps import StepError
from steps import expect

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "chain"))

import node as chain

API = "/verifiable_credentials/api/v1/"
NETWORK, TITLE = "base-sepolia", "Base Sepolia"
_ADDRESS = re.compile(r"0x[0-9a-f]{40}")


def on_a_test_network(service, steps):
    """From the settings to a file that says in which transaction its root is."""
    expect(chain.binary() is not None, "anvil is missing: npm ci --ignore-scripts, in tests/chain")
    with chain.running() as node:
        address = _configured(service, node)
        steps.done("anchoring is configured; the key that pays is published in a DID document")
        graduate = _issued(service)
        steps.done("a certificate of an issuer with a did:web, and its credential, by vc_issue")
        _without_coins(service)
        steps.done("vc_anchor without coins says so, and sends nothing")
        node.set_balance(address, chain.ETHER)
        _in_a_block(service, node, address)
        steps.done("vc_anchor: one transaction with the root of all that waited, in a block, final")
        body = _downloaded(service, graduate, node, address)
        steps.done("its learner has the anchored form, beside what was issued; others do not")
        _verified(service, body)
        steps.done("vc_verify asks the node: a test network; a changed copy and another root are invalid")


def _configured(service, node):
    service.environment["OPENEDX_VC_ANCHOR_PRIVATE_KEY"] = secrets.token_hex(32)
    service.configure(
        OPENEDX_VC_ANCHORING=True,
        OPENEDX_VC_ANCHOR_NETWORK=NETWORK,
        OPENEDX_VC_ANCHOR_RPC_URLS={NETWORK: [node.url]},
        # A fresh chain asks for 1 gwei a unit of gas, thousands of times what Base does.
        OPENEDX_VC_ANCHOR_MAX_FEE_PER_BATCH_WEI=chain.ETHER // 1000,
        OPENEDX_VC_ANCHOR_MAX_FEE_PER_DAY_WEI=chain.ETHER // 100,
    )
    service.manage(
        "vc_create_issuer", "--name=University of Many", "--slug=many", "--did-method=web-path", "--organization=Crowd",
        "--base-url=https://credentials.academy.example", "--not-default",
    )  # fmt: skip
    said = service.manage("vc_anchor", "key", "--publish")
    found = _ADDRESS.search(said)
    expect(found is not None, f"vc_anchor key --publish said: {said}")
    service.server.restart()
    answer = service.anonymous().get("/verifiable_credentials/issuers/many/did.json")
    expect(answer.status == 200, f"the DID document: {answer!r}")
    accounts = [method.get("blockchainAccountId", "") for method in answer.json()["verificationMethod"]]
    expect(f"eip155:{chain.CHAIN_ID}:{found[0]}" in [one.lower() for one in accounts], f"accounts: {accounts}")
    return found[0]


def _issued(service):
    graduate = service.inside("graduate")
    said = service.manage("vc_issue", "--course", graduate["course"], "--yes")
    expect("1 credentials issued" in said or "1 credential issued" in said, f"vc_issue said: {said}")
    return graduate


def _without_coins(service):
    estimate = _held_up(service, "--dry-run")
    expect(f"{TITLE} (TEST NETWORK)" in estimate, f"vc_anchor --dry-run said: {estimate}")
    _held_up(service, "--flush")


def _held_up(service, option):
    try:
        said = service.manage("vc_anchor", option)
    except StepError as refused:
        expect("(exit status 3)" in str(refused) and "[balance]" in str(refused), f"without coins: {refused}")
        return str(refused)
    raise StepError(f"vc_anchor {option} without coins said: {said}")


def _in_a_block(service, node, address):
    estimate = service.manage("vc_anchor", "--dry-run")
    expect(f"{TITLE} (TEST NETWORK)" in estimate, f"vc_anchor --dry-run said: {estimate}")
    expect(node.transactions(address) == [], "vc_anchor --dry-run has sent something")
    service.manage("vc_anchor", "--flush")
    node.mine(chain.FINALIZED_AFTER + 1)
    service.manage("vc_anchor")
    sent = node.transactions(address)
    expect(len(sent) == 1 and len(sent[0]["input"]) == 2 + 64, f"transactions of the account: {sent}")
    status = service.manage("vc_anchor", "status")
    expect("inal" in status, f"vc_anchor status said: {status}")


def _downloaded(service, graduate, node, address):
    learner = service.signed_in(graduate["username"])
    listed = learner.get(f"{API}issued/")
    expect(listed.status == 200, f"the learner's credentials: {listed!r}")
    (row,) = listed.json()["credentials"]
    expect(row["anchor"]["state"] == "finalized", f"the credential's anchor: {row.get('anchor')}")
    plain = learner.get(row["files"]["json"])
    address_of_anchored = row["files"]["json"].rpartition("/")[0] + "/anchored.json"
    answer = learner.get(address_of_anchored)
    expect(answer.status == 200, f"the anchored form: {answer!r}")
    document, issued = answer.json(), plain.json()
    proofs = document.pop("proof")
    expect([proofs[0]] == issued.pop("proof") and document == issued, "the anchored form is not what was issued")
    expect(proofs[1]["cryptosuite"] == "merkle-proof-2019", f"the second proof: {proofs[1]}")
    expect(service.signed_in("grace").get(address_of_anchored).status == 404, "Grace gets what is another learner's")
    expect(service.anonymous().get(address_of_anchored).status in (401, 403), "anybody gets what is a learner's")
    return answer.body


def _verified(service, body):
    good = service.folder / "anchored.json"
    good.write_bytes(body)
    said = service.manage("vc_verify", "--json", str(good))
    expect("test_network_anchor" in said, f"vc_verify said: {said}")
    document = json.loads(body)
    document["credentialSubject"]["achievement"]["name"] += "!"
    _refused(service, "changed", document)
    document = json.loads(body)
    # Past what says which member it is: in the root.
    document["proof"][1]["proofValue"] = _with_another_digit(document["proof"][1]["proofValue"], 40)
    _refused(service, "with-another-root", document)
    # The last byte is the transaction's: one that nobody sent. The issuer's signature counts, the anchor does not.
    document = json.loads(body)
    document["proof"][1]["proofValue"] = _with_another_digit(document["proof"][1]["proofValue"], -1)
    path = service.folder / "anchored-nowhere.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    said = service.manage("vc_verify", "--json", str(path))
    expect("anchor_unconfirmed" in said and "test_network_anchor" not in said, f"vc_verify said: {said}")


def _with_another_digit(value, at):
    digits = list(value)
    digits[at] = "2" if digits[at] != "2" else "3"
    return "".join(digits)


def _refused(service, name, document):
    path = service.folder / f"{name}.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    try:
        service.manage("vc_verify", str(path))
    except StepError as refused:
        expect("(exit status 1)" in str(refused), f"vc_verify of {name}: {refused}")
    else:
        raise StepError(f"vc_verify finds {name} valid")
