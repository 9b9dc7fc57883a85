"""The vendor's own word: what its status page says, of the components in use or of the page as a whole.

The way of a page: a platform (`checks.status.platforms`) reads it into a `checks.status.report.Report`, `scope` finds the
configured components in it, `verdict` says what that amounts to, `works` whether work is under way, `begun` when trouble
began, `numbers` what it is in numbers. Nothing here measures a service: a page that cannot be read leaves the target
unknown, and so does one that speaks of something else.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Check, Derived
from checks.status.begun import began
from checks.status.facts import observe, recall, remember
from checks.status.numbers import METRICS, measure
from checks.status.platform import Page
from checks.status.verdict import claim, judge
from checks.status.works import under_maintenance
from checks.vendor import Vendor


def derive(vendor: Vendor) -> Iterator[Derived[Page]]:
    """The one page of a vendor that has one."""
    status = vendor.status
    if status:
        settings = Page(url=status.url, platform=status.platform, page_id=status.page_id, scope=status.scope)
        yield Derived(
            name="page", settings=settings, host=status.url.host, every=status.every, together=status.url.rstrip("/")
        )


CHECK = Check(
    name="status",
    every=60,
    deadline=20,
    settings=Page,
    derive=derive,
    observe=observe,
    judge=judge,
    measure=measure,
    metrics=METRICS,
    claim=claim,
    under_maintenance=under_maintenance,
    began=began,
    remember=remember,
    recall=recall,
)
