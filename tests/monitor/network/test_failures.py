"""Errors of the operating system by their number: whose fault they are."""

from __future__ import annotations

import errno
import os

import pytest

from checks.model import Reason
from monitor.network.failures import unseen


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ECONNREFUSED, Reason.REFUSED),
        (errno.ECONNRESET, Reason.CONNECT),
        (errno.EPIPE, Reason.CONNECT),
        (errno.EHOSTUNREACH, Reason.CONNECT),
        (errno.ETIMEDOUT, Reason.TIMEOUT),
        (errno.ENETUNREACH, Reason.OFFLINE),
        (errno.ENETDOWN, Reason.OFFLINE),
        (errno.EADDRNOTAVAIL, Reason.OFFLINE),
        (errno.EMFILE, Reason.OFFLINE),
        (errno.ENOBUFS, Reason.OFFLINE),
        (errno.EINVAL, Reason.CONNECT),
    ],
)
def test_every_number_has_one_reason(number: int, reason: Reason) -> None:
    failure = unseen(OSError(number, os.strerror(number)), "192.0.2.1:443").failure
    assert failure.reason is reason
    assert failure.detail


def test_an_error_without_a_number_is_told_by_its_text() -> None:
    assert unseen(OSError("odd"), "peer").failure.detail == "no connection to peer: odd"
    assert unseen(OSError(), "peer").failure.detail == "no connection to peer: OSError"
