"""vendorwatch itself: whether the daemon is alive, and whether what it says can be trusted."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import stat
from grafana_foundation_sdk.builders.dashboard import Dashboard
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
from grafana.generate.states import ordinal

_NOBODY = "no daemon"


def dashboard() -> Dashboard:
    """The dashboard."""
    purpose = "Is the watch alive, and can its numbers be trusted?"
    made = empty_dashboard("vendorwatch", "vendorwatch itself", purpose)
    for title, uid in (("Overview", "vendor-overview"), ("Certificates & TLS", "vendor-tls"), ("SLO", "vendor-slo")):
        made = made.link(link(title, uid, keeps_vendor=False))
    daemons = [
        variable("job", "Job", "label_values(vendorwatch_build_info, job)"),
        variable("instance", "Daemon", 'label_values(vendorwatch_build_info{job=~"$job"}, instance)'),
    ]
    made = varied(
        made,
        daemons,
        [
            annotation(
                "Alerts",
                "orange",
                'ALERTS{alertname=~"Vendorwatch.+", alertstate="firing"}',
                "{{alertname}}",
                "{{instance}} {{channel}} {{platform}}",
                "severity",
            ),
            annotation(
                "Starts", "blue", f"changes({ask.metric('process_start_time_seconds')}[5m]) > 0", "{{instance}}", "started"
            ),
            annotation("Doubt", "purple", f"max by (instance) ({ask.own('egress_doubted')}) == 1", "{{instance}}", "blind"),
        ],
    )
    return filled(
        made,
        *_alive(),
        *_behind(),
        *daemon_panels(),
        heading(200, "Looks: are they made, in time, and what comes of them?"),
        *look_panels(),
        heading(300, "Our own network, and what vendors share"),
        *network_panels(),
        heading(400, "The store"),
        *store_panels(),
        heading(500, "Telling people"),
        *told_panels(),
        heading(600, "What the daemons take"),
        *process_panels(),
    )


def _alive() -> Iterator[stat.Panel]:
    text = "Daemons that answer Prometheus. Red: nobody watches; see VendorwatchDown in the runbook."
    up = number(1, "Daemons up", text, now(f"sum({ask.metric('up')})"), width=3)
    yield up.thresholds(limits(("red", None), ("green", 1))).no_value(_NOBODY)
    text = (
        "Since the scheduler of a daemon last went round, the one that has waited longest. Red: it answers and looks at "
        "nothing, and all it shows is that old; restart it and keep its log."
    )
    beat = number(2, "Last round", text, now(f"max({ask.age('scheduler_heartbeat_timestamp_seconds')})"), unit="s", width=3)
    yield beat.thresholds(limits(("green", None), ("yellow", 30), ("red", 120))).no_value(_NOBODY).decimals(0)
    text = "Targets whose looks are three intervals and a minute late. Yellow: see the table of them, and what was missed."
    late = number(3, "Overdue", text, now(f"sum(({ask.OVERDUE}) > bool 0)"), width=3)
    yield late.thresholds(limits(("green", None), ("yellow", 1), ("red", 10))).no_value("no target")
    text = (
        "Our own way out by the canaries, as the daemon sees it that sees best. Red: failures are ours and blame "
        "nobody; look at routes, proxy and name servers. No canaries: name some, or a fault of ours is taken for the "
        "vendors'."
    )
    network = ordinal("vendorwatch_egress_state", ask.DAEMONS, "job", ask.NETWORK)
    found = number(4, "Our network", text, now(f"min({network})"), width=3)
    yield found.mappings(worded(*ask.NETWORK_WORDS)).thresholds(limits(("green", None))).no_value(_NOBODY)
    text = "Whether the configuration on disk is in force. Refused: run vendorwatch validate; a restart would fail."
    read = number(5, "Configuration", text, now(f"min({ask.own('config_last_reload_successful')})"), width=3)
    yield read.mappings(worded(("refused", "red"), ("in force", "green"))).no_value(_NOBODY)


def _behind() -> Iterator[stat.Panel]:
    text = "How long the oldest record has waited to be written. Red: the store cannot be written; see the section about it."
    waiting = f"max({ask.age('store_queue_oldest_timestamp_seconds')}) or 0 * max({ask.own('store_queue_length')})"
    store = number(6, "Store behind", text, now(waiting), unit=units.Seconds, width=3)
    yield store.thresholds(limits(("green", None), ("yellow", 60), ("red", 300))).no_value(_NOBODY).decimals(0)
    text = (
        "How long the oldest alert has waited to be told by direct push. Red: a channel does not take messages; "
        "vendorwatch notify status says what it answered. Alerts through Prometheus do not depend on it."
    )
    untold = f"max({ask.age('notification_oldest_timestamp_seconds')}) or 0 * sum({ask.own('notifications_queued')})"
    told = number(7, "Told late by", text, now(untold), unit=units.Seconds, width=3)
    yield told.thresholds(limits(("green", None), ("yellow", 120), ("red", 600))).no_value("no channel").decimals(0)
    counted = (f"sum(increase({ask.own(name)}[$__range]))" for name in ("internal_errors_total", "collect_errors_total"))
    text = "Looks that ended in a bug, and parts left out of /metrics, in the time shown. Red: report the log's traceback."
    bugs = number(8, "Bugs", text, now(f"ceil({' + '.join(counted)})"), width=3)
    yield bugs.thresholds(limits(("green", None), ("red", 1))).no_value(_NOBODY).decimals(0)
