"""Vendors' files as a person would begin them: what ``add`` writes and ``detect`` prints.

A draft is valid as it stands and says in comments what its reader may want to add. Where a page tells nothing until
somebody says what they use of it (the regions of a cloud, an instance of Salesforce), the whole status section is a comment
that says so: a daemon that reads the folder goes on. What a page says of itself is hostile text, and is written as such.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from checks.foreign import one_line
from checks.status.detect import Found
from checks.status.platform import Page, Platform, all_platforms, lacking
from checks.status.report import Component, Report
from checks.status.scope import find
from checks.values import Url
from checks.vendor import ComponentRef, StatusPage
from monitor.presets import Preset, notes

_SHOWN_COMPONENTS = 60
_EXAMPLE_COMPONENTS = "  components: [API]   # what you use, where the page lists any; without, the page as a whole counts"
_PLAIN = re.compile(r"[A-Za-z][\w()/&+'.-]*( [\w()/&+'.-]+)*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off"})
"""What is no text here, or was none in YAML 1.1, which some editors still read."""
_GENERIC_LABELS = frozenset({"www", "status", "statuspage", "stats", "trust", "health"})
_STATUS_AFFIX = re.compile(r"^status-|[-.]?status$")
_EXPERIMENTAL = "The reader is experimental: it was never held against a recorded page."
_TAKE_IN = "remove the # from these lines"
_UNSCOPED = f"The page covers every region and product: {_TAKE_IN}, and name those that you use."
_WIDTH = 116
_MEASURED = """
# What you call yourself, and certificates beside those of what you call:
# endpoints:
#   - url: https://api.example.com/health
#     expect: {status: [200]}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The *text* of a file for the vendor *slug*, and what is *lacking*: why its status section is a comment, if it is."""

    slug: str
    text: str
    lacking: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What the user knows of a vendor from the start: who is told, and how much depends on it."""

    owner: str = ""
    tier: str = ""

    def lines(self) -> Iterator[str]:
        """The keys, as comments where nothing is known."""
        yield f"owner: {scalar(self.owner)}" if self.owner else "# owner: platform-team   # who is told"
        yield f"tier: {self.tier}" if self.tier else "# tier: critical         # critical, standard or low"


def of_preset(slug: str, preset: Preset, use: Use, schema: str = "") -> Draft:
    """The file of a vendor that is known: its preset, and in comments what that says. *schema* is where editors find it."""
    platform = all_platforms()[preset.status.platform]
    name = f"name: {scalar(preset.name)}"
    tls = [f"tls: [{', '.join(scalar(str(address)) for address in preset.tls)}]"] if preset.tls else []
    head = [*_head(schema), *(f"# {line}" for line in notes(slug))]
    if lacking := _lacking(platform, preset.status):
        # The preset cannot be named yet: a file that does so without what only its user knows is a mistake.
        own = _scope(platform, preset.status.url) or [f"  url: {scalar(preset.status.url)}"]
        waiting = _commented([*lacking, f"preset: {slug}", "status:", *own])
        return _draft(slug, [*head, name, *use.lines(), *waiting, *tls], lacking)
    known = _commented([name, "status:", *_status_lines(preset.status), _EXAMPLE_COMPONENTS, *tls])
    listed = f"# `vendorwatch detect {preset.status.url}` shows what the page lists."
    said = "# What the preset says; say it here to change it."
    return _draft(slug, [*head, f"preset: {slug}", *use.lines(), said, *known, listed])


def of_page(found: Found, use: Use, schema: str = "") -> Draft:
    """The file of a vendor of which nothing but its page is known."""
    page = StatusPage(url=found.page.url, platform=found.platform.name, page_id=found.report.page_id or None)
    slug, status = slug_of(page.url), ["status:", *_status_lines(page)]
    name = f"name: {scalar(found.report.page_name or slug.title())}"
    head = [*_head(schema), *(f"# {line}" for line in _facts(found)), name, *use.lines()]
    listed = list(_component_lines(found.report))
    if lacking := _lacking(found.platform, page):
        instance = ["For instance:", *listed] if listed else []
        return _draft(slug, [*head, *_commented([*lacking, *status, *_scope(found.platform, page.url), *instance])], lacking)
    scope = ["What you use of it; without, the page as a whole counts:", "components:", *listed] if listed else []
    return _draft(slug, [*head, *status, *_commented(scope, indent="  ")])


def _draft(slug: str, lines: Iterable[str], lacking: Sequence[str] = ()) -> Draft:
    return Draft(slug=slug, text="\n".join(lines) + "\n" + _MEASURED, lacking=" ".join(lacking))


def _lacking(platform: Platform, status: StatusPage) -> list[str]:
    """What only the vendor's user can say before the page tells anything; nothing for most."""
    if platform.example_for(status.url):
        return [_UNSCOPED]
    missing = lacking(platform, Page(url=status.url, platform=platform.name, page_id=status.page_id))
    return wrap(f"{missing}; and {_TAKE_IN}", _WIDTH, break_on_hyphens=False) if missing else []


def _scope(platform: Platform, url: Url) -> list[str]:
    example = platform.example_for(url)
    return [f"  components: [{example}]"] if example else []


def _head(schema: str) -> Iterator[str]:
    if schema:
        yield f"# yaml-language-server: $schema={schema}"


def _status_lines(page: StatusPage) -> Iterator[str]:
    yield f"  url: {scalar(page.url)}"
    yield f"  platform: {page.platform}"
    if page.page_id:
        yield f"  page_id: {scalar(page.page_id)}"


def _commented(lines: Iterable[str], indent: str = "") -> Iterator[str]:
    return (f"{indent}# {line}" for line in lines)


def _facts(found: Found) -> Iterator[str]:
    report, platform = found.report, found.platform
    yield f"{platform.title} ({platform.name}), read at {one_line(report.url)}"
    if platform.experimental:
        yield _EXPERIMENTAL
    if report.looks_like:
        yield f"It seems to be a page of {report.looks_like}."
    count = report.component_count or len(report.components)
    listed = f"Components that it lists: {count}" if count else "It lists no components."
    yield listed if report.lists_all else "It lists only what is affected."


def _component_lines(report: Report) -> Iterator[str]:
    """The page's components as references, in the page's order; no more than anybody wants to read."""
    listed = report.components[:_SHOWN_COMPONENTS]
    yield from (f"  - {_written(ref)}" for ref in _refs(listed, report.components))
    more = max(report.component_count, len(report.components)) - len(listed)
    if more:
        yield f"  and {more} more"


def _refs(listed: Iterable[Component], components: Sequence[Component]) -> Iterator[ComponentRef]:
    """A reference for each of *listed*, the shortest that means it alone; regions of one thing share theirs."""
    refs = (
        next((ref for ref in _candidates(component) if _is_meant(ref, component, components)), None) for component in listed
    )
    yield from dict.fromkeys(ref for ref in refs if ref)


def _candidates(component: Component) -> Iterator[ComponentRef]:
    name, group = component.name or None, component.group or None
    if name:
        yield ComponentRef(name=name)
        yield ComponentRef(name=name, group=group)
        yield ComponentRef(name=name, group=group, region=component.region or None)
    if component.id:
        yield ComponentRef(id=component.id)


def _is_meant(ref: ComponentRef, component: Component, components: Sequence[Component]) -> bool:
    (match,) = find(components, [ref])
    if match.is_ambiguous or component not in match.components:
        return False
    return all((one.name, one.group) == (component.name, component.group) for one in match.components) and (
        bool(component.region) or len(match.components) == 1
    )


def _written(ref: ComponentRef) -> str:
    if ref.name and not ref.group and not ref.region:
        return scalar(ref.name)
    parts = (("id", ref.id), ("group", ref.group), ("name", ref.name), ("region", ref.region))
    return "{" + ", ".join(f"{key}: {scalar(text)}" for key, text in parts if text) + "}"


def scalar(text: str) -> str:
    """*text*, one line, as YAML: plain where nothing in it could mean anything else."""
    if text.startswith(("https://", "http://")) and re.fullmatch(r"[\w:/.~%-]+", text):
        return text
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else json.dumps(text, ensure_ascii=False)


def slug_of(url: Url) -> str:
    """What to call the vendor whose page is at *url*: the first label of its host that says anything."""
    labels = url.host.split(".")
    if not labels[-1][:1].isalpha():  # an address
        labels = [url.host]
    telling = [label for label in labels[:-1] if label not in _GENERIC_LABELS] or labels
    first = _STATUS_AFFIX.sub("", telling[0]) or telling[0]
    return re.sub(r"[^a-z0-9]+", "-", first).strip("-") or "vendor"
