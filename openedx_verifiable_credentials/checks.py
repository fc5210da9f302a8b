"""Numbered system checks. Each says what to do; docs/references/checks.rst lists them."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import DatabaseError

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials import toggles
from openedx_verifiable_credentials.api import anchor_health
from openedx_verifiable_credentials.api import doctor
from openedx_verifiable_credentials.api import publishing
from openedx_verifiable_credentials.api import reconciling
from openedx_verifiable_credentials.api import sheets
from openedx_verifiable_credentials.exceptions import ConfigurationError

TAG = "openedx_verifiable_credentials"
_Check = Callable[[], list[checks.CheckMessage]]


def register() -> None:
    """
    Settings and addresses are looked at by every ``manage.py check``; what needs the database only with
    ``--database`` (as ``migrate`` does) and by ``vc_doctor``, since a check must not be in the way of a first migrate.
    """
    checks.register(check_configuration, TAG)
    checks.register(check_database, TAG, checks.Tags.database)


def check_configuration(**_kwargs: Any) -> list[checks.CheckMessage]:
    """What can be told from settings and URLs."""
    checking: tuple[_Check, ...] = (
        _shadowed, _unknown_settings, _settings_values, _proxies, _tokens, _loopback, _fonts, _anchoring_obstacles,
        _test_network,
    )  # fmt: skip
    return [message for check in checking for message in check()]


def check_database(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """What can be told from rows. Silent while our tables are not there yet."""
    if not databases:
        return []
    messages: list[checks.CheckMessage] = []
    for check in DATABASE_CHECKS:
        try:
            messages += check()
        except DatabaseError:
            return []
        except ConfigurationError:
            continue  # E006 says so
    return messages


def _shadowed() -> list[checks.CheckMessage]:
    module = doctor.shadowed_by()
    if module is None:
        return []
    return [
        checks.Warning(
            f"The addresses of this plugin are answered by {module}.",
            hint="Set ENABLE_VERIFIABLE_CREDENTIALS to False: the service's in-tree app has the same addresses.",
            id=f"{TAG}.W001",
        )
    ]


def _in_tree_lists() -> list[checks.CheckMessage]:
    count = doctor.count_in_tree_credentials()
    if not count or doctor.shadowed_by():
        return []
    return [
        checks.Warning(
            f"The in-tree app has issued {count} credentials; their status lists are down while it is switched off.",
            hint="Keep the in-tree app on until its credentials have been taken over.",
            id=f"{TAG}.W002",
        )
    ]


def _base_url() -> list[checks.CheckMessage]:
    problem = doctor.base_url_problem()
    if problem is None:
        return []
    hint = "Set OPENEDX_VC_PUBLIC_BASE_URL to the https address under which the service is reached from outside."
    return [_stern(problem, hint, "003")]


def _issuer() -> list[checks.CheckMessage]:
    problem = doctor.issuer_problem()
    if problem is None:
        return []
    return [_stern(problem, "Run `manage.py vc_create_issuer`; see the operators' quickstart.", "004")]


def _unknown_settings() -> list[checks.CheckMessage]:
    return [
        checks.Warning(
            f"{name} is not a setting of this plugin.", hint="Is it misspelt? See the settings page.", id=f"{TAG}.W005"
        )
        for name in app_settings.unknown_settings()
    ]


def _settings_values() -> list[checks.CheckMessage]:
    messages: list[checks.CheckMessage] = []
    for read in app_settings.READERS:
        try:
            read()
        except ConfigurationError as error:
            message = checks.Error(str(error), hint="See the settings page.", id=f"{TAG}.E006")
            if message not in messages:  # one setting can be in the way of two readers
                messages.append(message)
    return messages


def _proxies() -> list[checks.CheckMessage]:
    try:
        known = app_settings.knows_its_proxies()
    except ConfigurationError:
        return []  # E006 says so
    if known:
        return []
    return [
        checks.Warning(
            "OPENEDX_VC_NUM_PROXIES is not set: behind a proxy all clients share one allowance of requests.",
            hint="Set it to the number of proxies before the service; 0 where there is none.",
            id=f"{TAG}.W007",
        )
    ]


def _tokens() -> list[checks.CheckMessage]:
    try:
        weak = app_settings.has_weak_vc_api_tokens()
    except ConfigurationError:
        return []  # E006 says so
    if not weak:
        return []
    return [
        checks.Warning(
            "A token in OPENEDX_VC_VC_API_TOKENS repeats a few characters: it can be guessed.",
            hint="Draw it at random, e.g. by `openssl rand -hex 32`.",
            id=f"{TAG}.W013",
        )
    ]


def _loopback() -> list[checks.CheckMessage]:
    try:
        asks = app_settings.asks_itself()
    except ConfigurationError:
        return []  # E006 says so
    if not asks:
        return []
    return [
        checks.Warning(
            "OPENEDX_VC_FETCH_LOOPBACK is on: a stranger's document can have this machine ask itself.",
            hint="Take it away: it is for tests.",
            id=f"{TAG}.W014",
        )
    ]


def _fonts() -> list[checks.CheckMessage]:
    try:
        faults = sheets.find_font_faults()
    except ConfigurationError:
        return []  # E006 says so
    return [
        checks.Warning(
            f"The font {path} of OPENEDX_VC_PDF_FONTS {fault}: certificates are made without it.",
            hint="Name a file that the service may read: TrueType, or OpenType for Chinese, Japanese or Korean.",
            id=f"{TAG}.W015",
        )
        for path, fault in faults
    ]


def _anchoring_obstacles() -> list[checks.CheckMessage]:
    try:
        return [
            checks.Warning(f"{what} What is issued is not anchored meanwhile.", hint=todo, id=f"{TAG}.W016")
            for what, todo in anchor_health.obstacles()
        ]
    except ConfigurationError:
        return []  # E006 says so


def _test_network() -> list[checks.CheckMessage]:
    try:
        title = anchor_health.test_network()
    except ConfigurationError:
        return []  # E006 says so
    if title is None:
        return []
    return [
        checks.Warning(
            f"Credentials are anchored on {title}, a TEST NETWORK: its anchors prove nothing.",
            hint="Set OPENEDX_VC_ANCHOR_NETWORK to base when all has been tried.",
            id=f"{TAG}.W017",
        )
    ]


def _changes_wait() -> list[checks.CheckMessage]:
    since = publishing.changes_wait_since()
    if since is None:
        return []
    return [
        checks.Warning(
            f"A status list has changes that wait to be published since {since:%Y-%m-%d %H:%M} UTC.",
            hint="Does `manage.py vc_publish_status` run every minute? Run it now: it says what is wrong.",
            id=f"{TAG}.W008",
        )
    ]


def _lists_end() -> list[checks.CheckMessage]:
    ending, over = publishing.count_ending()
    if not ending and not over:
        return []
    return [
        checks.Warning(
            f"{over} status lists are over or were never published, {ending} end soon: verifiers then cannot tell "
            "what is revoked.",
            hint="Does `manage.py vc_publish_status` run every minute? Run it now: it says what is wrong.",
            id=f"{TAG}.W009",
        )
    ]


def _host_changes_wait() -> list[checks.CheckMessage]:
    since = reconciling.changes_wait_since()
    if since is None:
        return []
    return [
        checks.Warning(
            f"vc_reconcile does not run: a certificate that the service revoked or deleted waits since "
            f"{since:%Y-%m-%d %H:%M} UTC.",
            hint="Run `manage.py vc_reconcile` every few minutes; run it now, and see whether it fails.",
            id=f"{TAG}.W010",
        )
    ]


def _key_files() -> list[checks.CheckMessage]:
    return [
        checks.Warning(
            f"Everybody on this machine may {what} the key file {path}.",
            hint="Take that right away: chmod o-rw.",
            id=f"{TAG}.W011",
        )
        for path, what in doctor.exposed_key_files()
    ]


def _profiles_nobody_signs() -> list[checks.CheckMessage]:
    return [
        checks.Warning(
            f"The issuer {slug} cannot sign {profile_id}: wallets that want it get nothing from it ({wallets}).",
            hint="Give it an Ed25519 key: `manage.py vc_rotate_key`; or let these wallets be.",
            id=f"{TAG}.W012",
        )
        for slug, profile_id, wallets in doctor.unsigned_profiles()
    ]


def _nobody_to_anchor_for() -> list[checks.CheckMessage]:
    if not anchor_health.nobody_to_anchor_for():
        return []
    return [
        checks.Warning(
            "No issuer in use has a did:web, so nothing that is issued is anchored.",
            hint="Make one: `manage.py vc_create_issuer --did-method web`; or set OPENEDX_VC_ANCHORING to False.",
            id=f"{TAG}.W018",
        )
    ]


def _leaves_wait() -> list[checks.CheckMessage]:
    since = anchor_health.leaves_wait_since()
    if since is None:
        return []
    return [
        checks.Warning(
            f"Credentials have waited to be anchored since {since:%Y-%m-%d %H:%M} UTC.",
            hint="Does `manage.py vc_anchor` run every minute? Run it now: it says what is wrong.",
            id=f"{TAG}.W019",
        )
    ]


def _anchors_held_up() -> list[checks.CheckMessage]:
    counts = anchor_health.problems()
    if not counts:
        return []
    said = ", ".join(f"{count} by {code}" for code, count in sorted(counts.items()))
    return [
        checks.Warning(
            f"Batches of anchors are held up: {said}.",
            hint="Run `manage.py vc_anchor status`, and see the runbook (how-tos/run-anchoring).",
            id=f"{TAG}.W020",
        )
    ]


def _stern(problem: str, hint: str, number: str) -> checks.CheckMessage:
    """An error while the switch is on; before that it is only what is left to do."""
    kind, letter = (checks.Error, "E") if toggles.is_enabled() else (checks.Warning, "W")
    return kind(problem, hint=hint, id=f"{TAG}.{letter}{number}")


DATABASE_CHECKS: tuple[_Check, ...] = (
    _in_tree_lists,
    _base_url,
    _issuer,
    _changes_wait,
    _lists_end,
    _host_changes_wait,
    _key_files,
    _profiles_nobody_signs,
    _nobody_to_anchor_for,
    _leaves_wait,
    _anchors_held_up,
)
# Of these, those that neither open a key nor ask the database more often where there are more issuers.
QUICK_CHECKS: tuple[_Check, ...] = (
    _in_tree_lists, _base_url, _key_files, _nobody_to_anchor_for, _leaves_wait, _anchors_held_up,
)  # fmt: skip
# Before the switch is on these are warnings to Django, but an installation that has them cannot issue.
FATAL_FOR_DOCTOR = (f"{TAG}.W001", f"{TAG}.W003", f"{TAG}.W004")
