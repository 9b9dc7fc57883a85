"""Microsoft 365, by the little that is public: whether its admin centers can be reached (``status.cloud.microsoft``).

Source: what the page itself asks for, ``/api/posts/mac`` (seen 2026; Microsoft describes it nowhere). It is one post with
one word and is changed "when service issues are preventing tenant administrators from accessing Service health": how
Exchange, Teams or SharePoint are is told to tenants alone, in the admin center and by Microsoft Graph
(https://learn.microsoft.com/graph/api/resources/servicehealth). So a post that says ``Available`` does not say that mail
works, and there are no components to name. ``ppac`` and ``azure`` are such posts for the admin center of Power Platform
and for Azure. ``m365Consumer`` is a list of posts, one for each service for private customers (Outlook.com, OneDrive):
these are components. Another post is there none, and no address of one is read as if it were the first.

``InternalDateTime`` is when a post was last confirmed; ``LastUpdatedTime`` is the time of the answer. An address that
the site does not know is answered with its front page and a 200, or with 400.
"""

from __future__ import annotations

import re

from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status.node import Node
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_array, read_object
from checks.status.report import Component, Report

_HOST = "status.cloud.microsoft"
_ADDRESS = re.compile(r"(https?://[^/]+)/api/(?:posts|feed)/([^/]*)/?")
_SERVICES = "m365Consumer"
_NAMES = {
    "mac": "Microsoft 365 admin center",
    "ppac": "Power Platform admin center",
    "azure": "Microsoft Azure",
    _SERVICES: "Microsoft 365 for private customers",
}
_POSTS = {name.lower(): name for name in _NAMES}
_SERVICE_LIMIT = 200

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
    site, name = found.groups() if found else (f"https://{_HOST}", "mac")
    post = _POSTS.get(name.lower())
    if post is None:
        raise Unseen(
            Reason.CONFIG, f"{page.url} is none of the posts that are known ({', '.join(_NAMES)}): check status.url"
        )
    url = f"{site}/api/posts/{post}"
    answer = yield Request(url=url)
    return _services(read_array(answer, url)) if post == _SERVICES else _post(read_object(answer, url), post)


def _post(root: Node, post: str) -> Report:
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


def _services(root: Node) -> Report:
    rows = list(root.items(_SERVICE_LIMIT))
    if not rows:
        raise Unseen(Reason.PARSE, f"{root.source} is an empty list, where every service stands")
    components = tuple(map(_service, rows))
    return Report(
        page_id=_SERVICES,
        page_name=_NAMES[_SERVICES],
        url=root.source,
        indicator=None,
        components=components,
        component_count=len(components),
        updated_at=max(filter(None, (row.instant_of("InternalDateTime") for row in rows)), default=None),
        unknown_words=tuple(root.notes.unknown),
        cut=tuple(root.notes.cut),
    )


def _service(row: Node) -> Component:
    name, status = row["ServiceDisplayName"].text(), row["Status"]
    return Component(
        id=row.text_of("ServiceWorkloadName") or name,
        name=name,
        claim=status.word(_CLAIMS, Claim.UNKNOWN, name),
        word=status.text(),
    )


PLATFORM = Platform(
    name="microsoft365",
    title="Microsoft 365",
    reads="only whether the admin center can be reached; how the services are is not public",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=(_HOST,)),
)
