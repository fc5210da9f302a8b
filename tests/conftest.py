"""Fixtures are named as what they do or what there is."""

from __future__ import annotations

import ipaddress
import json
import socket
import urllib.parse
from collections.abc import Iterator
from typing import Any

import pytest

from scripts import translations
from tests import parts
from tests.chain.node import Node
from tests.chain.node import running
from tests.wallet import Wallet
from tests.wallet import make_wallet

_skipped: dict[str, str] = {}


def pytest_configure() -> None:
    """Catalogues are compiled anew where their texts changed: what the suite sees is what is written."""
    translations.compile_all()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is about MariaDB belongs to the run on MariaDB (scripts/test_on_mariadb.py), not to this one."""
    from django.db import connection

    if connection.vendor == "mysql":
        return
    elsewhere = [item for item in items if item.get_closest_marker("mariadb")]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test whose part is missing is skipped, or fails where the part is required."""
    for part in parts.PARTS:
        if item.get_closest_marker(part) is None:
            continue
        reason = parts.missing(part)
        if reason is None:
            continue
        if part in parts.required():
            pytest.fail(f"{part} is required: {reason}", pytrace=False)
        _skipped[part] = reason
        pytest.skip(f"{part}: {reason}")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line for each part that did not run."""
    for part, reason in sorted(_skipped.items()):
        terminalreporter.write_line(f"Not run here: the {part} part ({reason}).")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in the suite reaches beyond this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> Any:
        inet = isinstance(address, tuple) and address[0] != "localhost"
        if inet and not ipaddress.ip_address(address[0]).is_loopback:
            raise AssertionError(f"A test tried to reach {address[0]}.")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def fresh_caches() -> None:
    """Throttles, switches and sites are remembered in caches that outlive a test's database."""
    from django.contrib.sites.models import Site
    from django.core.cache import cache

    cache.clear()
    Site.objects.clear_cache()


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A request leaves its language to whatever the thread does next."""
    from django.utils import translation

    yield
    translation.deactivate()


@pytest.fixture
def node() -> Iterator[Node]:
    """A node of Ethereum with a chain of this test's own; the test is marked ``anvil``."""
    with running() as started:
        yield started


@pytest.fixture
def site(db: None) -> Any:
    """The site the test client talks to, configured."""
    from tests import seed

    return seed.make_site("testserver")


@pytest.fixture
def switched_on(db: None) -> Any:
    """The switch is on."""
    from waffle.models import Switch

    return Switch.objects.create(name="openedx_verifiable_credentials.enabled", active=True)


@pytest.fixture
def issuer(db: None) -> Any:
    """The default issuer, a did:key."""
    from openedx_verifiable_credentials.api import issuers

    return issuers.create_issuer(issuers.NewIssuer(name="Example University"))


@pytest.fixture
def web_issuer(db: None) -> Any:
    """The default issuer, a did:web."""
    from openedx_verifiable_credentials.api import issuers

    return issuers.create_issuer(issuers.NewIssuer(name="Example Academy", slug="academy", method="web"))


@pytest.fixture
def ready(site: Any, switched_on: Any, issuer: Any) -> Any:
    """Site, switch and issuer: claims are possible."""
    return site


@pytest.fixture
def ada(db: None) -> Any:
    """A learner."""
    from tests import seed

    return seed.make_learner("ada", "Ada Lovelace")


@pytest.fixture
def bob(db: None) -> Any:
    """Another learner."""
    from tests import seed

    return seed.make_learner("bob", "Bob Dobbs")


@pytest.fixture
def course_certificate(ready: Any, ada: Any) -> Any:
    """Ada's course certificate, awarded three days ago."""
    from tests import seed

    return seed.backdate(seed.award(ada, seed.make_course(ready)), days=3)


@pytest.fixture
def program_certificate(ready: Any, ada: Any, course_certificate: Any) -> Any:
    """Ada's program certificate, awarded two days ago."""
    from tests import seed

    return seed.backdate(seed.award(ada, seed.make_program(ready, [course_certificate.credential])), days=2)


@pytest.fixture
def ada_client(client: Any, ada: Any) -> Any:
    """A browser in which Ada is logged in."""
    client.force_login(ada)
    return client


@pytest.fixture
def wallet() -> Wallet:
    """A wallet with a fresh key."""
    return make_wallet()


class MadeOffer:
    """An offer's link, taken apart as a wallet does."""

    def __init__(self, reply: dict[str, Any]):
        self.reply = reply
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(reply["deeplink"]).query)
        self.challenge = query["challenge"][0]
        self.url = query["vc_request_url"][0]
        self.path = urllib.parse.urlsplit(self.url).path

    def claim(self, wallet: Wallet, **overrides: Any) -> Any:
        """The response to ``wallet``'s presentation."""
        return self.post(wallet.present(self.challenge, **overrides))

    def post(self, presentation: Any, content_type: str = "application/json", **headers: Any) -> Any:
        """The response to whatever is sent."""
        from django.test import Client

        body = presentation if isinstance(presentation, bytes) else json.dumps(presentation).encode()
        return Client(raise_request_exception=False).generic("POST", self.path, body, content_type, **headers)


@pytest.fixture
def make_offer(ada_client: Any) -> Any:
    """Offers one of Ada's certificates to a wallet, as the learner-record MFE does."""

    def make(certificate: Any, wallet_id: str = "lc_wallet") -> MadeOffer:
        response = ada_client.post(
            "/verifiable_credentials/api/v1/credentials/init/",
            {"credential_uuid": certificate.uuid.hex, "storage_id": wallet_id},
            content_type="application/json",
        )
        assert response.status_code == 200, response.content
        return MadeOffer(response.json())

    return make
