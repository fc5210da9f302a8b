"""A deep link carries exactly what was put in, through the wallet's own naive way of taking it apart."""

import random
from urllib.parse import parse_qs
from urllib.parse import quote
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import profiles
from openedx_verifiable_credentials.core import wallets
from openedx_verifiable_credentials.core.text import clean_line
from openedx_verifiable_credentials.exceptions import OfferError
from tests import properties
from tests import wallet

CHALLENGE = "n0tL5QpZ0x8fHk2dV7sYw1RgTb3EjUaM4cKiOlXeF9o"
URL = "https://credentials.example.org/verifiable_credentials/api/v1/credentials/issue/6f2c1e0a/"
every_wallet = pytest.mark.parametrize("profile", wallets.WALLETS.values(), ids=lambda profile: profile.id)


def hostile_texts(count=200):
    """Texts that try to end a value, start another parameter, or change the address the wallet asks."""
    chosen = random.Random(20260301)
    pieces = (
        *("&vc_request_url=https://evil.example/", "?vc_request_url=https://evil.example/", "#", "#&challenge=x"),
        *("&challenge=", "&issuer=&", ";challenge=x", "=", "+", " ", "\n", "\r\n\r\n", "\x00", "\t", '"', "'"),
        *("%26", "%", "<", ">", "&amp;", "\u202e", "\ufeff", "👩‍🔬"),
        *(
            "/../..",
            "\\",
            "//evil.example",
            "javascript:",
            "@evil.example",
            "dccrequest://request?",
            "%2526",
            "%ff",
            "é",
        ),
        *("&auth_type=code", "مقدمة", "{}", "[]", "|", "^", "`", "~", "!", "*", "(", ")", ",", ":", "/", "?"),
    )
    return [f"{number} " + "".join(chosen.choices(pieces, k=chosen.randint(1, 6))) for number in range(count)]


def read(link):
    """What the wallet reads: split at the first question mark, then parsed as a query."""
    values = parse_qs(wallet.query_of(link), keep_blank_values=True, strict_parsing=True)
    assert all(len(value) == 1 for value in values.values())
    return {name: value[0] for name, value in values.items()}


def link(profile=wallets.LEARNER_CREDENTIAL_WALLET, issuer="The Academy", url=URL):
    return wallets.deep_link(profile, issuer=issuer, request_url=url, challenge=CHALLENGE)


def test_a_link_has_what_the_learner_credential_wallet_insists_on():
    made = link()
    assert made.startswith("dccrequest://request?")
    assert read(made) == {"issuer": "The Academy", "auth_type": "bearer", "challenge": CHALLENGE, "vc_request_url": URL}
    assert quote(URL, safe="") in made


@pytest.mark.parametrize("text", hostile_texts(), ids=range(200))
def test_hostile_titles_and_addresses_round_trip_and_change_nothing_else(text):
    url = f"{URL}?next={text}"
    made = link(issuer=text, url=url)
    assert made.count("?") == 1
    assert "#" not in made
    assert made.isascii()
    assert made.isprintable()
    assert " " not in made
    assert read(made) == {"issuer": text, "auth_type": "bearer", "challenge": CHALLENGE, "vc_request_url": url}
    assert urlsplit(made)[:3] == ("dccrequest", "request", "")


@given(issuer=st.one_of(st.text(max_size=40), properties.titles.map(clean_line)))
def test_whatever_the_issuer_is_called_the_request_goes_to_us(issuer):
    values = read(link(issuer=issuer))
    assert values["issuer"] == issuer
    assert values["vc_request_url"] == URL
    assert values["challenge"] == CHALLENGE


@every_wallet
def test_every_wallet_gets_a_profile_that_exists_and_a_link(profile):
    assert wallets.get_wallet(profile.id) is profile
    assert profiles.get_profile(profile.profile_id).id == profile.profile_id
    assert read(link(profile))["vc_request_url"] == URL


def test_the_ids_the_learner_record_mfe_sends_are_known():
    assert set(wallets.WALLETS) >= {"lc_wallet", "download"}
    assert wallets.get_wallet("lc_wallet").profile_id == "obv3-vc1"


@pytest.mark.parametrize("wallet_id", ["", "LC_WALLET", "lc_wallet ", "unknown", "../lc_wallet"])
def test_another_wallet_is_refused(wallet_id):
    with pytest.raises(OfferError) as refusal:
        wallets.get_wallet(wallet_id)
    assert refusal.value.code == "unknown_wallet"
    assert refusal.value.field == "storage_id"


@pytest.mark.parametrize("profile_id", ["", "OBV3-VC1", "obv3", "obv3-vc3"])
def test_another_profile_is_refused(profile_id):
    with pytest.raises(Exception, match="unknown_profile"):
        profiles.get_profile(profile_id)
