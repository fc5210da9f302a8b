"""Allowed values of the records app's columns."""


class UserCreditPathwayStatus:
    """Whether a record went out."""

    SENT = "sent"
