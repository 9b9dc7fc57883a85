"""What is wrong beyond the shape of one field: rules that need another field, another file, or what we know of readers.

Each rule yields a `Problem` at the line that would cure it, and none where what it needs could not be read: that has been
said already. Manners are rules too: how often a page may be read that belongs to somebody else.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path

from checks.check import AnyCheck
from checks.status.detect import platforms_at
from checks.status.platform import Page, all_platforms, lacking
from checks.vendor import StatusPage, VendorFile, Window
from checks.x509 import roots
from monitor import templates
from monitor.loading.border import Loaded
from monitor.loading.gaps import Gaps
from monitor.loading.problem import Problem
from monitor.loading.wording import known_words, near_words
from monitor.maintenance import faults
from monitor.settings import CheckSettings, Settings

POLITE_SECONDS = 30
"""The shortest interval for a page that belongs to somebody else and was not made for us."""
_IMPOLITE = f"is too often: the page belongs to somebody else, so make it {POLITE_SECONDS}s or longer"

Ranges = tuple[IPv4Network | IPv6Network, ...]
"""Networks of our own."""


def unruly_settings(
    source: Loaded[Settings], settings: Settings, checks: Mapping[str, AnyCheck], directory: Path
) -> Iterator[Problem]:
    """What is wrong with *settings*, loaded from *source*, beyond the shape of their file."""
    document = source.document
    for name in document.keys_at("checks"):
        if name not in checks:
            yield document.problem(("checks", name), f"there is no such check {known_words(name, checks)}")
    status = settings.checks.get("status", CheckSettings())
    if status.every and status.every < POLITE_SECONDS:
        yield document.problem(("checks", "status", "every"), _IMPOLITE)
    for name, ca_file in (("network", settings.network.ca_file), ("notify", settings.notify.ca_file)):
        problem = ca_file and _unusable_roots(directory / ca_file)
        if problem:
            yield document.problem((name, "ca_file"), problem)
    for index, webhook in enumerate(settings.notify.webhooks):
        problem = webhook.template and templates.problem(directory / webhook.template)
        if problem:
            yield document.problem(("notify", "webhooks", index, "template"), problem)


def _unusable_roots(file: Path) -> str | None:
    """What is wrong with *file* as a bundle of roots to trust, or None."""
    if not os.path.isfile(file):  # noqa: PTH113 - Path.is_file raises where it may not look
        return f"there is no file {file}"
    try:
        roots(file.read_bytes())
    except OSError as error:
        return f"{file} cannot be read: {error.strerror}"
    except ValueError as error:
        return f"{file} holds no roots to trust: {error}; give a PEM bundle, or leave it out for the shipped roots"
    return None


def unruly_status(page: StatusPage | None, source: Loaded[VendorFile], ours: Ranges | None) -> Iterator[Problem]:
    """What is wrong with a vendor's status *page*, loaded from *source*, beyond the shape of its file."""
    if page is None:
        return
    if page.platform and page.platform not in all_platforms() and not source.gaps.touch("status", "platform"):
        known = near_words(page.platform, all_platforms(), "platforms")
        yield source.document.problem(("status", "platform"), f"there is no reader of that name {known}")
    if not source.gaps.touch("status"):
        yield from _unaskable(page, source)
    if page.every and page.every < POLITE_SECONDS and not _may_be_ours(page, source.gaps, ours):
        yield source.document.problem(("status", "every"), _IMPOLITE)


def unruly_windows(windows: Iterable[Window], source: Loaded[VendorFile]) -> Iterator[Problem]:
    """What is wrong with a vendor's *windows*, loaded from *source*, beyond the shape of its file."""
    for index, window in enumerate(windows):
        if not source.gaps.touch("maintenance", index):
            for key, sentence in faults(window):
                yield source.document.problem(("maintenance", index, key), sentence)


def _unaskable(page: StatusPage, source: Loaded[VendorFile]) -> Iterator[Problem]:
    """That nothing says what is used of a *page* that covers far more, or that its reader lacks something to ask for it."""
    known = all_platforms()
    readers = [known[page.platform]] if page.platform in known else platforms_at(page.url.host)
    for reader in readers[:1]:
        example = "" if page.components else reader.example_for(page.url)
        asked = Page(url=page.url, platform=reader.name, page_id=page.page_id, scope=page.scope)
        if example:
            message = f"this page covers every region and product: name those you use as components, for example [{example}]"
            yield source.document.problem(("status",), message)
        elif missing := lacking(reader, asked):
            yield source.document.problem(("status", "url"), missing)


def our_ranges(main: Loaded[Settings]) -> Ranges | None:
    """What ``network.allow`` names, or None where it cannot be read."""
    return None if main.value is None or main.gaps.touch("network", "allow") else main.value.network.allow


def _may_be_ours(page: StatusPage, gaps: Gaps, ours: Ranges | None) -> bool:
    """Whether *page* is on an address that ``network.allow`` names: then how often it is read is nobody else's matter."""
    if gaps.touch("status", "url"):
        return ours != ()
    try:
        address = ip_address(page.url.host)
    except ValueError:
        return False
    return ours is None or any(address in network_range for network_range in ours)
