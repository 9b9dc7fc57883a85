"""vendorwatch itself: whether the daemon is alive, and whether what it says can be trusted."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import stat
from grafana_foundation_sdk.builders.dashboard import AnnotationQuery, Dashboard, QueryVariable
from grafana_foundation_sdk.models import units

from grafana.generate import itself_queries as ask
from grafana.generate.columns import worded
from grafana.generate.itself_daemons import daemon_panels, process_panels
from grafana.generate.itself_looks import look_panels
from grafana.generate.itself_network import network_panels
from grafana.generate.itself_store import store_panels
from grafana.generate.itself_told import told_panels
from grafana.generate.parts import (
    annotation,
    empty_dashboard,
    filled,
    heading,
    limits,
    link,
    now,
    number,
    variable,
    varied,
)
from grafana.generate.states import absent, ordinal
from grafana.generate.tiles import or_none, told


def dashboard() -> Dashboard:
    """The dashboard."""
    purpose = "Is the watch alive, and can its numbers be trusted?"
    made = empty_dashboard("vendorwatch", "vendorwatch itself", purpose)
    for title, uid in (("Overview", "vendor-overview"), ("Certificates & TLS", "vendor-tls"), ("SLO", "vendor-slo")):
        made = made.link(link(title, uid, keeps_vendor=False))
    return filled(
        varied(made, _variables(), _annotations()),
        *_alive(),
        *_trusted(),
        *_behind(),
        *daemon_panels(),
        heading(200, "Looks: are they made, in time, and what comes of them?"),
        *look_panels(),
        heading(300, "Own network, and what vendors share"),
        *network_panels(),
        heading(400, "The store"),
        *store_panels(),
        heading(500, "Telling people"),
        *told_panels(),
        heading(600, "What the daemons take"),
        *process_panels(),
    )


def _variables() -> list[QueryVariable]:
    """All daemons also where none has answered for as long as is shown: what does not answer tells only `up`."""
    return [
        variable("job", "Job", "label_values(vendorwatch_build_info, job)", all_of=".*vendorwatch.*"),
        variable("instance", "Daemon", 'label_values(up{job=~"$job"}, instance)', all_of=".+"),
    ]


def _annotations() -> list[AnnotationQuery]:
    firing = 'ALERTS{alertname=~"Vendorwatch.+", alertstate="firing"}'
    started = f"changes({ask.metric('process_start_time_seconds')}[$__rate_interval]) > 0"
    doubted = f"max by (instance) ({ask.own('egress_doubted')}) == 1"
    return [
        annotation("Alerts", "orange", firing, "{{alertname}}", "{{instance}} {{channel}} {{platform}}", "severity"),
        annotation("Starts", "blue", started, "{{instance}}", "started"),
        annotation("Own network in doubt", "purple", doubted, "{{instance}}", "in doubt"),
    ]


def _alive() -> Iterator[stat.Panel]:
    text = (
        "Daemons that do not answer Prometheus, of those that it asks. Red: fewer eyes watch, or none; the runbook: "
        "VendorwatchDown, or VendorwatchInstanceDown while another one watches."
    )
    up = ask.metric("up")
    down = number(1, "Daemons down", text, now(f"count({up} == 0) or 0 * count({up})"), width=3).decimals(0)
    yield down.mappings(absent("no daemon", "red")).no_value("no daemon").thresholds(limits(("green", None), ("red", 1)))
    text = (
        "Since the scheduler of a daemon last went round, the one that has waited longest. Yellow: its machine is too "
        "busy. Red: it answers and looks at nothing, and all it shows is that old; restart it and keep its log. The "
        "runbook: VendorwatchSchedulerStalled."
    )
    beat = number(
        2, "Last round", text, now(f"max({ask.age('scheduler_heartbeat_timestamp_seconds')})"), unit=units.Seconds, width=3
    )
    yield told(beat).thresholds(limits(("green", None), *ask.LAST_ROUND)).decimals(0)
    text = (
        "Targets whose looks are three intervals and a minute late. Yellow: see the table of them, and what was missed. "
        "Red: ten or more, so it is the daemon and not one host; see how late looks begin. The runbook: VendorCheckStale."
    )
    late = number(3, "Overdue", text, now(or_none(f"sum(({ask.OVERDUE}) > bool 0)", ask.GOING)), width=3)
    yield told(late, nothing="no target").thresholds(limits(("green", None), ("yellow", 1), ("red", 10)))


def _trusted() -> Iterator[stat.Panel]:
    text = (
        "Whether our own network works, by canaries that have nothing to do with any vendor. Of daemons of one job the one "
        "counts that sees best. Red: failures are ours and blame nobody; look at routes, proxy and name servers. The "
        "runbook: VendorwatchEgressSuspect. Yellow: there is a way out, and some canaries fail; see below which. Purple: "
        "name canaries, or a fault of ours is taken for the vendors'."
    )
    network = ordinal("vendorwatch_egress_state", ask.DAEMONS, "job", ask.NETWORK, only=ask.going)
    found = number(4, "Own network", text, now(f"max({network})"), width=3)
    yield told(found, worded(*ask.NETWORK_WORDS))
    text = (
        "Whether the configuration on disk is in force. Red: it was refused; run vendorwatch validate, a restart would fail."
    )
    read = f"min({ask.going(ask.own('config_last_reload_successful'))})"
    yield told(number(5, "Configuration", text, now(read), width=3), worded(*ask.READ_WORDS))


def _behind() -> Iterator[stat.Panel]:
    text = (
        "How long the oldest record has waited to be written. Yellow: the disk or the database is slow. Red: the store "
        "cannot be written; see the section about it. The runbook: VendorwatchStoreFailing."
    )
    waiting = ask.going(f"{ask.age('store_queue_oldest_timestamp_seconds')} or 0 * {ask.own('store_queue_length')}")
    store = number(6, "Store behind", text, now(f"max({waiting})"), unit=units.Seconds, width=3).decimals(0)
    yield told(store).thresholds(limits(("green", None), *ask.STORE_BEHIND))
    text = (
        "How long the oldest alert has waited to be told by direct push. Yellow: the channel is slow or was refused once. "
        "Red: it does not take messages; vendorwatch notify status says what it answered. Alerts through Prometheus do "
        "not depend on it."
    )
    untold = ask.going(f"{ask.age('notification_oldest_timestamp_seconds')} or 0 * {ask.own('notifications_queued')}")
    waits = number(7, "Told late by", text, now(or_none(f"max({untold})", ask.GOING)), unit=units.Seconds, width=3).decimals(
        0
    )
    yield told(waits, nothing="no channel").thresholds(limits(("green", None), ("yellow", 120), ("red", 600)))
    counted = (
        f"sum({ask.going(f'increase({ask.own(name)}[$__range])')})"
        for name in ("internal_errors_total", "collect_errors_total")
    )
    text = "Looks that ended in a bug, and parts left out of /metrics, in the time shown. Red: report the log's traceback."
    bugs = number(8, "Bugs", text, now(f"round({' + '.join(counted)})"), width=3)
    yield told(bugs).thresholds(limits(("green", None), ("red", 1))).decimals(0)
