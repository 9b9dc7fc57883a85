"""What the daemon serves, as an OpenAPI document (https://spec.openapis.org/oas/v3.1.1), for who writes a client."""

from __future__ import annotations

from typing import Any

from monitor.board.schemas import schemas
from monitor.board.shapes import Schema

_ABOUT = (
    "How the vendors stand that a product depends on: what they say of themselves, beside what is measured. "
    "Every address answers to HEAD as it does to GET. Pages come as HTML unless JSON is preferred (Accept). "
    "Credentials are asked for where monitor.yaml says so under access, of all but /-/healthy."
)
_REFUSALS = {
    "Unauthorized": ("Credentials are asked for.", True),
    "NotFound": ("There is no such page.", False),
    "Misdirected": ("Asked for under another host's name.", False),
    "Broken": ("The page could not be made; the log says why.", False),
    "Unavailable": ("There are too many at once, or the credentials to ask for cannot be had.", False),
}
_EVERYWHERE = {"401": "Unauthorized", "421": "Misdirected", "500": "Broken", "503": "Unavailable"}


def openapi(version: str) -> Schema:
    """The document of a daemon of this *version*."""
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "vendorwatch",
            "version": version,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"bearer": []}, {"basic": []}],
        "paths": _paths(),
        "components": {
            "schemas": dict(schemas()),
            "responses": {name: _refusal(told, asks=asks) for name, (told, asks) in _REFUSALS.items()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
            },
        },
    }


def _paths() -> Schema:
    slug = {"name": "slug", "in": "path", "required": True, "schema": {"type": "string"}, "description": "Vendor.vendor"}
    vendor = _get("vendor", "All of one vendor.", _page("VendorDetails"), "404")
    exposition = _text("text/plain; version=0.0.4; charset=utf-8")
    itself = {"application/json": {"schema": {"type": "object"}}}
    ready = _get("ready", "Whether the daemon works.", _text())
    unready = _refusal("It starts or stops, or as everywhere.", asks=False)
    ready["responses"]["503"] = {**unready, "content": {**_text(), **unready["content"]}}
    return {
        "/": {"get": _get("overview", "Every vendor, the worst first.", _page("Overview"))},
        "/vendors/{slug}": {"parameters": [slug], "get": vendor},
        "/openapi.json": {"get": _get("openapi", "This document.", itself)},
        "/metrics": {"get": _get("metrics", "All numbers, in the exposition format of Prometheus.", exposition)},
        "/-/healthy": {"get": _healthy()},
        "/-/ready": {"get": ready},
    }


def _get(name: str, told: str, content: Schema, *refusals: str) -> dict[str, Any]:
    """A request that is answered with *content*, or refused as everywhere and with *refusals*."""
    named = {**_EVERYWHERE, **dict.fromkeys(refusals, "NotFound")}
    refused = {status: {"$ref": f"#/components/responses/{named[status]}"} for status in sorted(named)}
    return {"operationId": name, "summary": told, "responses": {"200": {"description": told, "content": content}, **refused}}


def _healthy() -> Schema:
    """The one address that asks for nothing."""
    answers = {"200": "The event loop goes round.", "503": "It does not."}
    responses = {status: {"description": told, "content": _text()} for status, told in answers.items()}
    return {"operationId": "healthy", "summary": "Whether the daemon lives.", "security": [], "responses": responses}


def _page(schema: str) -> Schema:
    reference = {"$ref": f"#/components/schemas/{schema}"}
    return {"application/json": {"schema": reference}, "text/html": {"schema": {"type": "string"}}}


def _text(kind: str = "text/plain; charset=utf-8") -> Schema:
    return {kind: {"schema": {"type": "string"}}}


def _refusal(told: str, *, asks: bool) -> Schema:
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    content = {"application/problem+json": problem, "text/html": {"schema": {"type": "string"}}}
    header = {"description": "By which scheme.", "schema": {"type": "string"}}
    return {"description": told, "content": content, **({"headers": {"WWW-Authenticate": header}} if asks else {})}
