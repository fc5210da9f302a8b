"""
The operations for drf-yasg, which speaks Swagger 2.0: the service's own ``/api-docs/``. Imported by nothing that
answers requests, since drf-yasg need not be installed.
"""

from __future__ import annotations

from typing import Any

from drf_yasg import openapi
from drf_yasg.inspectors import SwaggerAutoSchema

from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.rest_api.openapi import document
from openedx_verifiable_credentials.rest_api.openapi.operation import ANYONE
from openedx_verifiable_credentials.rest_api.openapi.operation import JSON
from openedx_verifiable_credentials.rest_api.openapi.operation import TOKEN
from openedx_verifiable_credentials.rest_api.openapi.operation import Operation
from openedx_verifiable_credentials.rest_api.openapi.operation import examples
from openedx_verifiable_credentials.rest_api.openapi.schemas import SCHEMAS

# The service's other definitions share one list with ours.
_OURS = "VerifiableCredentials"
_SAME = ("description", "format", "pattern", "enum", "required")


class DescribedOperation(SwaggerAutoSchema):
    """One of our operations; what drf-yasg makes out of the view where it is none of ours."""

    def get_operation(self, operation_keys: Any = None) -> Any:
        """The operation."""
        found = document.find(self.path, self.method)
        if found is None:
            return super().get_operation(operation_keys)
        return openapi.Operation(
            operation_id=f"verifiable_credentials_{found.id}",
            summary=found.summary,
            description=found.description,
            tags=[f"verifiable_credentials: {found.tag}"],
            parameters=list(self._parameters(found)),
            responses=openapi.Responses(self._responses(found)),
            consumes=list(found.takes) if found.body else [],
            produces=_produces(found),
            # Our token is none of the logins that the service describes.
            security=[] if found.security in (ANYONE, TOKEN) else None,
        )

    def _parameters(self, found: Operation) -> Any:
        for one in document.parameters(found):
            yield openapi.Parameter(
                one["name"], one["in"], description=one["description"], required=one["required"], **one["schema"]
            )
        if found.body:
            yield openapi.Parameter("body", openapi.IN_BODY, required=True, schema=self._define(found.body))

    def _responses(self, found: Operation) -> dict[str, Any]:
        responses: dict[str, Any] = {}
        known = examples().get(found.id, {}).get("answers", {})
        for answer in found.answers:
            named = [name for name in answer.media.values() if name is not None]
            example = known.get(str(answer.status))
            responses[str(answer.status)] = openapi.Response(
                answer.description,
                schema=self._define(named[0]) if named else None,
                examples={example["media"]: example["body"]} if example else None,
            )
        for status, several in document.problems(found).items():
            if str(status) in responses:
                responses[str(status)]["description"] += "\n\n" + document.sentences(several)
                continue
            example = {"code": several[0].code, "detail": several[0].detail}
            refusal = {"schema": self._define("Problem"), "examples": {JSON: example}} if JSON in found.refusals else {}
            responses[str(status)] = openapi.Response(document.sentences(several), **refusal)
        return responses

    def _define(self, name: str) -> Any:
        """A reference to the definition, which is there from now on."""
        definitions = self.components.with_scope(openapi.SCHEMA_DEFINITIONS)
        definitions.setdefault(_OURS + name, lambda: self._schema(SCHEMAS[name]))
        return openapi.SchemaRef(definitions, _OURS + name)

    def _schema(self, schema: JsonObject) -> Any:
        """As Swagger 2.0 has it: without unions, whose alternatives the description tells; null is an extension."""
        if "$ref" in schema:
            return self._define(schema["$ref"].rpartition("/")[2])
        shape = {name: value for name, value in schema.items() if name in _SAME}
        shape["type"], is_nullable = _kind(schema)
        if is_nullable:
            shape["x-nullable"] = True
        if "enum" in shape:
            shape["enum"] = [one for one in shape["enum"] if one is not None]
        if "const" in schema:
            shape["enum"] = [schema["const"]]
        if "items" in schema:
            shape["items"] = self._schema(schema["items"])
        if "properties" in schema:
            shape["properties"] = {name: self._schema(member) for name, member in schema["properties"].items()}
        return openapi.Schema(**shape)


def _kind(schema: JsonObject) -> tuple[str, bool]:
    """Its one type, and whether null may stand in its place; an object where there are several."""
    named = schema.get("type", "object")
    if "const" in schema:
        named = "boolean" if schema["const"] is True else "string"
    kinds = [named] if isinstance(named, str) else named
    others = [kind for kind in kinds if kind != "null"]
    return (others[0] if len(others) == 1 else "object"), "null" in kinds


def _produces(found: Operation) -> list[str]:
    media = [media for answer in found.answers for media in answer.media]
    return list(dict.fromkeys([*media, *found.refusals]))
