"""Handshakes of a moment ago: remembered for a while, and not too many of them."""

from __future__ import annotations

from checks.network import Connection
from monitor.network.dial import Origin
from monitor.network.recent import MAX_RECENT, RECENT_SECONDS, Recent
from tests.support.certlab import HOST, INTERMEDIATE, ders, server, shown

SHOWN = shown(ders(server(INTERMEDIATE), INTERMEDIATE), HOST)


def vendor(number: int = 0) -> Origin:
    return Origin(f"v{number}.test", 443, is_tls=True)


def test_a_handshake_is_remembered_for_a_while() -> None:
    now = 100.0
    recent = Recent(lambda: now)
    assert recent.get(vendor()) is None
    recent.put(vendor(), SHOWN)
    now += RECENT_SECONDS - 0.1
    assert recent.get(vendor()) is SHOWN
    now += 0.1
    assert recent.get(vendor()) is None


def test_a_connection_without_tls_shows_nothing_to_remember() -> None:
    recent = Recent(lambda: 0.0)
    recent.put(vendor(), Connection(address="192.0.2.1", port=80, ip_family="ipv4"))
    assert recent.get(vendor()) is None


def test_the_oldest_handshake_makes_room() -> None:
    recent = Recent(lambda: 0.0)
    for number in range(MAX_RECENT):
        recent.put(vendor(number), SHOWN)
    recent.put(vendor(0), SHOWN)
    recent.put(vendor(MAX_RECENT), SHOWN)
    assert recent.get(vendor(0)) is SHOWN
    assert recent.get(vendor(1)) is None
