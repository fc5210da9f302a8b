"""``vc_reissue``."""

import io
import os
import re
import signal
import uuid

import pytest
from django.core.management import CommandError
from django.core.management import call_command

from openedx_verifiable_credentials.adapters.didkit import DidkitSecurer
from openedx_verifiable_credentials.models import Credential
from tests import ledgers
from tests import reissued
from tests import rows
from tests import securers
from tests import seed
from tests.commands.run import run
from tests.wallet import make_wallet

WHY = ("--reason", "name_corrected")


@pytest.fixture(name="credential")
def make_credential(make_offer, course_certificate, ada):
    """Issued, in a wallet, before the name was corrected."""
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    reissued.rename(ada)
    return Credential.objects.get()


def refused(*arguments, code=1):
    """What the command says before it exits with that status, and with which sentence."""
    out = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("vc_reissue", *WHY, *map(str, arguments), stdout=out, stderr=out)
    assert caught.value.returncode == code
    return out.getvalue(), str(caught.value)


def states():
    """Oldest first."""
    return list(Credential.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--credential", lambda row: row.uuid),
        ("--certificate", lambda row: row.certificate_uuid),
        ("--course", lambda row: row.achievement_key),
        ("--organization", lambda row: row.organization_key),
        ("--site", lambda row: row.site_id),
        ("--issuer", lambda row: "default"),
        ("--key", lambda row: row.key.uuid),
    ],
)
def test_a_credential_is_issued_anew_and_that_is_published(credential, option, value):
    staff = seed.make_learner("registrar", "", is_staff=True)
    said = run("vc_reissue", *WHY, option, str(value(credential)), "--by", "registrar")
    assert "1 credentials issued anew, 0 left as they are, 0 failed." in said
    assert "1 status lists published." in said
    assert states() == ["superseded", "issued"]
    credential.refresh_from_db()
    assert (credential.end_reason, credential.ended_by) == ("name_corrected", staff.pk)
    ledgers.require_sound()
    again = run("vc_reissue", *WHY, option, str(value(credential)))
    assert "0 credentials issued anew" in again
    assert states() == ["superseded", "issued"]


def test_forced_it_ends_although_new_ones_fit_as_well(credential):
    said = run("vc_reissue", *WHY, "--issuer", "default", "--force")
    assert "1 credentials issued anew" in said
    said = run("vc_reissue", "--reason", "content_updated", "--issuer", "default", "--force")
    assert "1 credentials issued anew" in said
    assert states() == ["superseded", "superseded", "issued"]
    assert list(Credential.objects.order_by("pk").values_list("end_reason", flat=True)) == [
        "name_corrected", "content_updated", "",
    ]  # fmt: skip


def test_why_some_were_left_is_told(credential):
    run("vc_reissue", *WHY, "--credential", str(credential.uuid))
    said = run("vc_reissue", *WHY, "--certificate", str(credential.certificate_uuid))
    assert "0 credentials issued anew, 2 left as they are, 0 failed." in said
    assert "1 left: This credential says what it would say today. [unchanged]" in said
    assert "1 left: This credential is over, or was never issued. [credential_ended]" in said


def test_a_dry_run_counts(credential):
    before = rows.snapshot()
    said = run("vc_reissue", *WHY, "--issuer", "default", "--dry-run")
    assert "1 credentials would be issued anew, 0 left as they are, 0 failed." in said
    assert rows.changed(before) == []


def test_what_fails_is_told_and_nothing_ends(settings, credential):
    settings.OPENEDX_VC_DIDKIT_SECURER = securers.PATH + "Refusing"
    said, sentence = refused("--credential", credential.uuid, code=3)
    assert "1 failed: DIDKit refused the document or the key. [didkit_failed]" in said
    assert sentence == "1 credentials could not be issued anew."
    assert states() == ["issued", "abandoned"]


BAD = {
    "nothing": ([], "nothing_selected"),
    "ids and facts": (["--credential", uuid.UUID(int=1), "--course", "x"], "either by ids or by facts"),
    "an unknown issuer": (["--issuer", "nobody"], "unknown_issuer"),
    "an unknown credential": (["--credential", uuid.UUID(int=1)], "no such credential"),
    "a course nobody has": (["--course", "course-v1:No+Such+Run"], "no such credential"),
    "a reason of revocations": (["--issuer", "default", "--reason", "staff"], "invalid choice"),
    "somebody who is not of staff": (["--issuer", "default", "--by", "nobody"], "unknown_account"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_wrong_call_does_nothing(credential, what):
    arguments, sentence = BAD[what]
    before = rows.snapshot()
    assert sentence in refused(*arguments)[1]
    assert rows.changed(before) == []


def test_nothing_is_issued_while_the_switch_is_off(credential, switched_on):
    switched_on.active = False
    switched_on.save()
    switched_on.flush()
    before = rows.snapshot()
    assert "switched_off" in refused("--credential", credential.uuid)[1]
    assert rows.changed(before) == []


def test_unknown_ids_are_told_and_the_others_issued_anew(credential):
    nobodys = uuid.uuid4()
    said, sentence = refused("--credential", nobodys, credential.uuid, code=3)
    assert f"Unknown: {nobodys}" in said
    assert sentence == "1 ids are unknown."
    assert states() == ["superseded", "issued"]


def test_a_list_that_cannot_be_published_is_told(settings, credential):
    settings.OPENEDX_VC_SECURER = securers.PATH + "Busy"
    _, sentence = refused("--credential", credential.uuid, code=3)
    assert "1 status lists wait for vc_publish_status" in sentence
    assert states() == ["superseded", "issued"]


def test_long_work_says_how_far_it_is(monkeypatch, credential):
    monkeypatch.setattr("openedx_verifiable_credentials.management.commands.vc_reissue._WORTH_A_LINE", 50)
    reissued.copies(credential, 59)
    said = run("vc_reissue", *WHY, "--issuer", "default", "--yes")
    assert re.findall(r"… (\d+) looked at", said) == ["50"]
    assert re.findall(r"… (\d+) of 60 done \(\d+/s, \d+ s left\)", said) == ["50"]
    assert "60 credentials issued anew" in said
    reissued.require_sound()


class AskedToStop(DidkitSecurer):
    """While the third credential is signed, somebody ends the process, politely."""

    signed = 0

    def secure(self, *args, **kwargs):
        type(self).signed += 1
        if self.signed == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return super().secure(*args, **kwargs)


def test_asked_to_stop_it_keeps_what_is_done(settings, credential):
    """The chunk in hand is finished; the same command goes on from there."""
    reissued.copies(credential, 59)
    settings.OPENEDX_VC_DIDKIT_SECURER = f"{__name__}.AskedToStop"
    said, sentence = refused("--issuer", "default", "--yes")
    assert "50 credentials issued anew, 0 left as they are, 0 failed." in said
    assert sentence == "Stopped; what was done is kept, and the same command goes on from there."
    assert states().count("superseded") == 50
    assert "10 credentials issued anew" in run("vc_reissue", *WHY, "--issuer", "default")
    reissued.require_sound()


@pytest.mark.parametrize(("answer", "goes_on"), [("yes\n", True), ("no\n", False), ("", False)])
def test_for_many_it_asks(monkeypatch, credential, answer, goes_on):
    reissued.copies(credential, 20)
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    before = rows.snapshot()
    if goes_on:
        said = run("vc_reissue", *WHY, "--issuer", "default")
        assert "21 credentials will be issued anew, and the old ones be over for ever (name_corrected)." in said
        assert states() == ["superseded"] * 21 + ["issued"] * 21
    else:
        assert "--yes" in refused("--issuer", "default")[1]
        assert rows.changed(before) == []
