"""Microsoft Azure, by the feed of its status page (RSS).

Source: https://learn.microsoft.com/azure/service-health/azure-status-overview (2026) names the feed; its entries were
seen in 2026. It has what is open and nothing else, so that an empty channel is a healthy Azure. The feed is read at the
one host that the page itself names: the others are answered by the region next to us, and an ailing region sends an
empty channel. What makes an empty feed Azure's is its title.

- How bad an entry is it does not say: it counts as minor. Entries whose words say that they are over linger for a while.
- The ``guid`` is a name that later incidents get again: an incident is its guid and its ``pubDate`` together.
- ``category`` holds services and regions alike. A region is what has the name of one (below, after
  https://learn.microsoft.com/azure/reliability/regions-list, 2026); everything else is a service: a rule by the shape of
  the name would take *IoT Central* for a region. A region that is newer than the list is taken for a service, and its
  entry for one that is everywhere: too much, never too little.
- An entry without categories may be about anything. One that names regions only is about ``Azure`` there.
- ``lastBuildDate`` is the time of the answer and plays no part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product

from checks.foreign import one_line
from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status.entries import CATEGORY_LIMIT, Entry, Feed, read_feed
from checks.status.labels import Phase
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.prose import read_phase
from checks.status.reading import read_body
from checks.status.report import EVERYWHERE, Component, Impact, Incident, Report

_FEED = "https://rssfeed.azure.status.microsoft/en-us/status/feed/"
_PATH = "/status/feed"
_CLUES = Clues(hosts=("azure.status.microsoft", "status.azure.com", "azurestatuscdn.azureedge.net"))
_OPEN_LIMIT = 100
_COMPONENT_LIMIT = 5000
_OVER = frozenset({Phase.DONE, Phase.INFORMATIONAL})
_REGION_NAMES = """
    Australia Central, Australia Central 2, Australia East, Australia Southeast, Austria East, Belgium Central, Brazil
    South, Brazil Southeast, Canada Central, Canada East, Central India, Central US, Chile Central, China East, China East
    2, China East 3, China North, China North 2, China North 3, Denmark East, East Asia, East US, East US 2, East US 3,
    Finland Central, France Central, France South, Germany North, Germany West Central, India South Central, Indonesia
    Central, Israel Central, Italy North, Japan East, Japan West, Jio India Central, Jio India West, Korea Central, Korea
    South, Malaysia West, Mexico Central, New Zealand North, North Central US, North Europe, Norway East, Norway West,
    Poland Central, Qatar Central, Saudi Arabia East, South Africa North, South Africa West, South Central US, South
    India, Southeast Asia, Spain Central, Sweden Central, Sweden South, Switzerland North, Switzerland West, Taiwan North,
    UAE Central, UAE North, UK South, UK West, US DoD Central, US DoD East, US Gov Arizona, US Gov Texas, US Gov Virginia,
    West Central US, West Europe, West India, West US, West US 2, West US 3
"""
_REGIONS = frozenset(" ".join(name.split()).casefold() for name in _REGION_NAMES.split(","))
_EVERYWHERE_WORDS = frozenset({"global", "worldwide", "non-regional", "all regions", "multiple regions"})


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
    return _report(feed, place)


def _report(feed: Feed, url: str) -> Report:
    opened = {_key(entry): entry for entry in feed.entries if not _is_over(entry)}
    incidents, components = _read_open(dict(islice(opened.items(), _OPEN_LIMIT)))
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
        cut_events=tuple(_cuts(feed, opened, components)),
    )


def _key(entry: Entry) -> str:
    return one_line(f"{entry.first('guid', 'link', 'title')} {entry.first('pubDate')}")


def _is_over(entry: Entry) -> bool:
    """Whether an entry says that it is over, or that it is no trouble."""
    return read_phase(entry.first("title"), entry.first("description")) in _OVER


def _read_open(opened: Mapping[str, Entry]) -> tuple[list[Incident], dict[str, Component]]:
    """The open incidents, and what they touch, together no more than there is room for."""
    incidents: list[Incident] = []
    components: dict[str, Component] = {}
    for key, entry in opened.items():
        touched = list(islice(_components(entry), _COMPONENT_LIMIT - len(components)))
        components |= {component.id: component for component in touched}
        incidents.append(_incident(key, entry, touched))
    return incidents, components


def _incident(key: str, entry: Entry, touched: Iterable[Component]) -> Incident:
    return Incident(
        id=key,
        name=one_line(entry.first("title")),
        impact=Impact.MINOR,
        started_at=entry.at,
        component_ids=tuple(component.id for component in touched),
        url=entry.link,
    )


def _components(entry: Entry) -> Iterator[Component]:
    """The services of an entry in each of its regions; nothing where it names neither."""
    if not entry.categories:
        return
    regions = [name for name in entry.categories if name.casefold() in _REGIONS]
    services = [name for name in entry.categories if name.casefold() not in _REGIONS | _EVERYWHERE_WORDS]
    for service, region in product(services or ["Azure"], regions or [EVERYWHERE]):
        yield _component(service, region)


def _component(service: str, region: str) -> Component:
    return Component(
        id=f"{service}/{region}",
        name=service,
        claim=Claim.DEGRADED,
        word="open incident",
        group=service,
        group_id=service,
        region=region,
    )


def _cuts(feed: Feed, opened: Mapping[str, Entry], components: Mapping[str, Component]) -> Iterator[str]:
    """Where something open may have been left unread."""
    if feed.count > len(feed.entries) or len(opened) > _OPEN_LIMIT:
        yield f"the first {_OPEN_LIMIT} open entries"
    if len(components) == _COMPONENT_LIMIT:
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
