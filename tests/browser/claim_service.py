"""
What the claim element asks, answered inside the browser, so that states can be had that a good service does not give:
failing, slow, too busy, logged out. What a real service answers, ``tests/rest_api`` holds to the same shapes.
"""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openedx_verifiable_credentials.core.formats import qr

# Secure, as clipboards want it; nothing listens there, and nothing is asked.
ORIGIN = "http://localhost"
API = "/verifiable_credentials/api/v1/"
STATIC = Path(__file__).parents[2] / "openedx_verifiable_credentials" / "static" / "openedx_verifiable_credentials"
POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:"
)
WALLETS = [
    {
        "id": "lc_wallet",
        "name": "Learner Credential Wallet",
        "on_page": False,
        "app_link_android": "https://play.example/wallet",
        "app_link_ios": "https://apps.example/wallet",
    },
    {
        "id": "download",
        "name": "Download or other wallet",
        "on_page": True,
        "app_link_android": None,
        "app_link_ios": None,
    },
]
LINK = "dccrequest://request?issuer=did%3Aweb%3Alocalhost&auth_type=bearer&challenge=c&vc_request_url=https%3A%2F%2Fx"
PER_PAGE = 20
Answer = Callable[[Any], None]


def certificate(number: int, **changes: Any) -> dict[str, Any]:
    """One that is ready, unless ``changes`` say otherwise."""
    return {
        "uuid": f"{number:032x}",
        "kind": "course",
        "title": f"Computing {number}",
        "organization": "Example Academy",
        "awarded_at": "2026-03-01T23:30:00Z",
        "state": "ready",
        "available_from": None,
        "wallets": ["lc_wallet", "download"],
        "claims": ["name", "email", "grade"],
        "claimed": 0,
    } | changes


def credential(number: int, **changes: Any) -> dict[str, Any]:
    """One that a wallet has."""
    uuid = f"00000000-0000-4000-8000-{number:012x}"
    return {
        "uuid": uuid,
        "certificate": f"{number:032x}",
        "kind": "course",
        "profile": "obv3-vc1",
        "state": "valid",
        "issued_at": "2026-11-20T15:04:00Z",
        "share": None,
        "replaces": None,
        "replaced_by": None,
        "title": f"Computing {number}",
        "issuer": "Example Academy",
        "wallet": {"id": "lc_wallet", "name": "Learner Credential Wallet"},
        "bound": True,
        "holder": "8PnAKTwx",
        "valid_until": None,
        "withheld": False,
        "can_revoke": True,
        "files": {form: f"{API}issued/{uuid}/credential.{form}" for form in ("json", "png", "svg", "pdf")},
    } | changes


class ClaimService:
    """
    Answers a page's requests; ``asked`` has them in order, as "POST credentials/init/". A test puts an answer of its
    own into ``answers`` by such a name, which then is given every time; or holds requests back.
    """

    def __init__(
        self, page: Any, *, certificates: list[dict[str, Any]], credentials: list[dict[str, Any]] | None = None
    ):
        self.certificates = certificates
        self.credentials = credentials or []
        self.asked: list[str] = []
        self.bodies: dict[str, list[Any]] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.answers: dict[str, Answer] = {}
        self.held: dict[str, list[Any]] = {}
        self.offers: dict[str, dict[str, Any]] = {}
        self.html = ""
        self.policy = POLICY
        page.route("**/*", self._route)

    def count(self, name: str) -> int:
        """How often it was asked."""
        return self.asked.count(name)

    def fail(self, name: str, status: int, code: str = "", *, headers: dict[str, str] | None = None) -> None:
        """From now on."""
        body = {"code": code, "detail": "A sentence of the service."} if code else {}
        self.answers[name] = lambda route: route.fulfill(status=status, json=body, headers=headers or {})

    def mend(self, name: str) -> None:
        """As it should be again."""
        del self.answers[name]

    def hold(self, name: str) -> None:
        """From now on it is not answered, until :meth:`release`."""
        self.held[name] = []
        self.answers[name] = self.held[name].append

    def release(self, name: str) -> None:
        """What was held back is answered now, in order; and what comes."""
        self.mend(name)
        for route in self.held.pop(name):
            self._answer(route)

    def claim(self, uuid: str | None = None) -> None:
        """A wallet fetches what the last offer, or this one, is about."""
        offer = self.offers[uuid or list(self.offers)[-1]]
        offer["state"] = "claimed"
        made = [credential(900 + len(self.credentials) + number) for number in range(len(offer["certificates"]))]
        self.credentials[:0] = made
        offer["credentials"] = [one["uuid"] for one in made]

    def expire(self) -> None:
        """The last offer's time is over."""
        self.offers[list(self.offers)[-1]]["state"] = "expired"

    def _route(self, route: Any) -> None:
        parts = urllib.parse.urlsplit(route.request.url)
        if parts.path.startswith("/static/"):
            route.fulfill(path=STATIC / Path(parts.path).name)
        elif not parts.path.startswith(API):
            headers = {"Content-Security-Policy": self.policy, "Content-Type": "text/html; charset=utf-8"}
            found = parts.path == "/page"
            route.fulfill(status=200 if found else 404, body=self.html if found else "", headers=headers)
        else:
            self._note(route)
            self.answers.get(self.asked[-1], self._answer)(route)

    def _note(self, route: Any) -> None:
        parts = urllib.parse.urlsplit(route.request.url)
        query = f"?{parts.query}" if parts.query else ""
        name = f"{route.request.method} {parts.path.removeprefix(API)}{query}"
        self.asked.append(name)
        self.headers[name] = route.request.headers
        if route.request.post_data:
            self.bodies.setdefault(name, []).append(json.loads(route.request.post_data))

    def _answer(self, route: Any) -> None:
        parts = urllib.parse.urlsplit(route.request.url)
        path = parts.path.removeprefix(API).strip("/").split("/")
        page = int(urllib.parse.parse_qs(parts.query).get("page", ["1"])[0])
        body = json.loads(route.request.post_data or "{}")
        match [route.request.method, *path]:
            case ["GET", "certificates"]:
                self._list(route, "certificates", self.certificates, page, wallets=WALLETS)
            case ["GET", "issued"]:
                self._list(route, "credentials", self.credentials, page)
            case ["POST", "certificates", "preview"]:
                found = [self._preview(uuid, body) for uuid in body["credential_uuids"]]
                route.fulfill(json={"credentials": found})
            case ["POST", "credentials", "init"]:
                route.fulfill(json=self._offer(body))
            case ["GET", "offers", uuid]:
                route.fulfill(json=self.offers[uuid])
            case ["POST", "offers", uuid, "download"]:
                self.claim(uuid)
                route.fulfill(status=201, json={"credentials": self.offers[uuid]["credentials"]})
            case ["GET" | "PUT" | "DELETE" as method, "issued", uuid, "share"]:
                self._share(route, method, self._own(uuid))
            case ["POST", "issued", uuid, "revoke"]:
                own = self._own(uuid)
                own |= {"state": "revoked", "can_revoke": False, "share": own["share"]}
                route.fulfill(json=own)
            case ["GET", "issued", uuid, name]:
                route.fulfill(body=f"{uuid} {name}", content_type="application/octet-stream")
            case _:
                route.fulfill(status=404, json={"code": "not_found", "detail": "There is no such document."})

    def _list(self, route: Any, name: str, rows: list[Any], page: int, **more: Any) -> None:
        pages = max(-(-len(rows) // PER_PAGE), 1)
        if not 1 <= page <= pages:
            route.fulfill(status=400, json={"code": "invalid_request", "detail": "There is no such page."})
            return
        shown = rows[(page - 1) * PER_PAGE : page * PER_PAGE]
        route.fulfill(json={"count": len(rows), "page": page, "pages": pages, name: shown} | more)

    def _preview(self, uuid: str, body: dict[str, Any]) -> dict[str, Any]:
        own = next(one for one in self.certificates if one["uuid"] == uuid)
        facts = [
            ("name", "name", "Ada <b>Lovelace</b>", "text"),
            ("email", "email", "ada@example.com", "text"),
            ("achievement", None, own["title"], "text"),
            ("description", None, "What one learns:\n\n- loops\n- *tests*", "markdown"),
            ("result", "grade", "93", "text"),
            ("awarded_at", None, own["awarded_at"], "date"),
            ("issuer", None, "Example Academy", "text"),
            ("issuer_page", None, "https://academy.example/", "link"),
            ("never_heard_of", None, "something new", "text"),
        ]
        return {
            "certificate": uuid,
            "title": own["title"],
            "language": "en",
            "facts": [
                {"fact": fact, "claim": claim, "value": value, "form": form}
                for fact, claim, value, form in facts
                if claim not in body["leave_out"]
            ],
            "left_out": body["leave_out"],
        }

    def _offer(self, body: dict[str, Any]) -> dict[str, Any]:
        """The same for the same, while it is open."""
        wanted = {"wallet": body["storage_id"], "certificates": body["credential_uuids"]}
        for uuid, offer in self.offers.items():
            if offer["state"] == "open" and wanted.items() <= offer.items():
                return offer["made"] | {"offer": uuid}
        uuid = f"00000000-0000-4000-9000-{len(self.offers):012x}"
        expires = "2100-01-01T00:00:00Z"
        to_file = body["storage_id"] == "download"
        made = {"deeplink": LINK, "qrcode": qr.png_base64(LINK), "expires_at": expires}
        made |= (
            {"redirect": True} if to_file else {key: WALLETS[0][key] for key in ("app_link_android", "app_link_ios")}
        )
        self.offers[uuid] = wanted | {
            "uuid": uuid,
            "state": "open",
            "expires_at": expires,
            "credentials": [],
            "made": made,
        }
        return made | {"offer": uuid}

    def _own(self, uuid: str) -> dict[str, Any]:
        return next(one for one in self.credentials if one["uuid"] == uuid)

    def _share(self, route: Any, method: str, own: dict[str, Any]) -> None:
        if method == "DELETE":
            own["share"] = None
            route.fulfill(status=204)
            return
        if method == "PUT":
            own["share"] = f"{ORIGIN}/verifiable_credentials/c/abc/"
        page = own["share"]
        linkedin = f"https://www.linkedin.com/profile/add?certUrl={urllib.parse.quote(page or '', safe='')}"
        route.fulfill(json={"share": page, "qrcode": page and qr.png_base64(page), "linkedin": page and linkedin})
