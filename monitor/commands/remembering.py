"""``outages``, ``mute`` and ``unmute``: what the store remembers of vendors, and the one thing that people tell it."""

from __future__ import annotations

import difflib
import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NoReturn

from checks.foreign import one_line
from checks.plain import Plain, plain
from checks.values import Seconds
from checks.wording import lasting, moment
from monitor import show
from monitor.catalogue import Reading
from monitor.clock import SYSTEM_CLOCK
from monitor.commands.configuring import reading_of
from monitor.commands.ends import OK, USAGE, complain
from monitor.commands.stored import stored
from monitor.outage import Outage
from monitor.store.store import Mute, Store

_MOST_OUTAGES = 1_000
_SHORTEST_MUTE = timedelta(minutes=1)
_LONGEST_MUTE = timedelta(days=30)
_LONGEST_REASON = 200


def outages(flags: Namespace) -> int:
    """Show the outages that were not over before some day, the newest first."""
    now = SYSTEM_CLOCK.now()
    since = now - _span("--since", flags.since)
    files = reading_of(flags, "database")
    with stored(files.catalogue.settings.database) as store:
        found = _outages(store, flags, files)
    shown = [one for one in found if one.closed_at is None or one.closed_at >= since]
    if flags.format == "json":
        print(json.dumps({"version": 1, "since": plain(since), "outages": [_plain(one, now) for one in shown]}))
        return OK
    if shown:
        show.show_outages(shown, now, show.console(), _pageless(files))
    print(_summed_up(shown, since, flags))
    return OK


def _pageless(files: Reading) -> frozenset[str]:
    """The vendors of which it is known that they have no status page."""
    return frozenset(one.slug for one in files.catalogue.vendors if one.slug in files.sound and one.status is None)


def _outages(store: Store, flags: Namespace, files: Reading) -> Sequence[Outage]:
    """What is stored of the vendors that are named, or of all; exits for a name that neither it nor *files* know."""
    is_open = True if flags.open else None
    if not flags.vendors:
        return store.outages(is_open=is_open, limit=_MOST_OUTAGES)
    names = [*dict.fromkeys(flags.vendors)]
    for name in names:
        _refuse_unknown(name, files, store)
    found = [one for name in names for one in store.outages(name, is_open=is_open, limit=_MOST_OUTAGES)]
    return sorted(found, key=lambda one: one.opened_at, reverse=True)


def _summed_up(shown: Sequence[Outage], since: datetime, flags: Namespace) -> str:
    going_on = sum(one.is_open for one in shown)
    if flags.open:
        return _counted(going_on, "outage goes on", "outages go on")
    open_ones = f", {going_on} still open" if going_on else ""
    cut = f"; only the newest {_MOST_OUTAGES:,} were looked at" if len(shown) >= _MOST_OUTAGES else ""
    return f"{_counted(len(shown), 'outage', 'outages')} since {moment(since)}{open_ones}{cut}"


def _counted(number: int, one: str, several: str) -> str:
    return f"{number or 'no'} {one if number == 1 else several}"


def _plain(outage: Outage, now: datetime) -> dict[str, Plain]:
    return {
        "vendor": outage.vendor,
        "opened_at": plain(outage.opened_at),
        "confirmed_at": plain(outage.confirmed_at),
        "claimed_at": plain(outage.claimed_at),
        "closed_at": plain(outage.closed_at),
        "lasted_seconds": ((outage.closed_at or now) - outage.opened_at).total_seconds(),
        "detection_seconds": outage.detection_delay.total_seconds(),
        "lead_seconds": plain(outage.lead),
        "targets": list(outage.targets),
        "cause": outage.cause,
        "shared": outage.shared,
    }


def mute(flags: Namespace) -> int:
    """Have nobody told of a vendor for a while; without one, show of whom nobody is told."""
    if not flags.vendor:
        return _list_mutes(flags)
    if not flags.span or not flags.why:
        _refuse("say for how long and why, like --for 2h --why 'the move they announced'")
    length, why = _span("--for", flags.span), one_line(flags.why, _LONGEST_REASON)
    if not _SHORTEST_MUTE <= length <= _LONGEST_MUTE:
        _refuse(f"--for: a mute lasts from {lasting(_SHORTEST_MUTE)} to {lasting(_LONGEST_MUTE)}, and can be said again")
    if not why:
        _refuse("--why is empty: say why, for whoever wonders in the night")
    files, now = reading_of(flags, "database"), SYSTEM_CLOCK.now()
    with stored(files.catalogue.settings.database) as store:
        _refuse_unknown(flags.vendor, files, store)
        store.mute(Mute(vendor=flags.vendor, since=now, until=now + length, why=why))
    print(f"nobody is told of {flags.vendor} until {moment(now + length)}, for {lasting(length)}: {why}")
    return OK


def unmute(flags: Namespace) -> int:
    """End a mute before its time: by one that ends as it begins."""
    files, now = reading_of(flags, "database"), SYSTEM_CLOCK.now()
    with stored(files.catalogue.settings.database) as store:
        is_muted = any(one.vendor == flags.vendor for one in store.mutes(now))
        if is_muted:
            store.mute(Mute(vendor=flags.vendor, since=now, until=now, why="unmuted"))
        else:
            _refuse_unknown(flags.vendor, files, store)
    print(f"people are told of {flags.vendor} again" if is_muted else f"{flags.vendor} was not muted")
    return OK


def _list_mutes(flags: Namespace) -> int:
    if flags.span or flags.why:
        _refuse("name the vendor that is to be muted")
    now = SYSTEM_CLOCK.now()
    with stored(reading_of(flags, "database").catalogue.settings.database) as store:
        found = store.mutes(now)
    if found:
        rows = [(one.vendor, moment(one.since), moment(one.until), lasting(one.until - now), one.why) for one in found]
        show.show_table(("VENDOR", "SINCE", "UNTIL", "FOR ANOTHER", "WHY"), rows, show.console(), ("SINCE",))
    else:
        print("no vendor is muted")
    return OK


def _refuse_unknown(name: str, files: Reading, store: Store) -> None:
    """Exit when neither *files* nor the *store* know a vendor of that *name*: it may be watched no more."""
    if name in files.slugs or store.outages(name, limit=1):
        return
    known = files.slugs | {key.partition("/")[0] for key in store.states()}
    if name in known:
        return
    near = difflib.get_close_matches(name.lower(), sorted(known), n=3, cutoff=0.7)
    hint = f"did you mean {' or '.join(near)}?" if near else "a vendor is called as its file in vendors/ is, like github"
    _refuse(f"no vendor is called {name!r}; {hint}")


def _span(flag: str, text: str) -> timedelta:
    try:
        return timedelta(seconds=Seconds.parse(text))
    except ValueError as error:
        _refuse(f"{flag}: {error}")


def _refuse(why: str) -> NoReturn:
    """Exit: the command was used wrongly."""
    complain(why)
    sys.exit(USAGE)
