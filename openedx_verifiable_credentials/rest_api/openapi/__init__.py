"""
Our HTTP API, described once: as OpenAPI 3.1 (docs/references/openapi.json) and in the service's own API documentation.

Nothing here is read when requests are answered.
"""
