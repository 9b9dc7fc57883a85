"""What may be asked of a Prometheus that watches our daemon: metrics that are declared, and series that rules record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from checks.check import all_checks
from monitor.metrics import Family, Instruments, declared
from tests.support.prometheus import RULES
from tests.support.recorded import load_rules

STANDARD = frozenset({"up", "ALERTS", "ALERTS_FOR_STATE", "scrape_duration_seconds", "scrape_samples_scraped"})
"""What Prometheus itself makes."""
OF_PROCESSES = ("process_", "python_")
"""What every program on prometheus-client says of itself."""


@dataclass(frozen=True)
class Vocabulary:
    """The *families* that are declared, by name, and what is *recorded*: by name, the expressions it is recorded from."""

    families: Mapping[str, Family]
    recorded: Mapping[str, Sequence[str]]

    def family(self, name: str) -> Family | None:
        """The family that a series is of."""
        for suffix in ("", "_bucket", "_sum", "_count"):
            found = self.families.get(name.removesuffix(suffix)) if name.endswith(suffix) else None
            if found and (not suffix or found.kind == "histogram"):
                return found
        return None

    def knows(self, name: str) -> bool:
        """Whether there is such a metric."""
        return name in STANDARD or name in self.recorded or name.startswith(OF_PROCESSES) or self.family(name) is not None

    def is_counter(self, name: str) -> bool:
        """Whether it only grows."""
        family = self.family(name)
        return name.endswith("_total") or (family is not None and family.kind in {"counter", "histogram"})


@cache
def vocabulary() -> Vocabulary:
    """What our daemon declares and our rules record."""
    families = declared(all_checks().values(), Instruments("1.0", all_checks()))
    recorded = defaultdict[str, list[str]](list)
    for rule in load_rules(RULES):
        if "record" in rule:
            recorded[rule["record"]].append(rule["expr"])
    return Vocabulary({family.name: family for family in families}, dict(recorded))
