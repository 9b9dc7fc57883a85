"""Documents of a platform grown to two megabytes, each by one of its lists: what a hostile or broken page may send."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from time import process_time
from typing import Any

from checks.model import Unseen
from checks.network import Answer
from tests.support.cases import Case, Loopback, cases, read

MEGABYTES = 2 * 1024 * 1024
_LOOKS = 3


def slowest(platform: str) -> tuple[float, str]:
    """The CPU seconds that *platform* takes for the worst of its grown documents, the best of a few, and which that is."""
    taken = ((_seconds(network, case), name) for case, name, network in _networks(platform))
    return max(taken, default=(0.0, "nothing grows"))


def _seconds(network: Loopback, case: Case) -> float:
    def once() -> float:
        began = process_time()
        with suppress(Unseen):
            read(case, network)
        return process_time() - began

    return min(once() for _ in range(_LOOKS))


def _networks(platform: str) -> Iterator[tuple[Case, str, Loopback]]:
    """A network for each kind of list in each kind of document."""
    seen: set[tuple[str, str]] = set()
    for case in cases(platform):
        for url, found in case.answers.items():
            if isinstance(found, Answer) and found.status == 200:
                for place, grow in _growing(found.body):
                    if (url, place) not in seen:
                        seen.add((url, place))
                        answers = {**case.answers, url: replace(found, body=grow())}
                        yield case, f"{case.name}, {place} of {url}", Loopback(answers=answers)


def _growing(body: bytes) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """The lists of a document, each with its place, whatever its index, and what makes the document grow by it."""
    try:
        document = json.loads(body)
    except ValueError:
        for tag in (b"item", b"entry"):
            if b"<" + tag in body:
                yield tag.decode(), partial(_with_entries, body, tag)
        return
    for path in _lists(document, ()):
        place = "/".join(step if isinstance(step, str) else "*" for step in path)
        yield place, partial(_with_elements, document, path)


def _with_entries(body: bytes, tag: bytes) -> bytes:
    start, end = body.find(b"<" + tag), body.rfind(b"</" + tag + b">") + len(tag) + 3
    entries = body[start:end]
    return body[:start] + entries * (MEGABYTES // max(len(entries), 1)) + body[end:]


def _lists(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, list) and value:
        yield path
    if isinstance(value, list | dict):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _lists(item, (*path, key))


def _with_elements(document: Any, path: tuple[Any, ...]) -> bytes:
    grown = copy.deepcopy(document)
    found = grown
    for step in path:
        found = found[step]
    found *= MEGABYTES // len(json.dumps(found))
    return json.dumps(grown).encode()
