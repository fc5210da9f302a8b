"""DIDKit makes the very bytes our own suite makes, and its hazards stay behind its door."""

import concurrent.futures
import json
import os
import socket
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import settings

from openedx_verifiable_credentials.adapters import didkit
from openedx_verifiable_credentials.adapters.own_suites import OwnSuites
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import SigningError
from tests import awards
from tests import signed
from tests import trees

ROOT = Path(__file__).resolve().parents[2]
SIGNER = signed.signer()
DID = SIGNER.method.controller


def secure(securer, document, **changes):
    options = {"suite": v.ED25519_SIGNATURE_2020, "signer": SIGNER, "created": signed.CREATED, **changes}
    return securer.secure(document, **options)


def composed(award=None, terms=Terms(grade=True)):
    return signed.unsigned(award or awards.full_award(), OBV3_VC1, DID, terms)


@settings(max_examples=50)
@given(award=awards.awards, terms=awards.terms)
@example(award=awards.bare_award(), terms=Terms())
@example(award=awards.program_award(), terms=Terms(grade=True))
def test_didkit_and_our_own_suite_make_the_same_proof(award, terms):
    document = composed(award, terms)
    theirs, ours = secure(didkit.DidkitSecurer(), document), secure(OwnSuites(), document)
    assert json.dumps(theirs) == json.dumps(ours)
    assert didkit.verify(OBV3_VC1.attach(document, theirs)) == []


def test_a_document_that_is_one_character_off_has_another_proof():
    document = composed()
    other = trees.changed(document, ("name",), document["name"] + ".")
    assert secure(didkit.DidkitSecurer(), document)["proofValue"] != secure(OwnSuites(), other)["proofValue"]


def accepted(document):
    """Whether DIDKit finds nothing wrong. It answers some tampering with a report and some with an exception."""
    try:
        return didkit.verify(document) == []
    except SigningError as error:
        assert error.code == "didkit_failed"
        return False


def test_didkit_refuses_what_was_changed_after_signing():
    document = OBV3_VC1.attach(composed(), secure(OwnSuites(), composed()))
    assert accepted(document)
    changes = {
        ("name",): "Computing, an introduction!",
        ("issuanceDate",): "2026-03-01T12:30:16Z",
        ("issuer", "name"): "The academy",
        ("issuer", "id"): signed.signer(9).method.controller,
        ("credentialSubject", "id"): signed.signer(9).method.controller,
        ("credentialSubject", "result", 0, "value"): "100",
        ("credentialSubject", "identifier", 0, "identityHash"): "Ada lovelace",
        ("credentialSubject", "achievement", "name"): "Quantum computing",
        ("credentialSubject", "achievement", "humanCode"): ["CS101", "CS102"],
        ("undefinedTerm",): "x",
        ("proof", "created"): "2026-03-02T08:00:01Z",
        ("proof", "proofPurpose"): "authentication",
        ("proof", "verificationMethod"): signed.signer(9).method.id,
        ("proof", "proofValue"): secure(OwnSuites(), composed(awards.bare_award()))["proofValue"],
    }
    assert [path for path, value in changes.items() if accepted(trees.changed(document, path, value))] == []
    removed = [
        ("description",),
        ("credentialSubject", "result"),
        ("proof", "proofValue"),
        ("proof", "created"),
        ("proof",),
    ]
    assert [path for path in removed if accepted(trees.without(document, path))] == []


def test_a_document_that_names_an_unknown_context_is_not_signed():
    document = composed()
    document = {**document, "@context": [*document["@context"], "https://evil.example/context.jsonld"]}
    with pytest.raises(SigningError) as refusal:
        secure(didkit.DidkitSecurer(), document)
    assert refusal.value.code == "didkit_failed"


def test_a_panic_of_the_native_library_is_an_error_of_ours_and_harms_no_later_signature():
    document = composed()
    # Composing lets no such address through; escapes that are not UTF-8 are what the library does not take.
    hostile = trees.changed(document, ("credentialSubject", "source", "id"), "https://example.org/%E9cole")
    with pytest.raises(SigningError) as refusal:
        secure(didkit.DidkitSecurer(), hostile)
    assert refusal.value.code == "didkit_failed"
    assert not accepted(OBV3_VC1.attach(hostile, secure(OwnSuites(), document)))
    assert secure(didkit.DidkitSecurer(), document) == secure(OwnSuites(), document)


class SomeSigner:
    """A key that is elsewhere: DIDKit would need its bytes."""

    method = SIGNER.method

    def sign(self, message):
        return SIGNER.sign(message)


@pytest.mark.parametrize(
    "changes",
    [{"suite": v.EDDSA_RDFC_2022}, {"suite": "Ed25519Signature2018"}, {"suite": ""}, {"signer": SomeSigner()}],
    ids=["eddsa", "2018", "none", "remote key"],
)
def test_another_suite_or_a_key_elsewhere_is_refused(changes):
    with pytest.raises(SigningError) as refusal:
        secure(didkit.DidkitSecurer(), composed(), **changes)
    assert refusal.value.code == "unsupported_key"
    assert secure(OwnSuites(), composed(), signer=SomeSigner()) == secure(didkit.DidkitSecurer(), composed())


def test_a_vc2_credential_is_refused():
    with pytest.raises(SigningError) as refusal:
        secure(didkit.DidkitSecurer(), signed.unsigned(awards.full_award(), OBV3_VC2, DID))
    assert refusal.value.code == "didkit_failed"


@pytest.fixture(name="listener")
def listens():
    """A server on this machine: its address as a did:web host, and whether anything connected."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        connected = threading.Event()

        def accept():
            try:
                connection, _ = server.accept()
            except OSError:
                return
            connected.set()
            connection.close()

        threading.Thread(target=accept, daemon=True).start()
        yield f"localhost:{server.getsockname()[1]}", connected
        server.shutdown(socket.SHUT_RDWR)


# DIDKit fetches a did:web document at every call: a worker that waits for its own service hangs.
@pytest.mark.parametrize("signs", ["did:web", "did:key"])
def test_a_did_web_issuer_is_refused_before_its_document_is_asked_for(listener, signs):
    host, connected = listener
    signer = signed.signer(host=host)
    document = signed.unsigned(awards.full_award(), OBV3_VC1, signer.method.controller)
    with pytest.raises(SigningError) as refusal:
        secure(didkit.DidkitSecurer(), document, signer=signer if signs == "did:web" else SIGNER)
    assert not connected.wait(0.2)
    assert refusal.value.code == "unsupported_key"


def test_a_did_web_credential_is_not_verified_by_fetching(listener):
    host, connected = listener
    signer = signed.signer(host=host)
    document = signed.unsigned(awards.full_award(), OBV3_VC1, signer.method.controller)
    assert not accepted(signed.sign(document, OBV3_VC1, signer))
    assert not connected.wait(0.2)


def test_many_threads_sign_at_once():
    documents = [composed(awards.full_award(title=f"Course {number}")) for number in range(24)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        proofs = list(pool.map(lambda document: secure(didkit.DidkitSecurer(), document), documents))
    assert proofs == [secure(OwnSuites(), document) for document in documents]


def run(program, **more):
    """``program`` in a process of its own, where it can sign with ``sign()``."""
    preamble = """
        import os, sys
        from openedx_verifiable_credentials.adapters import didkit
        from openedx_verifiable_credentials.core import vocabulary as v
        from openedx_verifiable_credentials.core.profiles import OBV3_VC1
        from openedx_verifiable_credentials.exceptions import SigningError
        from tests import awards, signed
        SIGNER = signed.signer()
        def sign():
            document = signed.unsigned(awards.full_award(), OBV3_VC1, SIGNER.method.controller)
            return didkit.DidkitSecurer().secure(
                document, suite=OBV3_VC1.suite_for(v.ED25519), signer=SIGNER, created=signed.CREATED)["proofValue"]
    """
    source = textwrap.dedent(preamble) + textwrap.dedent(program)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests" / "credentials_service"))),
    }
    command = [sys.executable, "-c", source]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, cwd=ROOT, **more)


def test_a_process_forked_after_the_first_signature_is_told_so_at_once():
    done = run("""
        sign()
        child = os.fork()
        if child == 0:
            try:
                sign()
            except SigningError as error:
                os._exit(42 if error.code == "didkit_forked" else 43)
            os._exit(44)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), sign() == sign())
    """)
    assert (done.returncode, done.stdout.split()) == (0, ["42", "True"]), done.stderr


def test_processes_forked_before_the_first_signature_sign():
    done = run("""
        children = []
        for _ in range(2):
            child = os.fork()
            if child == 0:
                print(sign(), flush=True)
                sys.exit(0)
            children.append(child)
        statuses = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        print(*statuses, sign())
    """)
    values = done.stdout.split()
    assert done.returncode == 0, done.stderr
    assert values.count(secure(OwnSuites(), composed())["proofValue"]) == 3
    assert values.count("0") == 2


def test_a_process_that_signs_and_exits_at_once_exits_cleanly():
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(lambda _: run("print(sign())"), range(20)))
    assert [done.returncode for done in ended] == [0] * 20, {done.stderr for done in ended}
    assert {done.stdout.strip() for done in ended} == {secure(OwnSuites(), composed())["proofValue"]}
