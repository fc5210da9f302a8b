"""What a learner is shown before an offer is made."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from openedx_verifiable_credentials.api import disclosing
from openedx_verifiable_credentials.api.disclosing import Disclosure
from openedx_verifiable_credentials.core.shown_facts import ShownFact
from openedx_verifiable_credentials.rest_api.base import LearnerView
from openedx_verifiable_credentials.rest_api.v1 import requested
from openedx_verifiable_credentials.rest_api.v1.answers import NOT_KEPT


class PreviewView(LearnerView):
    """``POST certificates/preview/``: exactly what credentials would say in a wallet."""

    def post(self, request: Request) -> Response:
        """Every fact; nothing is stored."""
        found = disclosing.disclose(
            certificate_uuids=requested.certificates(self.body(request)),
            wallet_id=requested.wallet(self.body(request)),
            left_out=requested.left_out(self.body(request)),
            **self.caller,
        )
        return Response({"credentials": [_credential(one) for one in found]}, headers=NOT_KEPT)


def _credential(one: Disclosure) -> dict[str, Any]:
    return {
        "certificate": one.certificate_uuid.hex,
        "title": one.title,
        "language": one.language,
        "facts": [_fact(fact) for fact in one.facts],
        "left_out": list(one.left_out),
    }


def _fact(one: ShownFact) -> dict[str, Any]:
    return {"fact": one.fact.value, "claim": one.claim, "value": one.value, "form": one.form.value}
