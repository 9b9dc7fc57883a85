"""Why a session broke, as a sentence: an alert by its name, else the fault that OpenSSL found.

Alerts are taken from OpenSSL's notice of them, not from its words: those call only some of them alerts, and have none at all
for others.
"""

from __future__ import annotations

from OpenSSL import SSL

from checks.foreign import one_line, quoted
from checks.model import Reason, Unseen
from checks.tls.codes import ALERT_NAMES
from monitor.network.tls.client import Told, told_by

_SPEAKS_TLS = "SSL routines"
"""The part of OpenSSL that tells a fault in the words of TLS; those below it tell which byte was wrong."""
_BAD_STAPLE = "bad certificate status response"
"""What OpenSSL calls an OCSP response that is none."""
_UNRECOGNIZED_NAME = 112


class StapleUnreadable(Unseen):
    """The peer sent an OCSP response that is none, at which OpenSSL hangs up. A client that asks for none never sees it."""


def fault(connection: SSL.Connection, error: SSL.Error) -> Unseen:
    """What *error*, which broke *connection*, means."""
    told = told_by(connection)
    if told.alert is not None:
        return Unseen(Reason.TLS, f"the peer refused the TLS handshake with the alert {_named(told.alert, told)}")
    if isinstance(error, SSL.ZeroReturnError):
        return Unseen(Reason.TLS, "the peer said goodbye (close_notify) during the TLS handshake")
    said = _words(error)
    failed = StapleUnreadable if said.endswith(_BAD_STAPLE) else Unseen
    return failed(Reason.TLS, f"what the peer sent is not a valid TLS session: {said}")


def _named(alert: int, told: Told) -> str:
    """An alert by its name (RFC 8446, section 6), and what it means where that is not plain."""
    name = ALERT_NAMES.get(alert, f"{alert}, which has no name")
    if alert != _UNRECOGNIZED_NAME:
        return name
    return f"{name}: it knows no host {quoted(told.name)}" if told.name else f"{name}: it wants to be told a host's name"


def _words(error: SSL.Error) -> str:
    queue = error.args[0] if error.args and isinstance(error.args[0], list) else []
    faults = [entry for entry in queue if entry[0] == _SPEAKS_TLS] or queue
    return one_line(str(faults[0][-1])) if faults and faults[0][-1] else "no reason given"
