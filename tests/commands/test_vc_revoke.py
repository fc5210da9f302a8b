"""``vc_revoke`` and ``vc_suspend``."""

import io
import re
import uuid

import pytest
from django.core.management import CommandError
from django.core.management import call_command

from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import StatusList
from tests import ledgers
from tests import rows
from tests import securers
from tests import seed
from tests.commands.run import run
from tests.wallet import make_wallet


@pytest.fixture(name="credential")
def make_credential(make_offer, course_certificate):
    """Issued, in a wallet."""
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    return Credential.objects.get()


@pytest.fixture(name="staff")
def make_staff(db):
    """An account of staff."""
    return seed.make_learner("registrar", "", is_staff=True)


def refused(name, *arguments, code=1):
    """What a command says before it exits with that status, and with which sentence."""
    out = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command(name, *map(str, arguments), stdout=out, stderr=out)
    assert caught.value.returncode == code
    return out.getvalue(), str(caught.value)


def states():
    """Oldest first."""
    return list(Credential.objects.order_by("pk").values_list("state", flat=True))


def test_a_credential(credential, staff):
    said = run("vc_revoke", "--credential", str(credential.uuid), "--by", "registrar", "--reason", "holder")
    assert "1 credentials revoked, 0 were over already." in said
    assert "1 status lists published." in said
    credential.refresh_from_db()
    assert (credential.state, credential.end_reason, credential.ended_by) == ("revoked", "holder", staff.pk)
    ledgers.require_sound()
    again = run("vc_revoke", "--credential", str(credential.uuid))
    assert "0 credentials revoked, 1 were over already." in again
    credential.refresh_from_db()
    assert (credential.end_reason, credential.ended_by) == ("holder", staff.pk)


@pytest.mark.parametrize("how", ["number", "username", "digits that are a username"])
def test_who_decided_is_kept_as_a_number(credential, staff, how):
    if how == "digits that are a username":
        staff = seed.make_learner("80808080", "", is_staff=True)
    account = str(staff.pk) if how == "number" else staff.username
    run("vc_revoke", "--credential", str(credential.uuid), "--by", account)
    assert Credential.objects.get().ended_by == staff.pk
    assert b"registrar" not in rows.our_bytes()


def test_a_number_that_is_anothers_username_says_nobody(credential, staff):
    other = seed.make_learner(str(staff.pk), "", is_staff=True)
    before = rows.snapshot()
    _, sentence = refused("vc_revoke", "--credential", credential.uuid, "--by", staff.pk)
    assert "ambiguous_account" in sentence
    assert rows.changed(before) == []
    run("vc_revoke", "--credential", str(credential.uuid), "--by", str(other.pk))
    assert Credential.objects.get().ended_by == other.pk


@pytest.mark.parametrize("who", ["nobody", "ada", "99999", "9" * 30, "-1", "²"])
def test_who_is_not_of_staff_did_not_decide(credential, who):
    before = rows.snapshot()
    _, sentence = refused("vc_revoke", "--credential", credential.uuid, f"--by={who}")
    assert "unknown_account" in sentence
    assert "ada" not in sentence
    assert rows.changed(before) == []


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--certificate", lambda row: row.certificate_uuid),
        ("--course", lambda row: row.achievement_key),
        ("--organization", lambda row: row.organization_key),
        ("--site", lambda row: row.site_id),
        ("--issuer", lambda row: "default"),
        ("--key", lambda row: row.key.uuid),
    ],
)
def test_by_what_its_row_says(credential, option, value):
    run("vc_revoke", option, str(value(credential)))
    assert states() == ["revoked"]


def test_a_program(make_offer, course_certificate, program_certificate):
    for certificate in (course_certificate, program_certificate):
        assert make_offer(certificate).claim(make_wallet()).status_code == 201
    run("vc_revoke", "--program", str(program_certificate.credential.program_uuid))
    assert states() == ["issued", "revoked"]


@pytest.mark.parametrize(("since", "revoked"), [("2020-01-01", 1), ("2090-01-01T00:00:00+02:00", 0)])
def test_what_a_key_signed_since(credential, since, revoked):
    key = credential.key.uuid
    arguments = ("--key", str(key), "--since", since, "--reason", "key_compromised")
    if revoked:
        run("vc_revoke", *arguments)
    else:
        assert "no such credential" in refused("vc_revoke", *arguments)[1]
    assert states() == ["revoked" if revoked else "issued"]


def test_asked_again_for_what_is_over_it_says_so(credential):
    run("vc_revoke", "--course", credential.achievement_key)
    again = run("vc_revoke", "--course", credential.achievement_key)
    assert "0 credentials revoked, 1 were over already." in again
    Credential.objects.update(organization_key=credential.organization_key.swapcase())
    assert "no such credential" in refused("vc_revoke", "--organization", credential.organization_key)[1]


BAD = {
    "nothing": ([], "nothing_selected"),
    "ids and facts": (["--credential", uuid.UUID(int=1), "--course", "x"], "either by ids or by facts"),
    "since without a key": (["--since", "2026-01-01"], "--since goes with --key"),
    "a course and a program": (["--course", "x", "--program", uuid.UUID(int=1)], "of a course or of a program"),
    "an unknown issuer": (["--issuer", "nobody"], "unknown_issuer"),
    "an unknown key": (["--key", uuid.UUID(int=1)], "unknown_key"),
    "an unknown credential": (["--credential", uuid.UUID(int=1)], "no such credential"),
    "a course nobody has": (["--course", "course-v1:No+Such+Run"], "no such credential"),
    "a site beyond numbers": (["--site", "9" * 30], "no such credential"),
    "no uuid": (["--credential", "x"], "invalid UUID value"),
    "no moment": (["--key", uuid.UUID(int=1), "--since", "yesterday"], "invalid"),
    "a reason of the host's": (["--credential", uuid.UUID(int=1), "--reason", "certificate_revoked"], "invalid choice"),
    "two kinds of ids": (["--credential", uuid.UUID(int=1), "--certificate", uuid.UUID(int=1)], "not allowed with"),
    "a file that is not there": (["--file", "no/such/file"], "cannot be read"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_wrong_call_does_nothing(credential, what):
    arguments, sentence = BAD[what]
    before = rows.snapshot()
    assert sentence in refused("vc_revoke", *arguments)[1]
    assert rows.changed(before) == []


def test_unknown_ids_are_told_and_the_others_revoked(credential):
    nobodys = [uuid.uuid4(), uuid.uuid4()]
    said, sentence = refused("vc_revoke", "--credential", nobodys[0], credential.uuid, nobodys[1], code=3)
    assert re.findall(r"Unknown: (.+)", said) == [str(one) for one in nobodys]
    assert "2 ids are unknown" in sentence
    assert states() == ["revoked"]
    ledgers.require_sound()


def test_a_list_that_cannot_be_published_is_told(settings, credential):
    settings.OPENEDX_VC_SECURER = securers.PATH + "Busy"
    _, sentence = refused("vc_revoke", "--credential", credential.uuid, code=3)
    assert "The revocation is recorded" in sentence
    assert (states(), StatusList.objects.get().changed_at is None) == (["revoked"], False)


def test_without_keys_it_is_recorded(settings, credential):
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = {}
    IssuerKey.objects.update(signs=None)
    refused("vc_revoke", "--credential", credential.uuid, code=3)
    assert states() == ["revoked"]


def test_publishing_can_be_left_to_the_next_run(credential):
    assert "published" not in run("vc_revoke", "--no-publish", "--credential", str(credential.uuid))
    assert ledgers.is_marked(credential)
    assert not ledgers.is_served_as(credential)


def test_it_says_of_how_many_verifiers_cannot_learn(credential):
    [earlier] = ledgers.multiply(credential, 1)
    Credential.objects.filter(pk=earlier.pk).update(status_list=None, status_index=None)
    sentence = "1 of these have no place in a status list"
    name = ["vc_revoke", "--issuer", "default"]
    assert sentence in run(*name, "--dry-run")
    assert sentence in run(*name)
    assert "no place" not in run(*name)


def test_a_dry_run_counts(credential):
    ledgers.multiply(credential, 600)
    before = rows.snapshot()
    said = run("vc_revoke", "--issuer", "default", "--dry-run")
    assert "601 credentials would be revoked, 0 are over already." in said
    assert rows.changed(before) == []


@pytest.mark.parametrize(("answer", "goes_on"), [("yes\n", True), ("no\n", False), ("", False), ("y\n", False)])
def test_for_many_it_asks(monkeypatch, credential, answer, goes_on):
    ledgers.multiply(credential, 20)
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    before = rows.snapshot()
    if goes_on:
        assert "21 credentials will be revoked for ever (staff)" in run("vc_revoke", "--issuer", "default")
        assert set(states()) == {"revoked"}
    else:
        assert "--yes" in refused("vc_revoke", "--issuer", "default")[1]
        assert rows.changed(before) == []


def test_told_to_go_on_it_says_how_far_it_is(credential):
    ledgers.multiply(credential, 1100)
    said = run("vc_revoke", "--issuer", "default", "--yes")
    assert re.findall(r"… (\d+) of 1101 credentials revoked \(\d+/s\)", said) == ["500", "1000", "1101"]
    ledgers.require_sound()


class TestFiles:
    """One uuid a line."""

    def test_every_spelling(self, tmp_path, credential):
        one, two, three = ledgers.multiply(credential, 3)
        file = tmp_path / "ids.csv"
        file.write_text(
            f'\ufeff{credential.uuid}\r\n\r\n  {one.uuid.hex.upper()}  \n{two.uuid.urn}\n"{three.uuid}"\n', "utf-8"
        )
        run("vc_revoke", "--file", str(file))
        assert states() == ["revoked"] * 4

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", "no uuid in the file"),
            (b"\n\n", "no uuid in the file"),
            (b"uuid\n", "No uuid in line 1;"),
            (b"00000000-0000-0000-0000-000000000001\nx\n\ny", "No uuid in line 2, 4;"),
            (b"x\n" * 50, ", …;"),
            (b"\xff\xfe", "cannot be read as text"),
        ],
    )
    def test_a_bad_one_does_nothing(self, tmp_path, credential, content, sentence):
        file = tmp_path / "ids.csv"
        file.write_bytes(str(credential.uuid).encode() + b"\n" + content if b"00000" in content else content)
        before = rows.snapshot()
        said = refused("vc_revoke", "--file", file)[1]
        assert sentence.replace("2, 4", "3, 5") in said
        assert rows.changed(before) == []


class TestSuspend:
    """``vc_suspend``."""

    def test_and_lift(self, settings, make_offer, course_certificate):
        settings.OPENEDX_VC_SUSPENSION = True
        assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
        credential = Credential.objects.get()
        name = ["vc_suspend", "--credential", str(credential.uuid)]
        assert run(*name) == "The credential is suspended now.\n"
        assert ledgers.is_served_as(credential, "suspension")
        assert run(*name) == "The credential is suspended already; nothing was done.\n"
        assert run(*name, "--lift") == "The credential is not suspended now.\n"
        assert not ledgers.is_served_as(credential, "suspension")
        run("vc_revoke", "--credential", str(credential.uuid))
        assert "credential_ended" in refused(*name)[1]

    @pytest.mark.parametrize("how", ["number", "username"])
    def test_who_decided_is_kept_as_a_number(self, settings, make_offer, course_certificate, staff, how):
        settings.OPENEDX_VC_SUSPENSION = True
        assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
        name = ["vc_suspend", "--credential", str(Credential.objects.get().uuid)]
        run(*name, "--by", str(staff.pk) if how == "number" else staff.username)
        assert Event.objects.get(kind="credential.suspended").ids["staff"] == str(staff.pk)
        assert b"registrar" not in rows.our_bytes()
        before = rows.snapshot()
        assert "unknown_account" in refused(*name, "--lift", "--by=ada")[1]
        assert rows.changed(before) == []

    def test_a_list_that_cannot_be_published_is_told(self, settings, make_offer, course_certificate):
        settings.OPENEDX_VC_SUSPENSION = True
        assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
        settings.OPENEDX_VC_SECURER = securers.PATH + "Busy"
        said, sentence = refused("vc_suspend", "--credential", Credential.objects.get().uuid, code=3)
        assert "suspended now" in said
        assert "waits for vc_publish_status" in sentence
        assert Credential.objects.get().suspended

    def test_where_lists_do_not_it_names_the_setting(self, credential):
        assert "OPENEDX_VC_SUSPENSION" in refused("vc_suspend", "--credential", credential.uuid)[1]
        assert "unknown_credential" in refused("vc_suspend", "--credential", uuid.uuid4())[1]
