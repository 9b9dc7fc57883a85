"""What the daemon says as JSON, held against its own description of that."""

from __future__ import annotations

from jsonschema import Draft202012Validator, FormatChecker

from monitor.board.openapi import openapi

DOCUMENT = openapi("1.2.3")


def validator(name: str) -> Draft202012Validator:
    """Of one of the schemas; it takes the formats of texts at their word."""
    whole = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    return Draft202012Validator(whole, format_checker=FormatChecker())


OVERVIEW, DETAILS, PROBLEM = validator("Overview"), validator("VendorDetails"), validator("Problem")
