"""The checks of anchoring: each triggered, each silent where all is well, all silent where nothing is anchored."""

from __future__ import annotations

import datetime
import importlib.util
import traceback

import pytest
from django.core import checks as django_checks
from django.utils import timezone

from openedx_verifiable_credentials import checks
from openedx_verifiable_credentials.api import anchor_health
from openedx_verifiable_credentials.app_settings import anchoring as anchor_settings
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.models import AnchorBatch
from openedx_verifiable_credentials.models import Credential
from tests import anchor_rows
from tests import lists

pytestmark = pytest.mark.django_db
KEY = "11" * 32
TOKEN = "a-secret-token"


@pytest.fixture(autouse=True)
def anchoring(ready, web_issuer, settings, monkeypatch):
    """All is well: an academy with a did:web beside the default issuer, an endpoint, a key."""
    type(web_issuer).objects.filter(pk=web_issuer.pk).update(scope_key="site:1")
    web3_is(monkeypatch, there=True)
    monkeypatch.setenv("OPENEDX_VC_ANCHOR_PRIVATE_KEY", KEY)
    settings.OPENEDX_VC_ANCHORING = True
    settings.OPENEDX_VC_ANCHOR_RPC_URLS = {"base": [f"https://rpc.example.org/{TOKEN}"]}


def web3_is(monkeypatch, *, there):
    """Whether the packages of the extra seem to be installed, whatever this environment has."""
    find_spec = importlib.util.find_spec

    def find(name, *more):
        return (object() if there else None) if name == "web3" else find_spec(name, *more)

    monkeypatch.setattr(importlib.util, "find_spec", find)


def messages():
    found = django_checks.run_checks(tags=[checks.TAG], databases=["default"])
    assert all(message.hint for message in found), "each says what to do"
    assert not any(secret in f"{message.msg} {message.hint}" for message in found for secret in (TOKEN, KEY))
    return [(message.id.removeprefix(f"{checks.TAG}."), message.msg) for message in found]


def found():
    return sorted(number for number, _ in messages())


def test_all_is_silent_where_all_is_well():
    assert found() == []


class TestObstacles:
    def test_016_no_endpoint_of_the_network(self, settings):
        settings.OPENEDX_VC_ANCHOR_RPC_URLS = {"ethereum": ["https://rpc.example.org"]}
        [(number, sentence)] = messages()
        assert number == "W016" and "no endpoint of Base" in sentence

    def test_016_no_key(self, monkeypatch):
        monkeypatch.delenv("OPENEDX_VC_ANCHOR_PRIVATE_KEY")
        assert "There is no key" in dict(messages())["W016"]

    def test_016_a_key_file_that_is_not_there_or_does_not_open(self, settings, monkeypatch, tmp_path):
        file = tmp_path / "key.json"
        settings.OPENEDX_VC_ANCHOR_KEYSTORE = str(file)
        settings.OPENEDX_VC_ANCHOR_KEYSTORE_PASSWORD = "a word"
        assert "is not there" in dict(messages())["W016"]
        file.write_text("{}", encoding="ascii")
        file.chmod(0o600)
        assert found() == []
        settings.OPENEDX_VC_ANCHOR_KEYSTORE_PASSWORD = ""
        assert "PASSWORD is not set" in dict(messages())["W016"]
        monkeypatch.setenv("OPENEDX_VC_ANCHOR_KEYSTORE_PASSWORD", "a word")
        assert found() == []

    def test_011_everybody_may_read_the_key_file(self, settings, tmp_path):
        file = tmp_path / "key.json"
        file.write_text("{}", encoding="ascii")
        file.chmod(0o644)
        settings.OPENEDX_VC_ANCHOR_KEYSTORE = str(file)
        settings.OPENEDX_VC_ANCHOR_KEYSTORE_PASSWORD = "a word"
        assert found() == ["W011"]

    def test_016_the_packages_are_missing(self, settings, monkeypatch):
        web3_is(monkeypatch, there=False)
        assert "not installed" in dict(messages())["W016"]
        settings.OPENEDX_VC_LEDGER = settings.OPENEDX_VC_ANCHOR_SIGNER = "somebody.elses.Class"
        assert found() == [], "classes of others need what they need"

    def test_016_a_signer_of_others_has_its_own_key(self, settings, monkeypatch):
        monkeypatch.delenv("OPENEDX_VC_ANCHOR_PRIVATE_KEY")
        settings.OPENEDX_VC_ANCHOR_SIGNER = "somebody.elses.Signer"
        assert found() == []

    def test_where_nothing_is_anchored_nothing_is_missing(self, settings, monkeypatch):
        monkeypatch.delenv("OPENEDX_VC_ANCHOR_PRIVATE_KEY")
        settings.OPENEDX_VC_ANCHOR_RPC_URLS = {}
        settings.OPENEDX_VC_ANCHOR_NETWORK = "base-sepolia"
        assert found() == ["W016", "W016", "W017"]
        settings.OPENEDX_VC_ANCHORING = False
        assert found() == []


def test_017_a_test_network(settings):
    settings.OPENEDX_VC_ANCHOR_NETWORK = "base-sepolia"
    settings.OPENEDX_VC_ANCHOR_RPC_URLS = {"base-sepolia": ["https://rpc.example.org"]}
    [(number, sentence)] = messages()
    assert number == "W017" and "Base Sepolia, a TEST NETWORK" in sentence
    settings.DEBUG = True
    assert found() == []


def test_018_no_issuer_that_is_anchored(issuer, web_issuer):
    type(web_issuer).objects.filter(pk=web_issuer.pk).update(scope_key=None, is_default=None)
    type(issuer).objects.filter(pk=issuer.pk).update(is_default=True)
    assert found() == ["W018"]


@pytest.fixture(name="credential")
def make_credential(web_issuer):
    """One, in a published list."""
    [credential, *_] = lists.add_credentials(web_issuer)
    lists.publish(credential.status_list)
    return Credential.objects.get(pk=credential.pk)


# A quarter of an hour twice, and half an hour.
@pytest.mark.parametrize(("minutes", "ids"), [(59, []), (61, ["W019"])])
def test_019_a_leaf_waits(credential, minutes, ids):
    anchor_rows.add_leaf(credential, ago=60 * minutes)
    assert found() == ids
    anchor_rows.add_leaf(credential, anchor_rows.add_batch("mined"), ago=60 * minutes)
    assert found() == []


@pytest.mark.parametrize(("minutes", "ids"), [(59, []), (61, ["W019"])])
@pytest.mark.parametrize("state", ["prepared", "signed", "broadcast"])
def test_019_a_batch_waits(state, minutes, ids):
    batch = anchor_rows.add_batch(state, created=timezone.now() - datetime.timedelta(minutes=minutes))
    assert found() == ids
    AnchorBatch.objects.filter(pk=batch.pk).update(state="mined")
    assert found() == []


def test_020_batches_are_held_up():
    for problem in ("fee_cap", "fee_cap", "balance", ""):
        anchor_rows.add_batch("prepared", problem=problem)
    [(number, sentence)] = messages()
    assert (number, sentence) == ("W020", "Batches of anchors are held up: 1 by balance, 2 by fee_cap.")
    AnchorBatch.objects.update(state="finalized")
    assert found() == [] and not anchor_health.problems()


@pytest.mark.parametrize(("name", "value"), [("ANCHOR_NETWORK", "nowhere"), ("ANCHOR_RPC_URLS", 5), ("ANCHORING", 1)])
def test_a_wrong_value_is_one_message_and_no_check_breaks_off(settings, name, value):
    setattr(settings, f"OPENEDX_VC_{name}", value)
    assert {"E006"} <= set(found()) <= {"E004", "E006", "W018"}


CAMPUS = {"chain": "campus", "network": "one", "codes": [99, 7], "chain_id": 7, "is_test": True, "title": "Campus"}
BAD_VALUES = [
    ("ANCHORING", "yes"),
    ("ANCHOR_NETWORK", ""),
    ("ANCHOR_NETWORK", "base-goerli"),
    ("ANCHOR_NETWORK", None),
    ("ANCHOR_NETWORKS", ["base"]),
    ("ANCHOR_NETWORKS", {"base": {}}),
    ("ANCHOR_NETWORKS", {"campus": {"chain": "campus"}}),
    ("ANCHOR_NETWORKS", {"campus": {**CAMPUS, "explorer": "javascript:alert(1)//{}"}}),
    ("ANCHOR_NETWORKS", {"campus": {**CAMPUS, "explorer": "//explorer.example.org/{}"}}),
    ("ANCHOR_LABEL", "polygon"),
    ("ANCHOR_LABEL", None),
    ("ANCHOR_LABEL", "ethereum-sepolia"),
    ("ANCHOR_RPC_URLS", ["https://rpc.example.org"]),
    ("ANCHOR_RPC_URLS", {"nowhere": ["https://rpc.example.org"]}),
    ("ANCHOR_RPC_URLS", {"base": "https://rpc.example.org"}),
    ("ANCHOR_RPC_URLS", {"base": []}),
    ("ANCHOR_RPC_URLS", {"base": ["ws://rpc.example.org"]}),
    ("ANCHOR_RPC_URLS", {"base": ["https://[rpc.example.org"]}),
    ("ANCHOR_PUBLIC_RPC_URLS", {"base": ["https://[rpc.example.org"]}),
    ("ANCHOR_PUBLIC_RPC_URLS", {"base": ["https://name:word@rpc.example.org"]}),
    ("ANCHOR_PUBLIC_RPC_URLS", {"base": ["https://rpc.example.org; script-src *"]}),
    ("ANCHOR_PUBLIC_RPC_URLS", {"base": ["https:///rpc"]}),
    ("ANCHOR_FORM", "double"),
    ("ANCHOR_EVERY_SECONDS", 0),
    ("ANCHOR_EVERY_SECONDS", 30 * 86_400 + 1),
    ("ANCHOR_LEAVES", 0),
    ("ANCHOR_LEAVES", 65_537),
    ("ANCHOR_MAX_FEE_PER_BATCH_WEI", 0),
    ("ANCHOR_MAX_FEE_PER_DAY_WEI", "1"),
    ("ANCHOR_STUCK_SECONDS", 86_401),
    ("ANCHOR_TIMEOUT_SECONDS", 121),
    ("ANCHOR_ADDRESS", "0xdead"),
    ("ANCHOR_KEYSTORE", None),
    ("ANCHOR_KEYSTORE_PASSWORD", 5),
    ("ANCHOR_SIGNER", None),
    ("LEDGER", 5),
]


@pytest.mark.parametrize(("name", "value"), BAD_VALUES)
def test_006_a_value_that_cannot_be_used(settings, name, value):
    setattr(settings, f"OPENEDX_VC_{name}", value)
    assert "E006" in found()


def test_006_a_test_network_under_the_name_of_one_that_counts(settings):
    settings.OPENEDX_VC_ANCHOR_NETWORK = "base-sepolia"
    settings.OPENEDX_VC_ANCHOR_RPC_URLS = {"base-sepolia": ["https://rpc.example.org"]}
    settings.OPENEDX_VC_ANCHOR_LABEL = "ethereum-sepolia"
    assert "E006" not in found()
    settings.OPENEDX_VC_ANCHOR_LABEL = "ethereum"
    assert "E006" in found()


@pytest.mark.parametrize("networks", [{}, {"base": {}}])
def test_no_frame_of_an_error_has_an_endpoint(settings, networks):
    settings.OPENEDX_VC_ANCHOR_RPC_URLS = {"base": [f"https://rpc.example.org/{TOKEN}", 5]}
    settings.OPENEDX_VC_ANCHOR_NETWORKS = networks
    with pytest.raises(ConfigurationError) as caught:
        anchor_settings.anchor_rpc_urls()
    frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    ours = [frame for frame in frames if frame.f_code.co_filename != __file__]
    assert ours
    assert TOKEN not in repr([frame.f_locals for frame in ours])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANCHOR_NETWORKS", {"campus": CAMPUS}),
        ("ANCHOR_NETWORKS", {"campus": {**CAMPUS, "explorer": "https://explorer.example.org/{}"}}),
        ("ANCHOR_LABEL", "ethereum"),
        ("ANCHOR_RPC_URLS", {"base": ["http://localhost:8545", "https://rpc.example.org/token"]}),
        *(("ANCHOR_FORM", form) for form in ("chained", "chained-bare", "single", "single-bare")),
        ("ANCHOR_EVERY_SECONDS", 30 * 86_400),
        ("ANCHOR_LEAVES", 65_536),
        ("ANCHOR_ADDRESS", "0x" + "Aa" * 20),
    ],
)
def test_006_a_value_that_can_be_used(settings, name, value):
    setattr(settings, f"OPENEDX_VC_{name}", value)
    assert found() == []


def test_endpoints_come_from_the_environment_too(settings, monkeypatch):
    settings.OPENEDX_VC_ANCHOR_RPC_URLS = {}
    assert found() == ["W016"]
    monkeypatch.setenv("OPENEDX_VC_ANCHOR_RPC_URLS", f"https://one.example.org/{TOKEN}, https://two.example.org")
    assert found() == []
    monkeypatch.setenv("OPENEDX_VC_ANCHOR_RPC_URLS", f"one.example.org/{TOKEN}")
    assert "E006" in found()
