"""Errors of the credentials app."""


class NoMatchingProgramException(Exception):  # the name is the service's
    """A program certificate names a program that the catalog does not hold."""
