"""What the findings about a server's surroundings mean, ``http.*`` and ``dns.*``, and those about the whole of it."""

from __future__ import annotations

from datetime import date

from checks.model import Severity
from checks.rules.dated import DEFAULT_PROFILE, HSTS_LENGTH, PROFILES
from checks.rules.shapes import Citation, Rule

SURROUNDING_RULES = (
    Rule(
        "http.hsts",
        "browsers not told to insist on TLS",
        Severity.OK,
        "Without HSTS, or with a short one, a browser's first request may go out in the clear and be led astray.",
        HSTS_LENGTH,
    ),
    Rule(
        "http.redirect",
        "plain HTTP not redirected",
        Severity.OK,
        "A client that was given an address without https keeps talking in the clear, keys and all.",
        Citation("RFC 6797", "section 7.2", date(2012, 11, 1)),
    ),
    Rule(
        "dns.caa",
        "which authorities may issue",
        Severity.OK,
        "Without CAA records any public authority may issue for the name; with them only those that they name.",
        Citation("RFC 8659", "section 3", date(2019, 11, 1)),
    ),
    Rule(
        "dns.https_ech",
        "whether the name of the host is hidden",
        Severity.OK,
        "With an ECH key in the HTTPS record, a client that knows ECH no longer shows onlookers which host it asks for.",
        Citation("RFC 9848", "section 3", date(2026, 3, 1)),
    ),
    Rule(
        "cert.differs_by_address",
        "another certificate at another address",
        Severity.WARNING,
        "Which certificate a client gets depends on the address that it chooses: a renewal may have missed some machines.",
        Citation("RFC 9525", "section 6", date(2023, 11, 1)),
    ),
    Rule(
        "tls.profile",
        "profile not met",
        Severity.OK,
        "The server accepts or lacks what the guideline that was chosen for it does not allow.",
        PROFILES[DEFAULT_PROFILE].citation,
    ),
    Rule(
        "tls.grade",
        "grade",
        Severity.OK,
        "One letter for all of it: the worst finding decides, and names itself.",
        Citation("SSL Server Rating Guide 2009r", "caps of grades; those here are stricter", date(2025, 5, 16)),
    ),
)
"""Every finding about what stands around one connection."""
