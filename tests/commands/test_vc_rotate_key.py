"""``vc_rotate_key``: a new key from now on, the old one still in the DID document."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import key_history
from openedx_verifiable_credentials.core.key_history import KeyState
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import IssuerKey
from tests import rows
from tests.adapters.test_keystores import jwk
from tests.adapters.test_keystores import multibase
from tests.adapters.test_keystores import pem
from tests.commands.run import fails
from tests.commands.run import run

pytestmark = pytest.mark.django_db
NAME = "vc_rotate_key"


def did_document(issuer):
    """As it is served."""
    return Client().get("/.well-known/did.json", HTTP_HOST="credentials.example.edu").json()


def history(issuer):
    """As it is served, read as a verifier reads it."""
    document = Client().get(f"/verifiable_credentials/issuers/{issuer.slug}/keys.json").json()
    return key_history.read(document, issuer.did)


def test_a_new_key_signs_and_the_old_one_stays_listed(web_issuer):
    old = web_issuer.keys.get()
    said = run(NAME, "--issuer", "academy")
    new = web_issuer.keys.exclude(pk=old.pk).get()
    old.refresh_from_db()
    assert (old.signs, new.signs) == (None, True)
    assert old.retired_at == new.created
    assert new.public_key_multibase in said
    assert str(new.uuid) in said
    document = did_document(web_issuer)
    listed = [entry["id"].partition("#")[2].partition("-")[0] for entry in document["verificationMethod"]]
    assert listed == [new.public_key_multibase] * 3 + [old.public_key_multibase] * 3, "newest first"
    assert document["assertionMethod"] == [entry["id"] for entry in document["verificationMethod"]]
    assert "revoked" not in json.dumps(document)
    event = Event.objects.latest("pk")
    assert event.kind == "key.rotated"
    assert event.ids == {"issuer": web_issuer.did, "key": str(new.uuid), "before": str(old.uuid)}
    now = timezone.now()
    assert key_history.state_at(history(web_issuer), new.public_key_multibase, now) == KeyState.GOOD
    assert key_history.state_at(history(web_issuer), old.public_key_multibase, old.created) == KeyState.GOOD


def test_again_and_again(web_issuer):
    for _ in range(3):
        run(NAME, "--issuer", "academy")
    assert web_issuer.keys.count() == 4
    assert web_issuer.keys.filter(signs=True).count() == 1
    assert web_issuer.keys.filter(retired_at=None).count() == 1


def test_a_did_key_issuer_is_told_what_to_do(issuer):
    before = rows.snapshot()
    _, sentence = fails(NAME, "--issuer", "default")
    assert "did:key" in sentence
    assert "vc_create_issuer" in sentence
    assert rows.changed(before) == []


def test_an_issuer_that_is_not_there_is_said(web_issuer):
    assert "academy" in fails(NAME, "--issuer", "nobody")[1]


@pytest.mark.parametrize("more", [(), ("--key-store", "file")])
def test_a_dry_run_stores_nothing(web_issuer, tmp_path, more):
    if more:
        (tmp_path / "key.pem").write_bytes(pem("Ed25519"))
        more = (*more, "--key-reference", str(tmp_path / "key.pem"))
    before = rows.snapshot()
    assert "nothing was stored" in run(NAME, "--issuer", "academy", "--dry-run", *more)
    assert rows.changed(before) == []


def test_it_can_be_quiet(web_issuer):
    assert run(NAME, "--issuer", "academy", verbosity=0) == ""
    assert web_issuer.keys.count() == 2


def test_a_key_of_the_other_algorithm_comes_beside_the_first(web_issuer):
    old = web_issuer.keys.get()
    run(NAME, "--issuer", "academy", "--algorithm", "P-256")
    old.refresh_from_db()
    assert old.signs, "one signing key of each algorithm"
    new = web_issuer.keys.get(algorithm="P-256")
    assert new.public_key_multibase.startswith("zDn")
    assert Event.objects.latest("pk").ids["before"] is None
    kinds = [entry["type"] for entry in did_document(web_issuer)["verificationMethod"]]
    assert sorted(kinds) == ["Ed25519VerificationKey2020", *["JsonWebKey2020"] * 2, *["Multikey"] * 2]


@pytest.mark.parametrize("algorithm", ["Ed25519", "P-256"])
@pytest.mark.parametrize("form", ["pem", "jwk", "variable"])
def test_a_key_that_is_kept_elsewhere(web_issuer, tmp_path, monkeypatch, algorithm, form):
    text = json.dumps(jwk(algorithm)).encode() if form == "jwk" else pem(algorithm)
    if form == "variable":
        monkeypatch.setenv("ACADEMY_KEY", text.decode())
        where = ("--key-store", "environment", "--key-reference", "ACADEMY_KEY")
    else:
        (tmp_path / "key").write_bytes(text)
        where = ("--key-store", "file", "--key-reference", str(tmp_path / "key"))
    run(NAME, "--issuer", "academy", "--algorithm", algorithm, *where)
    key = web_issuer.keys.latest("pk")
    assert key.public_key_multibase == multibase(algorithm)
    assert (key.sealed_seed, key.sealed_with) == (None, "")
    assert (key.store, key.reference) == (where[1], where[3])
    _, sentence = fails(NAME, "--issuer", "academy", "--algorithm", algorithm, *where)
    assert "already" in sentence, "one key, one row"
    assert web_issuer.keys.filter(signs=True, algorithm=algorithm).get() == key


def test_a_remote_key(web_issuer):
    where = ("--key-store", "remote", "--key-reference", "academy")
    assert "--public-key" in fails(NAME, "--issuer", "academy", *where)[1]
    run(NAME, "--issuer", "academy", *where, "--public-key", multibase("Ed25519"))
    key = web_issuer.keys.get(signs=True)
    assert (key.store, key.reference, key.public_key_multibase) == ("remote", "academy", multibase("Ed25519"))


WRONG = {
    "no such file": ("--key-store", "file", "--key-reference", "/nowhere/key.pem"),
    "relative path": ("--key-store", "file", "--key-reference", "key.pem"),
    "no path": ("--key-store", "file"),
    "no such variable": ("--key-store", "environment", "--key-reference", "NO_SUCH_KEY"),
    "telling variable": ("--key-store", "environment", "--key-reference", "PATH"),
    "no module": ("--key-store", "pkcs11", "--key-reference", "pkcs11:token=a;object=b"),
    "no token": ("--key-store", "pkcs11"),
    "reference of nothing": ("--key-reference", "x"),
    "public key of nothing": ("--public-key", multibase("Ed25519")),
    "public key that is none": ("--key-store", "remote", "--key-reference", "a", "--public-key", "z6Mk"),
    "public key of another algorithm": (
        *("--key-store", "remote", "--key-reference", "a"),
        *("--public-key", multibase("P-256")),
    ),
    "long reference": ("--key-store", "remote", "--key-reference", "a" * 513, "--public-key", multibase("Ed25519")),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_will_not_do_is_refused_and_changes_nothing(web_issuer, name):
    before = rows.snapshot()
    _, sentence = fails(NAME, "--issuer", "academy", *WRONG[name])
    assert len(sentence) > 20
    assert rows.changed(before) == []


def test_the_other_key_of_a_file_is_noticed_afterwards(web_issuer, tmp_path):
    """A file that somebody replaced: nothing is signed with what is in it now."""
    (tmp_path / "key.pem").write_bytes(pem("Ed25519"))
    run(NAME, "--issuer", "academy", "--key-store", "file", "--key-reference", str(tmp_path / "key.pem"))
    other = jwk("Ed25519") | {"d": "A" * 42 + "E"}
    other["x"] = dids.public_jwk(dids.multikey(_public(other["d"])))["x"]
    (tmp_path / "key.pem").write_text(json.dumps(other))
    said, _ = fails("vc_doctor")
    assert "does not belong to its public key" in said


def _public(d):
    import base64

    from openedx_verifiable_credentials.adapters.local_keys import public_key
    from openedx_verifiable_credentials.data import Secret

    return public_key(Secret(base64.urlsafe_b64decode(d + "=")))


def test_an_issuer_can_be_made_with_a_key_that_is_kept_elsewhere(tmp_path):
    (tmp_path / "key.pem").write_bytes(pem("P-256"))
    where = ("--key-store", "file", "--key-reference", str(tmp_path / "key.pem"))
    assert "Ed25519" in fails("vc_create_issuer", "--name", "A", *where)[1]
    assert not Issuer.objects.exists()
    run("vc_create_issuer", "--name", "A", *where, "--algorithm", "P-256")
    assert Issuer.objects.get().did == f"did:key:{multibase('P-256')}"
    assert IssuerKey.objects.get().algorithm == "P-256"
    assert "sign-and-verify: issuer default, obv3-vc2" in run("vc_doctor")


def test_a_file_that_everybody_may_read_is_a_warning_of_the_doctor(web_issuer, tmp_path):
    path = tmp_path / "key.pem"
    path.write_bytes(pem("Ed25519"))
    path.chmod(0o644)
    run(NAME, "--issuer", "academy", "--key-store", "file", "--key-reference", str(path))
    assert f"W011: Everybody on this machine may read the key file {path}" in run("vc_doctor")
    path.chmod(0o600)
    assert "W011" not in run("vc_doctor")
