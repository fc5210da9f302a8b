"""The protocols that outside code implements. Settings name the classes; ``api`` loads them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from collections.abc import Set
from typing import Protocol
from uuid import UUID

from openedx_verifiable_credentials.data import AnchorCall
from openedx_verifiable_credentials.data import AnchoredRoot
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import BlockTag
from openedx_verifiable_credentials.data import CertificateGroup
from openedx_verifiable_credentials.data import ChainBlock
from openedx_verifiable_credentials.data import ChainFees
from openedx_verifiable_credentials.data import ChainReceipt
from openedx_verifiable_credentials.data import ChainTransaction
from openedx_verifiable_credentials.data import Detail
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Nonces
from openedx_verifiable_credentials.data import Selection
from openedx_verifiable_credentials.data import SelectionCount
from openedx_verifiable_credentials.data import Sent
from openedx_verifiable_credentials.data import SignedTransaction
from openedx_verifiable_credentials.data import VerificationMethod


class CertificateSource(Protocol):
    """The host's certificates. N awards cost a constant number of queries."""

    def get_awards(self, certificate_uuids: Iterable[UUID]) -> dict[UUID, Award]:
        """
        The awards that exist among ``certificate_uuids``; unknown ones and other kinds are left out. Those of one kind
        and configuration differ in their learner, status, dates, grade and record only: bulk issuance takes all else
        from the first of them.
        """
        ...

    def complete(self, awards: Sequence[Award], details: Set[Detail]) -> list[Award]:
        """
        The same awards, in the same order, with these details: one query at most for each of them, none where nothing
        is asked for.
        """
        ...

    def groups(self, scope: str, key: str) -> Iterator[CertificateGroup]:
        """
        The certificates that a policy of this scope (a value of :class:`..core.policies.Scope`) speaks about, grouped
        by course run and program; those of the courses of a program, too. A constant number of queries.
        """
        ...

    def select(self, selection: Selection) -> Iterator[list[tuple[str, UUID]]]:
        """
        Every awarded certificate of the selection that exists when this is called, once, page by page: at most 5,000
        uuids a page, each with the name of its configuration ("course:17", "program:4"). Keys are compared letter by
        letter, whatever the database's collation. A constant number of queries for a page, and constant memory.

        Whether a credential can be issued for them (embargoes, policies, accounts) is not asked here.
        """
        ...

    def count(self, selection: Selection) -> SelectionCount:
        """How many :meth:`select` would give now."""
        ...

    def list_awards(self, user_id: int, site_id: int) -> list[Award]:
        """Every certificate of a learner on a site, whatever its status; one bad row is left out, never raised."""
        ...

    def page_of_awards(self, user_id: int, site_id: int, *, start: int, count: int) -> tuple[list[Award], int]:
        """
        Of the same list, newest first, ``count`` certificates from ``start`` on (0 is the newest), and how many there
        are in all. A bad row leaves its page shorter; nothing moves up. Costs what a page costs, however many there
        are.
        """
        ...

    def statuses(self, certificate_uuids: Iterable[UUID]) -> dict[UUID, str]:
        """The host's status word of each certificate that exists."""
        ...

    def retired(self, certificate_uuids: Iterable[UUID], prefix: str) -> set[UUID]:
        """Those whose username starts with ``prefix`` now, letter by letter, whatever the database's collation."""
        ...

    def retired_users(self, user_ids: Iterable[int], prefix: str) -> set[int]:
        """Those accounts whose username starts with ``prefix`` now, likewise."""
        ...

    def certificates_of(self, username: str) -> tuple[set[UUID], int | None]:
        """
        Every certificate under exactly this username, whatever its status, kind and site; and the number of the account
        that has the name now, None where none has.
        """
        ...


class Signer(Protocol):
    """An issuer's key, wherever it lives."""

    @property
    def method(self) -> VerificationMethod:
        """The public half."""
        ...

    def sign(self, message: bytes) -> bytes:
        """
        64 bytes over ``message``, by the algorithm of ``method``: PureEdDSA (RFC 8032 §5.1) for Ed25519; ECDSA with
        SHA-256, r ‖ s (FIPS 186-5 §6.4), for P-256. From any thread, and after a fork.

        Raises SigningError, TransientError, ConfigurationError.
        """
        ...


class Securer(Protocol):
    """Adds a proof to a credential."""

    def secure(self, document: JsonObject, *, suite: str, signer: Signer, created: datetime.datetime) -> JsonObject:
        """The proof of ``document``, value included. Raises SigningError or TransientError."""
        ...


class Fetcher(Protocol):
    """Documents of others: DID documents and status lists. Never our own: those are read from the database."""

    def fetch(self, url: str, *, max_bytes: int) -> bytes:
        """
        The body behind ``url``, at most ``max_bytes`` long.

        Raises FetchError: ``address_refused`` (may not be asked, or leads where we do not go), ``fetch_failed`` (could
        not be had now: unreachable, too slow, not 200), ``too_large``.
        """
        ...


class Ledger(Protocol):
    """
    One public chain, asked through one endpoint or several that stand in for each other. Every answer comes from an
    endpoint whose chain id is the expected one.

    Every method raises TransientError ``chain_unavailable`` where no endpoint answers, and AnchoringError
    ``wrong_chain`` where one that does is another chain's. What an endpoint answers is checked for form before it is
    believed: AnchoringError ``bad_answer``.
    """

    @property
    def chain_id(self) -> int:
        """The expected one (EIP-155)."""
        ...

    def balance(self, address: str) -> int:
        """Wei, by the newest block."""
        ...

    def nonces(self, address: str) -> Nonces:
        """What numbers the account has used."""
        ...

    def fees(self) -> ChainFees:
        """What a transaction pays now."""
        ...

    def data_fee(self, raw: bytes) -> int:
        """Wei: what a second layer asks beside gas for the data of this transaction; 0 where the chain asks nothing."""
        ...

    def send(self, raw: bytes) -> Sent:
        """Hand over a signed transaction, to every endpoint that answers."""
        ...

    def transaction(self, transaction_hash: bytes) -> ChainTransaction | None:
        """None: no endpoint knows it."""
        ...

    def receipt(self, transaction_hash: bytes) -> ChainReceipt | None:
        """None: it is in no block."""
        ...

    def block(self, which: int | BlockTag) -> ChainBlock | None:
        """A block of the canonical chain, by number or tag; None: there is none yet."""
        ...


class LedgerSigner(Protocol):
    """The key that pays for anchors, wherever it lives (secp256k1)."""

    @property
    def address(self) -> str:
        """0x and 40 hexadecimal digits, lower case."""
        ...

    @property
    def public_key(self) -> bytes:
        """33 bytes: the compressed point."""
        ...

    def sign(self, call: AnchorCall) -> SignedTransaction:
        """
        The signed transaction, the same for the same call. Raises SigningError, TransientError, ConfigurationError.
        """
        ...


class ChainReader(Protocol):
    """Public chains, as far as they are configured."""

    def find_anchor(self, chain: str, network: str, transaction: str) -> AnchoredRoot | None:
        """
        What the transaction carries; None where no such chain is configured. ``transaction``: 64 hexadecimal digits.

        Raises AnchoringError ``no_such_transaction`` (it is not known, or in no block), ``reorganised`` (it was in a
        block that is not the chain's), ``reverted``; FetchError ``fetch_failed`` where the chain could not be asked.
        """
        ...
