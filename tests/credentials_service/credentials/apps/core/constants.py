"""Names that the core app gives to groups."""


class Role:
    """Groups of users; the first exists in a fresh database."""

    ADMINS = "Admins"
    LEARNERS = "Learners"
