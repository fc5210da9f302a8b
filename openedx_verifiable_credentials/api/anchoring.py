"""Anchoring, for commands and tasks: settings → ledgers and key; a round; how things stand; what a round would cost."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.module_loading import import_string

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.api import anchor_health
from openedx_verifiable_credentials.api import anchor_keys
from openedx_verifiable_credentials.api import anchor_status
from openedx_verifiable_credentials.api import switch
from openedx_verifiable_credentials.app_settings import anchoring
from openedx_verifiable_credentials.core.networks import Network
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.flows import anchor as flow
from openedx_verifiable_credentials.flows.anchor import AnchorMeans
from openedx_verifiable_credentials.flows.anchor import AnchorRun
from openedx_verifiable_credentials.flows.anchor import Estimate
from openedx_verifiable_credentials.flows.anchor import FeeCaps
from openedx_verifiable_credentials.flows.anchor import Problem
from openedx_verifiable_credentials.flows.anchor import Status
from openedx_verifiable_credentials.flows.steps.anchoring.means import Progress
from openedx_verifiable_credentials.models import AnchorBatch
from openedx_verifiable_credentials.models.anchor import AnchorState
from openedx_verifiable_credentials.ports import Ledger
from openedx_verifiable_credentials.ports import LedgerSigner

__all__ = ("AnchorMeans", "AnchorRun", "Estimate", "Problem", "Progress", "Round", "Status")


@dataclasses.dataclass(frozen=True)
class Round:
    """``kept_back``: why nothing new was prepared or signed, a sentence; "" where nothing kept it back."""

    run: AnchorRun
    kept_back: str


def get_anchor_means() -> AnchorMeans:
    """Made anew each time: settings are read at use. Raises ConfigurationError saying what to do, SigningError."""
    for what, todo in anchor_health.missing():
        raise ConfigurationError(f"{what} {todo}")
    name, network = anchoring.anchor_network()
    return AnchorMeans(
        ledger=_make_ledger(network, anchoring.anchor_rpc_urls()[name]),
        signer=get_signer(),
        network_name=name,
        network=network,
        address=anchoring.anchor_address(),
        caps=FeeCaps(*anchoring.anchor_fee_caps()),
        leaves=anchoring.anchor_leaves(),
        every=anchoring.anchor_every(),
        stuck=anchoring.anchor_stuck(),
        now=timezone.now,
        others=_others_under_way(name),
    )


def get_signer() -> LedgerSigner:
    """The key that pays. Raises ConfigurationError, SigningError, TransientError."""
    signer: LedgerSigner = _class("ANCHOR_SIGNER")()
    return signer


def is_on() -> bool:
    """Whether what is issued is anchored, as the settings say. Raises ConfigurationError."""
    return anchoring.anchoring()


def kept_back() -> str:
    """Why nothing new is anchored, as far as settings and the switch say; "" where it is."""
    if not anchoring.anchoring():
        return f"{app_settings.PREFIX}ANCHORING is False: nothing new is anchored."
    if not switch.is_enabled_now():
        return "The switch of verifiable credentials is off: nothing new is anchored."
    return ""


def has_nothing_to_do() -> bool:
    """Whether nothing new is anchored, and nothing that was sent is to be followed."""
    return bool(kept_back()) and not anchor_status.is_anything_under_way()


def anchor(*, flush: bool = False, progress: Progress | None = None) -> Round:
    """
    A round: follow what was sent; make batches of what is due (``flush``: of all that waits), and send them, unless
    settings or the switch keep that back. What holds something up is among the problems of the run.

    Raises ConfigurationError, SigningError.
    """
    why_not = kept_back()
    if has_nothing_to_do():
        return Round(AnchorRun(), why_not)
    means = get_anchor_means()
    return Round(flow.run(means, flush=flush, only_follow=bool(why_not), progress=progress), why_not)


def estimate() -> Estimate:
    """
    What a round that takes all that waits would cost. Writes nothing. Raises ConfigurationError, SigningError,
    TransientError ``chain_unavailable``, AnchoringError ``wrong_chain``, ``bad_answer``.
    """
    return flow.estimate(get_anchor_means())


def status() -> Status:
    """How things stand, the chain asked. Writes nothing. Raises ConfigurationError, SigningError."""
    return flow.status(get_anchor_means())


def publish_key() -> str:
    """The configured key pays from now on, and issuers name it; its address. Raises as ``anchor_keys`` does."""
    return anchor_keys.publish_anchor_key(get_signer(), _chain_id())


def rotate_key() -> tuple[str, list[str]]:
    """The configured key takes the place of others: its address, and theirs. Raises as ``anchor_keys`` does."""
    signer = get_signer()
    return signer.address, anchor_keys.rotate_anchor_key(signer, _chain_id())


def _chain_id() -> int:
    _, network = anchoring.anchor_network()
    assert network.chain_id is not None, "settings refuse such a network"
    return network.chain_id


def _others_under_way(name: str) -> dict[str, Ledger]:
    """Networks where batches went before, as far as they are still known, and endpoints named."""
    rows = AnchorBatch.objects.exclude(network=name).exclude(state__in=(AnchorState.PREPARED, AnchorState.FINALIZED))
    networks, urls = anchoring.anchor_networks(), anchoring.anchor_rpc_urls()
    return {
        other: _make_ledger(networks[other], urls[other])
        for other in rows.order_by().values_list("network", flat=True).distinct()
        if other in networks and networks[other].chain_id is not None and urls.get(other)
    }


def _make_ledger(network: Network, urls: Sequence[Secret]) -> Ledger:
    ledger: Ledger = _class("LEDGER")(urls=urls, chain_id=network.chain_id, timeout=anchoring.anchor_timeout())
    return ledger


def _class(name: str) -> Any:
    path = app_settings.class_path(name)
    try:
        return import_string(path)
    except ImportError as error:
        raise ConfigurationError(f"{app_settings.PREFIX}{name}: {path} cannot be imported.") from error
