"""Atlassian Statuspage, by ``/api/v2/summary.json`` of the page (`checks.status.summary`).

incident.io answers at the same addresses in the same shape. Such a page is read all the same, and that it is another
platform's is told: the two differ in what they leave out and in the ids of their components.
"""

from __future__ import annotations

from dataclasses import replace

from checks.status import summary
from checks.status.platform import Clues, Conversation, Page, Platform


def converse(page: Page) -> Conversation:
    """Read the summary, then what it left out and is needed."""
    report = yield from summary.converse(page)
    return replace(report, looks_like="incidentio") if summary.is_ulid(report.page_id) else report


PLATFORM = Platform(
    name="statuspage",
    title="Atlassian Statuspage",
    reads="components, incidents, maintenance, the page as a whole",
    converse=converse,
    clues=Clues(
        hosts=("statuspage.io",),
        headers=("x-statuspage-version",),
        marks=(b"statuspage.io", b"statuspage-"),
        rank=20,
    ),
)
