"""A security module that is missing, locked, wrong or gone for a moment. SoftHSM2 stands for all of them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import traceback
from pathlib import Path

import pytest
from django.views.debug import ExceptionReporter

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.exceptions import TransientError
from tests import softhsm
from tests.adapters.test_keystores import make_token  # noqa: F401
from tests.adapters.test_keystores import verifies

pytestmark = pytest.mark.softhsm
DID = "did:web:credentials.example.org"
ROOT = Path(__file__).parents[2]


@pytest.fixture(name="pkcs11")
def make_pkcs11(token):
    from openedx_verifiable_credentials.adapters import pkcs11

    return pkcs11


@pytest.mark.parametrize(
    "reference",
    [
        softhsm.ED25519,
        f"pkcs11:token={softhsm.TOKEN};object={softhsm.ED25519_LABEL}",
        f"pkcs11:object={softhsm.ED25519_LABEL.replace('-', '%2D')};token=%49ssuers",
        f"{softhsm.TOKEN}/{softhsm.ED25519_LABEL}",
    ],
)
def test_a_key_has_several_names(pkcs11, reference):
    signer = pkcs11.open_key(DID, reference, v.ED25519)
    assert verifies(signer.method, b"x", signer.sign(b"x"))


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "pkcs11:",
        "token",
        "/label",
        "token/",
        "pkcs11:token=Issuers",
        "pkcs11:object=x",
        f"{softhsm.ED25519};pin-value=1234",
        f"{softhsm.ED25519}?pin-source=file:/etc/pin",
        f"{softhsm.ED25519}?module-path=/tmp/evil.so",
        "pkcs11:token=Issuers;object=x;type=cert",
        "pkcs11:token=Issuers;object=x;colour=red",
    ],
)
def test_a_reference_that_is_none_is_refused(pkcs11, reference):
    with pytest.raises(ConfigurationError):
        pkcs11.open_key(DID, reference, v.ED25519)


def code_of(call):
    with pytest.raises((SigningError, TransientError)) as caught:
        call()
    return caught.value.code


def test_a_key_or_a_token_that_is_not_there_is_said(pkcs11):
    assert code_of(lambda: pkcs11.open_key(DID, f"{softhsm.TOKEN}/nobody", v.ED25519)) == "key_not_found"
    assert code_of(lambda: pkcs11.open_key(DID, f"{softhsm.TOKEN}/{softhsm.P256_LABEL}", v.ED25519)) == "key_not_found"
    assert code_of(lambda: pkcs11.open_key(DID, "Elsewhere/key", v.ED25519)) == "hsm_unavailable"
    assert pkcs11.open_key(DID, softhsm.ED25519, v.ED25519), "nothing of that is in its way"


def test_two_keys_of_one_name_are_refused(pkcs11, token):
    token.add(softhsm.ED25519_LABEL, v.ED25519)
    assert code_of(lambda: pkcs11.open_key(DID, softhsm.ED25519, v.ED25519)) == "key_not_found"


def test_a_key_of_another_curve_is_refused(pkcs11, token):
    token.add("p384", "P-384")
    assert code_of(lambda: pkcs11.open_key(DID, f"{softhsm.TOKEN}/p384", v.P256)) == "unsupported_key"


def test_without_module_or_pin_it_says_what_to_set(pkcs11, settings, tmp_path):
    def says(word):
        pkcs11.close()
        with pytest.raises(ConfigurationError, match=word):
            pkcs11.open_key(DID, softhsm.ED25519, v.ED25519)

    module, settings.OPENEDX_VC_PKCS11_PASSWORD = settings.OPENEDX_VC_PKCS11_MODULE, ""
    says("OPENEDX_VC_PKCS11_PASSWORD")
    settings.OPENEDX_VC_PKCS11_PASSWORD = {"Elsewhere": softhsm.PIN}
    says("OPENEDX_VC_PKCS11_PASSWORD")
    settings.OPENEDX_VC_PKCS11_PASSWORD = {softhsm.TOKEN: softhsm.PIN}
    assert pkcs11.open_key(DID, softhsm.ED25519, v.ED25519)
    for path in ("", "/nowhere/lib.so", str(tmp_path)):
        settings.OPENEDX_VC_PKCS11_MODULE = path
        says("OPENEDX_VC_PKCS11_MODULE")
    (tmp_path / "not.so").write_text("not a library")
    settings.OPENEDX_VC_PKCS11_MODULE = str(tmp_path / "not.so")
    says("is no PKCS#11 library")
    settings.OPENEDX_VC_PKCS11_MODULE = module
    assert pkcs11.open_key(DID, softhsm.ED25519, v.ED25519)


def test_the_pin_may_come_from_the_environment(pkcs11, settings, monkeypatch):
    settings.OPENEDX_VC_PKCS11_PASSWORD = ""
    monkeypatch.setenv("OPENEDX_VC_PKCS11_PASSWORD", softhsm.PIN)
    assert pkcs11.open_key(DID, softhsm.ED25519, v.ED25519)


def test_a_wrong_pin_is_tried_once_and_told_nowhere(pkcs11, settings):
    """Tokens lock themselves: SoftHSM2 never does, so what the second refusal says is the proof."""
    wrong = settings.OPENEDX_VC_PKCS11_PASSWORD = "-".join(("wrong", "canary", "pin"))
    said = []
    for _ in range(3):
        with pytest.raises(ConfigurationError) as caught:
            pkcs11.open_key(DID, softhsm.ED25519, v.ED25519)
        error = caught.value
        page = ExceptionReporter(None, type(error), error, error.__traceback__).get_traceback_html()
        page += "".join(traceback.format_exception(error))
        assert wrong not in page.replace(f"<pre>&#x27;{wrong}&#x27;</pre>", "", 1), "but in this function"
        said.append(str(error))
    assert "not tried again" not in said[0]
    assert all("not tried again" in sentence for sentence in said[1:])
    settings.OPENEDX_VC_PKCS11_PASSWORD = softhsm.PIN
    assert pkcs11.open_key(DID, softhsm.ED25519, v.ED25519)


def test_a_module_that_is_gone_for_a_moment_is_found_again(pkcs11, token):
    signer = pkcs11.open_key(DID, softhsm.ED25519, v.ED25519)
    with token.pulled_out():
        pkcs11.close()  # as after an error: SoftHSM2 itself keeps in memory what it has read
        assert code_of(lambda: signer.sign(b"x")) == "hsm_unavailable"
        assert code_of(lambda: pkcs11.open_key(DID, softhsm.ED25519, v.ED25519)) == "hsm_unavailable"
    assert verifies(signer.method, b"x", signer.sign(b"x"))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_session_that_is_lost_is_opened_anew(pkcs11, token):
    import pkcs11 as library

    signer = pkcs11.open_key(DID, softhsm.ED25519, v.ED25519)
    other = pkcs11.open_key(DID, softhsm.P256, v.P256)
    library.lib(token.module).finalize()
    assert verifies(signer.method, b"x", signer.sign(b"x"))
    library.lib(token.module).reinitialize()
    assert verifies(other.method, b"x", other.sign(b"x"))
    assert verifies(signer.method, b"x", signer.sign(b"x"))


def test_a_fork_while_others_sign_does_not_hang(pkcs11):
    signer = pkcs11.open_key(DID, softhsm.ED25519, v.ED25519)
    over = threading.Event()

    def sign():
        while not over.is_set():
            signer.sign(b"x")

    threads = [threading.Thread(target=sign) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(10):
            child = os.fork()
            if child == 0:
                import signal

                signal.alarm(20)
                os._exit(0 if verifies(signer.method, b"c", signer.sign(b"c")) else 2)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        over.set()
        for thread in threads:
            thread.join(20)


def test_a_fork_while_another_is_about_to_sign_does_not_hang(pkcs11):
    signer = pkcs11.open_key(DID, softhsm.ED25519, v.ED25519)
    held, over = threading.Event(), threading.Event()

    def hold():
        with pkcs11._module._guard:
            held.set()
            over.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert held.wait(10)
        child = os.fork()
        if child == 0:
            import signal

            signal.alarm(10)
            os._exit(0 if verifies(signer.method, b"c", signer.sign(b"c")) else 2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        over.set()
        thread.join(20)


def test_a_fork_that_python_does_not_know_of(token):
    """As uWSGI forks: no hook of Python's is called."""
    program = PROGRAM.replace("    print(", FORK_IN_C)
    assert run(token, program) == (0, ["0", "64"])


FORK_IN_C = """
    signer = pkcs11.open_key("did:web:example.org", os.environ["REFERENCE"], "Ed25519")
    signer.sign(b"x")
    child = ctypes.PyDLL(None).fork()
    if child == 0:
        os._exit(0 if len(signer.sign(b"x")) == 64 and pkcs11._module._pid == os.getpid() else 3)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    print("""
PROGRAM = """
import ctypes
import os
import django
django.setup()
from django.test.utils import override_settings
from openedx_verifiable_credentials.adapters import pkcs11
with override_settings(OPENEDX_VC_PKCS11_MODULE=os.environ["MODULE"], OPENEDX_VC_PKCS11_PASSWORD=os.environ["PIN"]):
    print(len(pkcs11.open_key("did:web:example.org", os.environ["REFERENCE"], "Ed25519").sign(b"x")))
"""


def run(token, program):
    """Its exit status and what it prints."""
    environment = {
        **token.environment(),
        "MODULE": token.module,
        "PIN": softhsm.PIN,
        "REFERENCE": softhsm.ED25519,
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests" / "credentials_service"))),
        "DJANGO_SETTINGS_MODULE": "credentials.settings.test",
    }
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, cwd=ROOT)
    return done.returncode, done.stdout.split() or done.stderr


def test_a_process_that_signs_and_exits_at_once_exits_cleanly(token):
    for _ in range(3):
        assert run(token, PROGRAM) == (0, ["64"])
