"""``vc_archive``: what was issued, in a file that says less and less as learners are erased."""

from __future__ import annotations

import gzip
import io
import json

import pytest
from django.core.management import CommandError
from django.core.management import call_command

from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.models import Credential
from tests import bulk
from tests import seed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def issued(ready, ada, ada_client, make_offer, wallet):
    """One credential of a batch for each of three learners, and Ada's claim into a wallet."""
    course = seed.make_course(ready)
    learners = [ada, seed.make_learner("lin", "Lin Chen"), seed.make_learner("omar", "Omar Ali")]
    certificates = [seed.backdate(seed.award(one, course), days=1) for one in learners]
    bulk.issue()
    make_offer(certificates[0]).claim(wallet)
    return course


def run(*args):
    out, err = io.StringIO(), io.StringIO()
    call_command("vc_archive", *map(str, args), stdout=out, stderr=err)
    return out.getvalue()


def lines(file):
    return [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]


def rewrite(file, said):
    """With the right digest: a change that only the proofs tell."""
    import hashlib

    raw = b"".join(json.dumps(one, separators=(",", ":")).encode() + b"\n" for one in said[:-1])
    last = json.dumps({"sha256": hashlib.sha256(raw).hexdigest()}).encode() + b"\n"
    file.write_bytes(gzip.compress(raw + last))


def test_an_archive_holds_every_credential_and_opens_with_the_keys_of_the_database(issued, tmp_path):
    file = tmp_path / "all.jsonl.gz"
    assert "4 credentials archived" in run(file)
    assert "4 credentials: 4 open and verify, 0 of erased learners" in run(file, "--check")
    assert file.stat().st_mode & 0o077 == 0
    text = gzip.decompress(file.read_bytes()).decode()
    assert not [
        secret
        for secret in ("Lin Chen", "Omar Ali", "Ada Lovelace", "did:key:z6Mk")
        if secret in text.replace(str(Credential.objects.first().issuer.did), "")
    ]


def test_whoever_is_erased_is_erased_in_it(issued, tmp_path):
    file = tmp_path / "all.jsonl.gz"
    run(file)
    assert erasing.erase_by_username("omar").credentials == 1
    assert "3 open and verify, 1 of erased learners, 0 do not" in run(file, "--check")


def test_what_was_changed_in_it_is_found(issued, tmp_path):
    file = tmp_path / "all.jsonl.gz"
    run(file)
    said = lines(file)
    [shape] = [one["shape"] for one in said if "shape" in one]
    shape["outline"] = shape["outline"].replace("VerifiableCredential", "VerifiableCredentia1", 1)
    rewrite(file, said)
    with pytest.raises(CommandError) as refused:
        run(file, "--check")
    assert refused.value.returncode == 3
    said = lines(file)
    said[1], said[2] = said[2], said[1]
    file.write_bytes(gzip.compress(b"\n".join(json.dumps(one).encode() for one in said)))
    with pytest.raises(CommandError, match="archive_damaged"):
        run(file, "--check")


@pytest.mark.parametrize(
    "raw", [b"", b"no gzip", gzip.compress(b""), gzip.compress(b"{}\n{}\n"), gzip.compress(b"[1]\n")]
)
def test_what_is_no_archive_is_refused(db, tmp_path, raw):
    file = tmp_path / "x"
    file.write_bytes(raw)
    with pytest.raises(CommandError, match="archive_damaged"):
        run(file, "--check")


def test_an_archive_never_replaces_a_file(issued, tmp_path):
    file = tmp_path / "all.jsonl.gz"
    file.write_text("mine")
    with pytest.raises(CommandError, match="file_exists"):
        run(file)
    assert file.read_text() == "mine"
    assert [one.name for one in tmp_path.iterdir()] == ["all.jsonl.gz"]


def test_it_can_be_narrowed_and_counted(issued, tmp_path):
    batch = Credential.objects.exclude(batch=None).first().batch
    assert "3 credentials would be archived" in run(tmp_path / "b", "--batch", batch.uuid, "--dry-run")
    assert not list(tmp_path.iterdir())
    assert "4 credentials archived" in run(tmp_path / "c", "--course", issued.course_id)
    for none in (("--before", "2001-01-01"), ("--course", "course-v1:No+Such+Run")):
        with pytest.raises(CommandError, match="no such credential"):
            run(tmp_path / "d", *none)


def test_a_write_that_fails_leaves_nothing(issued, tmp_path):
    with pytest.raises(CommandError, match="export_failed"):
        run(tmp_path / "no" / "such" / "folder")
