"""``vc_publish_status``: what it says, counts, repairs and exports; and that it can be killed anywhere."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.core import status_list as core
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import PublishedList
from openedx_verifiable_credentials.models import StatusList
from tests import faults
from tests import lists
from tests import rows
from tests.adapters.test_export_directory import visible
from tests.commands.run import fails
from tests.commands.run import run
from tests.servers.running import ROOT
from tests.servers.running import sandbox_of

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "vc_publish_status"
AGREE = "The ledger, the bits and the served documents agree.\n"


@pytest.fixture(name="credentials")
def make_credentials(issuer, settings):
    """Four in one list, which can suspend and is published."""
    settings.OPENEDX_VC_SUSPENSION = True
    credentials = lists.add_credentials(issuer, 4)
    lists.publish(credentials[0].status_list)
    return credentials


@pytest.fixture(name="row")
def the_list(credentials):
    """Their list."""
    return credentials[0].status_list


class TestPublishing:
    def test_what_is_due(self, credentials, row):
        assert run(NAME) == "0 status lists published, 0 waiting, 0 failed.\n"
        lists.revoke(credentials[0])
        assert run(NAME) == "0 status lists published, 1 waiting, 0 failed.\n"
        assert run(NAME, "--now", verbosity=2) == (
            f"{row.uuid}: published (changed)\n1 status lists published, 0 waiting, 0 failed.\n"
        )
        assert run(NAME, "--all") == "1 status lists published, 0 waiting, 0 failed.\n"
        assert lists.versions(row) == {3}

    def test_a_dry_run_says_what_is_due_and_changes_nothing(self, credentials, row, tmp_path):
        lists.revoke(credentials[0])
        before = rows.snapshot()
        assert run(NAME, "--dry-run") == "0 status lists due, 1 waiting.\n"
        assert run(NAME, "--dry-run", "--now", "--export", str(tmp_path / "x")) == (
            f"{row.uuid}: changed\n1 status lists due, 0 waiting.\n"
        )
        assert "not be" not in run(NAME, "--dry-run", "--rebuild")
        assert rows.changed(before) == []
        assert not (tmp_path / "x").exists()

    def test_what_failed_is_told_and_is_an_exit_status(self, credentials, row):
        lists.revoke(credentials[0])
        IssuerKey.objects.update(sealed_with="gone")
        said, sentence = fails(NAME, "--now")
        assert f"{row.uuid}: The key-encryption key 'gone' is in use but not configured." in said
        assert "0 status lists published, 0 waiting, 1 failed." in said
        assert sentence == "Some status lists were not published or exported; the log tells why."

    def test_a_setting_that_is_wrong_is_a_sentence(self, credentials, settings):
        settings.OPENEDX_VC_STATUS_LIST_TTL_SECONDS = 0
        assert "STATUS_LIST_TTL_SECONDS must be" in fails(NAME)[1]
        del settings.OPENEDX_VC_STATUS_LIST_TTL_SECONDS
        settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = {}
        assert run(NAME) == "0 status lists published, 0 waiting, 0 failed.\n"
        lists.revoke(credentials[0])
        assert "vc_generate_kek" in fails(NAME, "--now")[1]

    def test_a_database_that_is_not_there_is_a_sentence(self, credentials):
        with faults.without_table(PublishedList):
            assert fails(NAME)[1].startswith("The database could not be used.")

    @pytest.mark.parametrize("seconds", ["0", "-1"])
    def test_a_rhythm_that_is_none(self, db, seconds):
        assert "above 0" in fails(NAME, f"--every={seconds}")[1]


def clear_bits(**fields: Any) -> None:
    StatusList.objects.update(**fields)


class TestCheck:
    def test_all_is_well(self, credentials):
        assert run(NAME, "--check") == AGREE
        lists.revoke(*credentials[:2])
        lists.suspend(credentials[3])
        assert run(NAME, "--check") == AGREE, "what waits to be published is no problem"
        run(NAME, "--now")
        before = rows.snapshot()
        assert run(NAME, "--check") == AGREE
        assert rows.changed(before) == []

    @pytest.mark.parametrize("state", ["revoked", "superseded"])
    def test_a_credential_that_ended_without_its_bit(self, credentials, row, state):
        Credential.objects.filter(pk=credentials[0].pk).update(state=state)
        said, sentence = fails(NAME, "--check")
        assert said == f"Status list {row.uuid}: 1 revocation bits are missing that the ledger says are set.\n"
        assert sentence == "1 problem(s) with status lists."

    def test_a_suspension_without_its_bit(self, credentials):
        Credential.objects.filter(pk=credentials[0].pk).update(suspended=True)
        assert "1 suspension bits are missing" in fails(NAME, "--check")[0]

    def test_a_bit_of_nobody(self, credentials, row):
        lists.revoke(credentials[0])
        run(NAME, "--now")
        Credential.objects.filter(pk=credentials[0].pk).update(state="issued")
        assert "1 revocation bits are set that the ledger knows nothing of" in fails(NAME, "--check")[0]

    @pytest.mark.parametrize("bits", [b"", b"\x00" * 16_383, b"\x00" * 16_385])
    @pytest.mark.parametrize("field", ["bits", "suspension_bits"])
    def test_bits_that_are_damaged(self, credentials, field, bits):
        clear_bits(**{field: bits})
        assert "bits of status list" in fails(NAME, "--check")[0]

    @pytest.mark.parametrize("form", list(ListForm))
    def test_a_document_that_is_damaged_over_missing_or_of_another_state(self, credentials, row, form):
        stored = PublishedList.objects.filter(form=form.value)
        good = stored.get()
        stored.update(document=bytes(good.document)[:-1])
        assert f"its {form} document is damaged" in fails(NAME, "--check")[0]
        stored.update(document=good.document, valid_until=timezone.now())
        assert f"its {form} document is over since" in fails(NAME, "--check")[0]
        stored.delete()
        assert f"its {form} document was never published" in fails(NAME, "--check")[0]

    def test_a_document_that_somebody_changed_together_with_its_hash(self, credentials, row):
        stored = PublishedList.objects.get(form="revocation")
        document = json.loads(bytes(stored.document))
        encoded = document["credentialSubject"]["encodedList"]
        document["credentialSubject"]["encodedList"] = (
            encoded[:20] + ("A" if encoded[20] != "A" else "B") + encoded[21:]
        )
        changed = json.dumps(document, separators=(",", ":")).encode()
        values = {"gzipped": gzip.compress(changed), "sha256": hashlib.sha256(changed).hexdigest()}
        PublishedList.objects.filter(pk=stored.pk).update(document=changed, **values)
        assert "its revocation document does not verify" in fails(NAME, "--check")[0]

    def test_a_list_in_the_place_of_another(self, credentials, row, issuer):
        other = issuers.create_issuer(issuers.NewIssuer(name="Other", slug="other", is_default=False))
        foreign = lists.add_credentials(other)[0].status_list
        lists.publish(foreign)
        swap(row, foreign, "revocation", "revocation")
        assert "its revocation document does not verify" in fails(NAME, "--check")[0]

    def test_an_older_version_in_the_place_of_the_present_one(self, credentials, row):
        older = PublishedList.objects.filter(form="revocation").values("document", "gzipped", "sha256").get()
        lists.revoke(credentials[0])
        run(NAME, "--now")
        PublishedList.objects.filter(form="revocation").update(**older)
        assert "has other bits than the list" in fails(NAME, "--check")[0]

    def test_a_document_of_another_purpose(self, credentials, row):
        swap(row, row, "revocation", "suspension")
        assert "its revocation document is that of another list" in fails(NAME, "--check")[0]


def swap(row: StatusList, foreign: StatusList, form: str, other: str) -> None:
    """What is stored of one list or form comes into the place of another."""
    found = PublishedList.objects.filter(status_list=foreign, form=other)
    PublishedList.objects.filter(status_list=row, form=form).update(
        **found.values("document", "gzipped", "sha256").get()
    )


class TestRebuild:
    def expect(self, row: StatusList, credentials: list[Credential], bits: int) -> None:
        said = run(NAME, "--rebuild")
        assert f"{row.uuid}: {bits} bits were set" in said
        assert "1 status lists were rebuilt.\n1 status lists published" in said
        wanted = {one.status_index for one in credentials}
        assert lists.served_indices(row) == lists.served_indices(row, ListForm.REVOCATION_2021) == wanted
        assert run(NAME, "--check") == AGREE

    def test_what_is_right_stays(self, credentials):
        lists.revoke(credentials[0])
        run(NAME, "--now")
        before = PublishedList.objects.values(), StatusList.objects.values("bits", "bits_version", "changed_at")
        before = [list(values) for values in before]
        assert run(NAME, "--rebuild").startswith("0 status lists were rebuilt.\n")
        after = PublishedList.objects.values(), StatusList.objects.values("bits", "bits_version", "changed_at")
        assert [list(values) for values in after] == before
        assert StatusList.objects.get().open_key is None, "the next credentials get their places in a new one"

    def test_bits_that_are_missing_are_set(self, credentials, row):
        lists.revoke(credentials[0])
        Credential.objects.filter(pk=credentials[1].pk).update(state="superseded")
        self.expect(row, credentials[:2], 1)

    def test_bits_that_were_lost_after_they_were_served_are_set_again(self, credentials, row):
        lists.revoke(*credentials[:2])
        run(NAME, "--now")
        clear_bits(bits=bytes(16_384))
        self.expect(row, credentials[:2], 2)

    @pytest.mark.parametrize("bits", [b"", b"junk", b"\x00" * 20_000])
    def test_damaged_bits_are_made_anew_from_the_ledger_and_what_is_served(self, credentials, row, bits):
        lists.revoke(*credentials[:2])
        run(NAME, "--now")
        clear_bits(bits=bits)
        lists.revoke(credentials[2])
        Credential.objects.filter(pk=credentials[0].pk).update(state="issued")  # the ledger lost it, the list did not
        said = run(NAME, "--rebuild")
        assert "damaged bits made anew" in said
        assert lists.served_indices(row) == {one.status_index for one in credentials[:3]}

    def test_no_revocation_is_taken_back(self, credentials, row):
        lists.revoke(credentials[0])
        Credential.objects.filter(pk=credentials[0].pk).update(state="issued")
        run(NAME, "--rebuild", "--now")
        assert lists.served_indices(row) == {credentials[0].status_index}

    def test_suspensions_come_from_the_ledger_alone(self, credentials, row):
        lists.suspend(*credentials[:2])
        run(NAME, "--now")
        lists.suspend(credentials[0], suspended=False)
        clear_bits(suspension_bits=b"junk")
        run(NAME, "--rebuild")
        assert lists.served_indices(row, ListForm.SUSPENSION) == {credentials[1].status_index}

    def test_a_dry_run_only_says_it(self, credentials, row):
        Credential.objects.filter(pk=credentials[1].pk).update(state="revoked")
        before = rows.snapshot()
        assert f"{row.uuid}: 1 bits would be set\n1 status lists would be rebuilt." in run(
            NAME, "--rebuild", "--dry-run"
        )
        assert rows.changed(before) == []


class TestExport:
    def test_every_document_stands_at_the_path_of_its_address(self, credentials, row, tmp_path):
        issuers.create_issuer(issuers.NewIssuer(name="Web", slug="web", method="web", is_default=False))
        issuers.create_issuer(issuers.NewIssuer(name="Path", slug="path", method="web-path", is_default=False))
        said = run(NAME, "--export", str(tmp_path))
        assert "9 documents exported, 0 unchanged, 0 refused." in said
        found = visible(tmp_path)
        assert len(found) == 18
        for path, content in found.items():
            if path.endswith(".gz"):
                assert gzip.decompress(content) == found[path.removesuffix(".gz")]
        for form in ListForm:
            assert found[lists.path(row, form).strip("/")] == lists.get(row, form).content
        from django.test import Client

        below = "verifiable_credentials/issuers"
        for path in (".well-known/did.json", f"{below}/path/did.json", f"{below}/default/keys.json"):
            answer = Client(HTTP_HOST="credentials.example.edu").get(f"/{path}")
            assert found[path] == answer.content

    def test_only_what_changed_is_written(self, credentials, row, tmp_path):
        run(NAME, "--export", str(tmp_path))
        assert "0 documents exported, 5 unchanged, 0 refused." in run(NAME, "--export", str(tmp_path))
        lists.revoke(credentials[0])
        run(NAME, "--now", "--export", str(tmp_path))
        assert visible(tmp_path)[lists.path(row).strip("/")] == lists.get(row).content

    def test_an_older_version_never_replaces_a_newer_one(self, credentials, row, tmp_path, caplog):
        """After the database was restored from a backup, for instance."""
        backup = {one.pk: one for one in PublishedList.objects.all()}
        lists.revoke(credentials[0])
        run(NAME, "--now", "--export", str(tmp_path))
        newer = visible(tmp_path)
        for one in backup.values():
            one.save()
        said, _ = fails(NAME, "--export", str(tmp_path))
        assert "0 documents exported, 1 unchanged, 4 refused." in said
        assert "a newer one (version 2) is there" in caplog.text
        assert visible(tmp_path) == newer

    @pytest.mark.parametrize("damage", [{"document": b"junk"}, {"gzipped": b"junk"}, {"sha256": "0"}, {"over": True}])
    def test_what_is_damaged_or_over_is_not_exported(self, credentials, row, tmp_path, settings, damage):
        run(NAME, "--export", str(tmp_path))
        good = visible(tmp_path)
        settings.OPENEDX_VC_SECURER = "tests.lists.Down"
        if damage.pop("over", False):
            damage["valid_until"] = timezone.now()
        PublishedList.objects.filter(form="revocation").update(**damage)
        assert "0 documents exported, 4 unchanged, 1 refused." in fails(NAME, "--export", str(tmp_path))[0]
        assert visible(tmp_path) == good

    def restore(self, credentials, row, backup: list[Any], publications: int) -> None:
        """As a restored database and as many publications after it leave things: a revocation is forgotten."""
        Credential.objects.filter(pk=credentials[0].pk).update(state="issued")
        StatusList.objects.update(bits=bytes(16_384))
        for one in backup:
            one.save()
        for _ in range(publications):
            lists.publish(row)

    @pytest.mark.parametrize("publications", [1, 2])
    def test_after_a_restore_no_version_number_takes_back_a_revocation(
        self, credentials, row, tmp_path, caplog, publications
    ):
        backup = list(PublishedList.objects.all())
        lists.revoke(credentials[0])
        run(NAME, "--now", "--export", str(tmp_path))
        exported = visible(tmp_path)
        self.restore(credentials, row, backup, publications)
        assert lists.versions(row) == {1 + publications}, "as high as the exported one, or higher"
        said, _ = fails(NAME, "--export", str(tmp_path))
        assert ", 2 refused." in said, "the lists of revocations alone are refused"
        lines = [record.getMessage() for record in caplog.records if "not exported" in record.message]
        assert len(lines) == 2
        assert all("lacks revocations of the one that is there" in line and "--rebuild --all" in line for line in lines)
        for form in (ListForm.REVOCATION, ListForm.REVOCATION_2021):
            for path in (lists.path(row, form).strip("/"), lists.path(row, form).strip("/") + ".gz"):
                assert visible(tmp_path)[path] == exported[path]
        lists.revoke(credentials[0], credentials[1])
        assert "0 refused." in run(NAME, "--rebuild", "--all", "--export", str(tmp_path))
        document = json.loads(visible(tmp_path)[lists.path(row).strip("/")])
        assert lists.indices(document, ListForm.REVOCATION) == {one.status_index for one in credentials[:2]}

    @pytest.mark.parametrize("intact", ["", ".gz"])
    def test_of_two_exported_files_one_that_can_be_read_is_enough(self, credentials, row, tmp_path, intact):
        backup = list(PublishedList.objects.all())
        lists.revoke(credentials[0])
        run(NAME, "--now", "--export", str(tmp_path))
        self.restore(credentials, row, backup, 2)
        file = tmp_path / (lists.path(row).strip("/") + {"": ".gz", ".gz": ""}[intact])
        file.write_bytes(b"junk")
        assert "2 refused." in fails(NAME, "--export", str(tmp_path))[0]
        assert file.read_bytes() == b"junk"

    @pytest.mark.parametrize("junk", [b"", b"junk", b"[]", b'{"credentialSubject":{"encodedList":5}}', b"\xff", None])
    def test_what_is_there_and_can_not_be_read_is_replaced(self, credentials, row, tmp_path, junk):
        run(NAME, "--export", str(tmp_path))
        good = visible(tmp_path)
        for end in ("", ".gz"):
            file = tmp_path / (lists.path(row).strip("/") + end)
            file.write_bytes(junk) if junk is not None else file.unlink()
        assert "1 documents exported, 4 unchanged, 0 refused." in run(NAME, "--export", str(tmp_path))
        assert visible(tmp_path) == good

    def test_somebody_set_a_bit_in_the_exported_list(self, credentials, row, tmp_path):
        run(NAME, "--export", str(tmp_path))
        file = tmp_path / lists.path(row).strip("/")
        document = json.loads(file.read_bytes())
        bits = core.with_bits(core.empty_bits(row.length), [5])
        document["credentialSubject"]["encodedList"] = core.encode(bits)
        file.write_text(json.dumps(document), encoding="utf-8")
        assert "0 documents exported, 4 unchanged, 1 refused." in fails(NAME, "--export", str(tmp_path))[0]

    def test_a_file_that_cannot_be_written_stops_no_other(self, credentials, row, tmp_path, caplog):
        for form in (ListForm.REVOCATION, ListForm.SUSPENSION):
            (tmp_path / lists.path(row, form).strip("/")).mkdir(parents=True)
        said, sentence = fails(NAME, "--export", str(tmp_path))
        assert "3 documents exported, 0 unchanged, 2 refused." in said
        assert "the log tells why" in sentence
        [line] = [record for record in caplog.records if "was not exported" in record.message]
        assert "failed: Is a directory." in line.getMessage()
        assert line.exc_info is None
        for form in (ListForm.REVOCATION, ListForm.SUSPENSION):
            (tmp_path / lists.path(row, form).strip("/")).rmdir()
        assert "2 documents exported, 3 unchanged, 0 refused." in run(NAME, "--export", str(tmp_path))

    def test_a_directory_that_cannot_be_had_is_a_sentence(self, credentials, tmp_path):
        (tmp_path / "file").write_text("", encoding="utf-8")
        assert "The export to" in fails(NAME, "--export", str(tmp_path / "file"))[1]


SET_UP = """
import datetime, os, signal, sys
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from openedx_verifiable_credentials.models import Issuer, StatusList
from tests import lists

def newest():
    # The sandbox has a list of its own: that of what a learner shares there.
    return StatusList.objects.latest("pk")
"""
PREPARE = (
    SET_UP
    + """
rows = lists.add_credentials(Issuer.objects.get(slug="default"), 3)
lists.publish(rows[0].status_list)
print(rows[0].status_list.uuid)
"""
)
REVOKE = (
    SET_UP
    + """
from openedx_verifiable_credentials.models import Credential
one = Credential.objects.filter(state="issued", status_list=newest()).first()
lists.revoke(one, ago=datetime.timedelta(minutes=5))
"""
)
PUBLISH_AND_DIE = (
    SET_UP
    + """
starts, left = sys.argv[1], int(sys.argv[2])
def guard(execute, sql, params, many, context):
    global left
    if sql.startswith(starts):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)
with connection.execute_wrapper(guard):
    call_command("vc_publish_status")
"""
)
SHOW = (
    SET_UP
    + """
import json
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.models import Credential
row = newest()
ended = set(Credential.objects.filter(state="revoked", status_list=row).values_list("status_index", flat=True))
served = [lists.served_indices(row, form) for form in (ListForm.REVOCATION, ListForm.REVOCATION_2021)]
print(json.dumps([sorted(ended), *map(sorted, served), sorted(lists.versions(row))]))
"""
)


@pytest.fixture(name="environment", scope="module")
def a_sandbox(tmp_path_factory):
    """Of a service whose database is a file, with a list that is published."""
    environment = sandbox_of(tmp_path_factory.mktemp("sandbox"), 8000, "key")[1]
    subprocess.run([sys.executable, "-c", PREPARE], cwd=ROOT, env=environment, check=True, timeout=120)
    return environment


class TestProcesses:
    """Real processes on a database file of their own."""

    pytestmark = pytest.mark.slow

    def python(self, environment: dict[str, str], code: str, *arguments: str, status: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == status, done.stderr
        return done.stdout

    def test_whoever_is_killed_while_publishing_leaves_a_good_list_and_the_next_run_finishes(self, environment):
        for starts, number in (
            ('UPDATE "openedx_verifiable_credentials_statuslist"', "1"),
            ('UPDATE "openedx_verifiable_credentials_publishedlist"', "2"),
            ('UPDATE "openedx_verifiable_credentials_statuslist"', "2"),
        ):
            self.python(environment, REVOKE)
            ended, first, second, (version,) = json.loads(self.python(environment, SHOW))
            assert first == second != ended
            self.python(environment, PUBLISH_AND_DIE, starts, number, status=-signal.SIGKILL)
            assert json.loads(self.python(environment, SHOW)) == [ended, first, second, [version]]
            self.python(environment, SET_UP + "call_command('vc_publish_status')")
            assert json.loads(self.python(environment, SHOW)) == [ended, ended, ended, [version + 1]]

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_it_goes_on_until_a_signal_whatever_happens_to_the_database(self, environment, tmp_path, number):
        database = Path(environment["SANDBOX_DB"])
        away = database.with_suffix(".away")
        log = tmp_path / "log"
        loop = [sys.executable, "-m", "django", NAME, "--every=0.3", "--all", "--export", str(tmp_path / "cdn")]
        with log.open("wb") as output:
            process = subprocess.Popen(loop, cwd=ROOT, env=environment, stdout=output, stderr=output)
        try:
            self.until(lambda: "status lists published" in log.read_text(), process, log)
            database.rename(away)
            self.until(lambda: "the database could not be used" in log.read_text(), process, log)
            said = len(log.read_text())
            database.unlink(missing_ok=True)
            away.rename(database)
            self.until(lambda: "status lists published" in log.read_text()[said:], process, log)
            process.send_signal(number)
            assert process.wait(30) == 0, log.read_text()
        finally:
            process.kill()
            if away.exists():
                away.rename(database)
        assert "Traceback" not in log.read_text()

    def test_it_goes_on_publishing_whatever_happens_to_the_directory(self, environment, tmp_path):
        """A file in its place: what root is refused, too."""
        directory, away, log = tmp_path / "cdn", tmp_path / "away", tmp_path / "log"
        loop = [sys.executable, "-m", "django", NAME, "--every=0.3", "--all", "--export", str(directory)]
        with log.open("wb") as output:
            process = subprocess.Popen(loop, cwd=ROOT, env=environment, stdout=output, stderr=output)
        try:
            self.until(lambda: "documents exported" in log.read_text(), process, log)
            directory.rename(away)
            # The loop may make the directory anew in between.
            self.until(lambda: self.put_in_place(directory), process, log)
            self.until(lambda: f"The export to {directory} failed" in log.read_text(), process, log)
            said = len(log.read_text())
            self.until(lambda: log.read_text()[said:].count("status lists published") > 1, process, log)
            directory.unlink()
            away.rename(directory)
            said = len(log.read_text())
            self.until(lambda: "documents exported" in log.read_text()[said:], process, log)
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0, log.read_text()
        finally:
            process.kill()
        assert "Traceback" not in log.read_text()

    @staticmethod
    def put_in_place(directory: Path) -> bool:
        """A file."""
        shutil.rmtree(directory, ignore_errors=True)
        with contextlib.suppress(OSError):
            directory.touch(exist_ok=False)
        return directory.is_file()

    def until(self, what: Any, process: Any, log: Path) -> None:
        for _ in range(300):
            assert process.poll() is None, log.read_text()
            if what():
                return
            time.sleep(0.1)
        raise AssertionError(log.read_text())
