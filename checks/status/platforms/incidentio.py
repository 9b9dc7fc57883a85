"""incident.io, in the first of its three forms that a page has. Which it has is the vendor's choice.

- Statuspage-compatible, ``<page>/api/v2/summary.json`` (`checks.status.summary`): the whole page. Its id is a ULID; a
  page with another id is Atlassian's and refused, since both answer at this address.
- Widget, ``<page>/api/v1/summary``: what is open. Pages below ``statuspage.incident.io`` have only this one. The sub-pages
  of a page are pages of their own, ``<page>/<sub-page>``; the page above them says nothing by itself. It has no id: a page
  that is pinned to a ULID is not read in this form, unless its address is the widget's.
- Native, ``<origin>/proxy/<host>``: what the page is drawn from, known for whole hosts only.

The last two are read by `checks.status.incidentio`. Only a form that is not there makes way for the next: a refusal or a
login is an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from checks.model import Reason, Unseen
from checks.status import summary
from checks.status.incidentio import NATIVE_PATH, WIDGET_PATH, read_native, read_widget
from checks.status.platform import Clues, Conversation, Page, Platform

_NOT_THERE = frozenset({Reason.MOVED, Reason.PARSE})
_SHARED_HOST = "statuspage.incident.io"
_COMPATIBLE_PATH = "/api/v2"


def converse(page: Page) -> Conversation:
    """Read the page in the first form that it has; where it has none, the first one's failure is told."""
    missing: list[Unseen] = []
    for form in _forms(page):
        try:
            report = yield from form(page)
        except Unseen as unseen:
            if unseen.failure.reason not in _NOT_THERE:
                raise
            missing.append(unseen)
        else:
            if form is summary.converse and not summary.is_ulid(report.page_id):
                raise Unseen(Reason.MOVED, f"{report.url} is a page of Atlassian Statuspage: set platform: to statuspage")
            return report
    raise missing[0]


def _forms(page: Page) -> Iterable[Callable[[Page], Conversation]]:
    """The forms in which *page* may be read, in their order; the one alone whose document the address is."""
    path = urlsplit(page.url).path
    if NATIVE_PATH in path:
        return (read_native,)
    if WIDGET_PATH in path or page.url.host == _SHARED_HOST:
        return (read_widget,)
    if _COMPATIBLE_PATH in path:
        return (summary.converse,)
    forms = [summary.converse]
    if not summary.is_ulid(page.page_id or ""):
        forms.append(read_widget)
    if not path.strip("/"):
        forms.append(read_native)
    return forms


PLATFORM = Platform(
    name="incidentio",
    title="incident.io",
    reads="components, incidents, maintenance, the page as a whole; of a page that has the widget only, what is affected",
    converse=converse,
    clues=Clues(hosts=("incident.io",), marks=(b"incident.io",), rank=10),
)
