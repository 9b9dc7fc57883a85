"""Microsoft Azure, by the feed of its status page (RSS).

Source: https://learn.microsoft.com/azure/service-health/azure-status-overview (2026) names the feed; its entries were
seen in 2026. It has what is open and nothing else, so that an empty channel is a healthy Azure. The feed is read at the
one host that the page itself names: the others are answered by the region next to us, and an ailing region sends an
empty channel. What makes an empty feed Azure's is its title.

- How bad an entry is it does not say: it counts as minor. It is over only where its title says so by itself, first or last
  (*[Resolved] …*, *Mitigated - …*, *… - Resolved at 10:00 UTC*); its text is about what has come back and what has not, and
  is not read for that. A *Post Incident Review* is about an incident that is over.
- The ``guid`` is a name that later incidents get again: an incident is its guid and its ``pubDate`` together.
- ``category`` holds services and regions alike. A region is what has the name of one (`checks.status.regions`), is one by
  a reference of the vendor's file, or ends as their names do (*Southeast US*), which of the services only *IoT Central*
  does: a region newer than the list taken for a service would be an outage everywhere. Whoever names such a region is told
  that it is missing, until an entry is about it. *Non-Regional* and its like are no place but what serves all regions.
- Services are named as on Azure's status page (*Virtual Machines*); of those there is no list to hold a name against. An
  outage of a region's network is about *Network Infrastructure*, which is worth naming beside the services in use.
- An entry without categories may be about anything. One that names regions only is about every service there.
- ``lastBuildDate`` is the time of the answer and plays no part.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice, product

from checks.foreign import one_line
from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status.entries import CATEGORY_LIMIT, Entry, Feed, read_feed
from checks.status.labels import plain_text
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_body
from checks.status.regions import AZURE
from checks.status.report import ANYTHING, EVERYWHERE, Component, Impact, Incident, Report
from checks.status.scope import fold, fold_place
from checks.status.strange import Catalogue, mark_strange

_FEED = "https://rssfeed.azure.status.microsoft/en-us/status/feed/"
_PATH = "/status/feed"
_CLUES = Clues(hosts=("azure.status.microsoft", "status.azure.com", "azurestatuscdn.azureedge.net"))
_OPEN_LIMIT = 100
_COMPONENT_LIMIT = 5000
_TITLE_LIMIT = 300
_DONE = "(?:resolved|mitigated)"
_DASH = "[-\u2013\u2014|]"
_WHEN = r"(?:\s+at\s+[\d:]+(?:\s*utc)?)?(?:\s*\(tracking id[^()]*\))?"
_OVER = re.compile(rf"\[{_DONE}\]|{_DONE}(?:\s*:|\s+{_DASH})|.*(?:\s{_DASH}|[:.])\s*{_DONE}{_WHEN}\W*$")
_GOES_ON = re.compile(r"\b(?:partial|continu|still|remain|ongoing|except)")
_REVIEW = re.compile(r"\W*(?:(?:preliminary|final)\W+)?(?:post[ -]incident review|pir)\b")
_REGIONS = frozenset(map(fold_place, AZURE))
_NO_REGION = ("Global", "Worldwide", "Non-Regional")
_EVERYWHERE = frozenset(map(fold_place, (*_NO_REGION, "All regions", "Multiple regions")))
_REGION_LIKE = re.compile(
    r".+ (?:(?:north|south)(?:east|west)?|east|west|us|asia|europe|euap|(?<!iot )central)(?: \d{1,2})?(?: euap)?"
)


def converse(page: Page) -> Conversation:
    """Read the feed; from another host only where *page* is a feed that is none of Microsoft's own."""
    address = page.url.partition("?")[0]
    is_other = address.rstrip("/").endswith(_PATH) and not _CLUES.names(page.url.host)
    url = address if is_other else _FEED
    answer = yield Request(url=url)
    place = one_line(answer.url.partition("?")[0])
    feed = read_feed(read_body(answer, url), place)
    if "azure" not in feed.head.first("title").lower():
        raise Unseen(Reason.PARSE, f"{place} is a feed, but its title is not that of Azure's status")
    regions = _REGIONS | {fold_place(ref.region) for ref in page.scope if ref.region}
    # Who writes *All regions* means each of them, and would hear only of what has none: that is not known as a region.
    known = Catalogue(regions={**dict.fromkeys(_NO_REGION, ""), **AZURE})
    return mark_strange(_report(feed, place, regions), page.scope, known)


def _report(feed: Feed, url: str, regions: Collection[str]) -> Report:
    opened = {_key(entry): entry for entry in feed.entries if not _is_over(entry)}
    incidents, components, is_cut = _read_open(dict(islice(opened.items(), _OPEN_LIMIT)), regions)
    return Report(
        page_id="azure.status.microsoft",
        page_name=one_line(feed.head.first("title")),
        url=url,
        indicator=None,
        components=tuple(components.values()),
        component_count=len(components),
        lists_all=False,
        incidents=tuple(incidents),
        updated_at=max((entry.at for entry in feed.entries if entry.at), default=None),
        cut_events=tuple(_cuts(feed, opened, is_cut=is_cut)),
    )


def _key(entry: Entry) -> str:
    return one_line(f"{entry.first('guid', 'link', 'title')} {entry.first('pubDate')}")


def _is_over(entry: Entry) -> bool:
    """Whether the title of an entry says that it is over, and nothing more, or that it looks back on what was."""
    title = plain_text(entry.first("title")[:_TITLE_LIMIT])
    is_done = _OVER.match(title) is not None and not _GOES_ON.search(title)
    return is_done or _REVIEW.match(title) is not None


def _read_open(opened: Mapping[str, Entry], regions: Collection[str]) -> tuple[list[Incident], dict[str, Component], bool]:
    """The open incidents, what they touch, together no more than there is room for, and whether that was too little."""
    incidents: list[Incident] = []
    components: dict[str, Component] = {}
    room = _COMPONENT_LIMIT
    for key, entry in opened.items():
        touched = list(islice(_components(entry, regions), room))
        room -= len(touched)
        components |= {component.id: component for component in touched}
        incidents.append(_incident(key, entry, touched))
    return incidents, components, room == 0


def _incident(key: str, entry: Entry, touched: Iterable[Component]) -> Incident:
    return Incident(
        id=key,
        name=one_line(entry.first("title")),
        impact=Impact.MINOR,
        started_at=entry.at,
        component_ids=tuple(component.id for component in touched),
        url=entry.link,
    )


def _components(entry: Entry, regions: Collection[str]) -> Iterator[Component]:
    """The services of an entry in each of its regions; nothing where it names neither."""
    places: list[str] = []
    services: list[str] = []
    for name in dict.fromkeys(entry.categories):
        if fold_place(name) in _EVERYWHERE:
            continue
        is_place = fold_place(name) in regions or _REGION_LIKE.fullmatch(fold(name)) is not None
        (places if is_place else services).append(name)
    if entry.categories:
        for service, region in product(services or [""], places or [EVERYWHERE]):
            yield _component(service, region)


def _component(service: str, region: str) -> Component:
    """A *service* in a *region*; all of Azure there where no service is named."""
    name = service or "Azure"
    return Component(
        id=f"{name}/{region}",
        name=name,
        claim=Claim.DEGRADED,
        word="open incident",
        group=name,
        group_id=service or ANYTHING,
        region=region,
    )


def _cuts(feed: Feed, opened: Mapping[str, Entry], *, is_cut: bool) -> Iterator[str]:
    """Where something open may have been left unread."""
    if feed.count > len(feed.entries) or len(opened) > _OPEN_LIMIT:
        yield f"the first {_OPEN_LIMIT} open entries"
    if is_cut:
        yield f"no more than {_COMPONENT_LIMIT} places of services are read"
    if any(len(entry.categories) == CATEGORY_LIMIT for entry in opened.values()):
        yield f"the first {CATEGORY_LIMIT} categories of an entry"


PLATFORM = Platform(
    name="azure",
    title="Microsoft Azure",
    reads="open incidents by service and region; how bad they are is not said",
    converse=converse,
    clues=_CLUES,
    scope_example="{region: West Europe}",
)
