"""
A report → what the VC API answers: ``verified`` with problem details (RFC 9457; VCALM, "Error Handling"), and the
report itself beside them.
"""

from __future__ import annotations

from collections.abc import Iterator

from openedx_verifiable_credentials.core.checks.report import Check
from openedx_verifiable_credentials.core.checks.report import CheckName
from openedx_verifiable_credentials.core.checks.report import Outcome
from openedx_verifiable_credentials.core.checks.report import Report
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.rest_api.vc_api.requests import CREDENTIAL
from openedx_verifiable_credentials.rest_api.vc_api.requests import Asked

# VCDM 2.0 §7.2; Bitstring Status List v1.0 §3.5.
_DATA_MODEL = "https://www.w3.org/TR/vc-data-model-2.0#"
_STATUS_LIST = "https://www.w3.org/ns/credentials/status-list#"
_BY_CODE = {
    "not_json": f"{_DATA_MODEL}PARSING_ERROR",
    "too_large": f"{_DATA_MODEL}PARSING_ERROR",
    "not_a_credential": f"{_DATA_MODEL}PARSING_ERROR",
    "unsupported_format": f"{_DATA_MODEL}PARSING_ERROR",
    "malformed_dates": f"{_DATA_MODEL}MALFORMED_VALUE_ERROR",
    "malformed_status": f"{_DATA_MODEL}MALFORMED_VALUE_ERROR",
    "status_index_out_of_range": f"{_STATUS_LIST}RANGE_ERROR",
    "status_unreachable": f"{_STATUS_LIST}STATUS_RETRIEVAL_ERROR",
    "status_refused": f"{_STATUS_LIST}STATUS_RETRIEVAL_ERROR",
}
_BY_CHECK = {
    CheckName.SCHEMA: f"{_DATA_MODEL}MALFORMED_VALUE_ERROR",
    CheckName.SIGNATURE: f"{_DATA_MODEL}CRYPTOGRAPHIC_SECURITY_ERROR",
    CheckName.ISSUER: f"{_DATA_MODEL}CRYPTOGRAPHIC_SECURITY_ERROR",
    CheckName.STATUS: f"{_STATUS_LIST}STATUS_VERIFICATION_ERROR",
    CheckName.DATES: f"{_DATA_MODEL}RANGE_ERROR",
}
_BAD = (Outcome.FAILED, Outcome.NOT_CHECKED)
_CONSEQUENCE = "not_reached"


def result(report: Report, asked: Asked) -> JsonObject:
    """
    ``verified`` is true where no check that decides failed or was not checked. Those are the ``errors``; ``warnings``
    are the warnings, and what is wrong with checks that the client left out. A check that was not reached because of
    another one is no problem of its own.
    """
    errors, warnings = [], []
    for check, place in _checks(report):
        if check.name is CheckName.DISCLOSURE or check.code.endswith(_CONSEQUENCE):
            continue
        if check.outcome in _BAD and check.name in asked.decisive:
            errors.append(_problem(check, place))
        elif check.outcome is not Outcome.PASSED:
            warnings.append(_problem(check, place))
    shape: JsonObject = {
        "verified": _is_verified(report, asked.decisive),
        "checks": sorted(asked.decisive),
        "errors": errors,
        "warnings": warnings,
        "problemDetails": [*errors, *warnings],
        "report": report.as_json(),
    }
    if asked.returns:
        shape["credential" if asked.member == CREDENTIAL else asked.member] = asked.sent
    return shape


def _is_verified(report: Report, decisive: frozenset[CheckName]) -> bool:
    return all(check.outcome not in _BAD for check, _ in _checks(report) if check.name in decisive)


def _checks(report: Report, place: int | None = None) -> Iterator[tuple[Check, int | None]]:
    """Of a presentation's credentials, too, each with the number of its credential."""
    for check in report.checks:
        yield check, place
    for number, credential in enumerate(report.credentials):
        yield from _checks(credential, number if place is None else place)


def _problem(check: Check, place: int | None) -> JsonObject:
    problem: JsonObject = {
        "type": _BY_CODE.get(check.code, _BY_CHECK[check.name]),
        "title": check.code.replace("_", " ").capitalize(),
        "detail": check.message,
        "code": check.code,
    }
    return problem if place is None else {**problem, "credential": place}
