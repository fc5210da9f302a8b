"""
Every error of this package, on one page, with its stable code.

``code`` is part of the public contract (HTTP replies, reports, logs); the message is a sentence for people and never
holds a name, an email, a learner's DID or key material. A *bad document* is a report or a refusal, never a crash.
"""


class VerifiableCredentialsError(Exception):
    """
    What a caller may meet and answer.

    Args:
        code: stable, lower-case, words joined by underscores.
        message: one sentence saying what is wrong and, where there is something to do, what.
        field: the member of the request that is at fault, where there is one.
    """

    def __init__(self, code: str, message: str, *, field: str | None = None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return f"{self.message} [{self.code}]"


class TransientError(VerifiableCredentialsError):
    """Trying again later may succeed: tasks retry on this, HTTP answers 503."""


class AwardError(VerifiableCredentialsError):
    """The certificate does not exist, is not the caller's, or may not be claimed now."""


class CompositionError(VerifiableCredentialsError):
    """The facts of an award do not make a valid credential."""


class OfferError(VerifiableCredentialsError):
    """The offer is unknown, expired, or was taken by another holder."""


class PresentationError(VerifiableCredentialsError):
    """A wallet's presentation is malformed or does not prove what it must; a request is not what is asked for."""


class SigningError(VerifiableCredentialsError):
    """No usable key, or a signature that the self-check refused."""


class StatusListError(VerifiableCredentialsError):
    """A status list is full, unknown, or would go backwards."""


class LedgerError(VerifiableCredentialsError):
    """What was asked for is not in the ledger, or cannot be done to it."""


class BatchError(VerifiableCredentialsError):
    """There is no such batch, or it cannot be gone on with."""


class AnchoringError(VerifiableCredentialsError):
    """A batch could not be anchored."""


class FetchError(VerifiableCredentialsError):
    """A document could not be fetched, or its address may not be asked."""


class DocumentError(VerifiableCredentialsError):
    """
    A document that cannot be accepted as it stands. ``code`` is one of ``core/checks/codes.json``; ``field`` is the
    place in the document as a JSON pointer (RFC 6901), never what stands there.
    """


class PictureError(VerifiableCredentialsError):
    """A badge image that is not taken or cannot be served; the sentence says what is wrong with it, and where."""


class ConfigurationError(Exception):
    """
    The operator must change a setting. Stands outside the tree above on purpose: code that tolerates bad input must
    not swallow it.
    """
