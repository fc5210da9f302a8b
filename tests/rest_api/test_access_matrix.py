"""
Who may do what to whose certificate: every endpoint × role × object, generated from one table.

Roles: the *owner* is Ada, *other* is another learner, *staff* a superuser, *anonymous* nobody. Objects: a certificate
that is Ada's *own*, a *foreign* one of a third learner; Ada's, but *revoked*, *embargoed*, *inactive* since it was
offered; Ada's, on the *elsewhere* site. Every object has been offered to its owner before.

Who is not the owner knows uuids, as they stand in certificates' addresses, but not the offer's link: their wallets
answer another challenge.
"""

from __future__ import annotations

import datetime
import json
import re
import urllib.parse
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from openedx_verifiable_credentials.api import badge_images
from openedx_verifiable_credentials.api import bundle
from openedx_verifiable_credentials.api import claims
from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.api import offers
from openedx_verifiable_credentials.api import sharing
from openedx_verifiable_credentials.core import formats
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import Share
from openedx_verifiable_credentials.models import StatusList
from tests import anchored_rows
from tests import asking
from tests import badges
from tests import lists
from tests import papers
from tests import rows
from tests import seed
from tests.conftest import MadeOffer
from tests.wallet import make_wallet

ROLES = ("anonymous", "staff", "other", "owner")
OBJECTS = ("own", "foreign", "revoked", "embargoed", "inactive", "elsewhere")
# For each endpoint and object, what each role of ROLES is answered. "shown" and "hidden" are 200 with and without the
# certificate in the list; 302 leads to the log-in, 303 stands for the redirect to the new offer's page.
LOGIN = 302
TABLE: dict[str, dict[str, tuple[int | str, ...]]] = {
    "list": {
        "own": (401, "hidden", "hidden", "shown"),
        "foreign": (401, "hidden", "hidden", "hidden"),
        "revoked": (401, "hidden", "hidden", "hidden"),
        "embargoed": (401, "hidden", "hidden", "hidden"),
        "inactive": (401, "hidden", "hidden", "hidden"),
        "elsewhere": (401, "hidden", "hidden", "hidden"),
    },
    # What cannot be claimed is shown as well, to whose it is.
    "own_certificates": {
        kind: (401, "hidden", "hidden", "hidden" if kind in ("foreign", "elsewhere") else "shown") for kind in OBJECTS
    },
    "storages": dict.fromkeys(OBJECTS, (401, 200, 200, 200)),
    "init": {
        "own": (401, 404, 404, 200),
        "foreign": (401, 404, 404, 404),
        "revoked": (401, 404, 404, 409),
        "embargoed": (401, 404, 404, 409),
        "inactive": (401, 404, 404, 409),
        "elsewhere": (401, 404, 404, 404),
    },
    # Whoever is refused the offer is shown nothing of it, either.
    "preview": {
        "own": (401, 404, 404, 200),
        "foreign": (401, 404, 404, 404),
        "revoked": (401, 404, 404, 409),
        "embargoed": (401, 404, 404, 409),
        "inactive": (401, 404, 404, 409),
        "elsewhere": (401, 404, 404, 404),
    },
    # An offer was made on the right site; its owner may come to it by another host of the same service.
    "offer": {
        "own": (401, 404, 404, 200),
        "foreign": (401, 404, 404, 404),
        "revoked": (401, 404, 404, 200),
        "embargoed": (401, 404, 404, 200),
        "inactive": (401, 404, 404, 200),
        "elsewhere": (401, 404, 404, 200),
    },
    "page": {
        "own": (LOGIN, 404, 404, 200),
        "foreign": (LOGIN, 404, 404, 404),
        "revoked": (LOGIN, 404, 404, 200),
        "embargoed": (LOGIN, 404, 404, 200),
        "inactive": (LOGIN, 404, 404, 200),
        "elsewhere": (LOGIN, 404, 404, 200),
    },
    "download": {
        "own": (LOGIN, 404, 404, 200),
        "foreign": (LOGIN, 404, 404, 404),
        "revoked": (LOGIN, 404, 404, 409),
        "embargoed": (LOGIN, 404, 404, 409),
        "inactive": (LOGIN, 404, 404, 409),
        "elsewhere": (LOGIN, 404, 404, 200),
    },
    "files_claim": {
        "own": (401, 404, 404, 201),
        "foreign": (401, 404, 404, 404),
        "revoked": (401, 404, 404, 409),
        "embargoed": (401, 404, 404, 409),
        "inactive": (401, 404, 404, 409),
        "elsewhere": (401, 404, 404, 201),
    },
    "renewal": {
        "own": (LOGIN, 404, 404, 303),
        "foreign": (LOGIN, 404, 404, 404),
        "revoked": (LOGIN, 404, 404, 409),
        "embargoed": (LOGIN, 404, 404, 409),
        "inactive": (LOGIN, 404, 404, 409),
        "elsewhere": (LOGIN, 404, 404, 303),
    },
    # The proof counts, not the log-in nor the host name.
    "wallet": {
        "own": (403, 403, 403, 201),
        "foreign": (403, 403, 403, 403),
        "revoked": (403, 403, 403, 409),
        "embargoed": (403, 403, 403, 409),
        "inactive": (403, 403, 403, 409),
        "elsewhere": (403, 403, 403, 201),
    },
    # A learner sees and shares what they were handed out, whatever became of the certificate, on whatever site.
    "issued": {kind: (401, "hidden", "hidden", "hidden" if kind == "foreign" else "shown") for kind in OBJECTS},
    "issued_file": {kind: (401, 404, 404, 404 if kind == "foreign" else 200) for kind in OBJECTS},
    "issued_png": {kind: (401, 404, 404, 404 if kind == "foreign" else 200) for kind in OBJECTS},
    "issued_pdf": {kind: (401, 404, 404, 404 if kind == "foreign" else 200) for kind in OBJECTS},
    "issued_anchored": {kind: (401, 404, 404, 404 if kind == "foreign" else 200) for kind in OBJECTS},
    "issued_anchor": {kind: (401, 404, 404, 404 if kind == "foreign" else 200) for kind in OBJECTS},
    "issued_svg": {kind: (401, 404, 404, 404 if kind == "foreign" else 200) for kind in OBJECTS},
    "sharing": {kind: (401, 404, 404, 404 if kind == "foreign" else 200) for kind in OBJECTS},
    # Whoever holds a credential may end it, whatever became of its certificate.
    "revocation": {kind: (401, 404, 404, 404 if kind == "foreign" else 200) for kind in OBJECTS},
    "share": {kind: (401, 404, 404, 404 if kind == "foreign" else 200) for kind in OBJECTS},
    "unshare": {kind: (401, 404, 404, 404 if kind == "foreign" else 204) for kind in OBJECTS},
    # The same on the learner's page, which shows certificates that cannot be claimed, too, with the reason. What a form
    # sends without a log-in gets a page with a link there: 403.
    "learner_page": {
        kind: (LOGIN, "hidden", "hidden", "hidden" if kind in ("foreign", "elsewhere") else "shown") for kind in OBJECTS
    },
    "learner_offer": {
        "own": (403, 404, 404, 303),
        "foreign": (403, 404, 404, 404),
        "revoked": (403, 404, 404, 409),
        "embargoed": (403, 404, 404, 409),
        "inactive": (403, 404, 404, 409),
        "elsewhere": (403, 404, 404, 404),
    },
    "learner_share": {kind: (403, 404, 404, 404 if kind == "foreign" else 303) for kind in OBJECTS},
    "learner_unshare": {kind: (403, 404, 404, 404 if kind == "foreign" else 303) for kind in OBJECTS},
    "learner_linkedin": {kind: (LOGIN, 404, 404, 404 if kind == "foreign" else 303) for kind in OBJECTS},
    "revocation_page": {kind: (LOGIN, 404, 404, 404 if kind == "foreign" else 200) for kind in OBJECTS},
    "learner_revocation": {kind: (403, 404, 404, 404 if kind == "foreign" else 303) for kind in OBJECTS},
    # Whoever has the address of the page; neither the credential's id nor the certificate's uuid is one.
    "credential": dict.fromkeys(OBJECTS, (200, 200, 200, 200)),
    "credential_json": dict.fromkeys(OBJECTS, (200, 200, 200, 200)),
    "credential_file": dict.fromkeys(OBJECTS, (200, 200, 200, 200)),
    "credential_png": dict.fromkeys(OBJECTS, (200, 200, 200, 200)),
    "credential_anchored": dict.fromkeys(OBJECTS, (200, 200, 200, 200)),
    "credential_svg": dict.fromkeys(OBJECTS, (200, 200, 200, 200)),
    "evidence": dict.fromkeys(OBJECTS, 4 * (200 if bundle.has_script() else 503,)),
    "by_uuid": dict.fromkeys(OBJECTS, (404, 404, 404, 404)),
    "verify": dict.fromkeys(OBJECTS, (200, 200, 200, 200)),
    "achievement": dict.fromkeys(OBJECTS, (200, 200, 200, 200)),
    "image": dict.fromkeys(OBJECTS, (200, 200, 200, 200)),
    "no_image": dict.fromkeys(OBJECTS, (404, 404, 404, 404)),
    "issuer": dict.fromkeys(OBJECTS, (200, 200, 200, 200)),
    "did": dict.fromkeys(OBJECTS, (200, 200, 200, 200)),
    "keys": dict.fromkeys(OBJECTS, (200, 200, 200, 200)),
    "status": dict.fromkeys(OBJECTS, (200, 200, 200, 200)),
    "no_status": dict.fromkeys(OBJECTS, (404, 404, 404, 404)),
    # Off by default; whose token opens it is told in test_vc_api.py.
    "verify_credential": dict.fromkeys(OBJECTS, (404, 404, 404, 404)),
    "verify_presentation": dict.fromkeys(OBJECTS, (404, 404, 404, 404)),
}
CHANGES_ROWS = {
    ("init", 200),
    ("download", 200),
    ("files_claim", 201),
    ("revocation", 200),
    ("renewal", 303),
    ("wallet", 201),
    ("share", 200),
    ("unshare", 204),
    ("learner_offer", 303),
    ("learner_share", 303),
    ("learner_unshare", 303),
    ("learner_revocation", 303),
}
# What a holder shares names them, to whoever has the address.
NAMES_THE_HOLDER = (
    "credential", "credential_json", "credential_file", "credential_png", "credential_svg", "credential_anchored",
    "evidence",
)  # fmt: skip
LISTS = ("list", "own_certificates", "issued", "learner_page")
NAMES = ("Ada", "Lovelace", "Bob", "Dobbs", "Carol", "Danvers")


class World:
    """Four roles and one object, offered to its owner while all was well."""

    def __init__(self, site: Any, kind: str):
        self.people = {
            "owner": seed.make_learner("ada-1815", "Ada Lovelace"),
            "other": seed.make_learner("bob-1953", "Bob Dobbs"),
            "staff": seed.make_learner("root-1", "", is_staff=True, is_superuser=True),
        }
        third = seed.make_learner("carol-1968", "Carol Danvers")
        place = seed.make_site("elsewhere.example.edu") if kind == "elsewhere" else site
        self.learner = third if kind == "foreign" else self.people["owner"]
        self.configuration = seed.make_course(place)
        self.certificate = seed.backdate(seed.award(self.learner, self.configuration), days=3)
        self.offer = self._offer(self.learner, place, self.certificate)
        self.offer_uuid = self.offer.path.split("/")[-2]
        # What the others have of their own: an offer whose link they know.
        unrelated = seed.backdate(seed.award(self.people["other"], seed.make_course(site)), days=3)
        self.unrelated = self._offer(self.people["other"], site, unrelated)
        self.credential = self._credential(self.learner, place, self.certificate)
        anchored_rows.anchored(Credential.objects.get(uuid=self.credential))
        page = sharing.share(uuid.UUID(self.credential), user_id=self.learner.pk)
        self.page = urllib.parse.urlsplit(page).path
        getattr(self, f"_{kind}", lambda: None)()
        self.wallet = make_wallet()
        self.image = badge_images.keep_picture(badges.svg())

    def _offer(self, learner: Any, site: Any, certificate: Any) -> MadeOffer:
        made = offers.make_offer(
            user_id=learner.pk, site_id=site.pk, certificate_uuids=[certificate.uuid], wallet_id="lc_wallet"
        )
        return MadeOffer({"deeplink": made.deep_link})

    def _credential(self, learner: Any, site: Any, certificate: Any) -> str:
        made = offers.make_offer(
            user_id=learner.pk, site_id=site.pk, certificate_uuids=[certificate.uuid], wallet_id="download"
        )
        raw = claims.claim_for_download(made.uuid, user_id=learner.pk)
        return str(json.loads(raw)["id"]).removeprefix("urn:uuid:")

    def _revoked(self) -> None:
        self.certificate.revoke()

    def _embargoed(self) -> None:
        self.configuration.certificate_available_date = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=9)
        self.configuration.save()

    def _inactive(self) -> None:
        self.configuration.is_active = False
        self.configuration.save()

    def knows_the_link(self, role: str) -> bool:
        """Only whom the offer was made to."""
        return self.people.get(role) == self.learner

    def ask(self, endpoint: str, role: str) -> Any:
        """The response to ``role``."""
        browser = Client()
        if role in self.people:
            browser.force_login(self.people[role])
        return getattr(self, f"_ask_{endpoint}")(browser, role)

    def _ask_list(self, browser: Client, role: str) -> Any:
        return browser.get(asking.LIST)

    def _ask_own_certificates(self, browser: Client, role: str) -> Any:
        return browser.get(asking.CERTIFICATES)

    def _ask_storages(self, browser: Client, role: str) -> Any:
        return browser.get(asking.STORAGES)

    def _ask_init(self, browser: Client, role: str) -> Any:
        return asking.init(browser, self.certificate)

    def _ask_preview(self, browser: Client, role: str) -> Any:
        return asking.preview(browser, self.certificate)

    def _ask_offer(self, browser: Client, role: str) -> Any:
        return browser.get(f"{asking.API}offers/{self.offer_uuid}/")

    def _ask_page(self, browser: Client, role: str) -> Any:
        return browser.get(f"{asking.ROOT}offers/{self.offer_uuid}/")

    def _ask_download(self, browser: Client, role: str) -> Any:
        return browser.post(f"{asking.ROOT}offers/{self.offer_uuid}/download/")

    def _ask_files_claim(self, browser: Client, role: str) -> Any:
        return browser.post(f"{asking.API}offers/{self.offer_uuid}/download/")

    def _ask_renewal(self, browser: Client, role: str) -> Any:
        return browser.post(f"{asking.ROOT}offers/{self.offer_uuid}/renew/")

    def _ask_wallet(self, browser: Client, role: str) -> Any:
        challenge = (self.offer if self.knows_the_link(role) else self.unrelated).challenge
        return asking.post_json(browser, self.offer.path, self.wallet.present(challenge))

    def _ask_issued(self, browser: Client, role: str) -> Any:
        return browser.get(f"{asking.API}issued/")

    def _ask_issued_file(self, browser: Client, role: str) -> Any:
        return browser.get(f"{asking.API}issued/{self.credential}/credential.json")

    def _ask_issued_anchored(self, browser: Client, role: str) -> Any:
        return browser.get(f"{asking.API}issued/{self.credential}/anchored.json")

    def _ask_issued_anchor(self, browser: Client, role: str) -> Any:
        return browser.get(f"{asking.API}issued/{self.credential}/anchor/")

    def _ask_credential_anchored(self, browser: Client, role: str) -> Any:
        return browser.get(f"{self.page}anchored.json")

    def _ask_issued_svg(self, browser: Client, role: str) -> Any:
        return browser.get(f"{asking.API}issued/{self.credential}/credential.svg")

    def _ask_issued_png(self, browser: Client, role: str) -> Any:
        return browser.get(f"{asking.API}issued/{self.credential}/credential.png")

    def _ask_issued_pdf(self, browser: Client, role: str) -> Any:
        return browser.get(f"{asking.API}issued/{self.credential}/credential.pdf")

    def _ask_sharing(self, browser: Client, role: str) -> Any:
        return browser.get(f"{asking.API}issued/{self.credential}/share/")

    def _ask_revocation(self, browser: Client, role: str) -> Any:
        return browser.post(f"{asking.API}issued/{self.credential}/revoke/")

    def _ask_share(self, browser: Client, role: str) -> Any:
        return browser.put(f"{asking.API}issued/{self.credential}/share/")

    def _ask_unshare(self, browser: Client, role: str) -> Any:
        return browser.delete(f"{asking.API}issued/{self.credential}/share/")

    def _ask_learner_page(self, browser: Client, role: str) -> Any:
        return browser.get(asking.ROOT)

    def _ask_learner_offer(self, browser: Client, role: str) -> Any:
        form = {"certificate": self.certificate.uuid.hex, "wallet": "download"}
        return browser.post(f"{asking.ROOT}offers/", form)

    def _ask_learner_share(self, browser: Client, role: str) -> Any:
        return browser.post(f"{asking.ROOT}issued/{self.credential}/share/")

    def _ask_learner_unshare(self, browser: Client, role: str) -> Any:
        return browser.post(f"{asking.ROOT}issued/{self.credential}/unshare/")

    def _ask_learner_linkedin(self, browser: Client, role: str) -> Any:
        return browser.get(f"{asking.ROOT}issued/{self.credential}/linkedin/")

    def _ask_revocation_page(self, browser: Client, role: str) -> Any:
        return browser.get(f"{asking.ROOT}issued/{self.credential}/revoke/")

    def _ask_learner_revocation(self, browser: Client, role: str) -> Any:
        return browser.post(f"{asking.ROOT}issued/{self.credential}/revoke/")

    def _ask_credential(self, browser: Client, role: str) -> Any:
        return browser.get(self.page)

    def _ask_credential_json(self, browser: Client, role: str) -> Any:
        return browser.get(self.page, headers={"Accept": "application/json"})

    def _ask_credential_file(self, browser: Client, role: str) -> Any:
        return browser.get(f"{self.page}credential.json")

    def _ask_credential_svg(self, browser: Client, role: str) -> Any:
        return browser.get(f"{self.page}credential.svg")

    def _ask_credential_png(self, browser: Client, role: str) -> Any:
        return browser.get(f"{self.page}credential.png")

    def _ask_evidence(self, browser: Client, role: str) -> Any:
        return browser.get(f"{self.page}evidence.html")

    def _ask_by_uuid(self, browser: Client, role: str) -> Any:
        asked = [browser.get(f"{asking.ROOT}c/{one}/") for one in (self.credential, self.certificate.uuid)]
        assert asked[0].content == asked[1].content
        return asked[0]

    def _ask_verify(self, browser: Client, role: str) -> Any:
        return browser.get(f"{asking.ROOT}verify/")

    def _ask_achievement(self, browser: Client, role: str) -> Any:
        return browser.get(f"{asking.ROOT}achievements/course/{self.configuration.course_id}/")

    def _ask_image(self, browser: Client, role: str) -> Any:
        return browser.get(self.image.path)

    def _ask_no_image(self, browser: Client, role: str) -> Any:
        return browser.get(f"{asking.ROOT}images/{self.certificate.uuid}.png")

    def _ask_issuer(self, browser: Client, role: str) -> Any:
        return browser.get(f"{asking.ROOT}issuers/default/")

    def _ask_did(self, browser: Client, role: str) -> Any:
        return browser.get(f"{asking.ROOT}issuers/academy/did.json")

    def _ask_keys(self, browser: Client, role: str) -> Any:
        return browser.get(f"{asking.ROOT}issuers/academy/keys.json")

    def _ask_status(self, browser: Client, role: str) -> Any:
        return browser.get(lists.path(StatusList.objects.earliest("pk")))

    def _ask_no_status(self, browser: Client, role: str) -> Any:
        return browser.get(f"{asking.ROOT}status/{self.certificate.uuid}.json")

    def _ask_verify_credential(self, browser: Client, role: str) -> Any:
        return asking.post_json(browser, asking.VERIFY_CREDENTIAL, {"verifiableCredential": {}})

    def _ask_verify_presentation(self, browser: Client, role: str) -> Any:
        return asking.post_json(browser, asking.VERIFY_PRESENTATION, {"verifiablePresentation": {}})


def answered(world: World, endpoint: str, response: Any) -> int | str:
    """A word of the table."""
    if endpoint in LISTS and response.status_code == 200:
        return "shown" if world.certificate.uuid.hex in response.content.decode() else "hidden"
    if response.status_code == 302 and not response["Location"].startswith("/login/"):
        return 303
    return response.status_code


@pytest.mark.parametrize("kind", OBJECTS)
def test_access(ready, kind):
    issuers.create_issuer(issuers.NewIssuer("Academy", slug="academy", method="web-path", is_default=False))
    lists.publish(lists.add_credentials(Issuer.objects.get(slug="default"))[0].status_list)
    world = World(ready, kind)
    got = {}
    for endpoint in TABLE:
        cache.clear()
        with rows.undone():
            got[endpoint] = tuple(answer(world, endpoint, role) for role in ROLES)
    assert got == {endpoint: expected[kind] for endpoint, expected in TABLE.items()}


def answer(world, endpoint, role):
    """In a word of the table. Rows change only where that is meant; names are told only to whom they may be."""
    if endpoint == "share":
        Share.objects.filter(live=True).update(live=None)
    before = rows.snapshot()
    response = world.ask(endpoint, role)
    got = answered(world, endpoint, response)
    if (endpoint, got) not in CHANGES_ROWS:
        assert rows.changed(before) == [], (endpoint, role)
    require_no_names(world, endpoint, role, response)
    return got


def is_said(name: str, text: str) -> bool:
    """As a word of its own: three letters also come about in a signature, by chance."""
    return re.search(rf"(?<![0-9A-Za-z_-]){re.escape(name)}(?![0-9A-Za-z_-])", text) is not None


def said_by(response):
    """What a person or a program finds in it: of a file that is no text, the credential in it."""
    if response.headers.get("Content-Type") == "application/pdf":
        return papers.shown(response.content) + str(papers.attached(response.content))
    if response.headers.get("Content-Type") == "image/png":
        return formats.read_credential(response.content).decode()
    return response.content.decode()


def require_no_names(world, endpoint, role, response):
    """Nobody reads of anyone else; refusals and public documents name nobody at all."""
    own = world.people.get(role)
    entitled = response.status_code < 300 and (
        endpoint in ("list", "issued", "learner_page") or world.knows_the_link(role)
    )
    text = said_by(response) + str(response.headers) + str(response.cookies)
    if endpoint in NAMES_THE_HOLDER and response.status_code == 200:
        assert world.learner.full_name in text, "its holder wants it to"
        entitled, text = False, text.replace(world.learner.full_name, "")
    for person in (world.learner, *world.people.values()):
        if entitled and person == own:
            continue
        for secret in (person.username, person.email):
            assert secret not in text, (endpoint, role)
    if not entitled or endpoint in ("achievement", "image", "verify", "issuer", "did", "keys", "status"):
        assert [name for name in NAMES if is_said(name, text)] == [], (endpoint, role)


def test_the_table_names_every_address_of_ours():
    from openedx_verifiable_credentials import urls
    from openedx_verifiable_credentials.rest_api.v1 import urls as v1
    from openedx_verifiable_credentials.rest_api.vc_api import urls as vc_api

    patterns = (*v1.urlpatterns, *vc_api.urlpatterns, *urls._OURS, *urls.urlpatterns)
    named = {entry.name for entry in patterns if hasattr(entry, "name")}
    ours = {
        "credentials": "list",
        "own-certificates": "own_certificates",
        "storages": "storages",
        "credentials-init": "init",
        "certificates-preview": "preview",
        "offer": "offer",
        "offer-claimed-as-files": "files_claim",
        "offer-page": "page",
        "offer-download": "download",
        "offer-renewal": "renewal",
        "credentials-issue": "wallet",
        "issued": "issued",
        "issued-file-json": "issued_file",
        "issued-file-png": "issued_png",
        "issued-file-svg": "issued_svg",
        "issued-file-pdf": "issued_pdf",
        "issued-file-anchored": "issued_anchored",
        "issued-anchor": "issued_anchor",
        "issued-revocation": "revocation",
        "share": "share",
        "learner-page": "learner_page",
        "learner-offer": "learner_offer",
        "learner-share": "learner_share",
        "learner-unshare": "learner_unshare",
        "learner-linkedin": "learner_linkedin",
        "learner-revocation": "learner_revocation",
        "credential-page": "credential",
        "credential-file-json": "credential_file",
        "credential-file-png": "credential_png",
        "credential-file-svg": "credential_svg",
        "credential-file-anchored": "credential_anchored",
        "credential-evidence": "evidence",
        "verify-page": "verify",
        "achievement": "achievement",
        "badge-image": "image",
        "issuer-profile": "issuer",
        "issuer-did-document": "did",
        "host-did-document": "did",
        "issuer-keys": "keys",
        "status-revocation": "status",
        "status-suspension": "status",
        "status-revocation-2021": "status",
        "status-suspension-2021": "status",
        "status-none": "no_status",
        "vc-api-verify-credential": "verify_credential",
        "vc-api-verify-presentation": "verify_presentation",
    }
    assert named == ours.keys()
    further = {
        "unshare",
        "revocation_page",
        "credential_json",
        "by_uuid",
        "no_image",
        "sharing",
    }  # further ways to ask at the same addresses
    assert {*ours.values(), *further} == TABLE.keys()


def test_nobody_gets_an_offer_of_several_when_one_is_anothers(ready, ada, bob, ada_client, course_certificate):
    other = seed.award(bob, seed.make_course(ready))
    before = rows.snapshot()
    assert asking.refusal(asking.init(ada_client, course_certificate, other)) == (404, "unknown_certificate")
    assert rows.changed(before) == []


def test_a_certificate_changes_hands_with_its_account(
    ready, ada, bob, ada_client, make_offer, course_certificate, wallet
):
    """Usernames are strings in the service: what counts is whose account has the name now."""
    offer = make_offer(course_certificate)
    type(ada).objects.filter(pk=ada.pk).update(username="ada-renamed")
    assert asking.refusal(offer.claim(wallet)) == (404, "unknown_certificate")
    type(bob).objects.filter(pk=bob.pk).update(username="ada")
    assert asking.refusal(offer.claim(wallet)) == (404, "unknown_certificate")
    type(course_certificate).objects.filter(pk=course_certificate.pk).update(username="ada-renamed")
    assert offer.claim(wallet).status_code == 201
