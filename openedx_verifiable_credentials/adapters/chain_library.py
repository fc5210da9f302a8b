"""
The libraries of the extra ``anchoring``, imported when they are needed: installations that do not anchor do not have
them.

How deep Python may recurse is a matter of the process, not of what it imports; so it keeps the limit that it had.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from openedx_verifiable_credentials.exceptions import ConfigurationError


def load(name: str) -> Any:
    """The module of this name. Raises ConfigurationError where it cannot be imported, saying what to install."""
    limit = sys.getrecursionlimit()
    try:
        return import_module(name)
    except ImportError as error:
        raise ConfigurationError(
            "Anchoring needs web3.py, which cannot be imported: pip install openedx-verifiable-credentials[anchoring]."
        ) from error
    finally:
        sys.setrecursionlimit(limit)
