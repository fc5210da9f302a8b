"""Commands as operators run them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError
from django.core.management import call_command


def run(name: str, *arguments: str, **options: Any) -> str:
    """What a command says on its way to exit status 0."""
    out = io.StringIO()
    call_command(name, *arguments, stdout=out, stderr=out, **options)
    return out.getvalue()


def fails(name: str, *arguments: str, **options: Any) -> tuple[str, str]:
    """What a command says before it exits with status 1, and with which sentence."""
    out = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command(name, *arguments, stdout=out, stderr=out, **options)
    assert caught.value.returncode == 1
    return out.getvalue(), str(caught.value)
