"""
Mail, by way of Django's mail backend. What matters is what is known afterwards: a mail that may have gone out is never
sent again, one that surely has not may be.
"""

from __future__ import annotations

import enum
import logging
import smtplib
from types import TracebackType

from django.core.exceptions import ImproperlyConfigured
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.mail import get_connection
from django.core.validators import validate_email

from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import TransientError

logger = logging.getLogger(__name__)

# RFC 5321 §4.2.1: from here on "no", below "not now".
_FINE, _CLOSING, _PERMANENT = 250, 421, 500
_LONGEST = 254


class Handed(enum.Enum):
    """What became of a mail. ``UNSURE``: it may have gone out; ``LATER``: it has not, and may be tried again."""

    SENT = enum.auto()
    REFUSED = enum.auto()
    LATER = enum.auto()
    UNSURE = enum.auto()


def is_address(value: str) -> bool:
    """Whether it is one mailbox, and nothing else that a header could take for more."""
    try:
        validate_email(value)
    except ValidationError:
        return False
    return len(value) <= _LONGEST


class Outbox:
    """One connection for many mails; opened when it is entered. ``is_down``: it broke off, nothing more goes out."""

    def __init__(self) -> None:
        self._connection = get_connection(fail_silently=False)
        self.is_down = False

    def __enter__(self) -> Outbox:
        """Raises TransientError ``mail_server_down``, ConfigurationError: nothing was sent."""
        self._open()
        return self

    def _open(self) -> None:
        try:
            self._connection.open()
            server = self._server()
            if server is not None:
                server.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            raise self.down() from _without_details(error)
        except ImproperlyConfigured as error:
            raise ConfigurationError("The service's mail backend is not configured.") from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """What closing says changes nothing any more."""
        try:
            self._connection.close()
        except (OSError, smtplib.SMTPException):
            logger.info("The mail server broke off at the end.")

    def refresh(self) -> None:
        """
        Connect anew where the server has hung up meanwhile, as many do after a number of mails. Asked before each mail,
        since afterwards nobody could tell whether that one went out. Raises as entering does.
        """
        server = self._server()
        if server is None:
            return
        try:
            if server.noop()[0] == _FINE:
                return
        except (OSError, smtplib.SMTPException):
            logger.info("The mail server has hung up; connecting anew.")
        self.__exit__(None, None, None)
        self._open()

    def _server(self) -> smtplib.SMTP | None:
        server = getattr(self._connection, "connection", None)
        return server if isinstance(server, smtplib.SMTP) else None

    @staticmethod
    def down() -> TransientError:
        """For who stops after :attr:`Handed.UNSURE`, too."""
        return TransientError("mail_server_down", "The mail server cannot be reached, or broke off.")

    def hand_over(self, message: EmailMultiAlternatives) -> Handed:
        """Never raises; what is logged names nobody: what servers answer quotes addresses."""
        try:
            count = self._connection.send_messages([message])
        except smtplib.SMTPSenderRefused as error:
            # All others would be refused as well, until somebody sets another sender.
            return self._answered(min(error.smtp_code, _PERMANENT - 1))
        except smtplib.SMTPRecipientsRefused as error:
            return self._answered(max((code for code, _ in error.recipients.values()), default=_PERMANENT))
        except smtplib.SMTPResponseException as error:
            # DATA was answered with "no", before it or after it: the server has not taken the mail on.
            return self._answered(error.smtp_code)
        except Exception as error:  # noqa: BLE001  (other mail backends raise what they like; a trace quotes addresses)
            logger.error("It is not known whether a mail went out: %s", type(error).__name__)
            self.is_down = True
            return Handed.UNSURE
        return Handed.SENT if count else Handed.REFUSED

    def _answered(self, code: int) -> Handed:
        logger.warning("The mail server refused a mail with %s", code)
        self.is_down = code == _CLOSING
        return Handed.REFUSED if code >= _PERMANENT else Handed.LATER


def _without_details(error: Exception) -> Exception:
    """A failed log-in quotes what the server said."""
    return type(error)() if isinstance(error, ConnectionError) else OSError(type(error).__name__)
