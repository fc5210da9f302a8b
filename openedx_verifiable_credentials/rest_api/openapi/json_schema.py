"""Parts of JSON Schema (draft 2020-12, as OpenAPI 3.1 has it) that our schemas are made of."""

from __future__ import annotations

from openedx_verifiable_credentials.data import JsonObject

TEXT: JsonObject = {"type": "string"}
TEXT_OR_NULL: JsonObject = {"type": ["string", "null"]}
COUNT: JsonObject = {"type": "integer", "minimum": 0}
FLAG: JsonObject = {"type": "boolean"}
ADDRESS: JsonObject = {"type": "string", "format": "uri"}
ADDRESS_OR_NULL: JsonObject = {"type": ["string", "null"], "format": "uri"}
MOMENT: JsonObject = {"type": "string", "format": "date-time"}
MOMENT_OR_NULL: JsonObject = {"type": ["string", "null"], "format": "date-time"}
UUID: JsonObject = {"type": "string", "format": "uuid"}
UUID_OR_NULL: JsonObject = {"type": ["string", "null"], "format": "uuid"}
HEX: JsonObject = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
OBJECT: JsonObject = {"type": "object"}


def ref(name: str) -> JsonObject:
    """A reference to the schema called ``name``."""
    return {"$ref": f"#/components/schemas/{name}"}


def list_of(items: JsonObject) -> JsonObject:
    """An array of these."""
    return {"type": "array", "items": items}


def one_of(*values: str) -> JsonObject:
    """One of these strings."""
    return {"type": "string", "enum": list(values)}


def said(schema: JsonObject, description: str) -> JsonObject:
    """The same, with what it means."""
    return {**schema, "description": description}


def exactly(description: str, /, optional: tuple[str, ...] = (), **members: JsonObject) -> JsonObject:
    """An object with these members and no other."""
    return {
        "type": "object",
        "description": description,
        "properties": members,
        **({"required": required} if (required := [name for name in members if name not in optional]) else {}),
        "additionalProperties": False,
    }


def document(description: str, /, optional: tuple[str, ...] = (), **members: JsonObject) -> JsonObject:
    """A document of a standard; ``_context`` stands for ``@context``, which is no name in Python."""
    named = {{"_context": "@context"}.get(name, name): schema for name, schema in members.items()}
    required = [name for name in named if name not in optional]
    return {"type": "object", "description": description, "properties": named, "required": required}


ANCHORED_PROOF: JsonObject = {
    "description": "The Merkle proof alone, or behind the proof that the credential was issued with.",
    "anyOf": [OBJECT, {"type": "array", "items": OBJECT, "minItems": 1, "maxItems": 2}],
}
PROOF: JsonObject = {
    "description": "One proof as an object (obv3-vc1), or an array of one (obv3-vc2).",
    "anyOf": [OBJECT, {"type": "array", "items": OBJECT, "minItems": 1, "maxItems": 1}],
}
CONTEXTS: JsonObject = {"type": "array", "items": {"type": ["string", "object"]}, "minItems": 1}
TYPES: JsonObject = {"anyOf": [TEXT, list_of(TEXT)]}
