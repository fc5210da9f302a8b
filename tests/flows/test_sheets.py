"""The sheet of a signed credential: it says what the credential says, and the credential in it verifies."""

import json

import pytest
from django.core.management import call_command

from openedx_verifiable_credentials.api import sheets
from openedx_verifiable_credentials.core import facts
from openedx_verifiable_credentials.core.checks.report import Verdict
from openedx_verifiable_credentials.core.formats import pdf
from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.flows.verify import Verifier
from openedx_verifiable_credentials.flows.verify import VerifyMeans
from tests import awards
from tests import papers
from tests import signed

BASE = "https://credentials.example.edu"


def judge(raw):
    means = VerifyMeans(lambda _: None, lambda _: None, None, None, lambda: signed.CREATED)
    return Verifier(means).verify(raw).verdict


@pytest.fixture(params=PROFILES.values(), ids=PROFILES)
def credential(request):
    """As it leaves, of a did:key issuer."""
    return signed.released(awards.full_award(), request.param, signed.signer())


def test_what_is_attached_verifies(credential):
    [attached] = papers.attached(sheets.write_sheet(credential, base_url=BASE)).values()
    assert attached == credential
    assert judge(attached) is Verdict.VALID


def test_errors_and_logs_that_show_a_sheet_show_no_learner(credential):
    """Nor do the facts that it is made of: what anything is shown as where it goes wrong."""
    document = json.loads(credential)
    said, sheet = facts.read(document), pdf.read_sheet(document, credential)
    assert said.recipient == sheet.name == "Ada Lovelace"
    assert said.results == sheet.results != ()
    for shown in (repr(said), repr(sheet)):
        assert "Computing" in shown
        assert "Lovelace" not in shown
        assert "87.5" not in shown


def test_what_was_changed_in_the_file_does_not(credential):
    """The file is ours all the same: where the objects stand did not change."""
    sheet = sheets.write_sheet(credential, base_url=BASE)
    tampered = sheet.replace(b"Computing, an introduction", b"Cooking!!, an introduction", 1)
    assert tampered != sheet
    [attached] = papers.attached(tampered).values()
    assert attached != credential
    assert judge(attached) is judge(tampered) is Verdict.INVALID


@pytest.mark.django_db
def test_the_command_takes_the_attachment_and_the_sheet_itself(credential, tmp_path, capsys):
    sheet = sheets.write_sheet(credential, base_url=BASE)
    (tmp_path / "attached.json").write_bytes(papers.attached(sheet)["credential.json"])
    (tmp_path / "sheet.pdf").write_bytes(sheet)
    call_command("vc_verify", str(tmp_path), "--offline")
    said = capsys.readouterr().out
    assert "attached.json: valid" in said and "sheet.pdf: valid" in said


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "status", "verdict"), [(b"Cooking!!", 1, "invalid"), (b"Cooking", 2, "could not be")]
)
def test_a_sheet_that_was_changed_is_not_valid(credential, tmp_path, capsys, change, status, verdict):
    """With the length it had, its signature fails; with another one it is not as it was made, and is not read."""
    path = tmp_path / "sheet.pdf"
    sheet = sheets.write_sheet(credential, base_url=BASE)
    path.write_bytes(sheet.replace(b"Computing", change, 1))
    with pytest.raises(SystemExit) as end:
        call_command("vc_verify", str(path), "--offline")
    assert end.value.code == status
    assert capsys.readouterr().out.startswith(f"{path}: {verdict}")


def test_it_says_what_the_credential_says(credential):
    document = json.loads(credential)
    said = papers.shown(sheets.write_sheet(credential, base_url=BASE))
    assert document["credentialSubject"]["achievement"]["name"] in said
    assert document["issuer"]["name"] in said
    assert "March 1, 2026" in said
    assert f"{BASE}/verifiable_credentials/verify/" in said


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("named", [True, False])
def test_the_name_is_there_where_the_credential_has_it_and_nowhere_else(profile, named):
    award = awards.full_award()
    unsigned = signed.unsigned(award, profile, signed.signer().method.controller, Terms(name=named, grade=True))
    raw = sheets.write_sheet(json.dumps(unsigned).encode(), base_url=BASE)
    assert (award.learner.full_name in papers.shown(raw)) is named
    assert ("This certifies that" in papers.shown(raw)) is named


def test_a_shared_one_leads_to_its_page(credential):
    said = papers.shown(sheets.write_sheet(credential, base_url=BASE, page=papers.PAGE))
    assert papers.PAGE in said
    assert "/verify/" not in said


@pytest.mark.parametrize(("language", "words"), [("ar", "2026"), ("es", "Emitido por"), ("", "Issued by")])
def test_the_words_are_in_the_language_that_is_asked_for(credential, language, words):
    raw = sheets.write_sheet(credential, base_url=BASE, language=language)
    assert words in papers.shown(raw)
    assert papers.read(raw).root_object["/Lang"] == {"ar": "ar", "es": "es-419", "": "en"}[language]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_the_words_are_in_the_language_of_the_credentials_sentences(profile):
    award = awards.in_language(awards.full_award(), "es-419")
    assert "Emitido por" in papers.shown(
        sheets.write_sheet(signed.released(award, profile, signed.signer()), base_url=BASE)
    )


def test_the_words_are_in_the_language_of_the_achievement():
    document = json.loads(signed.released(awards.full_award(), PROFILES["obv3-vc2"], signed.signer()))
    document["credentialSubject"]["achievement"]["inLanguage"] = "es-MX"
    said = papers.shown(sheets.write_sheet(json.dumps(document).encode(), base_url=BASE))
    assert "Emitido por" in said


@pytest.mark.parametrize(
    "members", [{}, {"credentialSubject": 1}, {"credentialSubject": {"achievement": []}}, {"name": ["x"]}]
)
def test_a_document_that_says_nothing_makes_an_empty_sheet(members):
    raw = json.dumps(members).encode()
    assert papers.attached(sheets.write_sheet(raw, base_url=BASE)) == {"credential.json": raw}


def test_fonts_of_the_operator_are_used_and_those_that_are_gone_are_logged(settings, tmp_path, caplog):
    path, gone = tmp_path / "font.ttf", tmp_path / "gone.ttf"
    path.write_bytes(papers.font("漢字"))
    document = json.loads(signed.released(awards.full_award(), PROFILES["obv3-vc2"], signed.signer()))
    document["credentialSubject"]["achievement"]["name"] = "Kanji 漢字"
    raw = json.dumps(document).encode()
    without = sheets.write_sheet(raw, base_url=BASE)
    settings.OPENEDX_VC_PDF_FONTS = [str(gone), str(path)]
    with_font = sheets.write_sheet(raw, base_url=BASE)
    assert b"ActualText" in papers.page_operators(without)
    assert b"ActualText" not in papers.page_operators(with_font)
    assert str(gone) in caplog.text
    assert "漢" not in caplog.text


def test_fonts_that_are_set_amiss_keep_nobody_from_the_sheet(settings, credential, caplog):
    without = sheets.write_sheet(credential, base_url=BASE)
    settings.OPENEDX_VC_PDF_FONTS = "/fonts/one.ttf"
    assert sheets.write_sheet(credential, base_url=BASE) == without
    assert "OPENEDX_VC_PDF_FONTS" in caplog.text
