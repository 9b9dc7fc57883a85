"""What the dashboard of objectives asks Prometheus for, as PromQL.

Windows are read from what ``grafana/prometheus/rules/slo.yml`` records, which has a sample for each half minute of which
something is known; sums and counts of four minutes are what long windows are made of. Objectives are read as they are told.
"""

from __future__ import annotations

from grafana.generate.facts import fresh
from grafana.generate.parts import VENDORS

SAMPLE_SECONDS = 30
"""What a sample stands for: the interval of the group ``vendorwatch-slo``."""
MONTH_SECONDS = 30 * 86_400
UNRECORDED = "nobody watched, or grafana/prometheus/rules is not loaded"
"""What stands where nothing was recorded; the number of a stat has less room."""
UNRECORDED_BRIEFLY = "load the rules"

OBJECTIVE = f"max by (vendor) ({fresh(f'vendor_slo_objective_ratio{{{VENDORS}}}')})"
BUDGET = f"(1 - {OBJECTIVE})"
"""The part of time that may be spent."""


def recorded(name: str) -> str:
    """A recorded series of the vendors that are shown, one for each also where several Prometheus recorded it."""
    return f"max by (vendor) ({name}{{{VENDORS}}})"


def down(window: str) -> str:
    """The part of the time that is known in which a vendor was down."""
    return recorded(f"vendor:vendor_state:down_avg{window}")


def burn(window: str) -> str:
    """How many times as fast the budget is spent as the objective allows."""
    return f"{down(window)} / on (vendor) {BUDGET}"


LEFT = f"1 - {burn('30d')}"
"""The part of the budget of thirty days that is left; below 0 where more was spent."""
LAST_LEFT = "1 - {} / on (vendor) (1 - {})".format(
    *(
        f"max by (vendor) (last_over_time({name}{{{VENDORS}}}[$__range:$__interval]))"
        for name in ("vendor:vendor_state:down_avg30d", "vendor_slo_objective_ratio")
    )
)
"""What was left when it was last known: who is chosen for the past, whether or not somebody watches now."""
LEFT_SECONDS = f"({BUDGET} - on (vendor) {down('30d')}) * {MONTH_SECONDS}"


def _summed(name: str, window: str) -> str:
    return f"max by (vendor) (sum_over_time(vendor:vendor_state:{name}{{{VENDORS}}}[{window}]))"


def down_seconds(window: str, seconds: int | str) -> str:
    """How long a vendor was down within a *window*, which is so many *seconds*: that part of what is known of it.

    Not the samples themselves: one at the edge of four minutes may be in two sums, and a day has no 25 hours.
    """
    counted = _summed("down_count4m", window)
    return f"{_summed('down_sum4m', window)} / ({counted} > 0) * clamp_max({counted} * {SAMPLE_SECONDS}, {seconds})"


def availability(window: str) -> str:
    """The part of the time that is known in which a vendor was not down."""
    return f"1 - {_summed('down_sum4m', window)} / ({_summed('down_count4m', window)} > 0)"


def known(window: str, seconds: int | str) -> str:
    """The part of a *window*, which is so many *seconds*, of which anything is known; at most all of it."""
    return f"clamp_max({_summed('down_count4m', window)} * {SAMPLE_SECONDS} / {seconds}, 1)"


FAST, SLOW = recorded("vendor:vendor_slo_burn:fast"), recorded("vendor:vendor_slo_burn:slow")
BURNING = f"2 * ({FAST} == 1)\nor {SLOW}\nor {FAST}"
"""2 while the budget burns fast, 1 while it burns slowly, 0 while it does neither."""
BURNT = " or ".join(
    f"(max_over_time(vendor:vendor_slo_burn:{pace}{{{VENDORS}}}[$__range:$__interval] @ end()) > 0)"
    for pace in ("fast", "slow")
)
"""Who burnt at all at one of the points that are shown: any range has some of these."""
