"""The settings of anchoring: whether, where, how often, for how much, and with which key."""

from __future__ import annotations

import dataclasses
import datetime
import os
import re
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from openedx_verifiable_credentials.app_settings.values import PREFIX
from openedx_verifiable_credentials.app_settings.values import at_most
from openedx_verifiable_credentials.app_settings.values import boolean
from openedx_verifiable_credentials.app_settings.values import get
from openedx_verifiable_credentials.app_settings.values import positive
from openedx_verifiable_credentials.app_settings.values import typed
from openedx_verifiable_credentials.core.merkle import MAX_LEAVES
from openedx_verifiable_credentials.core.networks import NETWORKS
from openedx_verifiable_credentials.core.networks import Network
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import ConfigurationError

FORMS = ("chained", "chained-bare", "single", "single-bare")
_DAY = 86_400
_ADDRESS = re.compile(r"0x[0-9A-Fa-f]{40}")
# Host and port, as they stand in a Content-Security-Policy.
_ORIGIN = re.compile(r"(?:[0-9A-Za-z.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_MEMBERS = {field.name for field in dataclasses.fields(Network)}


def anchoring() -> bool:
    """Whether what is issued is to be anchored."""
    return boolean("ANCHORING")


def anchor_networks() -> Mapping[str, Network]:
    """By their names: those that are known, and those of the settings."""
    value: Mapping[str, Any] = typed("ANCHOR_NETWORKS", Mapping, "a mapping of names to networks")
    try:
        return {**NETWORKS, **{name: _network(name, each) for name, each in value.items()}}
    except (KeyError, TypeError, ValueError) as error:
        members = ", ".join(sorted(_MEMBERS - {"explorer"}))
        raise ConfigurationError(
            f"{PREFIX}ANCHOR_NETWORKS must map each name to: {members}; codes are two whole numbers."
        ) from error


def _network(name: object, value: Mapping[str, Any]) -> Network:
    first, second = value["codes"]
    found = Network(**{**value, "codes": (first, second)})
    numbers = (first, second, found.chain_id)
    texts = (name, found.chain, found.network, found.title, found.explorer)
    if not all(type(number) is int and number > 0 for number in numbers[2:]) or not all(
        type(number) is int for number in numbers[:2]
    ):
        raise ValueError
    if not all(isinstance(text, str) for text in texts) or not isinstance(found.is_test, bool):
        raise TypeError
    if found.explorer and not _is_address(found.explorer, is_public=True):
        raise ValueError
    return found


def anchor_network() -> tuple[str, Network]:
    """Where new batches go: its name, and the network."""
    name: str = typed("ANCHOR_NETWORK", str, "the name of a network")
    return name, _known("ANCHOR_NETWORK", name)


def anchor_label() -> Network:
    """
    The network that anchors name: the one they are on, unless a verifier knows it by another one's name. A test network
    has the name of none that counts.
    """
    name: str = typed("ANCHOR_LABEL", str, 'the name of a network, or ""')
    _, network = anchor_network()
    label = _known("ANCHOR_LABEL", name) if name else network
    if label.is_test != network.is_test:
        raise ConfigurationError(
            f"{PREFIX}ANCHOR_LABEL must be a test network where {PREFIX}ANCHOR_NETWORK is one, and only there."
        )
    return label


def _known(setting: str, name: str) -> Network:
    networks = anchor_networks()
    if name not in networks or networks[name].chain_id is None:
        raise ConfigurationError(f"{PREFIX}{setting} must be one of: {', '.join(sorted(networks))}.")
    return networks[name]


def anchor_rpc_urls() -> Mapping[str, Sequence[Secret]]:
    """
    The endpoints of each network, by its name, in the order in which they are asked. Addresses may hold a token. From
    the environment variable of the setting's name, separated by commas, for the network where new batches go.
    """
    name = "ANCHOR_RPC_URLS"
    if not isinstance(get(name), Mapping):
        raise ConfigurationError(f"{PREFIX}{name} must map names of networks to lists of addresses.")
    # Before the addresses are at hand: debug pages and error trackers show the variables of every frame.
    current, networks = anchor_network()[0], anchor_networks()
    found = dict(get(name))
    if os.environ.get(PREFIX + name):
        found[current] = os.environ[PREFIX + name].split(",")
    if not all(network in networks and _are_addresses(urls) for network, urls in found.items()):
        del found
        raise ConfigurationError(f"{PREFIX}{name} must map names of networks to lists of http(s) addresses.")
    return {network: [Secret(url.strip().encode("ascii")) for url in urls] for network, urls in found.items()}


def anchor_public_rpc_urls() -> Mapping[str, Sequence[str]]:
    """The endpoints that browsers ask, by the name of their network, in the order in which they are asked."""
    name = "ANCHOR_PUBLIC_RPC_URLS"
    found: Mapping[str, Any] = typed(name, Mapping, "a mapping of names of networks to lists of addresses")
    networks = anchor_networks()
    if not all(network in networks and _are_addresses(urls, is_public=True) for network, urls in found.items()):
        raise ConfigurationError(
            f"{PREFIX}{name} must map names of networks to lists of http(s) addresses, without user or password."
        )
    return {network: [url.strip() for url in urls] for network, urls in found.items()}


def _are_addresses(urls: object, *, is_public: bool = False) -> bool:
    """``is_public``: whoever opens a page sees them, so that nobody's name and password may be in them."""
    if not isinstance(urls, list | tuple) or not urls:
        return False
    return all(isinstance(url, str) and url.isascii() and _is_address(url.strip(), is_public=is_public) for url in urls)


def _is_address(url: str, *, is_public: bool) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_origin = not is_public or _ORIGIN.fullmatch(parts.netloc) is not None
    return parts.scheme in ("http", "https") and is_origin


def anchor_form() -> str:
    """
    How an anchored credential is written: ``chained`` (behind the proof it was issued with) or ``single`` (alone);
    with ``-bare`` as ``MerkleProof2019``, else as a ``DataIntegrityProof``.
    """
    value: str = typed("ANCHOR_FORM", str, "a form")
    if value not in FORMS:
        raise ConfigurationError(f"{PREFIX}ANCHOR_FORM must be one of: {', '.join(FORMS)}.")
    return value


def anchor_every() -> datetime.timedelta:
    """How long leaves wait for others at most."""
    seconds = at_most("ANCHOR_EVERY_SECONDS", positive("ANCHOR_EVERY_SECONDS"), 30 * _DAY, "thirty days")
    return datetime.timedelta(seconds=seconds)


def anchor_leaves() -> int:
    """How many leaves make a batch that does not wait; and how many it has at most."""
    return at_most("ANCHOR_LEAVES", positive("ANCHOR_LEAVES"), MAX_LEAVES, f"{MAX_LEAVES:,}")


def anchor_fee_caps() -> tuple[int, int]:
    """Wei: for one batch, and for the batches of a day."""
    return positive("ANCHOR_MAX_FEE_PER_BATCH_WEI"), positive("ANCHOR_MAX_FEE_PER_DAY_WEI")


def anchor_stuck() -> datetime.timedelta:
    """After how long a transaction that is in no block is sent anew with a higher fee."""
    seconds = at_most("ANCHOR_STUCK_SECONDS", positive("ANCHOR_STUCK_SECONDS"), _DAY, "a day")
    return datetime.timedelta(seconds=seconds)


def anchor_timeout() -> int:
    """Seconds for one answer of an endpoint."""
    return at_most("ANCHOR_TIMEOUT_SECONDS", positive("ANCHOR_TIMEOUT_SECONDS"), 120, "two minutes")


def anchor_address() -> str:
    """Where transactions go to, with a value of nothing: 0x and 40 hexadecimal digits, lower case."""
    what = "0x and forty hexadecimal digits"
    value: str = typed("ANCHOR_ADDRESS", str, what)
    if not _ADDRESS.fullmatch(value):
        raise ConfigurationError(f"{PREFIX}ANCHOR_ADDRESS must be {what}.")
    return value.lower()


def anchor_keystore() -> str:
    """The path of the encrypted key file (Web3 Secret Storage); "" where there is none."""
    value: str = typed("ANCHOR_KEYSTORE", str, "a path")
    return value


def anchor_keystore_password() -> Secret | None:
    """Of the key file: the setting, or the environment variable of its name; None where there is none."""
    return _secret("ANCHOR_KEYSTORE_PASSWORD")


def anchor_private_key() -> Secret | None:
    """64 hexadecimal digits, with or without 0x, from the environment only; None where there is none."""
    value = os.environ.get(f"{PREFIX}ANCHOR_PRIVATE_KEY", "")
    return Secret(value.encode("utf-8", "surrogatepass")) if value else None


def _secret(name: str) -> Secret | None:
    if not isinstance(get(name), str):
        raise ConfigurationError(f"{PREFIX}{name} must be a string.")
    found = get(name) or os.environ.get(PREFIX + name, "")
    return Secret(found.encode("utf-8", "surrogatepass")) if found else None


READERS = (
    anchoring, anchor_networks, anchor_network, anchor_label, anchor_rpc_urls, anchor_public_rpc_urls, anchor_form,
    anchor_every, anchor_leaves, anchor_fee_caps, anchor_stuck, anchor_timeout, anchor_address, anchor_keystore,
    anchor_keystore_password,
)  # fmt: skip
