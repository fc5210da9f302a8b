"""The numbered system checks: each triggered, each silent where all is well."""

import io
import os
import secrets
import subprocess
import sys
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import checks as django_checks
from django.core.management import call_command
from django.utils import timezone
from edx_django_utils.cache import RequestCache
from waffle.models import Switch

from openedx_verifiable_credentials import checks
from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.flows import reconcile
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import PublishedList
from openedx_verifiable_credentials.models import StatusList
from tests import lists
from tests import papers
from tests.wallet import make_wallet

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def fresh_process():
    """Outside of requests nothing empties the caches of edx-toggles."""
    RequestCache.clear_all_namespaces()


def found(databases=("default",)):
    """The ids of our checks' messages, as ``manage.py check --database default`` finds them."""
    messages = django_checks.run_checks(tags=[checks.TAG], databases=databases and list(databases))
    assert all(message.hint for message in messages), "each says what to do"
    return sorted(message.id.removeprefix(f"{checks.TAG}.") for message in messages)


def test_all_is_silent_where_all_is_well(ready):
    assert found() == []


def test_what_needs_the_database_waits_until_it_is_asked_about(settings):
    settings.OPENEDX_VC_PUBLIC_BASE_URL = ""
    assert found(databases=None) == []
    assert found() == ["W003", "W004"]


@pytest.mark.parametrize(("switch", "letter"), [(False, "W"), (True, "E")])
class TestBeforeAndAfterTheSwitch:
    @pytest.fixture(autouse=True)
    def switched(self, switch, issuer):
        Switch.objects.create(name="openedx_verifiable_credentials.enabled", active=switch)

    @pytest.mark.parametrize("url", ["", "/", "http://credentials.example.edu"])
    def test_003_a_base_url_that_is_missing_or_plain(self, settings, letter, url):
        settings.OPENEDX_VC_PUBLIC_BASE_URL = url
        if url.startswith("http:"):
            assert found() == [f"{letter}003"]
            settings.DEBUG = True
            assert found() == []
        else:
            assert found() == [], "the issuer knows its own"
            IssuerKey.objects.update(signs=None)
            assert found() == [f"{letter}003", f"{letter}004"]

    def test_003_an_issuers_base_url_that_is_plain(self, settings, letter):
        Issuer.objects.update(base_url="http://credentials.example.edu")
        assert found() == [f"{letter}003"]
        settings.DEBUG = True
        assert found() == []

    def test_004_no_issuer(self, letter):
        IssuerKey.objects.all().delete()
        assert found() == [f"{letter}004"]

    def test_004_no_default_issuer(self, letter):
        Issuer.objects.update(is_default=None)
        assert found() == [f"{letter}004"]

    def test_004_an_organisations_issuer_without_a_key(self, letter):
        own = issuers.create_issuer(issuers.NewIssuer(name="Own", slug="own", organization_key="OwnX"))
        assert found() == []
        own.keys.update(signs=None)
        assert found() == [f"{letter}004"]
        issuers.update_issuer("own", issuers.IssuerChanges(in_use=False))
        assert found() == []

    @pytest.mark.parametrize("keys", [{}, {"tests-only": "A" * 43 + "="}, {"another": "A" * 43 + "="}])
    def test_004_a_key_that_does_not_open(self, settings, letter, keys):
        settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = keys
        assert found() == [f"{letter}004"]

    def test_004_a_key_that_is_not_the_issuers(self, letter):
        IssuerKey.objects.update(public_key_multibase=make_wallet().did.removeprefix("did:key:"))
        assert found() == [f"{letter}004"]


@pytest.mark.parametrize("name", ["OPENEDX_VC_BASE_URL", "OPENEDX_VC_", "OPENEDX_VC_KEY_ENCRYPTION_KEY"])
def test_005_an_unknown_setting(ready, settings, name):
    setattr(settings, name, "x")
    assert found() == ["W005"]
    delattr(settings, name)
    assert found() == []


BAD_VALUES = [
    ("PUBLIC_BASE_URL", None),
    ("PUBLIC_BASE_URL", 5),
    ("KEY_ENCRYPTION_KEYS", ["AAAA"]),
    ("KEY_ENCRYPTION_KEYS", None),
    ("OFFER_KEY", 5),
    ("OFFER_LIFETIME_SECONDS", "600"),
    ("OFFER_LIFETIME_SECONDS", 0),
    ("OFFER_LIFETIME_SECONDS", True),
    ("MAX_LIVE_CREDENTIALS", 0),
    ("MAX_LIVE_CREDENTIALS", None),
    ("MAX_CERTIFICATES_PER_OFFER", -1),
    ("ON_NEW_CLAIM", "replace"),
    ("ON_NEW_CLAIM", None),
    ("THROTTLE_OFFER", 5),
    ("THROTTLE_OFFER", "often"),
    ("THROTTLE_USER", "60 per minute"),
    ("THROTTLE_ADDRESS", "/min"),
    ("NUM_PROXIES", "1"),
    ("NUM_PROXIES", -1),
    ("SECURER", None),
    ("JOINT_PROGRAMS", ["lead"]),
    ("JOINT_PROGRAMS", {"1": ["lead"]}),
    ("JOINT_PROGRAMS", {"1": "all"}),
    ("LINKEDIN_ORGANIZATIONS", 1337),
    ("LINKEDIN_ORGANIZATIONS", ["default"]),
    ("LINKEDIN_ORGANIZATIONS", {"default": "1337"}),
    ("LINKEDIN_ORGANIZATIONS", {"default": True}),
    ("LINKEDIN_ORGANIZATIONS", {"default": 0}),
    ("LINKEDIN_ORGANIZATIONS", {"": 1337}),
    ("LINKEDIN_ORGANIZATIONS", {7: 1337}),
    ("SIGNING_SERVICE_URL", "https://["),
    ("SIGNING_SERVICE_URL", "https://signer.example.edu:port"),
    ("SIGNING_SERVICE_URL", "http://signer.example.edu"),
    ("STATUS_LIST_LENGTH", 1000),
    ("STATUS_LIST_LENGTH", 100_000),
    ("STATUS_LIST_LENGTH", 200_000),
    ("STATUS_LIST_LENGTH", 1 << 24),
    ("STATUS_LIST_LIFETIME_SECONDS", 599),
    ("STATUS_LIST_LIFETIME_SECONDS", 366 * 86_400),
    ("STATUS_LIST_LIFETIME_SECONDS", 10**15),
    ("STATUS_LIST_TTL_SECONDS", 86_401),
    ("STATUS_LIST_TTL_SECONDS", 10**15),
    ("STATUS_COALESCE_SECONDS", 86_401),
    ("STATUS_COALESCE_SECONDS", 10**15),
    ("STATUS_CACHE_SECONDS", 86_401),
    ("FETCH_TIMEOUT_SECONDS", 0),
    ("FETCH_TIMEOUT_SECONDS", 61),
    ("FETCH_TIMEOUT_SECONDS", "10"),
    ("FETCH_CACHE_SECONDS", -1),
    ("FETCH_CACHE_SECONDS", 86_401),
    ("FETCH_LOOPBACK", "localhost"),
    ("FETCHER", None),
    ("PDF_FONTS", "/fonts/one.ttf"),
    ("PDF_FONTS", [""]),
    ("PDF_FONTS", [1]),
]


@pytest.mark.parametrize(("name", "value"), BAD_VALUES)
def test_006_a_value_of_the_wrong_kind(ready, settings, name, value):
    setattr(settings, f"OPENEDX_VC_{name}", value)
    assert "E006" in found()
    delattr(settings, f"OPENEDX_VC_{name}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("THROTTLE_OFFER", "1/s"),
        ("THROTTLE_ADDRESS", "100000/day"),
        ("NUM_PROXIES", 0),
        ("NUM_PROXIES", 2),
        ("ON_NEW_CLAIM", "supersede"),
        ("PUBLIC_BASE_URL", "https://credentials.example.edu/"),
        ("JOINT_PROGRAMS", {1: "each", "default": "site"}),
        ("SIGNING_SERVICE_URL", "https://signer.example.edu:8443/vc/"),
        ("STATUS_LIST_LENGTH", 1 << 23),
        ("STATUS_LIST_LIFETIME_SECONDS", 365 * 86_400),
        ("STATUS_LIST_TTL_SECONDS", 86_400),
        ("STATUS_COALESCE_SECONDS", 86_400),
        ("STATUS_CACHE_SECONDS", 86_400),
        ("FETCH_TIMEOUT_SECONDS", 60),
        ("FETCH_CACHE_SECONDS", 0),
        ("PDF_FONTS", ()),
    ],
)
def test_006_a_value_of_the_right_kind(ready, settings, name, value):
    setattr(settings, f"OPENEDX_VC_{name}", value)
    assert found() == []


def test_007_nobody_said_how_many_proxies_there_are(ready, settings):
    settings.OPENEDX_VC_NUM_PROXIES = None
    assert found() == ["W007"]
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    assert found() == []


@pytest.mark.parametrize("token", ["a" * 32, "changeme" * 4, "0123012301230123012301230123012301230123"])
def test_013_a_token_that_can_be_guessed(ready, settings, token):
    settings.OPENEDX_VC_VC_API_TOKENS = [secrets.token_hex(16), secrets.token_urlsafe(32)]
    assert found() == []
    settings.OPENEDX_VC_VC_API_TOKENS.append(token)
    assert found() == ["W013"]
    [message] = django_checks.run_checks(tags=[checks.TAG])
    assert token not in message.msg + message.hint


def test_015_a_font_that_cannot_be_used(ready, settings, tmp_path):
    good, bad = tmp_path / "good.ttf", tmp_path / "bad.ttf"
    good.write_bytes(papers.font("漢"))
    bad.write_bytes(b"not a font")
    settings.OPENEDX_VC_PDF_FONTS = [str(good)]
    assert found() == []
    settings.OPENEDX_VC_PDF_FONTS = [str(good), str(bad), str(tmp_path / "none.ttf")]
    messages = [message.msg for message in django_checks.run_checks(tags=[checks.TAG])]
    assert len(messages) == 2
    assert str(bad) in messages[0] and "is not a TrueType" in messages[0]
    assert "none.ttf" in messages[1] and "cannot be read" in messages[1]
    assert found() == ["W015", "W015"]


def test_012_a_profile_that_no_key_of_an_issuer_signs(ready, issuer):
    arguments = ["--name", "Own", "--slug", "own", "--organization", "OwnX", "--algorithm", "P-256"]
    call_command("vc_create_issuer", *arguments)
    [message] = django_checks.run_checks(tags=[checks.TAG], databases=["default"])
    assert message.id == f"{checks.TAG}.W012"
    assert "The issuer own cannot sign obv3-vc1" in message.msg
    assert "Learner Credential Wallet" in message.msg
    issuers.update_issuer("own", issuers.IssuerChanges(in_use=False))
    assert found() == []


class TestStatusLists:
    @pytest.fixture(autouse=True)
    def row(self, ready, issuer):
        credentials = lists.add_credentials(issuer)
        lists.publish(credentials[0].status_list)
        assert found() == []
        return credentials[0].status_list

    @pytest.mark.parametrize(("minutes", "ids"), [(5, []), (12, ["W008"])])
    def test_008_changes_wait(self, row, minutes, ids):
        StatusList.objects.update(changed_at=timezone.now() - timedelta(minutes=minutes))
        assert found() == ids
        lists.publish(row)
        assert found() == []

    @pytest.mark.parametrize(("left", "ids"), [(2.9, []), (1.6, []), (0.7, ["W009"]), (-0.1, ["W009"])])
    def test_009_lists_end(self, row, left, ids):
        PublishedList.objects.filter(form="revocation").update(valid_until=timezone.now() + timedelta(days=left))
        assert found() == ids
        lists.publish(row)
        assert found() == []

    def test_009_a_list_that_was_never_published(self, row):
        PublishedList.objects.all().delete()
        assert found() == ["W009"]


class TestHostChanges:
    @pytest.mark.parametrize(("minutes", "ids"), [(14, []), (16, ["W010"])])
    def test_010_a_change_of_a_certificate_waits(self, ready, minutes, ids):
        now = timezone.now()
        for ago in (0, minutes, 1):
            reconcile.note_change(uuid.uuid4(), now - timedelta(minutes=ago))
        assert found() == ids
        call_command("vc_reconcile", verbosity=0, stdout=io.StringIO())
        assert found() == []

    def test_010_is_shown_by_the_doctor(self, ready, issuer):
        reconcile.note_change(uuid.uuid4(), timezone.now() - timedelta(hours=1))
        out = io.StringIO()
        call_command("vc_doctor", stdout=out)
        [line] = [line for line in out.getvalue().splitlines() if "W010" in line]
        assert line.startswith("WARN  openedx_verifiable_credentials.W010: vc_reconcile does not run")


def in_tree(code):
    """What a service says whose in-tree app answers our addresses: settings are read once a process."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DB_")}
    environment.update(
        DJANGO_SETTINGS_MODULE="credentials.settings.test",
        STANDIN_IN_TREE_APP="1",
        PYTHONPATH=os.pathsep.join([str(HERE.parent), str(HERE / "credentials_service")]),
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


SET_UP = "import django; django.setup()\nfrom django.core.management import call_command\n"


def test_001_our_addresses_are_answered_by_the_in_tree_app():
    said = in_tree(
        SET_UP + "from django.core import checks\n"
        "print(*[f'{m.id} {m.msg} {m.hint}' for m in checks.run_checks()], sep='\\n')"
    )
    [line] = [line for line in said.splitlines() if "W001" in line]
    assert "credentials.apps.verifiable_credentials" in line
    assert "ENABLE_VERIFIABLE_CREDENTIALS to False" in line


def test_001_stops_the_doctor():
    said = in_tree(
        SET_UP + "call_command('migrate', verbosity=0)\n"
        "call_command('vc_create_issuer', name='X')\n"
        "try:\n    call_command('vc_doctor')\nexcept Exception as error:\n    print(type(error).__name__, error)"
    )
    assert "FAIL  openedx_verifiable_credentials.W001" in said
    assert "CommandError 1 check(s) failed." in said


def test_002_the_in_tree_apps_status_lists_are_down(ready, course_certificate):
    from credentials.apps.verifiable_credentials.issuance.models import IssuanceLine

    line = IssuanceLine.objects.create(user_credential=course_certificate, processed=False)
    assert found() == []
    IssuanceLine.objects.update(processed=True)
    assert found() == ["W002"]
    line.delete()
    assert found() == []


def test_002_is_silent_while_the_in_tree_app_serves_them():
    said = in_tree(
        SET_UP + "call_command('migrate', verbosity=0)\n"
        "from credentials.apps.verifiable_credentials.issuance.models import IssuanceLine\n"
        "IssuanceLine.objects.create(processed=True)\n"
        "from openedx_verifiable_credentials import checks\n"
        "print(*[m.id for m in checks.check_database(databases=['default'])])"
    )
    assert "W002" not in said


@pytest.mark.parametrize(
    ("name", "value"), [("PUBLIC_BASE_URL", 5), ("KEY_ENCRYPTION_KEYS", None), ("THROTTLE_USER", "often")]
)
def test_a_bad_value_does_not_stop_a_check_halfway(settings, issuer, name, value):
    """``migrate`` runs the checks that need the database: a wrong value must be a message there, too."""
    setattr(settings, f"OPENEDX_VC_{name}", value)
    assert all(number[0] in "WE" for number in found())


def test_nothing_is_in_the_way_of_a_first_migrate(settings, capsys):
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = {}
    settings.OPENEDX_VC_PUBLIC_BASE_URL = ""
    call_command("migrate", verbosity=0)
    assert "Traceback" not in capsys.readouterr().err


def test_014_this_machine_may_be_asked(ready, settings):
    settings.OPENEDX_VC_FETCH_LOOPBACK = True
    assert found() == ["W014"]
    settings.DEBUG = True
    assert found() == []


def test_ids_are_those_of_the_documentation():
    page = HERE.parent / "docs" / "references" / "checks.rst"
    text = page.read_text(encoding="utf-8")
    assert [
        number
        for number in (
            "W001",
            "W002",
            "003",
            "004",
            "W005",
            "E006",
            "W007",
            "W008",
            "W009",
            "W010",
            "W011",
            "W012",
            "W013",
            "W014",
        )
        if number not in text
    ] == []
