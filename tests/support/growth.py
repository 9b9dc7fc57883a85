"""Documents of a platform grown to two megabytes, each by one of its repetitions: what a hostile or broken page may send.

What repeats is a list, an object that is a table (all its values are of one kind: its keys are names, not members), and an
element of XML. Each is grown alone, and in each repetition of what it stands in: a hundred there, that as often as it fits.
JSON is found where it stands by itself, as the argument of a call, or within a web page.
"""

from __future__ import annotations

import copy
import gc
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, islice
from time import process_time
from typing import Any, TypeAlias
from urllib.parse import urlsplit
from xml.parsers import expat

from checks.model import Unseen
from checks.network import Answer
from tests.support.cases import Case, Loopback, cases, read

MEGABYTES = 2 * 1024 * 1024
_LOOKS = 2
_WITHIN = 100
_KEY_BYTES = 8
_EMBEDDED = re.compile(rb"[>(]\s*(?=[\[{])")
_ENTRY = re.compile(rb"<(item|entry)\b.*</\1>", re.DOTALL)
_INNER = re.compile(rb"<(\w+)\b[^<>]*>[^<]*</\1>")

Path: TypeAlias = tuple[Any, ...]
Grown: TypeAlias = Iterator[tuple[str, Callable[[], bytes]]]
"""What was grown, and what makes the document."""


@dataclass(frozen=True, order=True)
class Cost:
    """What one grown document takes, in seconds of CPU: to *read* as a page, and merely to *decode*."""

    read: float
    decode: float
    document: str

    @property
    def own(self) -> float:
        """How many times its decoding the reading takes: what no machine's speed has a part in."""
        return self.read / self.decode


def costs(platform: str, *, every: int = 1) -> Iterator[Cost]:
    """What the grown documents of *platform* take; or only *every* so many of them."""
    for case, name, network in islice(_networks(platform), 0, None, every):
        largest = max((found.body for found in network.answers.values() if isinstance(found, Answer)), key=len)
        yield Cost(_best(partial(_look, case, network)), _best(partial(_decode, largest)), name)


def _look(case: Case, network: Loopback) -> None:
    with suppress(Unseen):
        read(case, network)


def _decode(body: bytes) -> None:
    with suppress(ValueError):
        json.loads(body)
        return
    parser = expat.ParserCreate()
    with suppress(expat.ExpatError):
        parser.Parse(body, True)  # noqa: FBT003 - expat takes it by position only
        return
    for found in _EMBEDDED.finditer(body):
        with suppress(ValueError):
            json.JSONDecoder().raw_decode(body[found.end() :].decode())


def _best(act: Callable[[], None]) -> float:
    return min(_once(act) for _ in range(_LOOKS))


def _once(act: Callable[[], None]) -> float:
    """The seconds of *act*, without those of a garbage collection: they go by all that the tests before left on the heap."""
    gc.disable()
    try:
        began = process_time()
        act()
        return process_time() - began
    finally:
        gc.enable()


def _networks(platform: str) -> Iterator[tuple[Case, str, Loopback]]:
    """A network for each kind of repetition in each kind of document."""
    seen: set[tuple[str, str]] = set()
    for case in cases(platform):
        for url, found in case.answers.items():
            if isinstance(found, Answer) and found.status == 200:
                for place, grow in growing(found.body):
                    if (kind := (urlsplit(url).path, place)) not in seen:
                        seen.add(kind)
                        answers = {**case.answers, url: replace(found, body=grow())}
                        yield case, f"{case.name}, {place} of {url}", Loopback(answers=answers)


def growing(body: bytes) -> Grown:
    """The repetitions of a document, each with its place, whatever its index, and what makes the document grow by it."""
    for start, end, document in _documents(body):
        for path in _repetitions(document, ()):
            place = "/".join("*" if str(step).isdecimal() else step for step in path) or "$"
            yield place, partial(_grown, body, start, end, document, [path])
            above = _repetition_above(document, path)
            if above is not None:
                yield f"{place} in each", partial(_grown, body, start, end, document, [path, above])
    entries = _ENTRY.search(body)
    if entries:
        yield from _growing_entries(body, entries[0])


def _documents(body: bytes) -> Iterator[tuple[int, int, Any]]:
    """What of *body* is JSON, with where it starts and ends: all of it, or parts."""
    starts = [0, *(found.end() for found in _EMBEDDED.finditer(body))]
    for start in starts:
        with suppress(ValueError):
            text = body[start:].decode(json.detect_encoding(body[start:]))
            document, end = json.JSONDecoder().raw_decode(text)
            yield start, start + len(text[:end].encode(json.detect_encoding(body[start:]))), document
            if start == 0:
                return


def _repetitions(value: Any, path: Path) -> Iterator[Path]:
    """The ways to all that repeats in *value*; of the elements of a list, to what is in the first few."""
    if _repeats(value):
        yield path
    if isinstance(value, list | dict):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value[:3]):
            yield from _repetitions(item, (*path, key))


def _repeats(value: Any) -> bool:
    if isinstance(value, dict):
        kinds = {type(item) for item in value.values()}
        return (len(kinds) == 1 and kinds <= {dict, list}) or (len(value) > 2 and kinds == {str})
    return isinstance(value, list) and bool(value)


def _repetition_above(document: Any, path: Path) -> Path | None:
    """The way to the nearest repetition that *path* leads through."""
    return next((path[:end] for end in range(len(path) - 1, -1, -1) if _repeats(_at(document, path[:end]))), None)


def _at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def _grown(body: bytes, start: int, end: int, document: Any, paths: Sequence[Path]) -> bytes:
    """*body* with the repetitions at *paths* grown, the innermost first: the last as far as two megabytes reach."""
    grown = copy.deepcopy(document)
    for number, path in enumerate(paths, 1):
        found = _at(grown, path)
        times = MEGABYTES // (len(json.dumps(found)) + _KEY_BYTES * len(found) * isinstance(found, dict))
        _repeat(found, times if number == len(paths) else min(times, _WITHIN))
    return body[:start] + json.dumps(grown).encode() + body[end:]


def _repeat(found: Any, times: int) -> None:
    """Repeat what *found* holds; a table gets fresh keys, numbers where its own are."""
    if isinstance(found, list):
        found *= max(times, 1)
        return
    numbers = count(max((int(key) for key in found if key.isdecimal()), default=0) + 1)
    for key, item in list(found.items()):
        for number in islice(numbers, max(times - 1, 0)):
            found[str(number) if key.isdecimal() else f"{key}-{number}"] = item


def _growing_entries(body: bytes, entries: bytes) -> Grown:
    """The entries of a feed, all of them, and each kind of element in them: in one entry, or a hundred in each."""
    yield "entries", lambda: body.replace(entries, entries * (MEGABYTES // len(entries)))
    inner = {found[1]: found[0] for found in _INNER.finditer(entries)}
    for tag, element in inner.items():
        for times, name in ((MEGABYTES // len(element), "in one entry"), (_WITHIN, "in each entry")):
            yield f"{tag.decode()} {name}", partial(_with_elements, body, entries, element, times)


def _with_elements(body: bytes, entries: bytes, element: bytes, times: int) -> bytes:
    entry = entries.replace(element, element * times, 1)
    return body.replace(entries, entry * max(MEGABYTES // len(entry), 1))
