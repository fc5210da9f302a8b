"""Every shape of a request or an answer, by its name in the document."""

from __future__ import annotations

from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.rest_api.openapi import document_schemas
from openedx_verifiable_credentials.rest_api.openapi import learner_schemas
from openedx_verifiable_credentials.rest_api.openapi import verifier_schemas
from openedx_verifiable_credentials.rest_api.openapi.json_schema import TEXT
from openedx_verifiable_credentials.rest_api.openapi.json_schema import said

SCHEMAS: JsonObject = {
    "Problem": {
        "type": "object",
        "description": "Where one member of the request is at fault, the sentence stands under its name, too.",
        "properties": {
            "code": said(TEXT, "Does not change."),
            "detail": said(TEXT, "A sentence for people. It may change."),
        },
        "required": ["code", "detail"],
        "additionalProperties": TEXT,
    },
    **learner_schemas.SCHEMAS,
    **document_schemas.SCHEMAS,
    **verifier_schemas.SCHEMAS,
}
