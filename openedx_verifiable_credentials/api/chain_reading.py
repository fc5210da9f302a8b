"""
Public chains as verification sees them: the networks of the settings that have endpoints, each asked through
:class:`..ports.Ledger`. What one anchor costs is bounded, and what one request may cost, too.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence

from django.utils.module_loading import import_string

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.app_settings import anchoring as settings
from openedx_verifiable_credentials.core.networks import NETWORKS
from openedx_verifiable_credentials.core.networks import Network
from openedx_verifiable_credentials.data import AnchoredRoot
from openedx_verifiable_credentials.data import BlockTag
from openedx_verifiable_credentials.data import ChainBlock
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import AnchoringError
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import FetchError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.ports import ChainReader
from openedx_verifiable_credentials.ports import Ledger

logger = logging.getLogger(__name__)

_SECONDS = 20.0
# What a chain says of a transaction; whatever else goes wrong is no answer.
_NOT_THERE = "no_such_transaction"
_ANSWERS = (_NOT_THERE, "reorganised", "reverted")


def get_chain_reader() -> ChainReader | None:
    """What verification asks; None where no network has an endpoint. Raises ConfigurationError."""
    urls = settings.anchor_rpc_urls()
    if not urls:
        return None
    networks = settings.anchor_networks()
    current, network = settings.anchor_network()
    label = settings.anchor_label()
    # What this installation anchors under another network's name is looked for where it is.
    lent = {(label.chain, label.network): current} if label != network and current in urls else {}
    return LedgerReader({name: networks[name] for name in urls}, lambda name: _ledger(networks[name], urls[name]), lent)


def shown_networks() -> list[JsonObject]:
    """
    The networks of the settings for the verifier in the browser (``frontend/src/verifier/networks.js``), with the
    endpoints that it may ask. Where the settings are wrong, those that are known anyway, without: what is shared stays
    there.
    """
    networks, urls = _for_pages()
    return [
        {
            "chain": network.chain,
            "network": network.network,
            "codes": list(network.codes),
            "chainId": network.chain_id,
            "isTest": network.is_test,
            "title": network.title,
            "urls": list(urls.get(name, ())),
        }
        for name, network in networks.items()
    ]


def node_addresses() -> list[str]:
    """Every endpoint that the verifier in the browser may ask; none where the settings are wrong."""
    _, endpoints = _for_pages()
    return [url for urls in endpoints.values() for url in urls]


def _for_pages() -> tuple[Mapping[str, Network], Mapping[str, Sequence[str]]]:
    try:
        return settings.anchor_networks(), settings.anchor_public_rpc_urls()
    except ConfigurationError as error:
        logger.error("The verifier in the browser asks no chain: %s", error)
        return NETWORKS, {}


class LedgerReader:
    """
    Implements :class:`..ports.ChainReader`.

    ``networks``: those that can be asked, by name; ``open_ledger``: a name → its ledger, made when it is first needed;
    ``lent``: by the chain and the network that an anchor names, another network where it may be instead. ``seconds``:
    after so many of ``clock`` nothing more is asked about one anchor.
    """

    def __init__(
        self,
        networks: Mapping[str, Network],
        open_ledger: Callable[[str], Ledger],
        lent: Mapping[tuple[str, str], str] | None = None,
        *,
        seconds: float = _SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._networks = networks
        self._open_ledger = open_ledger
        self._lent = lent or {}
        self._seconds = seconds
        self._clock = clock
        self._ledgers: dict[str, Ledger] = {}

    def find_anchor(self, chain: str, network: str, transaction: str) -> AnchoredRoot | None:
        """
        Five questions at most for one network; for two, where one is lent the other's name. See
        :class:`..ports.ChainReader`.
        """
        errors: list[VerifiableCredentialsError] = []
        until = self._clock() + self._seconds
        for name in self._names(chain, network):
            try:
                return self._ask(name, bytes.fromhex(transaction), until)
            except (AnchoringError, FetchError) as error:
                errors.append(error)
        if errors:
            # Not to be on one chain says little while the other cannot be asked.
            raise next((error for error in errors if error.code != _NOT_THERE), errors[0])
        return None

    def _names(self, chain: str, network: str) -> list[str]:
        names = [name for name, each in self._networks.items() if (each.chain, each.network) == (chain, network)]
        lent = self._lent.get((chain, network))
        return names[-1:] if lent is None else [lent, *names[-1:]]

    def _ask(self, name: str, transaction: bytes, until: float) -> AnchoredRoot:
        try:
            ledger = self._ledgers.get(name) or self._ledgers.setdefault(name, self._open_ledger(name))
            return _read(self._questions(ledger, until), transaction, self._networks[name])
        except (AnchoringError, TransientError) as error:
            if error.code in _ANSWERS:
                raise
            logger.warning("The chain %s could not be asked: %s", name, error)
        except ConfigurationError as error:
            # Whoever sends the credential decides that a chain is asked: what is wrong here must not fail them.
            logger.error("The chain %s cannot be asked: %s", name, error)
        raise FetchError("fetch_failed", "The chain could not be asked.")

    def _questions(self, ledger: Ledger, until: float) -> Callable[[], Ledger]:
        def in_time() -> Ledger:
            if self._clock() > until:
                raise TransientError("chain_unavailable", "Its answers take too long altogether.")
            return ledger

        return in_time


class BoundedReader:
    """
    Implements :class:`..ports.ChainReader`: a reader that is asked for so many transactions, and for none after a
    while, as :class:`..api.fetching.BoundedFetcher` does it with documents.
    """

    def __init__(self, reader: ChainReader, most: int, seconds: float = _SECONDS):
        self._reader = reader
        self._left = most
        self._until = time.monotonic() + seconds

    def find_anchor(self, chain: str, network: str, transaction: str) -> AnchoredRoot | None:
        """What the reader finds. Raises FetchError: ``fetch_failed`` beyond the bound, and what that one raises."""
        if self._left < 1 or time.monotonic() > self._until:
            raise FetchError("fetch_failed", "No further transaction is looked up for one request.")
        self._left -= 1
        return self._reader.find_anchor(chain, network, transaction)


def _read(ledger: Callable[[], Ledger], transaction_hash: bytes, network: Network) -> AnchoredRoot:
    transaction = ledger().transaction(transaction_hash)
    if transaction is None or transaction.block_number is None:
        raise AnchoringError("no_such_transaction", "The transaction is not known, or in no block.")
    block = ledger().block(transaction.block_number)
    receipt = ledger().receipt(transaction_hash)
    # Nodes remember blocks that the chain has left, and transactions in them.
    if block is None or receipt is None or not block.hash == transaction.block_hash == receipt.block_hash:
        raise AnchoringError("reorganised", "The block with the transaction is not the chain's.")
    if not receipt.succeeded:
        raise AnchoringError("reverted", "The transaction was reverted.")
    return AnchoredRoot(
        root=transaction.data,
        sender=transaction.sender,
        block_time=block.time,
        firmness=_firmness(ledger, block),
        network=network.title,
        is_test_network=network.is_test,
    )


def _firmness(ledger: Callable[[], Ledger], block: ChainBlock) -> BlockTag:
    for tag in (BlockTag.FINALIZED, BlockTag.SAFE):
        newest = ledger().block(tag)
        if newest is not None and block.number <= newest.number:
            return tag
    return BlockTag.LATEST


def _ledger(network: Network, urls: Sequence[Secret]) -> Ledger:
    path = app_settings.class_path("LEDGER")
    try:
        make = import_string(path)
    except ImportError as error:
        raise ConfigurationError(f"{app_settings.PREFIX}LEDGER: {path} cannot be imported.") from error
    assert network.chain_id is not None
    ledger: Ledger = make(urls=urls, chain_id=network.chain_id, timeout=settings.anchor_timeout())
    return ledger
