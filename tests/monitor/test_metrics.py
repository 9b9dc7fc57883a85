"""The page that Prometheus reads: what is on it, that others can read it, and that it stays true."""

from __future__ import annotations

import gc
import logging
import re
import subprocess
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import inf, isnan, nan
from typing import Any, get_args

import pytest
from prometheus_client.parser import text_string_to_metric_families

from checks.check import AnyCheck, Check, all_checks
from checks.foreign import one_line
from checks.model import Claim, Failure, Finding, Metric, Observation, Reason, Sample, Severity, State, Target
from checks.shared import SharedKind
from checks.vendor import Tier, Vendor
from monitor.compactor import CompactionStats
from monitor.egress import Egress, Look, Round, View
from monitor.metrics import Exporter, Instruments, MissedReason, declared
from monitor.outage import Outage
from monitor.outbox import Queue
from monitor.snapshot import Entry, Snapshot
from monitor.standing import Circumstances, Standing, follow, stood
from monitor.state import Held
from monitor.store.store import Fault, Operation
from tests.support.tools import require_tool

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOSTILE = 'a "quoted" \\ back\\nslash,\nnew line} 1 \N{FIRE}\r\t# é'

WELL = Metric("vendor_thing_well", "1 if the thing is well.")
PHASE = Metric("vendor_thing_phase_seconds", 'How long a phase took: \\ and "quotes"\nin HELP.', ("phase", "ip_family"))
EXPIRY = Metric("vendor_thing_not_after_timestamp_seconds", "When the thing ends.")

Series = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


def make_check(name: str = "endpoint", *, metrics: tuple[Metric, ...] = (WELL, PHASE, EXPIRY), **changes: Any) -> AnyCheck:
    """A check whose facts are its claim, and which says that nothing is well while it cannot see."""
    fields: dict[str, Any] = {
        "every": 60.0,
        "deadline": 5.0,
        "settings": object,
        "derive": lambda _vendor: (),
        "observe": None,
        "judge": lambda *_: (),
        "measure": lambda facts, _settings, _at: (Sample(WELL, 0),) if facts is None else (),
    }
    return Check(name=name, metrics=metrics, **(fields | changes))


ENDPOINT = make_check()
STATUS = make_check("status", claim=lambda facts, _settings: facts)


def vendor(slug: str = "acme", **changes: Any) -> Vendor:
    return Vendor(slug=slug, **({"name": "Acme", "owner": "payments", "tier": Tier.CRITICAL} | changes))


def entry(slug: str = "acme", check: AnyCheck = ENDPOINT, name: str = "api", state: State = State.UP) -> Entry:
    target = Target(vendor=slug, check=check.name, name=name, settings=None, every=60, deadline=5)
    return Entry(target=target, check=check, held=Held(state, NOON))


def seen(
    before: Entry, *samples: Sample, facts: Any = Claim.OPERATIONAL, severities: Iterable[Severity] = (), at: int = 30
) -> Entry:
    """*before* after a look that saw something, so many seconds after noon."""
    findings = tuple(Finding("thing.found", severity, "a thing") for severity in severities)
    when = NOON + timedelta(seconds=at)
    look = Observation(key=before.target.key, at=when, seconds=0.25, facts=facts, findings=findings, samples=samples)
    return before.after(look, before.held)


def failed(before: Entry, reason: Reason, *, state: State, at: int = 60) -> Entry:
    """*before* after a look that failed and moved it to *state*."""
    when = NOON + timedelta(seconds=at)
    look: Observation[Any] = Observation(key=before.target.key, at=when, seconds=5, failure=Failure(reason, "no"))
    return before.after(look, Held(state, when))


def snapshot(*entries: Entry, vendors: Iterable[Vendor] | None = None) -> Snapshot:
    slugs = dict.fromkeys(one.target.vendor for one in entries)
    known = tuple(vendors) if vendors is not None else tuple(vendor(slug) for slug in slugs)
    return Snapshot(known, {one.target.key: one for one in entries}, NOON)


@dataclass
class Page:
    """An exporter whose snapshot a test replaces as the daemon does."""

    now: Snapshot
    checks: tuple[AnyCheck, ...] = (ENDPOINT, STATUS)
    stood: Mapping[str, Standing] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.instruments = Instruments("1.2.3", [check.name for check in self.checks])
        self.exporter = Exporter(lambda: self.now, self.standings, self.checks, self.instruments)

    def standings(self) -> Mapping[str, Standing]:
        """How the vendors stand by the newest of their targets, and by how they stood."""
        self.stood = {vendor.slug: self.stands(vendor) for vendor in self.now.vendors}
        return self.stood

    def stands(self, vendor: Vendor) -> Standing:
        entries = [one for one in self.now.entries.values() if one.target.vendor == vendor.slug]
        standing = follow(self.stood.get(vendor.slug), vendor.slug, entries, Circumstances(at=NOON, grace_seconds=0))
        return self.stood[vendor.slug] if standing == self.stood.get(vendor.slug) else standing

    def text(self) -> str:
        return b"".join(self.exporter.page()).decode()

    def series(self) -> Series:
        return series(self.text())


def series(text: str) -> Series:
    """Every sample of an exposition; one that stands there twice is refused, as Prometheus would."""
    found = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    values = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in found}
    assert len(values) == len(found)
    return values


def where(all_series: Series, name: str, /, **labels: str) -> dict[str, float]:
    """The values of *name* among *labels*, by what is left of their labels."""
    wanted = labels.items()
    rest = {
        tuple(value for _, value in sorted(have - wanted)): number
        for (found, have), number in all_series.items()
        if found == name and wanted <= have
    }
    return {"/".join(key): value for key, value in rest.items()}


OUTAGE = Outage(
    vendor="acme",
    opened_at=NOON,
    confirmed_at=NOON + timedelta(seconds=20),
    claimed_at=NOON + timedelta(minutes=12),
    targets=("acme/endpoint/api",),
    cause="no",
)


def one_of_everything() -> Page:
    """A page on which every family has a sample."""
    endpoint = seen(entry(), Sample(WELL, 1), Sample(PHASE, 0.1, {"phase": "tls", "ip_family": "ipv4"}), Sample(EXPIRY, 9e9))
    targets = (failed(endpoint, Reason.INTERNAL, state=State.UNKNOWN), seen(entry(check=STATUS, name="page")))
    page = Page(snapshot(*targets, vendors=[vendor(objective=99.9)]))
    page.stood = {"acme": stood("acme", OUTAGE, None, NOON)}
    tell_all(page.instruments)
    return page


@dataclass(frozen=True)
class Stats:
    queued: int = 3
    bytes: int = 4096
    oldest: datetime | None = NOON
    dropped: int = 2
    refused: int = 1
    errors: Mapping[tuple[Operation, Fault], int] = field(default_factory=lambda: {(Operation.WRITE, Fault.FULL): 4})
    last_success: datetime | None = NOON


@dataclass(frozen=True)
class TellingStats:
    sent: Mapping[str, int] = field(default_factory=lambda: {"ops": 2})
    failures: Mapping[str, int] = field(default_factory=lambda: {"ops": 1})
    queues: Mapping[str, Queue] = field(default_factory=lambda: {"ops": Queue(waiting=4, dead=3, oldest=NOON)})
    heartbeat: datetime | None = NOON


def tell_all(instruments: Instruments) -> None:
    instruments.reloaded(NOON, 2, 5)
    instruments.beat(NOON)
    instruments.in_flight(7)
    instruments.probed("endpoint", 0.3, -0.001)
    instruments.missed("overrun", 2)
    instruments.erred("endpoint")
    instruments.moved("endpoint", State.DOWN)
    instruments.resting(4)
    instruments.platforms_are({"statuspage": True, "aws": False})
    instruments.store_is(Stats())
    instruments.compaction_is(CompactionStats(packed=7, bytes=4_096, last_success=datetime(2026, 3, 1, tzinfo=UTC)))
    instruments.notifications_are(TellingStats())
    instruments.egress_is(SEEN, 2)


SEEN = View(grace=60, patience=90).after(
    Round(
        1.0,
        1.1,
        NOON,
        (Look("acme", "tcp", "ipv4"), Look("acme", "tls"), Look("bolt", "tls", "", Failure(Reason.TIMEOUT, "…"))),
    )
)
"""A network in which one canary of two was seen."""


def test_our_own_network_is_a_set_of_states_and_each_canary_a_series() -> None:
    page = Page(snapshot(entry()))
    page.instruments.egress_is(SEEN, 2)
    found = page.series()
    states = {state: where(found, "vendorwatch_egress_state", state=state)[""] for state in Egress}
    assert states == {Egress.OK: 0, Egress.DEGRADED: 1, Egress.OFFLINE: 0, Egress.UNKNOWN: 0}
    assert where(found, "vendorwatch_canary_up", kind="tls") == {"/acme": 1, "/bolt": 0}
    assert where(found, "vendorwatch_canary_up", kind="tcp") == {"ipv4/acme": 1}
    assert where(found, "vendorwatch_egress_doubted") == {"": 0}
    page.instruments.egress_is(View(grace=60, patience=90), 2)
    assert where(page.series(), "vendorwatch_egress_state", state="unknown") == {"": 1}
    assert not where(page.series(), "vendorwatch_canary_up")


def test_a_way_out_is_doubted_until_the_grace_is_over() -> None:
    lost = Round(1.0, 1.1, NOON, (Look("acme", "tcp", "ipv4", Failure(Reason.TIMEOUT, "…")),))
    view = View(grace=60, patience=90).after(lost).after(Round(5.0, 5.1, NOON, (Look("acme", "tcp", "ipv4"),)))
    page = Page(snapshot(entry()))
    doubted = []
    for at in (65, 66):
        page.instruments.egress_is(view, at)
        doubted.append(where(page.series(), "vendorwatch_egress_doubted"))
    assert doubted == [{"": 1}, {"": 0}]


def test_what_is_declared_is_exposed_and_the_reverse() -> None:
    page = one_of_everything()
    families = {family.name: family for family in declared(page.checks, page.instruments)}
    exposed = {
        family.name + ("_total" if family.type == "counter" else ""): family
        for family in text_string_to_metric_families(page.text())
        if family.name.startswith("vendor")
    }
    assert exposed.keys() == families.keys()
    for name, family in exposed.items():
        assert (family.type, family.documentation) == (families[name].kind, families[name].help)
        assert {key for sample in family.samples for key in sample.labels} - {"le"} == set(families[name].labels), name


WITH_KINDS = {"vendor_disagreement", "vendorwatch_canary_up", "vendorwatch_shared_cause_vendors"}


def test_every_declared_name_and_label_follows_the_conventions() -> None:
    families = declared(all_checks().values(), Instruments("1", all_checks()))
    assert len({family.name for family in families}) == len(families)
    for family in families:
        assert re.fullmatch(r"(vendor|vendorwatch)_[a-z0-9_]+", family.name)
        assert (family.kind == "counter") == family.name.endswith("_total"), family.name
        assert family.help.endswith("."), family.name
        # Of some things there are kinds; the kind of looking at vendors is the label check.
        assert ("kind" in family.labels) == (family.name in WITH_KINDS), family.name
        assert not {"url", "id", "title", "error", "type", "owner", "region"} & set(family.labels), family.name


def test_promtool_finds_nothing_to_say() -> None:
    promtool = require_tool("promtool")
    for page in (one_of_everything(), Page(snapshot(entry()))):
        found = subprocess.run(
            [promtool, "check", "metrics"], input=page.text(), capture_output=True, text=True, check=False
        )
        assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def test_each_family_stands_once_with_its_help_and_type_before_its_lines() -> None:
    rows = one_of_everything().text().splitlines()
    heads = [row.split()[2] for row in rows if row.startswith("# TYPE")]
    assert len(set(heads)) == len(heads)
    assert [row.split()[2] for row in rows if row.startswith("# HELP")] == heads


def test_the_same_snapshot_gives_the_same_lines() -> None:
    page = one_of_everything()
    stays = [[row for row in page.text().splitlines() if row.startswith("vendor_")] for _ in range(2)]
    assert stays[0] == stays[1]


def test_hostile_label_values_come_back_as_they_were_or_as_one_line() -> None:
    check = make_check(metrics=(PHASE,))
    sample = Sample(PHASE, 1.5, {"phase": HOSTILE, "ip_family": "ipv6"})
    page = Page(
        snapshot(seen(entry(check=check, name=HOSTILE), sample), vendors=[vendor(name=HOSTILE, owner=HOSTILE)]), (check,)
    )
    found = page.series()
    assert where(found, "vendor_thing_phase_seconds", target=HOSTILE, phase=HOSTILE, vendor="acme") == {"endpoint/ipv6": 1.5}
    assert where(found, "vendor_info", name=one_line(HOSTILE), team=one_line(HOSTILE), vendor="acme") == {"critical": 1}
    promtool = require_tool("promtool")
    subprocess.run([promtool, "check", "metrics"], input=page.text(), text=True, check=True)


def test_a_label_value_that_no_exposition_can_hold_is_replaced_not_fatal() -> None:
    found = Page(snapshot(entry(), vendors=[vendor(name="nul \0 half \ud800")])).series()
    assert where(found, "vendor_info", name="nul half")


def test_what_a_file_calls_a_vendor_and_its_team_is_one_short_line() -> None:
    found = Page(snapshot(entry(), vendors=[vendor(name="W" * 5_000, owner="pay\u202ements\nteam")])).series()
    assert where(found, "vendor_info", vendor="acme", name="W" * 199 + "…") == {"pay ments team/critical": 1}


@pytest.mark.parametrize("value", [0, 1, True, 0.1, 1e-7, 1e300, -5.25, inf, -inf])
def test_a_value_comes_back_to_the_last_digit(value: float) -> None:
    page = Page(snapshot(seen(entry(), Sample(EXPIRY, value))))
    assert where(page.series(), "vendor_thing_not_after_timestamp_seconds", target="api") == {"endpoint/acme": value}


def test_not_a_number_is_exposed_as_such() -> None:
    text = Page(snapshot(seen(entry(), Sample(EXPIRY, nan)))).text()
    assert 'vendor_thing_not_after_timestamp_seconds{vendor="acme",check="endpoint",target="api"} NaN\n' in text
    assert isnan(where(series(text), "vendor_thing_not_after_timestamp_seconds")["endpoint/api/acme"])


@pytest.mark.parametrize("state", State)
def test_exactly_one_state_of_a_target_and_of_its_vendor_is_1(state: State) -> None:
    found = Page(snapshot(entry(state=state))).series()
    expected = {str(each): float(each is state) for each in State}
    assert where(found, "vendor_target_state", vendor="acme", check="endpoint", target="api") == expected
    assert where(found, "vendor_state", vendor="acme") == expected


def test_the_state_of_a_vendor_is_that_of_what_we_measure_not_of_what_it_says() -> None:
    found = Page(
        snapshot(entry(), entry(name="other", state=State.DEGRADED), entry(check=STATUS, state=State.DOWN))
    ).series()
    assert where(found, "vendor_state", vendor="acme")["degraded"] == 1


@pytest.mark.parametrize("claim", Claim)
def test_exactly_one_claim_of_a_vendor_is_1(claim: Claim) -> None:
    found = Page(snapshot(seen(entry(check=STATUS), facts=claim))).series()
    assert where(found, "vendor_claim_state", vendor="acme") == {str(each): float(each is claim) for each in Claim}


@pytest.mark.parametrize(
    ("state", "claim", "kind"),
    [
        (State.DOWN, Claim.OPERATIONAL, "probe_down_claim_ok"),
        (State.UP, Claim.MAJOR_OUTAGE, "probe_ok_claim_down"),
        (State.UP, Claim.OPERATIONAL, None),
        (State.UNKNOWN, Claim.OPERATIONAL, None),
    ],
)
def test_where_word_and_measurement_part_is_a_set_of_0_and_1(state: State, claim: Claim, kind: str | None) -> None:
    found = Page(snapshot(entry(state=state), seen(entry(check=STATUS), facts=claim))).series()
    expected = {each: float(each == kind) for each in ("probe_down_claim_ok", "probe_ok_claim_down")}
    assert where(found, "vendor_disagreement", vendor="acme") == expected


@pytest.mark.parametrize(
    ("state", "code", "suspect"),
    [(State.DOWN, "status.frozen", 1.0), (State.UP, "status.frozen", 0.0), (State.DOWN, "status.operational", 0.0)],
)
def test_a_page_that_stands_still_is_suspect_while_we_measure_otherwise(state: State, code: str, suspect: float) -> None:
    said = seen(entry(check=STATUS), severities=[Severity.OK])
    assert said.good is not None
    good = replace(said.good, findings=(Finding(code, Severity.OK, "so it is"),))
    found = Page(snapshot(entry(state=state), replace(said, good=good))).series()
    assert list(where(found, "vendor_status_page_suspect", vendor="acme").values()) == [suspect]


def test_what_was_not_looked_at_since_the_start_is_neither_claimed_nor_found() -> None:
    found = Page(snapshot(entry(check=STATUS))).series()
    assert not where(found, "vendor_claim_state", vendor="acme")
    assert not [name for name, _ in found if name == "vendor_target_findings"]


def test_a_vendor_that_is_not_asked_has_no_claim() -> None:
    found = Page(snapshot(entry("acme"), seen(entry("other", STATUS)))).series()
    assert not where(found, "vendor_claim_state", vendor="acme")
    assert not where(found, "vendor_disagreement", vendor="acme")
    assert sum(where(found, "vendor_claim_state", vendor="other").values()) == 1


def test_since_and_the_newest_look_are_told_as_times() -> None:
    found = Page(snapshot(failed(seen(entry()), Reason.DNS, state=State.DOWN))).series()
    noon = NOON.timestamp()
    for name, value in {
        "vendor_target_state_since_timestamp_seconds": noon + 60,
        "vendor_probe_last_run_timestamp_seconds": noon + 60,
        "vendor_probe_last_success_timestamp_seconds": noon + 30,
        "vendor_probe_last_duration_seconds": 5,
        "vendor_probe_interval_seconds": 60,
        "vendor_probe_runs_total": 2,
    }.items():
        assert where(found, name, vendor="acme", check="endpoint") == {"api": value}, name


def test_since_stays_while_the_state_does() -> None:
    page = Page(snapshot(first := entry()))
    for at in (10, 20, 30):
        first = seen(first, at=at)
        page.now = snapshot(first)
        found = page.series()
        assert where(found, "vendor_target_state_since_timestamp_seconds") == {"endpoint/api/acme": NOON.timestamp()}
        assert where(found, "vendor_probe_last_run_timestamp_seconds") == {"endpoint/api/acme": NOON.timestamp() + at}


def test_before_the_first_look_there_is_no_time_of_one() -> None:
    found = Page(snapshot(entry(state=State.UNKNOWN))).series()
    assert where(found, "vendor_probe_runs_total") == {"endpoint/api/acme": 0}
    for name in ("last_run_timestamp_seconds", "last_success_timestamp_seconds", "last_duration_seconds"):
        assert not where(found, f"vendor_probe_{name}")


def test_reasons_that_blame_the_vendor_start_at_0_and_others_when_they_happen() -> None:
    blaming = {str(reason): 0 for reason in Reason if reason.blames_vendor}
    page = Page(snapshot(first := entry()))
    assert where(page.series(), "vendor_probe_failures_total", vendor="acme", check="endpoint", target="api") == blaming
    for reason in (Reason.OFFLINE, Reason.DNS, Reason.DNS):
        first = failed(first, reason, state=State.UNKNOWN)
    page.now = snapshot(first)
    expected = blaming | {"offline": 1, "dns": 2}
    assert where(page.series(), "vendor_probe_failures_total", vendor="acme", check="endpoint", target="api") == expected


def test_findings_are_counted_by_severity_and_are_those_of_the_newest_look() -> None:
    page = Page(snapshot(first := seen(entry(), severities=[Severity.WARNING, Severity.CRITICAL, Severity.WARNING])))
    labels = {"vendor": "acme", "check": "endpoint", "target": "api"}
    expected = {"ok": 0, "warning": 2, "unknown": 0, "critical": 1}
    assert where(page.series(), "vendor_target_findings", **labels) == expected
    page.now = snapshot(failed(first, Reason.DNS, state=State.DOWN))
    assert where(page.series(), "vendor_target_findings", **labels) == expected


def test_blind_the_check_overrides_what_it_must_and_dates_stay() -> None:
    page = Page(snapshot(first := seen(entry(), Sample(WELL, 1), Sample(EXPIRY, 9e9))))
    assert where(page.series(), "vendor_thing_well") == {"endpoint/api/acme": 1}
    blind = failed(first, Reason.RESOLVER, state=State.UNKNOWN)
    page.now = snapshot(blind)
    found = page.series()
    assert where(found, "vendor_thing_well") == {"endpoint/api/acme": 0}
    assert where(found, "vendor_thing_not_after_timestamp_seconds") == {"endpoint/api/acme": 9e9}
    page.now = snapshot(seen(replace(blind, held=Held(State.UP, NOON)), Sample(WELL, 1)))
    assert where(page.series(), "vendor_thing_well") == {"endpoint/api/acme": 1}


def test_what_a_down_target_measured_last_stays() -> None:
    page = Page(snapshot(failed(seen(entry(), Sample(WELL, 1)), Reason.REFUSED, state=State.DOWN)))
    assert where(page.series(), "vendor_thing_well") == {"endpoint/api/acme": 1}


def test_an_override_with_other_labels_replaces_only_its_own_series() -> None:
    blind = make_check(measure=lambda _facts, _settings, _at: (Sample(PHASE, 0, {"ip_family": "ipv4", "phase": "tls"}),))
    samples = [Sample(PHASE, 2, {"phase": phase, "ip_family": "ipv4"}) for phase in ("tls", "connect")]
    page = Page(snapshot(failed(seen(entry(check=blind), *samples), Reason.DNS, state=State.UNKNOWN)), (blind,))
    found = where(page.series(), "vendor_thing_phase_seconds", vendor="acme", check="endpoint", target="api")
    assert found == {"ipv4/tls": 0, "ipv4/connect": 2}


def test_a_removed_vendor_and_a_removed_target_are_gone() -> None:
    page = Page(snapshot(entry("acme"), entry("acme", name="old"), entry("gone")))
    assert 'vendor="gone"' in page.text()
    page.now = snapshot(entry("acme"))
    text = page.text()
    assert 'vendor="gone"' not in text
    assert 'target="old"' not in text
    assert 'vendor="acme"' in text


class Facts:
    """Facts that can be asked whether they are still in memory."""


def test_what_is_removed_is_not_kept_in_memory() -> None:
    facts = Facts()
    kept = weakref.ref(facts)
    page = Page(snapshot(seen(entry("gone"), facts=facts)))
    del facts
    page.text()
    page.now = snapshot(entry("acme"))
    page.text()
    gc.collect()
    assert kept() is None


def test_a_vendor_whose_file_changed_shows_its_new_facts() -> None:
    page = Page(snapshot(same := entry()))
    page.text()
    page.now = snapshot(same, vendors=[vendor(owner="other-team")])
    assert where(page.series(), "vendor_info", vendor="acme") == {"Acme/other-team/critical": 1}


def test_an_outage_says_since_when_and_how_late_the_vendor_admitted_it() -> None:
    found = one_of_everything().series()
    assert where(found, "vendor_outage_active") == {"acme": 1}
    assert where(found, "vendor_outage_started_timestamp_seconds") == {"acme": NOON.timestamp()}
    assert where(found, "vendor_outage_admitted_timestamp_seconds") == {"acme": NOON.timestamp() + 720}
    assert where(found, "vendor_outage_lead_seconds") == {"acme": 720}
    assert where(found, "vendor_slo_objective_ratio") == {"acme": 0.999}
    calm = Page(snapshot(entry())).series()
    assert where(calm, "vendor_outage_active") == {"acme": 0}
    assert not where(calm, "vendor_outage_started_timestamp_seconds")
    assert not where(calm, "vendor_slo_objective_ratio")


def test_the_admission_of_an_outage_before_is_not_one_of_the_open_outage() -> None:
    over = replace(OUTAGE, closed_at=NOON + timedelta(hours=1))
    again = replace(OUTAGE, opened_at=NOON + timedelta(hours=2), claimed_at=None)
    page = Page(snapshot(entry(state=State.DOWN)), stood={"acme": stood("acme", again, over, NOON)})
    found = page.series()
    assert where(found, "vendor_outage_active") == {"acme": 1}
    assert where(found, "vendor_outage_lead_seconds") == {"acme": 720}
    assert not where(found, "vendor_outage_admitted_timestamp_seconds")


def test_what_was_admitted_stays_so_while_the_page_cannot_be_read_and_ends_with_the_outage() -> None:
    down, status = failed(entry(), Reason.HTTP, state=State.DOWN), entry(check=STATUS, name="page")
    page = Page(snapshot(down, seen(status, facts=Claim.MAJOR_OUTAGE)))
    told = where(page.series(), "vendor_outage_admitted_timestamp_seconds")
    assert told == {"acme": NOON.timestamp()}
    page.now = snapshot(down, failed(status, Reason.TIMEOUT, state=State.UNKNOWN))
    unread = page.series()
    assert where(unread, "vendor_claim_state", vendor="acme")["unknown"] == 1
    assert where(unread, "vendor_outage_admitted_timestamp_seconds") == told
    page.now = snapshot(seen(entry()), seen(status, facts=Claim.OPERATIONAL))
    assert not where(page.series(), "vendor_outage_admitted_timestamp_seconds")


def test_a_vendor_without_targets_is_unknown() -> None:
    found = Page(snapshot(vendors=[vendor()])).series()
    assert where(found, "vendor_state", vendor="acme")["unknown"] == 1


def broken(*_: object) -> Any:
    msg = "a bug"
    raise RuntimeError(msg)


def test_a_broken_check_costs_only_its_own_samples_and_is_counted_once_for_each_look(
    caplog: pytest.LogCaptureFixture,
) -> None:
    check = make_check("bad", measure=broken)
    page = Page(snapshot(bad := entry(check=check, state=State.UNKNOWN), seen(entry(), Sample(WELL, 1))), (ENDPOINT, check))
    with caplog.at_level(logging.ERROR):
        page.text()
        found = page.series()
    assert where(found, "vendorwatch_collect_errors_total") == {"": 1}
    assert where(found, "vendor_target_state", check="bad", state="unknown") == {"api/acme": 1}
    assert where(found, "vendor_thing_well") == {"endpoint/api/acme": 1}
    assert "acme/bad/api: left out of /metrics" in caplog.text
    page.now = snapshot(failed(bad, Reason.INTERNAL, state=State.UNKNOWN))
    assert where(page.series(), "vendorwatch_collect_errors_total") == {"": 2}


def test_a_broken_claim_costs_only_the_claim(caplog: pytest.LogCaptureFixture) -> None:
    check = make_check("status", claim=broken)
    found = Page(snapshot(seen(entry(check=check))), (check,)).series()
    assert where(found, "vendor_claim_state", vendor="acme")["unknown"] == 1
    assert sum(where(found, "vendor_state", vendor="acme").values()) == 1
    assert "acme/status/api: a bug in telling what the vendor says" in caplog.text


@pytest.mark.parametrize(
    "sample",
    [
        Sample(Metric("vendor_other", "Not declared."), 1),
        Sample(replace(WELL, labels=("url",)), 1, {"url": "https://x"}),
        Sample(PHASE, 1, {"phase": "tls"}),
        Sample(WELL, 1, {"more": "labels"}),
    ],
)
def test_a_sample_that_was_not_declared_so_is_not_exposed(sample: Sample) -> None:
    found = Page(snapshot(seen(entry(), sample))).series()
    assert where(found, "vendorwatch_collect_errors_total") == {"": 1}
    assert not where(found, sample.metric.name)


def test_two_checks_that_declare_a_name_differently_are_refused() -> None:
    other = make_check("other", metrics=(replace(WELL, help="Something else."),))
    with pytest.raises(ValueError, match="vendor_thing_well"):
        declared([ENDPOINT, other], Instruments("1", ()))


def test_a_check_may_not_declare_a_name_of_the_daemon() -> None:
    with pytest.raises(ValueError, match="vendor_state"):
        declared([make_check(metrics=(Metric("vendor_state", "Mine."),))], Instruments("1", ()))


def test_the_daemon_tells_of_itself_what_it_was_told() -> None:
    page = one_of_everything()
    found = page.series()
    noon = NOON.timestamp()
    for name, value in {
        "config_last_reload_successful": 1,
        "config_last_reload_success_timestamp_seconds": noon,
        "scheduler_heartbeat_timestamp_seconds": noon,
        "vendors": 2,
        "targets": 5,
        "probes_in_flight": 7,
        "origins_resting": 4,
        "probe_delay_seconds_count": 1,
        "probe_delay_seconds_sum": 0,
        "store_queue_length": 3,
        "store_queue_bytes": 4096,
        "store_queue_oldest_timestamp_seconds": noon,
        "store_last_success_timestamp_seconds": noon,
        "collect_errors_total": 0,
    }.items():
        assert where(found, f"vendorwatch_{name}") == {"": value}, name
    assert where(found, "vendorwatch_build_info", version="1.2.3")
    assert where(found, "vendorwatch_probe_duration_seconds_sum") == {"endpoint": 0.3, "status": 0}
    assert where(found, "vendorwatch_internal_errors_total") == {"endpoint": 1, "status": 0}
    assert where(found, "vendorwatch_store_errors_total", reason="full") == {"open": 0, "read": 0, "write": 4}
    assert where(found, "vendorwatch_store_dropped_total") == {"overflow": 2, "unwritable": 1}
    assert where(found, "vendorwatch_transitions_total", state="down") == {"endpoint": 1, "status": 0}
    page.instruments.reload_refused()
    after = page.series()
    assert where(after, "vendorwatch_config_last_reload_successful") == {"": 0}
    assert where(after, "vendorwatch_config_last_reload_success_timestamp_seconds") == {"": noon}


def test_a_platform_is_on_the_page_while_one_of_its_pages_is_watched() -> None:
    page = one_of_everything()
    assert where(page.series(), "vendorwatch_platform_unreadable") == {"aws": 0, "statuspage": 1}
    page.instruments.platforms_are({"statuspage": False, "cstate": True})
    assert where(page.series(), "vendorwatch_platform_unreadable") == {"statuspage": 0, "cstate": 1}


def test_how_many_fail_together_is_on_the_page_for_each_kind_from_the_start() -> None:
    page = one_of_everything()
    assert where(page.series(), "vendorwatch_shared_cause_vendors") == {"network": 0, "issuer": 0, "status_host": 0}
    page.instruments.causes_are({SharedKind.NETWORK: 3, SharedKind.ISSUER: 0, SharedKind.STATUS_HOST: 0})
    assert where(page.series(), "vendorwatch_shared_cause_vendors") == {"network": 3, "issuer": 0, "status_host": 0}


def test_known_sets_of_labels_start_at_0() -> None:
    found = Page(snapshot()).series()
    assert where(found, "vendorwatch_missed_runs_total") == dict.fromkeys(get_args(MissedReason), 0)
    assert where(found, "vendorwatch_store_errors_total", operation="open") == {str(fault): 0 for fault in Fault}
    assert where(found, "vendorwatch_store_errors_total", reason="other") == {str(each): 0 for each in Operation}
    assert where(found, "vendorwatch_store_dropped_total") == {"overflow": 0, "unwritable": 0}
    assert not where(found, "vendorwatch_store_queue_oldest_timestamp_seconds")
    assert where(found, "vendorwatch_transitions_total", check="endpoint") == {str(state): 0 for state in State}
    assert not where(found, "vendorwatch_store_last_success_timestamp_seconds")


def test_the_series_are_counted() -> None:
    page = one_of_everything()
    found = page.series()
    assert where(found, "vendorwatch_series") == {"": sum(name.startswith("vendor_") for name, _ in found)}
    assert 0 < where(found, "vendorwatch_collect_duration_seconds")[""] < 10


def test_the_process_itself_is_on_the_page_and_no_series_says_when_it_was_created() -> None:
    names = {name for name, _ in one_of_everything().series()}
    assert {"process_cpu_seconds_total", "python_info"} <= names
    assert not {name for name in names if name.endswith("_created")}
