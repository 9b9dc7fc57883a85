"""Facts and settings as plain values: whatever a check may hold can be shown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from checks.check import all_checks
from checks.model import Failure, Reason
from checks.plain import Plain, plain
from checks.values import Address, Day, Url
from checks.vendor import Endpoint, StartTls, StatusPage, TlsEntry, Vendor, Waiver

FULL = Vendor(
    slug="acme",
    name="Acme",
    status=StatusPage(url=Url("https://status.acme.test/"), platform="statuspage"),
    endpoints=(Endpoint(url=Url("https://api.acme.test/")),),
    tls=(
        TlsEntry(
            Address("mail.acme.test", 25),
            profile="ncsc-nl-2025",
            starttls=StartTls.SMTP,
            deep=True,
            waive=(Waiver(finding="cert.expired", reason="known", until=Day(2027, 3, 31)),),
        ),
    ),
)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2027, 3, 31), "2027-03-31"),
        (datetime(2027, 3, 31, 12, tzinfo=UTC), "2027-03-31T12:00:00Z"),
        (timedelta(minutes=1), 60.0),
        (frozenset({"b", "a"}), ["a", "b"]),
        (b"\x01", "01"),
    ],
)
def test_a_value_is_shown_as_json_has_it(value: object, shown: Plain) -> None:
    assert plain(value) == shown


@pytest.mark.parametrize("name", sorted(all_checks()))
def test_the_settings_of_every_check_can_be_shown(name: str) -> None:
    targets = list(all_checks()[name].derive(FULL))
    assert targets
    assert all(plain(target.settings) for target in targets)


def test_what_only_the_program_needs_is_not_shown() -> None:
    assert plain(Failure(Reason.TLS, "expired", lasting=True)) == {"reason": "tls", "detail": "expired"}


def test_what_is_no_fact_is_refused() -> None:
    with pytest.raises(TypeError, match="object is not a fact"):
        plain(object())
