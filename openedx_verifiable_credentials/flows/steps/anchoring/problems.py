"""What holds a batch up: raised where it is found, kept in the row as a code, said as a sentence."""

from __future__ import annotations

import dataclasses
from uuid import UUID

from openedx_verifiable_credentials.exceptions import AnchoringError


def fee_cap() -> AnchoringError:
    """It could cost more than may be spent."""
    return AnchoringError(
        "fee_cap", "The transaction could cost more than the settings allow, for one batch or for a day. It waits."
    )


def balance() -> AnchoringError:
    """It could cost more than there is."""
    return AnchoringError(
        "balance", "The account that pays for anchors has too few coins for the transaction. Send it some."
    )


def reverted() -> AnchoringError:
    """It is in a block, and counts for nothing."""
    return AnchoringError(
        "reverted", "The chain has reverted the transaction. Once that is final, the batch gets another one."
    )


def nonce_used() -> AnchoringError:
    """Its number is another transaction's."""
    return AnchoringError(
        "nonce_used",
        "Another transaction of the account has the number of this one. Once that is final, the batch gets another.",
    )


def nonce_gap() -> AnchoringError:
    """A number before its own is nobody's."""
    return AnchoringError(
        "nonce_gap", "The chain waits for an earlier transaction of the account, and no batch has its number."
    )


def other_key() -> AnchoringError:
    """Its key is not at hand."""
    return AnchoringError(
        "other_key",
        "The transaction is stuck, and only the key that made it, which is no longer configured, can raise it.",
    )


def key_retired() -> AnchoringError:
    """The key signs nothing new."""
    return AnchoringError(
        "key_retired",
        "The key that pays for anchors was retired or revoked; it sends nothing new. Configure another one.",
    )


def key_mismatch() -> AnchoringError:
    """The signer is not one key."""
    return AnchoringError(
        "key_mismatch", "The signer's address is not that of its public key, so no verifier would believe its anchors."
    )


def contradiction() -> AnchoringError:
    """The chain's endpoint is not to be believed."""
    return AnchoringError(
        "contradiction", "What the endpoint says of the transaction is not what was signed. It counts as in no block."
    )


def underpriced() -> AnchoringError:
    """It pays too little for the endpoint."""
    return AnchoringError(
        "underpriced", "The endpoint does not take the transaction at its fee, nor could the fee be raised yet."
    )


def no_endpoint() -> AnchoringError:
    """It is where nobody can be asked."""
    return AnchoringError(
        "no_endpoint", "Transactions are on their way on this network, and no endpoint is configured for it any more."
    )


def too_old() -> AnchoringError:
    """Nobody may know any more whether it is in a block."""
    return AnchoringError(
        "too_old",
        "The number of the transaction is used, and the endpoint may have forgotten by what. Ask one that keeps old "
        "transactions.",
    )


_SENTENCES = {
    error.code: error.message
    for error in (
        make()
        for make in (
            fee_cap, balance, reverted, nonce_used, nonce_gap, other_key, key_retired, contradiction, underpriced,
            too_old,
        )
    )
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Problem:
    """``batch`` None: it is about the whole ``network`` (its name in the settings)."""

    code: str
    sentence: str
    network: str
    batch: UUID | None = None


def sentence_of(code: str) -> str:
    """What the code of a batch says; those of ledgers and signers say it in the log of the run that met them."""
    return _SENTENCES.get(code, "The last run could not go on with it; its log says more.")
