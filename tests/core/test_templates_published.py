"""Templates come to what the W3C publishes, and to what DIDKit signs."""

import datetime
import json
import random
from pathlib import Path

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from openedx_verifiable_credentials.adapters.didkit import DidkitSecurer
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.templates import PROOF_VALUE
from openedx_verifiable_credentials.core.templates import Slot
from openedx_verifiable_credentials.core.templates import SlotKind
from openedx_verifiable_credentials.core.templates import compile_template
from tests import signed
from tests import templating
from tests import trees

VECTORS = Path(__file__).parents[1] / "vectors"
RDFC = json.loads((VECTORS / "vc-di-eddsa.json").read_text(encoding="utf-8"))
JCS = json.loads((VECTORS / "vc-di-eddsa-jcs.json").read_text(encoding="utf-8"))
PUBLISHED = {**RDFC["suites"], v.EDDSA_JCS_2022: JCS}
# The vectors name a context that is not ours to pin. Its whole text stands in the place of its URL while we hash.
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
EXAMPLES_TEXT = {"@vocab": "https://www.w3.org/ns/credentials/examples#"}
SEED = base58.b58decode(RDFC["secret_key_multibase"][1:])[2:]
SLOTS = [
    Slot("id", SlotKind.IRI, (("id",),)),
    Slot("name", SlotKind.TEXT, (("name",),)),
    Slot("from", SlotKind.PLAIN, (("validFrom",),)),
    Slot("subject", SlotKind.IRI, (("credentialSubject", "id"),)),
    Slot("school", SlotKind.TEXT, (("credentialSubject", "alumniOf"),)),
]
OTHERS = ["urn:uuid:0", 'Any "name"', "2020-01-01T00:00:00Z", "did:example:z", "Any\nschool"]
every_suite = pytest.mark.parametrize("suite", PUBLISHED)


def published(suite):
    """The published document without its proof, its proof, and the template of others that differ in five texts."""
    document = dict(PUBLISHED[suite]["signed"])
    proof = document.pop("proof")
    if suite != v.EDDSA_JCS_2022:
        document["@context"] = [EXAMPLES_TEXT if url == EXAMPLES else url for url in document["@context"]]
    template = compile_template(
        templating.filled(document, SLOTS, OTHERS),
        SLOTS,
        suite=suite,
        attach=OBV3_VC1.attach,
        verification_method=proof["verificationMethod"],
    )
    return document, proof, template


@every_suite
def test_the_published_hashes_signature_and_document_come_out(suite):
    document, proof, template = published(suite)
    press = template.at(proof["created"])
    values = [trees.at(document, slot.paths[0]) for slot in SLOTS]
    message, *_ = press.fill(values)
    assert message.hex() == PUBLISHED[suite]["proof_hash"] + PUBLISHED[suite]["document_hash"]
    written = press.sign(values, Ed25519PrivateKey.from_private_bytes(SEED).sign)
    assert written[-1].decode() == proof["proofValue"]
    # Byte for byte, but for the context that stands in the place of its URL, and none in the proof.
    assert template.outline.write(written) == json_text.write({**document, "proof": proof})
    for number in range(len(values)):
        other = [*values[:number], OTHERS[number], *values[number + 1 :]]
        assert press.fill(other)[0] != message


# DIDKit

SIGNER = signed.signer()
DOCUMENT = templating.unsigned(OBV3_VC1)
OF_DIDKIT = templating.slots_of(DOCUMENT)
TEMPLATE = templating.compiled(DOCUMENT, OF_DIDKIT, v.ED25519_SIGNATURE_2020, SIGNER)
MOMENT = datetime.datetime.fromisoformat(templating.CREATED)


def by_didkit(values):
    unsigned = templating.filled(DOCUMENT, OF_DIDKIT, values)
    proof = DidkitSecurer().secure(unsigned, suite=v.ED25519_SIGNATURE_2020, signer=SIGNER, created=MOMENT)
    assert proof["created"] == templating.CREATED
    return proof["proofValue"].encode()


def by_template(values):
    written = TEMPLATE.at(templating.CREATED).sign(values, SIGNER.sign)
    return written[TEMPLATE.outline.slots.index(PROOF_VALUE)]


def test_didkit_makes_the_same_proof_values():
    choose = random.Random(21)
    for _ in range(60):
        values = templating.random_values(OF_DIDKIT, choose)
        assert by_template(values) == by_didkit(values)
        changed = [*values[:-1], values[-1] + "x"]
        assert by_template(changed) != by_didkit(values)


@settings(max_examples=60)
@given(name=templating.texts, other=templating.texts, seed=st.integers(0, 9))
def test_didkit_makes_the_same_proof_values_of_whatever_a_text_may_be(name, other, seed):
    # Dates and identifiers must be good ones: DIDKit refuses others.
    values = templating.random_values(OF_DIDKIT, random.Random(seed))
    texts = iter((name, other))
    values = [
        next(texts) if slot.kind is SlotKind.TEXT else value for slot, value in zip(OF_DIDKIT, values, strict=True)
    ]
    assert list(texts) == []
    assert by_template(values) == by_didkit(values)
