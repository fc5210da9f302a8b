"""Open Badges 3.0 verifiable credentials for the Open edX Credentials service."""

__version__ = "0.1.0"
