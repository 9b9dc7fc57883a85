"""The board as the JSON document that other programs read. It is an interface, which `monitor.board.openapi` describes.

``version`` changes when a key goes away or changes its meaning, not when one is added. Times are RFC 3339 in UTC, shares are
of one, and beside every share are the seconds that it was counted of. What is not known is null, never 0 or an empty text.
Days are columns: of hundreds of vendors an object for each of their days would be most of what is written and read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime

from checks.plain import Plain, instant, plain
from monitor.board.values import Board, Card, CertificateLeft, Page, Strip, TargetCard, VendorBoard
from monitor.history import Tally
from monitor.outage import Outage

VERSION = 1
"""Of the documents."""

Object = dict[str, Plain]
_STATES = [field.name for field in fields(Tally)]
_written = json.JSONEncoder(separators=(",", ":")).encode


def overview(board: Board) -> Iterator[bytes]:
    """The *board* as JSON, in pieces.

    To write all of a large one down in one go would hold up every other thread, the event loop's too, for as long.
    """
    head = _written(_head(board) | {"is_starting": board.is_starting, "counts": plain(board.counts)})
    yield f'{head[:-1]},"vendors":['.encode()
    for place, card in enumerate(board.cards):
        yield f"{',' if place else ''}{_written(_card(card, board.made_at))}".encode()
    yield b"]}\n"


def details(board: VendorBoard) -> bytes:
    """All of one vendor as JSON."""
    found: Object = {
        "vendor": _card(board.card, board.made_at),
        "targets": [_target(each) for each in board.targets],
        "outages": [_outage(each) for each in board.outages],
    }
    return f"{_written(_head(board) | found)}\n".encode()


def _head(board: Page) -> Object:
    return {
        "version": VERSION,
        "made_at": instant(board.made_at),
        "own_network": {"suspect": board.is_blind, "troubles": list(board.troubles)},
        "past": board.reading.value,
    }


def _card(card: Card, at: datetime) -> Object:
    return {
        "vendor": card.slug,
        "name": card.name,
        "team": card.team or None,
        "tier": card.tier.value,
        "page": card.page or None,
        "state": card.state.value,
        "since": _maybe(card.since),
        "measured": card.measured.value if card.is_measured else None,
        "cause": card.cause or None,
        "claim": card.claim.value if card.claim else None,
        "admitted_since": _maybe(card.admitted_since),
        "page_unread": card.unread or None,
        "has_critical_finding": card.is_critical,
        "disagreement": {"kind": card.apart.value, "since": _maybe(card.apart_since)} if card.apart else None,
        "outage": _outage(card.outage) if card.outage else None,
        "work": plain(card.works),
        "is_muted": card.is_muted,
        "is_flapping": card.is_flapping,
        "objective_percent": card.objective,
        "certificate": _certificate(card.certificate, at) if card.certificate else None,
        "tls_grade": card.grade or None,
        "history": _strip(card.strip) if card.strip else None,
    }


def _certificate(certificate: CertificateLeft, at: datetime) -> Object:
    return {
        "target": certificate.target,
        "not_after": instant(certificate.not_after),
        "severity": certificate.severity.value,
        "left_seconds": (certificate.not_after - at).total_seconds(),
    }


def _strip(strip: Strip) -> Object:
    by_state: Object = {name: [getattr(day.tally, name) for day in strip.days] for name in _STATES}
    days: Object = {"first": strip.days[0].day.isoformat(), **by_state}
    return {"until": instant(strip.until), **_tally(strip.whole), "days": days}


def _tally(tally: Tally) -> Object:
    seconds: Object = {"elapsed": tally.elapsed, "counted": tally.counted}
    seconds |= {name: getattr(tally, name) for name in _STATES}
    return {"availability": tally.availability, "coverage": tally.coverage, "seconds": seconds}


def _outage(outage: Outage) -> Object:
    return {
        "opened_at": instant(outage.opened_at),
        "confirmed_at": instant(outage.confirmed_at),
        "claimed_at": _maybe(outage.claimed_at),
        "closed_at": _maybe(outage.closed_at),
        "detection_seconds": outage.detection_delay.total_seconds(),
        "lead_seconds": outage.lead.total_seconds() if outage.lead is not None else None,
        "lasted_seconds": (outage.closed_at - outage.opened_at).total_seconds() if outage.closed_at else None,
        "targets": list(outage.targets),
        "cause": outage.cause,
        "shared": outage.shared or None,
    }


def _target(target: TargetCard) -> Object:
    return {
        "target": target.key,
        "check": target.check,
        "name": target.name,
        "every_seconds": target.every,
        "state": target.state.value,
        "since": instant(target.since),
        "cause": target.cause or None,
        "claim": target.claim.value if target.claim else None,
        "is_flapping": target.is_flapping,
        "severity": target.severity.value if target.severity else None,
        "looked_at": _maybe(target.at),
        "took_seconds": target.seconds,
        "failure": {"reason": target.reason.value, "detail": target.failure} if target.reason else None,
        "seen_at": _maybe(target.good_at),
        "findings": [
            {"code": each.code, "severity": each.severity.value, "message": each.message} for each in target.findings
        ],
    }


def _maybe(at: datetime | None) -> str | None:
    return instant(at) if at else None
