"""The Alertmanager configuration that is shipped: who gets what, and what keeps still because something else was said."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.alertmanager import SHIPPED, Alert, alertmanager
from tests.support.prometheus import RULES
from tests.support.tools import require_tool

CONFIGURATION: dict[str, Any] = yaml.safe_load(SHIPPED.read_text())


def _amtool(*arguments: str) -> str:
    command = [require_tool("amtool"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_amtool_finds_nothing_to_say() -> None:
    assert "SUCCESS" in _amtool("check-config", str(SHIPPED))


@pytest.mark.parametrize(
    ("labels", "taker"),
    [
        ("alertname=VendorDown vendor=acme team=sre severity=page", "pager"),
        ("alertname=VendorDown vendor=acme team=sre severity=ticket", "tickets"),
        ("alertname=VendorDown vendor=acme team=sre severity=info", "chat"),
        ("alertname=VendorMuted vendor=acme team=sre severity=none", "blackhole"),
        ("alertname=VendorDown vendor=acme team=payments severity=page", "payments-pager"),
        ("alertname=VendorDown vendor=acme team=payments severity=ticket", "payments-tickets"),
        ("alertname=VendorDown vendor=acme team=payments severity=info", "chat"),
        ("alertname=VendorMaintenanceActive vendor=acme team=payments severity=none", "blackhole"),
        ("alertname=VendorDown vendor=acme severity=page", "pager"),
        ("alertname=VendorDown vendor=acme team= severity=ticket", "tickets"),
        ("alertname=VendorwatchEgressSuspect severity=page", "pager"),
        ("alertname=VendorDown vendor=acme team=sre", "tickets"),
        ("alertname=VendorDown vendor=acme team=payments severity=urgent", "payments-tickets"),
        ("alertname=VendorDown vendor=acme severity=urgent", "tickets"),
        ("alertname=Watchdog severity=none", "dead-mans-switch"),
    ],
)
def test_each_alert_goes_to_exactly_one_receiver(labels: str, taker: str) -> None:
    assert _amtool("config", "routes", "test", f"--config.file={SHIPPED}", *labels.split()).split() == [taker]


def _matchers(found: object) -> Iterator[str]:
    """Every matcher of the configuration, wherever it stands."""
    match found:
        case dict():
            for name, inner in found.items():
                yield from inner if name.endswith("matchers") else _matchers(inner)
        case list():
            for inner in found:
                yield from _matchers(inner)


def _named(matcher: str) -> set[str]:
    label, _, value = matcher.replace("=~", "=").partition("=")
    return set(value.strip('"').split("|")) if label == "alertname" else set()


def _alerts_of_the_rules() -> set[str]:
    groups = [group for file in RULES.glob("*.yml") for group in yaml.safe_load(file.read_text())["groups"]]
    return {rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}


def test_every_alert_it_names_is_one_of_the_rules() -> None:
    named = {name for matcher in _matchers(CONFIGURATION) for name in _named(matcher)}
    assert len(named) > 20
    assert named - _alerts_of_the_rules() == set()


def test_no_secret_stands_in_it_and_no_address_is_somebodys() -> None:
    addresses = [word for word in SHIPPED.read_text().split() if "://" in word]
    assert not [word for word in addresses if not re.match(r"https://\w+\.example\.com(/|\{\{)", word)]
    files = [file for file in _values(CONFIGURATION["receivers"]) if file.startswith("secrets/")]
    assert len(files) == len(set(files)) == len(CONFIGURATION["receivers"]) - 1


def _values(found: object) -> Iterator[str]:
    match found:
        case dict():
            for inner in found.values():
                yield from _values(inner)
        case list():
            for inner in found:
                yield from _values(inner)
        case str():
            yield found


ABOUT_A_CERTIFICATE = {"VendorCertificateExpiring", "VendorCertificateExpired", "VendorCertificateUntrusted"}
ABOUT_FINDINGS = {"VendorFindingCritical", "VendorTLSGradeLow"}
ECHOES = {"VendorCheckFailing", "VendorCheckSlow", "VendorDegraded", "VendorSLOFastBurn", "VendorSLOSlowBurn"}
OF_A_VENDOR = {
    *("VendorDown", "VendorFlapping", "VendorMajorIncident", "VendorDisagreement", "VendorUnknown", "VendorCheckStale"),
    *(ECHOES | ABOUT_A_CERTIFICATE | ABOUT_FINDINGS),
}
OF_US = {
    *("VendorwatchPlatformUnreadable", "VendorwatchSharedCause", "VendorwatchMissedRuns", "VendorwatchInternalErrors"),
    *("VendorwatchStoreFailing", "VendorwatchNotificationsFailing", "VendorwatchReloadFailed", "VendorwatchInstanceDown"),
    "VendorwatchStoreTooLarge",
    "VendorwatchClockBehind",
}


def test_of_every_alert_it_was_thought_about_what_it_keeps_quiet() -> None:
    sources = {"VendorMaintenanceActive", "VendorMuted", "VendorwatchEgressSuspect", "VendorwatchDown"}
    known = OF_A_VENDOR | OF_US | sources | {"VendorwatchSchedulerStalled", "Watchdog"}
    assert _alerts_of_the_rules() == known, "a new alert is added here and, where need be, to the inhibitions"


@pytest.mark.parametrize(
    ("source", "quiet"),
    [
        ("VendorMaintenanceActive", OF_A_VENDOR),
        ("VendorMuted", OF_A_VENDOR),
        ("VendorDown", ECHOES | {"VendorFlapping", "VendorMajorIncident"}),
        ("VendorFlapping", {"VendorDegraded", "VendorCheckFailing"}),
        ("VendorUnknown", {"VendorCheckFailing", "VendorCheckStale"}),
    ],
)
def test_what_was_said_of_a_vendor_is_not_said_again_of_it(tmp_path: Path, source: str, quiet: set[str]) -> None:
    """Each alert meets *source* at a vendor of its own, which may keep that one quiet; and comes of a vendor without it."""
    told = OF_A_VENDOR - {source}
    sources = [_alert(source, name) for name in told]
    kept = _kept_quiet(tmp_path, *sources, *(_alert(name, vendor) for name in told for vendor in (name, f"not-{name}")))
    assert {(name, vendor) for name, vendor in kept if name != source} == {(name, name) for name in quiet}


@pytest.mark.parametrize(
    ("source", "quiet"),
    [
        (
            "VendorwatchEgressSuspect",
            OF_A_VENDOR - ABOUT_FINDINGS - {"VendorCertificateExpiring", "VendorCertificateExpired"}
            | {"VendorwatchPlatformUnreadable", "VendorwatchSharedCause"},
        ),
        ("VendorwatchDown", {"VendorCheckStale", "VendorUnknown", "VendorwatchMissedRuns"}),
        ("VendorwatchSchedulerStalled", {"VendorCheckStale", "VendorUnknown", "VendorwatchMissedRuns"}),
    ],
)
def test_what_is_our_own_trouble_is_not_said_of_any_vendor(tmp_path: Path, source: str, quiet: set[str]) -> None:
    about = [*(_alert(name, name) for name in OF_A_VENDOR), *(_alert(name) for name in OF_US)]
    assert {name for name, _ in _kept_quiet(tmp_path, _alert(source), *about)} == quiet


def test_a_daemon_that_is_gone_is_not_said_to_be_stalled_as_well(tmp_path: Path) -> None:
    stalled = "VendorwatchSchedulerStalled"
    assert _kept_quiet(tmp_path, _alert("VendorwatchDown"), _alert(stalled)) == {(stalled, "")}


def _alert(name: str, vendor: str = "") -> Alert:
    return {"labels": {"alertname": name, "vendor": vendor, "severity": "page", "team": "sre"}}


def _kept_quiet(folder: Path, *alerts: Alert) -> set[tuple[str, str]]:
    """Name and vendor of those of *alerts* that a real Alertmanager inhibits when all of them fire.

    Inhibitions take effect in the order in which alerts came: once those of the last ones do, all do.
    """
    last = [_alert("VendorMuted", "last"), _alert("VendorDown", "last")]

    async def story() -> list[Alert]:
        async with alertmanager(folder, CONFIGURATION | {"receivers": _nowhere()}) as running:
            for some in (alerts, last):
                assert await running.post("/api/v2/alerts", list(some)) == (200, "")
            found = await running.until("it has taken them in", lambda found: ("VendorDown", "last") in _quiet(found))
            assert len(found) == len(alerts) + len(last)
            return found

    return _quiet(asyncio.run(story())) - {("VendorDown", "last")}


def _quiet(found: list[Alert]) -> set[tuple[str, str]]:
    quiet = [alert["labels"] for alert in found if alert["status"]["inhibitedBy"]]
    return {(labels["alertname"], labels.get("vendor", "")) for labels in quiet}


def _nowhere() -> list[dict[str, str]]:
    return [{"name": one["name"]} for one in CONFIGURATION["receivers"]]
