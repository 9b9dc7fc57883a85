"""What the dashboard of the watch itself asks Prometheus for, as PromQL."""

from __future__ import annotations

from grafana.generate.facts import STALLED_SECONDS, fresh

DAEMONS = 'job=~"$job", instance=~"$instance"'
"""The selector of every query here: what was told by the daemons that are chosen."""
DAEMON = "job, instance"
TARGET = "vendor, check, target"


def metric(name: str, *selectors: str) -> str:
    """A metric as the chosen daemons tell it."""
    return f"{name}{{{', '.join((DAEMONS, *selectors))}}}"


def own(name: str, *selectors: str) -> str:
    """A metric of the daemon itself."""
    return metric(f"vendorwatch_{name}", *selectors)


def going(expression: str) -> str:
    """Of *expression* what those of the chosen daemons tell that go round."""
    return fresh(expression, DAEMONS)


GOING = going(own("build_info"))
"""The daemons that go round."""


def of_each(expression: str) -> str:
    """One for each daemon."""
    return f"max by ({DAEMON}) ({expression})"


def age(name: str, *selectors: str) -> str:
    """Seconds since a time that a daemon tells of itself."""
    return f"time() - {own(name, *selectors)}"


def happened(expression: str, by: str) -> str:
    """How often a counter counted in each step that is drawn; only what it counted at all in the time that is shown."""
    found = f"sum by ({by}) (increase({expression}[$__rate_interval]))"
    return f"{found}\nand on ({by}) sum by ({by}) (increase({expression}[$__range] @ end())) > 0"


def in_all(name: str, by: str) -> str:
    """How often a counter of the daemon itself counted in the time that is shown."""
    return f"round(sum by ({by}) (increase({own(name)}[$__range])))"


def quantile(part: float, name: str, by: str = "le") -> str:
    """What that part of all observations stay below; nothing while nothing is observed, which would be no number."""
    buckets = own(f"{name}_bucket")
    return f"histogram_quantile({part}, sum by ({by}) (rate({buckets}[$__rate_interval]))) >= 0"


_LAST_RUN = metric("vendor_probe_last_run_timestamp_seconds")
_INTERVAL = metric("vendor_probe_interval_seconds")
_STARTED = metric("process_start_time_seconds")
AGE_IN_INTERVALS = f"min by ({TARGET}) ((time() - {_LAST_RUN}) / ({_INTERVAL} > 0))"
"""How many intervals ago each target was last looked at, by the daemon that did it last."""

OVERDUE = f"""time()
- max by ({TARGET}) (
    {_LAST_RUN}
    or ({metric("vendor_target_state_since_timestamp_seconds")} > on ({DAEMON}) group_left () {_STARTED})
    or 0 * {_INTERVAL} + on ({DAEMON}) group_left () {_STARTED}
  )
- on ({TARGET}) (3 * max by ({TARGET}) ({_INTERVAL}) + 60)"""
"""By how many seconds the next look is overdue, as VendorCheckStale has it: three intervals and a minute have passed."""

LAST_ROUND = (("yellow", 30), ("red", STALLED_SECONDS))
"""From how many seconds on since a scheduler's last round it has which colour."""
STORE_BEHIND = (("yellow", 60), ("red", 300))
"""The same for the oldest record that waits to be written."""
READ_WORDS = (("refused", "red"), ("in force", "green"))
"""Whether the configuration on disk was read."""

NETWORK = {"ok": 0, "degraded": 1, "unknown": 2, "offline": 3}
"""States of our own network, the one first that counts where daemons differ: one that has a network is enough."""
_WORST_FIRST = ("offline", "degraded", "unknown", "ok")
NETWORK_WORDS = (("works", "green"), ("works in part", "yellow"), ("no canaries", "purple"), ("offline", "red"))


def _was(state: str) -> str:
    said = own("egress_state", f'state="{state}"')
    return f"{NETWORK[state]} * max by (instance) ({going(f'max_over_time({said}[$__rate_interval]) == 1')})"


NETWORK_OVER_TIME = "\nor ".join(map(_was, _WORST_FIRST))
"""The worst that each daemon said of its network since the point before, so that short losses show in long times."""
DOUBTED = len(NETWORK_WORDS)
"""The number for that failures count against nobody."""
