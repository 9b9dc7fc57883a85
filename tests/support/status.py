"""Status pages in one line: a recording read by its platform, and what the check makes of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from checks.model import Claim, Finding, Severity, State, Unseen
from checks.network import Answer
from checks.status import CHECK
from checks.status.facts import StatusFacts
from checks.status.platform import Page
from checks.values import Url
from checks.vendor import ComponentRef
from tests.support.network import FakeNetwork, answer

RECORDINGS = Path(__file__).parent.parent / "recordings"
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
STATUSPAGE = "https://status.lumenfreight.test"
STATUSIO = "https://api.status.io/1.0/status/aaaaaaaaaaaaaaaaaaaaaaaa"
FEED = "https://status.vendor.test/feed"
PAGES = {"statuspage": STATUSPAGE, "statusio": STATUSIO, "feed": FEED}
ASKED = {"statuspage": f"{STATUSPAGE}/api/v2/summary.json", "statusio": STATUSIO, "feed": FEED}


def recording(name: str) -> bytes:
    return (RECORDINGS / name).read_bytes()


def page(platform: str, *scope: ComponentRef, page_id: str | None = None, url: str | None = None) -> Page:
    return Page(url=Url(url or PAGES[platform]), platform=platform, page_id=page_id, scope=scope)


def network(pages: dict[str, bytes | Answer | Unseen]) -> FakeNetwork:
    """A network that answers with the given bodies, each from its own address."""
    return FakeNetwork({url: answer(body, url=url) if isinstance(body, bytes) else body for url, body in pages.items()})


def look(settings: Page, pages: dict[str, bytes | Answer | Unseen] | bytes) -> StatusFacts:
    if isinstance(pages, bytes):
        pages = {ASKED[settings.platform]: pages}
    return observe(settings, network(pages))


def observe(settings: Page, net: FakeNetwork) -> StatusFacts:
    """Look once over *net*. Raises `Unseen`."""

    async def look_once() -> StatusFacts:
        return await CHECK.observe(settings, net)

    return asyncio.run(look_once())


@dataclass(frozen=True)
class Heard:
    """What the check makes of a page."""

    facts: StatusFacts
    settings: Page
    findings: list[Finding] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "findings", list(CHECK.judge(self.facts, self.settings, NOW, None)))

    @property
    def claim(self) -> Claim:
        assert CHECK.claim is not None
        return CHECK.claim(self.facts, self.settings)

    @property
    def state(self) -> State:
        return State.worst(finding.state for finding in self.findings)

    @property
    def severity(self) -> Severity:
        return Severity.worst(finding.severity for finding in self.findings)

    @property
    def codes(self) -> list[str]:
        return [finding.code for finding in self.findings]

    def message(self, code: str) -> str:
        return next(finding.message for finding in self.findings if finding.code == code)

    def samples(self) -> dict[tuple[str, ...], float]:
        found = CHECK.measure(self.facts, self.settings, NOW)
        return {(sample.metric.name, *sample.labels.values()): sample.value for sample in found}


def hear(settings: Page, pages: dict[str, bytes | Answer | Unseen] | bytes) -> Heard:
    return Heard(look(settings, pages), settings)
