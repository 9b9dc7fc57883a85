"""``report``: what became of vendors month by month, out of the store, for people and for programs."""

from __future__ import annotations

import difflib
import json
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NoReturn

from monitor.catalogue import Reading
from monitor.clock import SYSTEM_CLOCK
from monitor.commands.configuring import reading_of
from monitor.commands.ends import OK, UNAVAILABLE, USAGE, complain
from monitor.commands.stored import stored
from monitor.review import document, markdown, table, text
from monitor.review.gather import Asked, gather, unheard
from monitor.review.html import page
from monitor.review.months import time_of
from monitor.review.stored import vendors_in
from monitor.review.values import Review
from monitor.review.zones import named, of_machine
from monitor.store.engine import make_engine, name_of
from monitor.store.store import Store

_WRITERS: dict[str, Callable[[Review], str]] = {
    "text": text.written,
    "md": markdown.written,
    "html": page.document,
    "csv": table.written,
    "json": lambda review: json.dumps(document.document(review)) + "\n",
}


def report(flags: Namespace) -> int:
    """Write a review of the vendors that are named, or of all that have a file."""
    now = SYSTEM_CLOCK.now()
    try:
        zone = named(flags.zone) if flags.zone else of_machine(os.environ)
        begins, ends = time_of(flags.since, flags.until, zone, now)
    except ValueError as error:
        _refuse(error)
    files = reading_of(flags, "database")
    database = files.catalogue.settings.database
    with stored(database) as store:
        slugs = _chosen(flags.vendors, files, store)
        asked = Asked(
            slugs=slugs,
            files={vendor.slug: vendor for vendor in files.catalogue.vendors},
            begins=begins,
            ends=ends,
            zone=zone,
            made_at=now,
            database=name_of(make_engine(database, Path())),
            day_by_day=flags.format == "html",
            timed=flags.format != "csv",
        )
        with _progress(len(slugs)) as done:
            review = gather(store, asked, done)
    return _put(_WRITERS[flags.format](review), flags.output)


def _progress(total: int) -> AbstractContextManager[Callable[[str], None]]:
    """Counts vendors on a terminal; what does that takes a tenth of a second to load, and nobody else sees it."""
    if not sys.stderr.isatty():
        return nullcontext(unheard)
    from monitor import show  # noqa: PLC0415 - see above

    return show.progress(total, "reviewing")


def _chosen(names: Sequence[str], files: Reading, store: Store) -> list[str]:
    """The vendors that are named, each once, or all that have a file; exits for a name that nobody knows."""
    if not names:
        return sorted(files.slugs)
    found = [*dict.fromkeys(names)]
    if not files.slugs.issuperset(found):
        known = files.slugs | vendors_in(store)
        for name in found:
            _refuse_unknown(name, known)
    return found


def _refuse_unknown(name: str, known: Collection[str]) -> None:
    if name not in known:
        near = difflib.get_close_matches(name.lower(), sorted(known), n=3, cutoff=0.7)
        hint = f"did you mean {' or '.join(near)}?" if near else "a vendor is called as its file in vendors/ is, like github"
        _refuse(f"no vendor is called {name!r}; {hint}")


def _put(written: str, output: Path | None) -> int:
    """Write to a file that is not there yet, or to standard output where none is named."""
    try:
        if output is None:
            sys.stdout.write(written)
            sys.stdout.flush()
        else:
            with output.open("w" if output.is_char_device() else "x", encoding="utf-8", newline="") as file:
                file.write(written)
    except BrokenPipeError:
        raise
    except FileExistsError:
        complain(f"{output} is there already; name another file, or remove it")
        return UNAVAILABLE
    except OSError as error:
        complain(f"{output or 'standard output'} cannot be written: {error.strerror}")
        return UNAVAILABLE
    return OK


def _refuse(why: object) -> NoReturn:
    """Exit: the command was used wrongly."""
    complain(why)
    sys.exit(USAGE)
