"""Playwright's ``expect``, imported only when it is used: tests are collected where there is no Playwright, too."""

from __future__ import annotations

from typing import Any


def expect(actual: Any, message: str | None = None) -> Any:
    """Assertions about ``actual``, a page or locator, that wait until they hold."""
    from playwright.sync_api import expect as of_playwright

    return of_playwright(actual, message)
