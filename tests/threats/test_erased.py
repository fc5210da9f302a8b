"""
A learner with a name, an address, a number and a wallet that are found wherever they are: offers, claims that succeed
and that fail in every way, a revocation, and the erasure. Afterwards they are looked for in all that is kept, written
down, shown or answered.
"""

from __future__ import annotations

import base64
import io
import logging
import re
import sqlite3
import traceback
from typing import Any

import pytest
from credentials.apps.credentials.models import UserCredential
from django.core.management import call_command
from django.db import OperationalError
from django.db import connection
from django.test import Client
from django.views.debug import ExceptionReporter

from openedx_verifiable_credentials import models
from openedx_verifiable_credentials.api import claims
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.host.certificates import CredentialsService
from tests import asking
from tests import faults
from tests import retiring
from tests import rows
from tests import seed
from tests import sharing
from tests.threats import admin_pages
from tests.threats import canaries
from tests.threats.test_secrets import everything
from tests.threats.test_secrets import offer
from tests.wallet import make_wallet

WAYS = ("retired", "asked for it")


@pytest.fixture(name="learner")
def make_learner(db):
    """Found by anything."""
    return seed.make_learner(canaries.USERNAME, canaries.NAME, pk=canaries.NUMBER)


def a_life(settings: Any, browser: Client, certificate: Any, wallet: Any, way: str) -> list[Any]:
    """Everything that can be done to a certificate, then the erasure; the refusals on the way."""
    refusals = everything(settings, browser, certificate, wallet)
    UserCredential.objects.update(status="awarded")
    refusals += [offer(browser, certificate).post(bad) for bad in forgeries(wallet)]
    assert offer(browser, certificate).claim(wallet).status_code == 201
    page = sharing.share(browser, models.Credential.objects.latest("pk"))
    assert canaries.NAME in Client().get(page).content.decode()
    if way == "retired":
        retiring.retire(settings, canaries.USERNAME)
        call_command("vc_reconcile", all=True, stdout=io.StringIO())
    else:
        call_command("vc_erase", username=canaries.USERNAME, yes=True, stdout=io.StringIO())
    refusals += [browser.get(page), browser.get(page, headers=sharing.JSON)]
    refusals += [browser.get(f"{page}{name}") for name in ("credential.json", "evidence.html")]
    assert [response.status_code for response in refusals[-4:]] == [200, 200, 410, 410]
    assert not models.Learner.objects.exists()
    assert models.Credential.objects.filter(erased_at__isnull=False).count() >= 3
    return refusals


def forgeries(wallet: Any) -> list[Any]:
    """Presentations that name the wallet and prove nothing."""
    forged = wallet.present("00000000-0000-4000-8000-000000000000")
    other = make_wallet().present("00000000-0000-4000-8000-000000000000")
    return [
        forged,
        {**other, "holder": wallet.did},
        {**forged, "name": canaries.NAME},
        {**forged, "@context": [f"https://{canaries.USERNAME}.example/"]},
        b'{"holder": "' + wallet.did.encode() + b'", "holder": 1}',
        canaries.NAME.encode(),
    ]


@pytest.mark.parametrize("way", WAYS)
def test_no_row_of_ours_holds_anything(settings, browser, certificate, wallet, way):
    a_life(settings, browser, certificate, wallet, way)
    held = rows.our_bytes()
    assert certificate.uuid.hex.encode() in held.replace(b"-", b""), "the rows were read"
    assert canaries.found(canaries.of_learner(wallet), held) == []


@pytest.mark.parametrize("way", WAYS)
def test_no_dump_and_no_page_of_the_admin_shows_anything(settings, browser, certificate, wallet, way):
    a_life(settings, browser, certificate, wallet, way)
    out = io.StringIO()
    call_command("dumpdata", rows.OURS, stdout=out)
    shown = [out.getvalue().encode()]
    shown += admin_pages.texts()
    assert canaries.found(canaries.of_learner(wallet), b"\n".join(shown)) == []


@pytest.mark.parametrize("way", WAYS)
def test_neither_logs_nor_refusals_tell_anything(settings, caplog, browser, certificate, wallet, way):
    caplog.set_level(logging.DEBUG)
    refusals = a_life(settings, browser, certificate, wallet, way)
    written = caplog.text + "".join(str(record.__dict__) for record in caplog.records if "openedx_ver" in record.name)
    assert "self_check_failed" in written, "something was logged"
    secrets = canaries.of_learner(wallet)
    assert canaries.found(secrets, written) == []
    for response in refusals:
        assert canaries.found(secrets, response.content + str(response.headers).encode()) == []


@pytest.mark.django_db(transaction=True)
def test_the_file_of_the_database_holds_nothing(settings, tmp_path, browser, certificate, wallet):
    """SQLite: the bytes of a file with our tables alone. MariaDB: the bytes of every column."""
    a_life(settings, browser, certificate, wallet, "retired")
    held = file_of_our_tables(tmp_path) if connection.vendor == "sqlite" else rows.our_bytes()
    assert certificate.uuid.hex.encode() in held.replace(b"-", b""), "it was read"
    assert canaries.found(canaries.of_learner(wallet), held) == []


@pytest.mark.django_db(transaction=True)
def test_what_was_sealed_is_overwritten(browser, certificate, wallet):
    """Not only out of the rows: out of the pages of the file, where SQLite deletes securely (as Debian's does)."""
    assert offer(browser, certificate).claim(wallet).status_code == 201
    sealed = [bytes(value) for value in sealed_values()]
    assert len(sealed) == 2
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
    assert all(value[:40] in image() for value in sealed), "it would be found"
    call_command("vc_erase", username=canaries.USERNAME, yes=True, stdout=io.StringIO())
    left = image()
    pieces = [value[start : start + 40] for value in sealed for start in range(0, len(value), 40)]
    assert not [piece for piece in pieces if len(piece) > 16 and piece in left]


def sealed_values() -> list[Any]:
    """The learners' keys and documents, as they are stored."""
    keys = models.Learner.objects.values_list("sealed_key", flat=True)
    return [*keys, *models.Credential.objects.exclude(sealed_document=None).values_list("sealed_document", flat=True)]


def image() -> bytes:
    """Every page of the SQLite database, free ones too; on MariaDB every column."""
    if connection.vendor != "sqlite":
        return rows.our_bytes()
    connection.ensure_connection()
    return bytes(connection.connection.serialize())


def file_of_our_tables(directory: Any) -> bytes:
    """A compacted copy of the database without the host's tables, whose rows are the host's to erase."""
    file = directory / "copy.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(file)])
    copy = sqlite3.connect(file, isolation_level=None)
    copy.execute("PRAGMA foreign_keys = OFF")
    copy.execute("PRAGMA secure_delete = ON")
    tables = [name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        if table not in rows.our_tables() and not table.startswith("sqlite_"):
            copy.execute(f'DROP TABLE "{table}"')
    copy.execute("DELETE FROM sqlite_sequence")
    copy.execute("VACUUM")
    copy.close()
    return bytes(file.read_bytes())


# What nobody foresaw


class Nonsense(CredentialsService):
    """A host that answers what it must not: the signatories are no sequence."""

    def get_awards(self, *args: Any, **kwargs: Any) -> dict[Any, Award]:
        found = super().get_awards(*args, **kwargs)
        for award in found.values():
            object.__setattr__(award, "signatories", 5)
        return found


class _Returning:
    proof: Any = None

    def secure(self, document: JsonObject, **more: Any) -> Any:
        return type(self).proof


class ReturningNothing(_Returning):
    """No proof."""


class ReturningANumber(_Returning):
    """No object."""

    proof = 5


class ReturningTheUnwritable(_Returning):
    """An object that is no JSON."""

    proof = {"proofValue": object()}


class Telling:
    """The worst: everything that it was given, in the message."""

    def secure(self, document: JsonObject, **more: Any) -> Any:
        raise ValueError(f"cannot sign {document}")


class TellingInAChain:
    """The same as the cause of another error."""

    def secure(self, document: JsonObject, **more: Any) -> Any:
        try:
            Telling().secure(document, **more)
        except ValueError as error:
            raise RuntimeError(str(error)) from error


class ForgettingMemory:
    """As when a library asks for more than there is."""

    def secure(self, document: JsonObject, **more: Any) -> Any:
        raise MemoryError(str(document))


BROKEN = (ReturningNothing, ReturningANumber, ReturningTheUnwritable, Telling, TellingInAChain, ForgettingMemory)


@pytest.fixture(name="download")
def make_download(browser, certificate, learner):
    """Where the file of a fresh offer is, and its API's arguments; its list is published already."""
    offer(browser, certificate)
    claims.claim_for_download(models.Offer.objects.latest("pk").uuid, user_id=learner.pk)
    offer(browser, certificate)
    return f"{asking.ROOT}offers/{models.Offer.objects.latest('pk').uuid}/download/"


def with_variables(error: BaseException) -> str:
    """What an error tracker sends: the traceback below the frame that caught it, with every local variable."""
    assert error.__traceback__ is not None
    below = error.with_traceback(error.__traceback__.tb_next)
    return "".join(traceback.TracebackException.from_exception(below, capture_locals=True).format())


def reported(caplog: Any) -> str:
    """What error mails and error trackers would show of all that was logged."""
    pages = []
    for record in caplog.records:
        if record.exc_info and record.exc_info[1] is not None:
            kind, error, tb = record.exc_info
            pages.append(ExceptionReporter(None, kind, error, tb).get_traceback_html())
            pages.append("".join(traceback.TracebackException(kind, error, tb, capture_locals=True).format()))
    return "".join(pages)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda kind: kind.__name__)
def test_an_error_while_signing_carries_nothing(settings, caplog, learner, download, broken):
    settings.OPENEDX_VC_SECURER = f"{__name__}.{broken.__name__}"
    caplog.set_level(logging.DEBUG)
    with pytest.raises(SigningError) as caught:
        claims.claim_for_download(models.Offer.objects.latest("pk").uuid, user_id=learner.pk)
    error = caught.value
    assert error.code in ("signing_failed", "self_check_failed")
    if error.code == "signing_failed":
        assert error.__cause__ is None and error.__context__ is None
        assert re.search(r"was not signed: builtins\.\w+Error in \w+, line \d+", caplog.text), "the log says where"
    text = with_variables(error) + caplog.text + reported(caplog)
    assert canaries.found(named(), text) == []


def named() -> set[bytes]:
    """The name, in every spelling."""
    return set().union(*map(canaries.of_text, (canaries.NAME, canaries.FIRST, canaries.LAST)))


def gone() -> OperationalError:
    """No race: trying again at once is no use."""
    return OperationalError(2006, "Server has gone away")


STATEMENTS = (
    f'INSERT INTO "{rows.OURS}_credential"',
    f'UPDATE "{rows.OURS}_credential" SET "state"',
    f'INSERT INTO "{rows.OURS}_event"',
    'SELECT "credentials_usercredential"',
)


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("statement", [*STATEMENTS, "nonsense"])
@pytest.mark.parametrize("how", ["file", "wallet"])
def test_an_error_anywhere_else_shows_no_variable_of_ours(
    settings, caplog, browser, certificate, download, wallet, how, statement, debug
):
    """
    The page that DEBUG shows, what is mailed, what a tracker of errors sends: all of them print the variables of every
    frame. (Django's own page names who is logged in; that is the browser's own learner, in development.)
    """
    settings.DEBUG = debug
    made = offer(browser, certificate)
    path = f"{asking.ROOT}offers/{models.Offer.objects.latest('pk').uuid}/download/"
    presentation = wallet.present(made.challenge)

    def ask() -> Any:
        return browser.post(path) if how == "file" else made.post(presentation)

    if statement == "nonsense":
        settings.OPENEDX_VC_CERTIFICATE_SOURCE = f"{__name__}.Nonsense"
        response = ask()
    else:
        with faults.at_statement(statement, make_error=gone) as reached:
            response = ask()
        assert reached
    assert response.status_code == 500
    secrets = named() | set().union(*map(canaries.of_text, (wallet.did, canaries.EMAIL)))
    if how == "file" and debug:
        assert b"Traceback" in response.content, "this is Django's page"
    assert canaries.found(secrets, response.content) == []
    assert reported(caplog), "it is logged, with where it happened"
    assert canaries.found(secrets, reported(caplog) + caplog.text) == []


def test_a_refused_presentation_carries_no_did(browser, certificate, wallet):
    made = offer(browser, certificate)
    offer_uuid = models.Offer.objects.latest("pk").uuid

    def refuse() -> VerifiableCredentialsError:
        try:
            claims.claim_with_presentation(offer_uuid, wallet.present(made.challenge, purpose="x"))
        except VerifiableCredentialsError as error:
            return error
        raise AssertionError("It was accepted.")

    error = refuse()
    assert error.code == "wrong_purpose"
    assert canaries.found(canaries.of_person(wallet), with_variables(error)) == []


def test_what_these_tests_are_worth(browser, certificate, wallet, learner, monkeypatch):
    """Without the emptying of frames a name is found."""
    monkeypatch.setattr("openedx_verifiable_credentials.api.variables.forget_variables", lambda error: None)
    offer(browser, certificate)
    with pytest.raises(OperationalError) as caught, faults.at_statement(STATEMENTS[1], make_error=gone):
        claims.claim_for_download(models.Offer.objects.latest("pk").uuid, user_id=learner.pk)
    assert canaries.found(named(), with_variables(caught.value)) != []


@pytest.mark.parametrize("offset", range(3))
def test_an_encoded_name_would_be_found(wallet, offset):
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        hidden = encode(b"x" * offset + f'{{"name": "{canaries.NAME}"}}'.encode())
        assert canaries.found(canaries.of_learner(wallet), hidden)
