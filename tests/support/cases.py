"""What a platform's folder of recordings says of it: ``cases.yaml``, read and played.

A folder ``tests/recordings/<platform>/`` holds documents in the shape of the platform's and one ``cases.yaml``::

    page: https://status.acme.test        # the address in the vendor's file; page_id: and scope: may stand beside it
    cannot: {partial outage: it has no word for that}
    cases:
      all well:
        pages: {/summary.json: calm.json}
        report: {page_name: Acme, components: 3}
      degraded:
        pages: {/summary.json: {from: calm.json, set: {status.indicator: minor}}}

A page's name is an address, or a path below the origin of *page*; what is not named answers 404. Its answer is a file, or a
mapping: ``from`` a file (JSON with ``set: {a.0.b: value}`` and ``drop: [a.0.b]``, or text with ``replace: {old: new}``), or
the document itself as ``json`` or ``text``; then ``encoding``, ``status``, ``headers``, ``url`` and ``hops`` as they differ.
A case says what comes of it: ``claim``, or ``fails`` with a reason; ``codes`` of all findings, ``says`` (a part of a
message), ``asks`` (the addresses asked, in order) and ``report`` (what the report has; lists by name, ``components`` by
number). The cases named in `STATES` have their claim by their name.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urljoin

import yaml

from checks.model import Claim, Unseen
from checks.network import Answer, Request
from checks.plain import plain
from checks.status.platform import Page, all_platforms, hold
from checks.status.report import Progress, Report
from checks.values import Url
from checks.vendor import ComponentRef
from tests.support.network import FakeNetwork, answer
from tests.support.status import RECORDINGS

STATES = {
    "all well": Claim.OPERATIONAL,
    "degraded": Claim.DEGRADED,
    "partial outage": Claim.PARTIAL_OUTAGE,
    "major outage": Claim.MAJOR_OUTAGE,
    "maintenance under way": Claim.MAINTENANCE,
    "maintenance announced": Claim.OPERATIONAL,
    "empty": None,
    "unknown word": Claim.UNKNOWN,
}
"""What every platform shows, unless its ``cannot`` says why not, and what it claims then (None: the case says it)."""


@dataclass
class Loopback(FakeNetwork):
    """A network of one vendor: what it has no answer for is a 404, or *otherwise*."""

    otherwise: Answer | None = None

    async def send(self, request: Request) -> Answer:
        if request.url in self.answers:
            return await super().send(request)
        self.sent.append(request)
        return self.otherwise or answer(b"not here", status=404, url=request.url)


@dataclass(frozen=True)
class Case:
    """One state of one platform's page, and what is to come of it."""

    platform: str
    name: str
    page: Page
    answers: Mapping[str, Answer | Unseen]
    expects: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.platform}: {self.name}"

    @property
    def claim(self) -> Claim | None:
        said = self.expects.get("claim")
        return Claim(said) if said else STATES.get(self.name)

    def network(self) -> Loopback:
        return Loopback(answers=dict(self.answers))


@cache
def described(platform: str) -> Mapping[str, Any]:
    """The whole ``cases.yaml`` of *platform*."""
    text = (RECORDINGS / platform / "cases.yaml").read_text()
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


@cache
def cases(platform: str) -> tuple[Case, ...]:
    """The cases of *platform*, in the order of its file."""
    described_as = described(platform)
    return tuple(_case(platform, name, described_as, case) for name, case in described_as["cases"].items())


def _case(platform: str, name: str, whole: Mapping[str, Any], case: Mapping[str, Any]) -> Case:
    given = {**whole, **case}
    page = Page(
        url=Url(given["page"]),
        platform=platform,
        page_id=given.get("page_id"),
        scope=tuple(_ref(ref) for ref in given.get("scope", ())),
    )
    answers = {
        urljoin(page.url, place): _answer(platform, urljoin(page.url, place), one) for place, one in case["pages"].items()
    }
    return Case(platform, name, page, answers, case)


def _ref(ref: str | Mapping[str, str]) -> ComponentRef:
    return ComponentRef(name=ref) if isinstance(ref, str) else ComponentRef(**ref)


def _answer(platform: str, url: str, said: str | Mapping[str, Any]) -> Answer:
    given: Mapping[str, Any] = {"from": said} if isinstance(said, str) else said
    return answer(
        _body(platform, given),
        status=given.get("status", 200),
        url=given.get("url", url),
        headers=given.get("headers"),
        hops=tuple(given.get("hops", ())),
    )


def _body(platform: str, given: Mapping[str, Any]) -> bytes:
    if "json" in given:
        return json.dumps(given["json"]).encode(given.get("encoding", "utf-8"))
    if "text" in given:
        return str(given["text"]).encode(given.get("encoding", "utf-8"))
    if "from" not in given:
        return b""
    content: bytes = (RECORDINGS / platform / given["from"]).read_bytes()
    if "set" in given or "drop" in given:
        document = json.loads(content)
        for path, value in given.get("set", {}).items():
            _place(document, path)(value)
        for path in given.get("drop", ()):
            _place(document, path)(_GONE)
        content = json.dumps(document).encode(given.get("encoding", "utf-8"))
    for old, new in given.get("replace", {}).items():
        assert old.encode() in content, f"{platform}: {given['from']} has no {old!r} to replace"
        content = content.replace(old.encode(), new.encode())
    return content


_GONE = object()


def _place(document: Any, path: str) -> Any:
    """What sets the value at *path* of *document*: ``a.0.b``; a new member may be set, a new element is appended."""
    *way, last = path.split(".")
    for step in way:
        document = document[int(step)] if isinstance(document, list) else document[step]

    def put(value: Any) -> None:
        if isinstance(document, list):
            at = int(last)
            document[at : at + 1] = [] if value is _GONE else [value]
        elif value is _GONE:
            del document[last]
        else:
            document[last] = value

    return put


def summary(report: Report) -> dict[str, Any]:
    """*report* in the words a case may use."""
    works = report.maintenances
    return {
        "page_id": report.page_id,
        "page_name": report.page_name,
        "url": report.url,
        "indicator": plain(report.indicator),
        "updated_at": plain(report.updated_at),
        "components": len(report.components),
        "lists_all": report.lists_all,
        "looks_like": report.looks_like,
        "claims": {component.label: component.claim.value for component in report.components},
        "incidents": {incident.name: incident.impact.value for incident in report.incidents},
        "started": [plain(incident.started_at) for incident in report.incidents],
        "active": [work.name for work in works if work.is_active],
        "planned": [work.name for work in works if work.progress is Progress.PLANNED],
        "unknown_words": len(report.unknown_words),
        "unclear": list(report.unclear),
        "cut": [*report.cut, *report.cut_events],
        "security": report.security,
    }


def read(case: Case, network: Loopback | None = None) -> Report:
    """The report of the page, with all its components. Raises `Unseen`."""
    platform = all_platforms()[case.platform]
    return asyncio.run(hold(platform.converse(case.page), network or case.network()))
