"""Microsoft 365, by the little that is public: whether its admin center can be reached (``status.cloud.microsoft``).

Source: what the page itself asks for, ``/api/posts/mac`` (seen 2026; Microsoft describes it nowhere). It is one post with
one word and is changed "when service issues are preventing tenant administrators from accessing Service health": how
Exchange, Teams or SharePoint are is told to tenants alone, in the admin center and by Microsoft Graph
(https://learn.microsoft.com/graph/api/resources/servicehealth). So a post that says ``Available`` does not say that mail
works, and there are no components to name. ``/api/posts/ppac`` is the same for the admin center of Power Platform.

``InternalDateTime`` is when the post was last confirmed; ``LastUpdatedTime`` is the time of the answer. An address that
the site does not know is answered with its front page and a 200.
"""

from __future__ import annotations

import re

from checks.model import Claim
from checks.network import Request
from checks.status.node import Node
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_object
from checks.status.report import Report

_HOST = "status.cloud.microsoft"
_ADDRESS = re.compile(r"(https?://[^/]+)/api/(?:posts|feed)/(mac|ppac)/?")
_NAMES = {"mac": "Microsoft 365 admin center", "ppac": "Power Platform admin center"}

_CLAIMS = {
    "available": Claim.OPERATIONAL,
    "operational": Claim.OPERATIONAL,
    "service restored": Claim.OPERATIONAL,
    "service degradation": Claim.DEGRADED,
    "unknown": Claim.UNKNOWN,
}


def converse(page: Page) -> Conversation:
    """Read the post on the admin center of Microsoft 365, or the one that *page* is the address of."""
    found = _ADDRESS.fullmatch(page.url.partition("?")[0])
    site, post = found.groups() if found else (f"https://{_HOST}", "mac")
    url = f"{site}/api/posts/{post}"
    return _report(read_object((yield Request(url=url)), url), post)


def _report(root: Node, post: str) -> Report:
    status = root["Status"]
    root["Id"].require(str)
    return Report(
        page_id=post,
        page_name=_NAMES[post],
        url=root.source,
        indicator=status.word(_CLAIMS, Claim.UNKNOWN),
        indicator_word=root.text_of("Title") or status.text(),
        updated_at=root.instant_of("InternalDateTime"),
        unknown_words=tuple(root.notes.unknown),
    )


PLATFORM = Platform(
    name="microsoft365",
    title="Microsoft 365",
    reads="only whether the admin center can be reached; how the services are is not public",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=(_HOST,)),
)
