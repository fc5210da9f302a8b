"""One server and one browser for all of these tests; a fresh profile for each."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import parts
from tests.browser.campus import Campus
from tests.browser.claim_page import Claim
from tests.browser.claim_service import ClaimService
from tests.browser.claim_service import certificate
from tests.browser.visits import FLAGS
from tests.browser.visits import Visit
from tests.servers import running

SPEED = "verdict in the browser"
HERE = Path(__file__).parent
SETTINGS = {"OPENEDX_VC_SUSPENSION": True, "OPENEDX_VC_THROTTLE_ADDRESS": "100000/min"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder is the chromium part."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.chromium)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How fast the verdict is there, which no test demands."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == SPEED:
                terminalreporter.write_line(f"{name[0].upper()}{name[1:]}: {value}.")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """Debian's, headless."""
    # Only where the part is there; and its loop must end with this package.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=parts.chromium(), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The stand-in service, and under ``world`` what is shared there."""
    directory = tmp_path_factory.mktemp("service")
    with running.running("gunicorn", directory, settings=SETTINGS) as description:
        made = subprocess.run(
            [sys.executable, "-m", "tests.browser.world"],
            cwd=running.ROOT, env=running.sandbox_environment(directory), capture_output=True, text=True,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        yield {**description, "world": json.loads(made.stdout.splitlines()[-1])}


@pytest.fixture(scope="package")
def campus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campus]:
    """Another one, with learners who have certificates and have claimed nothing."""
    directory = tmp_path_factory.mktemp("campus")
    with running.running("gunicorn", directory, settings=SETTINGS) as description:
        made = subprocess.run(
            [sys.executable, "-m", "tests.browser.learners"],
            cwd=running.ROOT, env=running.sandbox_environment(directory), capture_output=True, text=True,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        yield Campus(description, directory / "sandbox.sqlite3", json.loads(made.stdout.splitlines()[-1]))


@pytest.fixture
def world(service: dict[str, Any]) -> dict[str, dict[str, str]]:
    """``uuid``, ``page`` and ``raw`` of a credential of each state."""
    found: dict[str, dict[str, str]] = service["world"]
    return found


@pytest.fixture
def visitor(chromium: Any) -> Iterator[Callable[..., Visit]]:
    """Makes visits, in a profile of their own each; ``scripts=False`` for a browser that runs none."""
    contexts = []

    def visit(*, scripts: bool = True, **options: Any) -> Visit:
        options = {"locale": "en-GB", "timezone_id": "UTC", "viewport": {"width": 1000, "height": 800}} | options
        made = []
        for enabled in [True] if scripts else [False, True]:
            context = chromium.new_context(java_script_enabled=enabled, **options)
            context.set_default_timeout(30_000)
            contexts.append(context)
            made.append(context.new_page())
        return Visit(*made)

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture
def visit(visitor: Callable[..., Visit]) -> Iterator[Visit]:
    """One, at whose end nothing has gone wrong."""
    made = visitor()
    yield made
    made.settle()


@pytest.fixture
def at_page(campus: Campus, visit: Visit) -> Callable[[str], Any]:
    """Opens the learner's page for one of them."""

    def open_as(name: str) -> Any:
        campus.sign_in(visit, name).page.goto(campus.page)
        visit.page.wait_for_selector(".ovc-ready:not([aria-busy])")
        visit.page.wait_for_selector(".ovc-issued:not([aria-busy])")
        return visit.page

    return open_as


@pytest.fixture
def verify_page(service: dict[str, Any], visit: Visit) -> Visit:
    """A visit that has opened the page that checks files."""
    visit.open(f"{service['base_url']}/verifiable_credentials/verify/")
    return visit


@pytest.fixture
def claiming(visitor: Callable[..., Visit]) -> Iterator[Callable[..., Claim]]:
    """Makes pages; at the end nothing has gone wrong on them."""
    visits = []

    def make(*certificates: dict[str, Any], credentials: Any = (), clock: bool = False, **options: Any) -> Claim:
        visit = visitor(**options)
        visits.append(visit)
        if clock:
            visit.page.clock.install(time="2026-11-22T10:00:00Z")
        found = list(certificates) or [certificate(1), certificate(2), certificate(3)]
        return Claim(visit, ClaimService(visit.page, certificates=found, credentials=list(credentials)))

    yield make
    for visit in visits:
        visit.settle()
