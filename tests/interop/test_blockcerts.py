"""
Anchored credentials as the stock verifier of Blockcerts sees them: issuer, tree and transaction are ours, the chain is
a real node's, the judge is not ours.

Anchors bear the label of Ethereum Sepolia here, which is in the verifier's table of chains; what stands in the
transaction is the same. Each tampered credential stands beside the good one that it was made from.
"""

from __future__ import annotations

import copy
import dataclasses
import datetime
import json
import subprocess
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from openedx_verifiable_credentials.adapters import chain_library
from openedx_verifiable_credentials.adapters.own_suites import OwnSuites
from openedx_verifiable_credentials.api import anchor_keys
from openedx_verifiable_credentials.api import anchoring as api_anchoring
from openedx_verifiable_credentials.api.means import get_key_encryption_keys
from openedx_verifiable_credentials.core import accounts
from openedx_verifiable_credentials.core import anchoring
from openedx_verifiable_credentials.core import merkle
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core import status_list
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.networks import NETWORKS
from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.core.suites import merkle_proof
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.flows.steps.keys import open_signer
from openedx_verifiable_credentials.models import AnchorKey
from openedx_verifiable_credentials.models import Credential
from tests import asking
from tests import awards
from tests import sharing
from tests import signed
from tests.chain.node import CHAIN_ID
from tests.chain.node import ETHER
from tests.wallet import make_wallet

pytestmark = [pytest.mark.anvil, pytest.mark.blockcerts, pytest.mark.slow, pytest.mark.django_db]
HERE = Path(__file__).parent
HOST = "credentials.example.edu"
PROFILE = "/verifiable_credentials/issuers/academy/"
LIST_URL = status_list.list_url(f"https://{HOST}", "6f2c1e0a", ListForm.REVOCATION)
STRANGER = "0x" + "57" * 20
TO = bytes.fromhex("deaddead" * 5)
LABEL = NETWORKS["ethereum-sepolia"].codes
# By name: the profile of the credential, what the leaf covers, whether the proof is bare.
FORMS = {
    "chained": ("obv3-vc2", "proof", False),
    "chained-bare": ("obv3-vc2", "proof", True),
    "single": ("obv3-vc2", "document", False),
    "single-bare": ("obv3-vc2", "document", True),
    "vc1 single-bare": ("obv3-vc1", "document", True),
}
ANCHOR_STEPS = (
    "computeLocalHash", "fetchRemoteHash", "compareHashes", "checkMerkleRoot", "checkReceipt", "checkAuthenticity",
)  # fmt: skip
NO_CONTEXT = (
    "Document presented is not a valid Verifiable Credential: "
    "More specific type: BitstringStatusListCredential was detected but no additional context provided"
)
REVOKED = "This certificate has been revoked by the issuer."
every_form = pytest.mark.parametrize("form", FORMS)


@dataclasses.dataclass(frozen=True)
class Payer:
    """The key that pays: a port's public half, and transactions by the library of Ethereum."""

    account: Any
    node: Any

    @property
    def address(self) -> str:
        return str(self.account.address).lower()

    @property
    def public_key(self) -> bytes:
        return bytes(self.account._key_obj.public_key.to_compressed_bytes())

    def send(self, data: bytes) -> str:
        """The hash, without 0x, of a transaction in a block that carries ``data``."""
        transaction = {
            "chainId": CHAIN_ID, "nonce": self.node.nonce(self.address), "to": TO, "value": 0, "data": data,
            "gas": 25_000, "maxFeePerGas": 10**10, "maxPriorityFeePerGas": 10**9,
        }  # fmt: skip
        raw = self.account.sign_transaction(transaction).raw_transaction
        return str(self.node.call("eth_sendRawTransaction", "0x" + bytes(raw).hex()))[2:]


def new_account() -> Any:
    return chain_library.load("eth_account").Account.create()


@pytest.fixture(name="payer")
def make_payer(node: Any, web_issuer: Any) -> Payer:
    """Its account has coins, and the issuer publishes it."""
    payer = Payer(new_account(), node)
    node.set_balance(payer.address, ETHER)
    anchor_keys.publish_anchor_key(payer, CHAIN_ID)  # type: ignore[arg-type]
    return payer


def issue(issuer: Any, profile_id: str, *, status: bool = False) -> dict[str, Any]:
    """A credential of the issuer as it would leave; with ``status`` as it does by default."""
    profile = PROFILES[profile_id]
    unsigned = open_badges.compose(
        awards.full_award(),
        Terms(grade=True),
        profile=profile,
        issuer=issuer.profile,
        credential_id=uuid.uuid4().urn,
        subject_id=awards.SUBJECT,
        status=[status_list.compose_entry(LIST_URL, 7, ListForm.REVOCATION)] if status else (),
        salt=awards.SALT,
    )
    return secure(issuer, unsigned, signed.CREATED, profile_id)


def secure(
    issuer: Any, document: dict[str, Any], created: datetime.datetime, profile_id: str = "obv3-vc2"
) -> dict[str, Any]:
    """With the issuer's proof in place of any other."""
    profile, signer = PROFILES[profile_id], open_signer(issuer.keys.get(), get_key_encryption_keys())
    bare = {name: member for name, member in document.items() if name != "proof"}
    suite = profile.suite_for(v.ED25519)
    return profile.attach(bare, OwnSuites().secure(bare, suite=suite, signer=signer, created=created))


class Anchors:
    """One credential in a batch with others, and its anchored form, as it should be or not."""

    def __init__(self, issuer: Any, payer: Payer, form: str, *, status: bool = False):
        self.payer, self.did = payer, issuer.did
        self.profile_id, self.covers, self.bare = FORMS[form]
        self.credential = issue(issuer, self.profile_id, status=status)
        self.leaf = anchoring.leaf_of(self.credential, self.covers)
        others = [anchoring.leaf_of(issue(issuer, self.profile_id), self.covers) for _ in range(4)]
        self.tree = merkle.tree([self.leaf, *others])
        self.path = self.tree.path(self.tree.leaves.index(self.leaf))

    def compose(
        self, transaction: str, *, path: bytes | None = None, root: bytes | None = None, codes: tuple[int, int] = LABEL
    ) -> dict[str, Any]:
        """With a proof that names this transaction; ``path`` and ``root``: others than the tree's."""
        path = self.path if path is None else path
        value = merkle_proof.write(root or self.tree.root, self.leaf, path, bytes.fromhex(transaction), codes)
        method = f"{self.did}#{accounts.multikey(self.payer.public_key)}"
        proof = merkle_proof.compose_proof(
            value=value, created=signed.CREATED, verification_method=method, bare=self.bare
        )
        return anchoring.anchored(self.credential, self.covers, proof, PROFILES[self.profile_id])


def served(issuer: Any) -> dict[str, Any]:
    """What verifiers are answered: our documents, the first by way of their resolver."""
    client = Client()
    did_document = client.get("/.well-known/did.json", HTTP_HOST=HOST).json()
    return {
        f"https://resolver.example/1.0/identifiers/{issuer.did}": {"didDocument": did_document},
        f"https://{HOST}{PROFILE}": client.get(PROFILE, HTTP_HOST=HOST).json(),
    }


def judge(cases: dict[str, Any], documents: dict[str, Any], node: Any, directory: Path) -> dict[str, Any]:
    """What the verifier says of each."""
    file, lines = directory / "documents.json", directory / "cases.jsonl"
    file.write_text(json.dumps(documents), encoding="utf-8")
    lines.write_text("\n".join(json.dumps({"id": i, "credential": c}) for i, c in cases.items()), encoding="utf-8")
    contexts = HERE.parents[1] / "openedx_verifiable_credentials" / "core" / "contexts"
    run = subprocess.run(
        ["node", "verify.mjs", "--rpc", node.url, "--documents", file, "--contexts", contexts, lines],
        cwd=HERE / "blockcerts", capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    reports = [json.loads(line) for line in run.stdout.splitlines()]
    assert [report["id"] for report in reports] == list(cases)
    return {report["id"]: report for report in reports}


def published_list(
    issuer: Any, *, bits: bytes, contexts: tuple[str, ...] = (), multibase: bool = True
) -> dict[str, Any]:
    """
    The issuer's status list by its address. ``contexts``: more than it needs; not ``multibase``: without the "u" that
    Bitstring Status List v1.0 asks for.
    """
    profile = status_list.list_profile(PROFILES["obv3-vc2"], ListForm.REVOCATION, v.ED25519)
    signer = open_signer(issuer.keys.get(), get_key_encryption_keys())
    document = status_list.compose_list(
        bits, ListForm.REVOCATION, profile=profile, url=LIST_URL, issuer=issuer.did, valid_from=signed.CREATED,
        valid_until=signed.CREATED + datetime.timedelta(days=36_525), ttl=datetime.timedelta(minutes=5),
    )  # fmt: skip
    document["@context"] = [*document["@context"], *contexts]
    if not multibase:
        document["credentialSubject"]["encodedList"] = status_list.encode(bits, multibase=False)
    suite = profile.suite_for(v.ED25519)
    proof = OwnSuites().secure(document, suite=suite, signer=signer, created=signed.CREATED)
    return {LIST_URL: profile.attach(document, proof)}


@every_form
def test_it_passes_whole(form: str, web_issuer: Any, payer: Payer, node: Any, tmp_path: Path) -> None:
    anchors = Anchors(web_issuer, payer, form)
    good = anchors.compose(payer.send(anchors.tree.root))
    report = judge({"good": good}, served(web_issuer), node, tmp_path)["good"]
    assert (report["status"], report["failed"]) == ("success", [])
    assert {*ANCHOR_STEPS, "deriveIssuingAddressFromPublicKey", "compareIssuingAddress"} <= set(report["steps"])
    assert ("checkDocumentSignature" in report["steps"]) == form.startswith("chained")


@every_form
def test_each_tampering_fails_at_its_own_step(
    form: str, web_issuer: Any, payer: Payer, node: Any, tmp_path: Path
) -> None:
    anchors = Anchors(web_issuer, payer, form)
    transaction = payer.send(anchors.tree.root)
    good = anchors.compose(transaction)
    forged_root = merkle.tree([anchors.leaf]).root
    node.set_balance(STRANGER, ETHER)
    theirs = node.transact(STRANGER, to="0x" + TO.hex(), data="0x" + anchors.tree.root.hex())[2:]
    # Of a chain, the signature that comes first is looked at first.
    is_chain = form.startswith("chained")
    cases = {
        "good": (good, None),
        "document": (changed(good, name="Another name"), "checkDocumentSignature" if is_chain else "compareHashes"),
        "undefined member": (
            changed(good, neverDefined="x"),
            "checkDocumentSignature" if is_chain else "computeLocalHash",
        ),
        "path": (anchors.compose(transaction, path=flipped(anchors.path)), "checkReceipt"),
        "root": (anchors.compose(transaction, path=b"", root=forged_root), "checkMerkleRoot"),
        "other transaction": (anchors.compose(payer.send(bytes(32))), "checkMerkleRoot"),
        "no transaction": (anchors.compose("ab" * 32), "fetchRemoteHash"),
        "other account": (anchors.compose(theirs), "checkAuthenticity"),
    }
    if is_chain:
        earlier, ours = good["proof"]
        later = {**earlier, "created": "2026-03-02T08:00:01Z"}
        cases["earlier proof"] = (changed(good, proof=[later, ours]), "checkDocumentSignature")
        again = secure(web_issuer, anchors.credential, signed.CREATED + datetime.timedelta(seconds=1))
        cases["signed again"] = (changed(good, proof=[*again["proof"], ours]), "compareHashes")
    reports = judge({name: case for name, (case, _) in cases.items()}, served(web_issuer), node, tmp_path)
    assert {name: report["failed"] for name, report in reports.items()} == {
        name: [step] if step else [] for name, (_, step) in cases.items()
    }
    assert {report["status"] for name, report in reports.items() if name != "good"} == {"failure"}


def changed(document: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {**copy.deepcopy(document), **members}


def flipped(path: bytes) -> bytes:
    """One bit of the last sibling is another one."""
    return path[:-1] + bytes([path[-1] ^ 1])


@pytest.mark.parametrize("form", ["chained", "vc1 single-bare"])
def test_by_default_it_fails_at_the_status_alone(
    form: str, web_issuer: Any, payer: Payer, node: Any, tmp_path: Path
) -> None:
    """
    With this release go lists with a context more, and without the "u" before the bits; ours are for later ones.
    Beside it: with a list of the former kind the same credential passes, and where that says so, it is revoked.
    """
    anchors = Anchors(web_issuer, payer, form, status=True)
    good = anchors.compose(payer.send(anchors.tree.root))
    documents, bits = served(web_issuer), status_list.empty_bits(status_list.MIN_LENGTH)
    revoked, more = status_list.with_bits(bits, [7]), (v.DATA_INTEGRITY_V2,)
    for lists, reason in (
        (published_list(web_issuer, bits=bits), NO_CONTEXT),
        (published_list(web_issuer, bits=bits, contexts=more), ""),
        (published_list(web_issuer, bits=bits, contexts=more, multibase=False), None),
        (published_list(web_issuer, bits=revoked, contexts=more, multibase=False), REVOKED),
    ):
        report = judge({"good": good}, {**documents, **lists}, node, tmp_path)["good"]
        assert (report["status"], report["failed"], report["reasons"]) == (
            ("success", [], []) if reason is None else ("failure", ["checkRevokedStatus"], [reason])
        )
        assert set(ANCHOR_STEPS) <= set(report["steps"])
    # The status is part of what is anchored.
    without = {name: member for name, member in good.items() if name != "credentialStatus"}
    step = "checkDocumentSignature" if form == "chained" else "compareHashes"
    assert judge({"without": without}, documents, node, tmp_path)["without"]["failed"] == [step]


def test_anchors_of_a_key_that_pays_no_more_stay_good(web_issuer: Any, payer: Payer, node: Any, tmp_path: Path) -> None:
    anchors = Anchors(web_issuer, payer, "chained")
    good = anchors.compose(payer.send(anchors.tree.root))
    successor = Payer(new_account(), node)
    anchor_keys.rotate_anchor_key(successor, CHAIN_ID)  # type: ignore[arg-type]
    assert judge({"good": good}, served(web_issuer), node, tmp_path)["good"]["status"] == "success"
    AnchorKey.objects.filter(address=payer.address).update(retired_at=timezone.now() - datetime.timedelta(minutes=30))
    expired = judge({"good": good}, served(web_issuer), node, tmp_path)["good"]
    assert expired["failed"] == ["checkAuthenticity"]


def test_anchors_of_a_key_in_other_hands_are_good_up_to_then(
    web_issuer: Any, payer: Payer, node: Any, tmp_path: Path
) -> None:
    anchors = Anchors(web_issuer, payer, "chained")
    good = anchors.compose(payer.send(anchors.tree.root))
    now = timezone.now() + datetime.timedelta(seconds=1)
    AnchorKey.objects.filter(address=payer.address).update(retired_at=now, revoked_at=now)
    assert judge({"good": good}, served(web_issuer), node, tmp_path)["good"]["status"] == "success"
    anchor_keys.revoke_anchor_key(payer.address, now - datetime.timedelta(minutes=30))
    assert judge({"good": good}, served(web_issuer), node, tmp_path)["good"]["failed"] == ["checkAuthenticity"]


def test_it_goes_with_the_label_of_ethereum_and_not_with_that_of_base(
    web_issuer: Any, payer: Payer, node: Any, tmp_path: Path
) -> None:
    anchors = Anchors(web_issuer, payer, "chained")
    transaction = payer.send(anchors.tree.root)
    cases = {
        "eth": anchors.compose(transaction),
        "base": anchors.compose(transaction, codes=NETWORKS["base-sepolia"].codes),
    }
    reports = judge(cases, served(web_issuer), node, tmp_path)
    assert reports["eth"]["status"] == "success"
    assert reports["base"]["status"] == "error"


def test_without_the_documents_of_the_issuer_nothing_passes(
    web_issuer: Any, payer: Payer, node: Any, tmp_path: Path
) -> None:
    anchors = Anchors(web_issuer, payer, "single")
    good = anchors.compose(payer.send(anchors.tree.root))
    documents = served(web_issuer)
    profile = f"https://{HOST}{PROFILE}"
    without_key = {name: member for name, member in documents[profile].items() if name != "publicKey"}
    assert judge({"good": good}, documents, node, tmp_path)["good"]["status"] == "success"
    assert judge({"good": good}, {**documents, profile: without_key}, node, tmp_path)["good"]["status"] != "success"
    assert judge({"good": good}, {profile: documents[profile]}, node, tmp_path)["good"]["status"] != "success"


@pytest.fixture(name="from_the_service")
def make_it_anchor(node: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is claimed is anchored on the node, under the label."""
    account = new_account()
    node.set_balance(account.address, ETHER)
    monkeypatch.setenv("OPENEDX_VC_ANCHOR_PRIVATE_KEY", bytes(account.key).hex())
    settings.OPENEDX_VC_ANCHORING = True
    settings.OPENEDX_VC_ANCHOR_NETWORK, settings.OPENEDX_VC_ANCHOR_LABEL = "base-sepolia", "ethereum-sepolia"
    settings.OPENEDX_VC_ANCHOR_RPC_URLS = {"base-sepolia": [node.url]}
    settings.OPENEDX_VC_ANCHOR_MAX_FEE_PER_BATCH_WEI = ETHER // 100
    settings.OPENEDX_VC_ANCHOR_MAX_FEE_PER_DAY_WEI = ETHER // 10
    api_anchoring.publish_key()


@pytest.mark.parametrize("profile", ["obv3-vc1", "obv3-vc2"])
def test_what_a_learner_downloads_fails_at_the_status_alone(
    profile: str, from_the_service: None, ada_client: Any, make_offer: Any, course_certificate: Any, web_issuer: Any,
    node: Any, tmp_path: Path,
) -> None:  # fmt: skip
    """All of it ours and by default, but for the label: claimed, anchored by rounds, downloaded."""
    if profile == "obv3-vc1":
        assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    else:
        offer = asking.init(ada_client, course_certificate, wallet="download").json()["offer"]
        ada_client.post(f"{asking.API}offers/{offer}/download/")
    for _ in range(3):
        assert not api_anchoring.anchor(flush=True).run.problems
        node.mine()
    found = ada_client.get(f"{sharing.ISSUED}{Credential.objects.get().uuid}/anchored.json")
    assert found.status_code == 200, found.content
    anchored = json.loads(found.content)
    report = judge({"ours": anchored}, {**served(web_issuer), **served_lists(anchored)}, node, tmp_path)["ours"]
    # The list of the older data model has a context more.
    reason = "" if profile == "obv3-vc1" else NO_CONTEXT
    assert (report["failed"], report["reasons"]) == (["checkRevokedStatus"], [reason])
    assert set(ANCHOR_STEPS) <= set(report["steps"])
    tampered = changed(anchored, name="Another name")
    report = judge({"tampered": tampered}, served(web_issuer), node, tmp_path)["tampered"]
    assert report["failed"] == ["compareHashes" if profile == "obv3-vc1" else "checkDocumentSignature"]


def served_lists(credential: dict[str, Any]) -> dict[str, Any]:
    """The status lists that it names, as we serve them."""
    entries = credential["credentialStatus"]
    addresses = {each["statusListCredential"] for each in (entries if isinstance(entries, list) else [entries])}
    return {each: json.loads(Client().get(urlsplit(each).path, HTTP_HOST=HOST).content) for each in addresses}
