"""
The OpenAPI document: valid, complete, and true of what the running endpoints answer.

With OVC_WRITE_EXAMPLES=1 the answers of the walk become the document's examples; then run ``make openapi``.
"""

from __future__ import annotations

import copy
import dataclasses
import json
import os
import re
import runpy
import secrets
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from openapi_spec_validator import validate

from openedx_verifiable_credentials import urls
from openedx_verifiable_credentials.api import badge_images
from openedx_verifiable_credentials.api import bundle
from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.rest_api.openapi.document import OPERATIONS
from openedx_verifiable_credentials.rest_api.openapi.operation import examples
from openedx_verifiable_credentials.rest_api.openapi.problems import HTTP
from openedx_verifiable_credentials.rest_api.openapi.problems import PROBLEMS
from tests import anchored_rows
from tests import asking
from tests import lists
from tests import published
from tests import sharing
from tests.described import document
from tests.described import template
from tests.described import validator
from tests.test_packaging import PACKAGE
from tests.test_packaging import addresses
from tests.test_packaging import documented
from tests.test_packaging import raised
from tests.test_packaging import read

ROOT = Path(__file__).resolve().parents[2]
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7v7z"/></svg>'
NOBODYS = "00000000-0000-4000-8000-000000000000"


def test_it_is_a_valid_openapi_document() -> None:
    validate(document())


def test_every_address_of_ours_is_in_it_and_no_other() -> None:
    assert sorted(document()["paths"]) == sorted(addresses(urls.urlpatterns))


def test_every_operation_has_its_own_id_and_texts() -> None:
    assert len({operation.id for operation in OPERATIONS}) == len(OPERATIONS)
    for operation in OPERATIONS:
        assert operation.summary and operation.description.endswith((".", "!")), operation.id
        assert not operation.summary.endswith("."), operation.id


def test_what_is_committed_is_what_is_composed() -> None:
    texts = runpy.run_path(str(ROOT / "scripts" / "openapi.py"))["texts"]()
    for name, text in texts.items():
        assert read("docs", "references", name) == text, f"{name} is old: run make openapi"


@pytest.mark.parametrize("key", PROBLEMS)
def test_every_code_is_one_of_the_page_on_errors_with_its_status(key: str) -> None:
    kind, _, code = key.partition(".")
    problem = PROBLEMS[key]
    if kind != HTTP:
        assert documented()[kind, code] == problem.status
        return
    page = read("docs", "references", "errors.rst").split("\nCodes of HTTP itself\n")[1]
    rows = re.findall(r"\* - (.+)\n\s+- (\d+)\n", page)
    assert [status for codes, status in rows if f"``{code}``" in codes] == [str(problem.status)]


def sentences() -> str:
    """Every sentence that the package has, and those of the REST framework; what is filled in is a dot."""
    framework = Path(resources.files("rest_framework") / "exceptions.py").read_text(encoding="utf-8")
    middleware = Path(resources.files("rest_framework") / "authentication.py").read_text(encoding="utf-8")
    csrf = Path(resources.files("django") / "middleware" / "csrf.py").read_text(encoding="utf-8")
    return "\n".join([framework, middleware, csrf, *(file.read_text("utf-8") for file in PACKAGE.rglob("*.py"))])


def test_every_sentence_is_one_of_the_code() -> None:
    written = re.sub(r'"\s*\n\s*f?"', "", sentences()).replace('\\"', '"')
    holes = re.compile(r"\{[^{}]*\}")
    literals = set(re.findall(r'"((?:[^"\n])*)"', written)) | set(re.findall(r"'((?:[^'\n])*)'", written))
    patterns = [re.compile(".+".join(map(re.escape, holes.split(one)))) for one in literals if len(one) > 12]
    own = "openapi/problems.py"
    assert own in str(PACKAGE / "rest_api" / own)
    unknown = {
        key: problem.detail
        for key, problem in PROBLEMS.items()
        if not any(pattern.fullmatch(problem.detail) for pattern in patterns)
    }
    assert unknown == {}


def test_every_named_problem_is_used() -> None:
    used = {key for operation in OPERATIONS for key in operation.problems}
    assert used == set(PROBLEMS) - {"HTTP.method_not_allowed"}, "that one is of methods that are no operations"


def test_every_code_that_the_package_makes_and_http_reaches_is_in_it() -> None:
    made = {(kind.__name__, code) for kind, code, _ in raised() if kind.__name__ not in NOT_ALL_OVER_HTTP}
    named = {tuple(key.split(".")) for key in PROBLEMS}
    assert made - named == NOT_OVER_HTTP


# Errors of commands, of the admin and of reports; where HTTP reaches some, errors.rst says which.
NOT_ALL_OVER_HTTP = (
    "AnchoringError",
    "BatchError",
    "DocumentError",
    "FetchError",
    "LedgerError",
    "PictureError",
    "StatusListError",
)
# Pinned files that are damaged, a profile that nobody can name, what is never done without a salt; an export; batches.
NOT_OVER_HTTP = {
    *(("AwardError", code) for code in ("learner_retired", "no_account")),
    *(("CompositionError", code) for code in ("context_changed", "contexts_differ", "missing_salt", "proof_shape")),
    *(("CompositionError", code) for code in ("unknown_context", "unknown_profile")),
    *(("CompositionError", code) for code in ("malformed_outline", "not_a_document", "not_templatable")),
    *(("SigningError", code) for code in ("anchor_not_signed", "template_mismatch")),
    *(("TransientError", code) for code in ("broker_unavailable", "chain_unavailable", "export_failed")),
    ("TransientError", "mail_server_down"),
}


def every_example() -> list[tuple[str, tuple[str, ...], Any]]:
    """Where it stands, where its schema stands, and the example."""
    found = []
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            contents = {("requestBody",): operation.get("requestBody", {}).get("content", {})}
            for status, response in operation["responses"].items():
                contents["responses", status] = response.get("content", {})
            for place, content in contents.items():
                for media, entry in content.items():
                    where = ("paths", path, method, *place, "content", media)
                    values = [entry["example"]] if "example" in entry else []
                    values += [one["value"] for one in entry.get("examples", {}).values()]
                    found += [(" ".join(where), (*where, "schema"), value) for value in values]
    return found


def test_every_example_is_valid() -> None:
    assert len(every_example()) > 100
    for where, schema, value in every_example():
        assert [error.message for error in validator(*schema).iter_errors(value)] == [], where


def test_every_success_with_a_body_has_an_example() -> None:
    for operation in OPERATIONS:
        for answer in operation.answers:
            if any(answer.media.values()):
                assert str(answer.status) in examples()[operation.id]["answers"], operation.id


@pytest.mark.parametrize("member", ["code", "detail"])
def test_an_answer_that_is_not_as_described_is_found(member: str) -> None:
    where = "paths", f"{asking.API}issued/", "get", "responses", "401", "content", "application/json", "schema"
    good = {"code": "not_authenticated", "detail": "Authentication credentials were not provided."}
    assert validator(*where).is_valid(good)
    assert not validator(*where).is_valid({**good, member: "another" if member == "code" else 7})


# A walk past every operation


@dataclasses.dataclass
class Step:
    """One request: what is sent, and the answer that is expected."""

    operation: str
    status: int
    response: Any
    sent: Any = None


@pytest.fixture(name="walk")
def walk_past_every_operation(
    settings, ada_client, make_offer, wallet, course_certificate, program_certificate
) -> list[Step]:
    """Each answers well, and refuses at least once."""
    settings.OPENEDX_VC_VC_API_TOKENS = [token := secrets.token_hex(32)]
    settings.OPENEDX_VC_SUSPENSION = True
    steps: list[Step] = []

    def ask(operation: str, status: int, ask_it: Callable[[], Any], sent: Any = None) -> Any:
        response = ask_it()
        steps.append(Step(operation, status, response, sent))
        return response

    nobody = Client()
    ada = ada_client
    init = {"credential_uuid": course_certificate.uuid.hex, "storage_id": "lc_wallet", "leave_out": ["name"]}

    ask("listCertificates", 200, lambda: ada.get(asking.LIST))
    ask("listCertificates", 401, lambda: nobody.get(asking.LIST))
    ask("listOwnCertificates", 200, lambda: ada.get(asking.CERTIFICATES))
    ask("listOwnCertificates", 400, lambda: ada.get(asking.CERTIFICATES, {"page": "0"}))
    ask("listWallets", 200, lambda: ada.get(asking.STORAGES))
    ask("listWallets", 401, lambda: nobody.get(asking.STORAGES))
    ask("makeOffer", 200, lambda: asking.post_json(ada, asking.INIT, init), init)
    ask("makeOffer", 400, lambda: asking.post_json(ada, asking.INIT, {"storage_id": "lc_wallet"}))
    ask("makeOffer", 404, lambda: asking.post_json(ada, asking.INIT, {**init, "storage_id": "none"}))
    seen = {"credential_uuids": [course_certificate.uuid.hex], "storage_id": "lc_wallet", "leave_out": ["signatories"]}
    ask("previewCertificates", 200, lambda: asking.post_json(ada, asking.PREVIEW, seen), seen)
    ask("previewCertificates", 400, lambda: asking.post_json(ada, asking.PREVIEW, {}))
    ask("previewCertificates", 401, lambda: asking.post_json(nobody, asking.PREVIEW, seen))
    offer = make_offer(course_certificate)
    offer_uuid = offer.path.rstrip("/").rpartition("/")[2]
    ask("showOffer", 200, lambda: ada.get(f"{asking.API}offers/{offer_uuid}/"))
    ask("showOffer", 404, lambda: ada.get(f"{asking.API}offers/{NOBODYS}/"))
    presentation = wallet.present(offer.challenge)
    ask("claim", 403, lambda: offer.post(wallet.present("another")))
    ask("claim", 400, lambda: offer.post({}))
    claimed = ask("claim", 201, lambda: offer.post(presentation), presentation)
    signed = claimed.json()

    row = Credential.objects.get()
    anchored_rows.anchored(row)
    ask("listIssued", 401, lambda: nobody.get(sharing.ISSUED))
    ask("shareCredential", 200, lambda: sharing.put(ada, row))
    ask("shareCredential", 404, lambda: sharing.put(ada, NOBODYS))
    ask("listIssued", 200, lambda: ada.get(sharing.ISSUED))
    ask("ownCredentialFile", 200, lambda: ada.get(f"{sharing.ISSUED}{row.uuid}/credential.json"))
    ask("ownCredentialFile", 404, lambda: ada.get(f"{sharing.ISSUED}{NOBODYS}/credential.json"))
    anchored = f"{sharing.ISSUED}{{}}/anchored.json"
    state = f"{sharing.ISSUED}{{}}/anchor/"
    ask("ownAnchor", 200, lambda: ada.get(state.format(row.uuid)))
    ask("ownAnchor", 404, lambda: ada.get(state.format(NOBODYS)))
    ask("ownAnchoredCredential", 200, lambda: ada.get(anchored.format(row.uuid)))
    ask("ownAnchoredCredential", 404, lambda: ada.get(anchored.format(NOBODYS)))
    ask("showSharing", 200, lambda: ada.get(sharing.share_path(row)))
    ask("addToLinkedIn", 302, lambda: ada.get(f"{asking.ROOT}issued/{row.uuid}/linkedin/"))
    ask("addToLinkedIn", 404, lambda: ada.get(f"{asking.ROOT}issued/{NOBODYS}/linkedin/"))
    ask("showSharing", 404, lambda: ada.get(sharing.share_path(NOBODYS)))
    for form in ("png", "svg"):
        own = f"{sharing.ISSUED}{{}}/credential.{form}"
        ask(f"ownCredential{form.capitalize()}", 200, lambda own=own: ada.get(own.format(row.uuid)))
        ask(f"ownCredential{form.capitalize()}", 404, lambda own=own: ada.get(own.format(NOBODYS)))
    ask("ownCredentialPdf", 200, lambda: ada.get(f"{sharing.ISSUED}{row.uuid}/credential.pdf"))
    ask("ownCredentialPdf", 404, lambda: ada.get(f"{sharing.ISSUED}{NOBODYS}/credential.pdf"))
    page = sharing.share(ada)
    for form in ("png", "svg"):
        address = f"{page}credential.{form}"
        baked = ask(f"sharedCredential{form.capitalize()}", 200, lambda address=address: sharing.get(address))
        known = {"If-None-Match": baked["ETag"]}
        unknown = f"{asking.ROOT}c/none/credential.{form}"
        ask(f"sharedCredential{form.capitalize()}", 404, lambda unknown=unknown: sharing.get(unknown))
        ask(
            f"sharedCredential{form.capitalize()}",
            304,
            lambda address=address, known=known: nobody.get(address, headers=known),
        )
    ask("sharedCredential", 200, lambda: sharing.get(page, **sharing.JSON))
    ask("sharedCredential", 404, lambda: sharing.get(page[:-2] + "/", **sharing.JSON))
    shared = ask("sharedAnchoredCredential", 200, lambda: sharing.get(f"{page}anchored.json"))
    same = {"If-None-Match": shared["ETag"]}
    ask("sharedAnchoredCredential", 304, lambda: nobody.get(f"{page}anchored.json", headers=same))
    ask("sharedAnchoredCredential", 404, lambda: sharing.get(f"{asking.ROOT}c/none/anchored.json"))
    file = ask("sharedCredentialFile", 200, lambda: sharing.get(f"{page}credential.json"))
    etag = {"If-None-Match": file["ETag"]}
    ask("sharedCredentialFile", 304, lambda: nobody.get(f"{page}credential.json", headers=etag))
    ask("sharedCredentialFile", 404, lambda: sharing.get(f"{asking.ROOT}c/none/credential.json"))
    ask("evidenceFile", 404, lambda: sharing.get(f"{asking.ROOT}c/none/evidence.html"))
    ask("verifyPage", 200, lambda: nobody.get(f"{asking.ROOT}verify/"))

    lists.publish(row.status_list)
    for form in ListForm:
        name = "statusList" + "".join(part.capitalize() for part in form.split("-"))
        ask(name, 200, lambda form=form: lists.get(row.status_list, form))
        ask(name, 404, lambda form=form: nobody.get(f"{asking.ROOT}status/{form.path(NOBODYS)}"))
    ask("noStatusList", 404, lambda: nobody.get(f"{asking.ROOT}status/any.json"))

    def verify(path: str, body: Any, bearer: str = token) -> Any:
        return asking.post_json(nobody, path, body, HTTP_AUTHORIZATION=f"Bearer {bearer}")

    good = {"verifiableCredential": signed, "options": {"checks": ["proof", "credentialStatus"]}}
    ask("verifyCredential", 200, lambda: verify(asking.VERIFY_CREDENTIAL, good), good)
    changed = {"verifiableCredential": {**signed, "name": "Something else"}}
    ask("verifyCredential", 400, lambda: verify(asking.VERIFY_CREDENTIAL, changed))
    ask("verifyCredential", 400, lambda: verify(asking.VERIFY_CREDENTIAL, {}))
    ask("verifyCredential", 401, lambda: verify(asking.VERIFY_CREDENTIAL, good, "another"))
    achievement = re.sub("^https://[^/]+", "", signed["credentialSubject"]["achievement"]["id"])
    issuers.create_issuer(issuers.NewIssuer(name="Example Academy", slug="academy", method="web"))
    issuers.create_issuer(issuers.NewIssuer(name="Example Faculty", slug="faculty", method="web-path"))
    served = {"HTTP_HOST": "credentials.example.edu"}
    ask("achievement", 200, lambda: nobody.get(achievement, **served))
    ask("achievement", 404, lambda: nobody.get(f"{asking.ROOT}achievements/course/none/"))
    for name, tail in {"issuerProfile": "", "issuerKeys": "keys.json", "issuerDidDocument": "did.json"}.items():
        ask(name, 200, lambda tail=tail: nobody.get(f"{asking.ROOT}issuers/faculty/{tail}"))
        ask(name, 404, lambda tail=tail: nobody.get(f"{asking.ROOT}issuers/none/{tail}"))
    picture = badge_images.keep_picture(PICTURE)
    ask("badgeImage", 200, lambda: nobody.get(f"{asking.ROOT}images/{picture.sha256}.svg"))
    ask("badgeImage", 404, lambda: nobody.get(f"{asking.ROOT}images/{'0' * 64}.svg"))
    ask("hostDidDocument", 200, lambda: nobody.get("/.well-known/did.json", **served))
    ask("hostDidDocument", 404, lambda: nobody.get("/.well-known/did.json", HTTP_HOST="another.example.edu"))

    on_page = asking.init(ada, program_certificate, wallet="download").json()
    claim_page = re.sub("^https://[^/]+", "", on_page["deeplink"])
    ask("claimPage", 200, lambda: ada.get(claim_page))
    ask("claimPage", 302, lambda: nobody.get(claim_page))
    ask("claimPage", 404, lambda: ada.get(f"{asking.ROOT}offers/{NOBODYS}/"))
    downloaded = ask("downloadCredential", 200, lambda: ada.post(f"{claim_page}download/")).json()
    ask("downloadCredential", 404, lambda: ada.post(f"{asking.ROOT}offers/{NOBODYS}/download/"))
    ask("downloadCredential", 302, lambda: nobody.post(f"{claim_page}download/"))
    ask("renewOffer", 302, lambda: ada.post(f"{claim_page}renew/"))
    ask("renewOffer", 404, lambda: ada.post(f"{asking.ROOT}offers/{NOBODYS}/renew/"))
    files = asking.init(ada, course_certificate, wallet="download").json()["offer"]
    first = ask("claimAsFiles", 201, lambda: ada.post(f"{asking.API}offers/{files}/download/"))
    for uuid in first.json()["credentials"]:
        anchored_rows.leaf(Credential.objects.get(uuid=uuid))
    waits = f"{asking.API}offers/{files}/download/?wait_for_anchor=true"
    ask("claimAsFiles", 202, lambda: ada.post(waits))
    ask("claimAsFiles", 404, lambda: ada.post(f"{asking.API}offers/{NOBODYS}/download/"))
    presented = published.present([downloaded], "1f0c5a5e")
    presenting = {"verifiablePresentation": presented, "options": {"challenge": "1f0c5a5e"}}
    ask("verifyPresentation", 200, lambda: verify(asking.VERIFY_PRESENTATION, presenting), presenting)
    elsewhere = {**presenting, "options": {"challenge": "another"}}
    ask("verifyPresentation", 400, lambda: verify(asking.VERIFY_PRESENTATION, elsewhere))
    ask("verifyPresentation", 401, lambda: verify(asking.VERIFY_PRESENTATION, presenting, "another"))
    ask("revokeCredential", 200, lambda: ada.post(f"{sharing.ISSUED}{row.uuid}/revoke/"))
    ask("revokeCredential", 404, lambda: ada.post(f"{sharing.ISSUED}{NOBODYS}/revoke/"))
    ask("unshareCredential", 204, lambda: sharing.delete(ada, row))
    ask("unshareCredential", 404, lambda: sharing.delete(ada, NOBODYS))
    form = {"certificate": course_certificate.uuid.hex, "wallet": "download"}
    ours = f"{asking.ROOT}issued/{row.uuid}/"
    others = f"{asking.ROOT}issued/{NOBODYS}/"
    ask("learnerPage", 200, lambda: ada.get(asking.ROOT))
    ask("learnerPage", 302, lambda: nobody.get(asking.ROOT))
    ask("learnerPage", 400, lambda: ada.get(asking.ROOT, {"page": "0"}))
    ask("offerFromPage", 302, lambda: ada.post(f"{asking.ROOT}offers/", form))
    ask("offerFromPage", 400, lambda: ada.post(f"{asking.ROOT}offers/", {"wallet": "download"}))
    ask("offerFromPage", 403, lambda: nobody.post(f"{asking.ROOT}offers/", form))
    ask("shareFromPage", 302, lambda: ada.post(f"{ours}share/"))
    ask("shareFromPage", 404, lambda: ada.post(f"{others}share/"))
    ask("unshareFromPage", 302, lambda: ada.post(f"{ours}unshare/"))
    ask("unshareFromPage", 404, lambda: ada.post(f"{others}unshare/"))
    ask("revocationPage", 200, lambda: ada.get(f"{ours}revoke/"))
    ask("revocationPage", 302, lambda: nobody.get(f"{ours}revoke/"))
    ask("revocationPage", 404, lambda: ada.get(f"{others}revoke/"))
    ask("revokeFromPage", 302, lambda: ada.post(f"{ours}revoke/"))
    ask("revokeFromPage", 404, lambda: ada.post(f"{others}revoke/"))
    return steps


def test_every_operation_answers_as_described(walk: list[Step]) -> None:
    """The bodies are looked at where they come in: see tests/described.py."""
    by_id = {operation.id: operation for operation in OPERATIONS}
    for step in walk:
        assert step.response.status_code == step.status, (step.operation, step.response.content[:500])
        operation = by_id[step.operation]
        assert template(step.response) == operation.path
        if step.sent is not None:
            where = "paths", operation.path, operation.method, "requestBody", "content", "application/json", "schema"
            validator(*where).validate(step.sent)
    refused = {step.operation for step in walk if step.status >= 400}
    answered = {step.operation for step in walk if step.status < 400}
    assert refused == set(by_id) - {"verifyPage"}
    assert answered == set(by_id) - {"noStatusList", "evidenceFile"}


def test_the_examples_are_as_real_answers_are(walk: list[Step]) -> None:
    real = taken(walk)
    if os.environ.get("OVC_WRITE_EXAMPLES"):
        file = PACKAGE / "rest_api" / "openapi" / "examples.json"
        file.write_text(json.dumps(real, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        examples.cache_clear()
    assert shape(_as_built(examples())) == shape(_as_built(real))


def _as_built(found: dict[str, Any]) -> dict[str, Any]:
    """Where the verifier for browsers is not built there is no evidence file."""
    if not bundle.has_script():
        found = copy.deepcopy(found)
        found["sharedCredential"]["answers"]["200"]["body"]["links"]["evidence"] = None
    return found


def taken(walk: list[Step]) -> dict[str, Any]:
    """As the examples are written: of each operation and status the first answer, and what led to it."""
    found: dict[str, Any] = {}
    for step in walk:
        media = step.response.headers.get("Content-Type", "").split(";")[0]
        if not step.response.content or media.startswith(("text/", "image/", "application/pdf")):
            continue
        if step.status >= 300 and not (step.status == 400 and "verified" in step.response.json()):
            continue
        entry = found.setdefault(step.operation, {})
        if step.sent is not None:
            entry.setdefault("request", step.sent)
        entry.setdefault("answers", {}).setdefault(
            str(step.status), {"media": media, "body": json.loads(step.response.content)}
        )
    return found


def shape(value: Any) -> Any:
    """Members and kinds."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in value.items()}
    return [shape(item) for item in value] if isinstance(value, list) else type(value).__name__
