"""Allowed values of columns, and the pattern of a certificate's address."""

UUID_REGEX = "[0-9a-f]{32}"
UUID_PATTERN = f"(?P<uuid>{UUID_REGEX})"


class UserCredentialStatus:
    """What a certificate is to its learner."""

    AWARDED = "awarded"
    REVOKED = "revoked"


class CertificateType:
    """The enrollment modes that lead to a course certificate."""

    HONOR = "honor"
    PROFESSIONAL = "professional"
    VERIFIED = "verified"
    NO_ID_PROFESSIONAL = "no-id-professional"
    MASTERS = "masters"
