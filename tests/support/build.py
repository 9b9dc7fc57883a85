"""Values of the domain in one line, with what a test does not care about filled in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from checks.check import all_checks
from checks.model import Target
from checks.values import Url
from checks.vendor import Endpoint, StatusPage, Vendor

T0 = datetime(2026, 1, 1, tzinfo=UTC)


def vendor(slug: str = "acme", *, url: str | None = "https://api.acme.test/health", page: str | None = None) -> Vendor:
    """A vendor with one endpoint and, for a *page*, a status page on Statuspage."""
    return Vendor(
        slug=slug,
        name=slug.title(),
        endpoints=(Endpoint(url=Url(url)),) if url else (),
        status=StatusPage(url=Url(page), platform="statuspage") if page else None,
    )


def targets(*vendors: Vendor, check: str | None = None, every: float = 60.0, deadline: float = 5.0) -> list[Target[Any]]:
    """Every target that *vendors* imply, or those of one *check*."""
    return [
        Target(
            vendor=each.slug,
            check=kind.name,
            name=derived.name,
            settings=derived.settings,
            every=every,
            deadline=deadline,
            host=derived.host,
            together=derived.together,
        )
        for each in vendors
        for kind in all_checks().values()
        if check in {None, kind.name}
        for derived in kind.derive(each)
    ]
