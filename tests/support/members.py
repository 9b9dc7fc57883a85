"""The labels of metrics that take their values from a closed set, and that set, as the code has it.

What is free (names, addresses, what a vendor chooses) is told apart from what nobody thought of: see `FREE`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields
from enum import Enum
from functools import cache
from typing import get_args

from promql_parser import Expr, Matcher, MatchOp, VectorSelector

from checks.check import all_checks
from checks.model import Claim, Reason, Severity, State
from checks.network import Phases, TrustFault
from checks.network.connection import Family as IpFamily
from checks.rules import PROFILES
from checks.shared import SharedKind
from checks.status.report import Impact
from checks.tls.codes import VERSION_NAMES
from checks.tls.grading import Grade
from checks.vendor import Tier
from monitor.correlate import Disagreement
from monitor.egress import Egress, Kind
from monitor.metrics import MissedReason
from monitor.standing import Work
from monitor.store.store import Fault, Operation
from tests.support.labels import nodes
from tests.support.panels import WORD
from tests.support.prometheus import RULES
from tests.support.recorded import load_rules
from tests.support.vocabulary import Vocabulary

FREE = frozenset(
    {"channel", "cipher", "component", "group", "issuer", "name", "operator", "platform", "python", "target", "team"}
)
"""Labels that may have any value, or one of those that somebody else chooses."""
_ALSO_FREE = frozenset({("vendorwatch_build_info", "version"), ("vendor_tls_session_info", "version")})
_POSITIONS = ("leaf", "chain")
_OF_CERTIFICATES = ("key_bits", "key_type", "vendor")


def _values(members: type[Enum]) -> frozenset[str]:
    return frozenset(str(member.value) for member in members)


@cache
def members(metric: str, label: str) -> frozenset[str] | None:
    """What *label* of *metric* can be; None where it is free."""
    if (metric, label) in _ALSO_FREE:
        return None
    return _of_metrics().get((metric, label)) or _of_labels().get(label)


@cache
def _of_labels() -> Mapping[str, frozenset[str]]:
    """What a label is on whatever metric it stands, unless `_of_metrics` knows better."""
    return {
        "check": frozenset(all_checks()),
        "state": _values(State),
        "severity": _values(Severity),
        "impact": _values(Impact),
        "grade": _values(Grade),
        "tier": _values(Tier),
        "operation": _values(Operation),
        "source": _values(Work),
        "position": frozenset(_POSITIONS),
        "phase": frozenset(field.name for field in fields(Phases)),
        "ip_family": frozenset(get_args(IpFamily)),
        "version": frozenset(VERSION_NAMES.values()),
        "fault": _values(TrustFault) | {"name_mismatch"},
        "profile": frozenset(PROFILES),
    }


@cache
def _of_metrics() -> Mapping[tuple[str, str], frozenset[str]]:
    alerts = [rule for rule in load_rules(RULES) if "alert" in rule]
    severities = " ".join(rule["labels"]["severity"] for rule in alerts)
    return {
        ("vendor_claim_state", "state"): _values(Claim),
        ("vendor_component_state", "state"): _values(Claim),
        ("vendorwatch_egress_state", "state"): _values(Egress),
        ("vendor_disagreement", "kind"): _values(Disagreement),
        ("vendorwatch_shared_cause_vendors", "kind"): _values(SharedKind),
        ("vendorwatch_canary_up", "kind"): frozenset(get_args(Kind)),
        ("vendor_probe_failures_total", "reason"): _values(Reason),
        ("vendorwatch_missed_runs_total", "reason"): frozenset(get_args(MissedReason)),
        ("vendorwatch_store_errors_total", "reason"): _values(Fault),
        ("vendorwatch_store_dropped_total", "reason"): frozenset({"overflow", "unwritable"}),
        ("ALERTS", "alertname"): frozenset(rule["alert"] for rule in alerts),
        ("ALERTS", "alertstate"): frozenset({"pending", "firing"}),
        ("ALERTS", "severity"): frozenset(re.findall(r"\b(?:page|ticket|info|none|warning|critical)\b", severities)),
    }


def unthought(known: Vocabulary) -> set[tuple[str, str]]:
    """Labels of families that are neither closed nor free."""
    every = {(family.name, label) for family in known.families.values() for label in family.labels}
    loose = FREE.union(_OF_CERTIFICATES)
    return {(name, label) for name, label in every - _ALSO_FREE if label not in loose and members(name, label) is None}


def strange(node: Expr, known: Vocabulary) -> Iterator[str]:
    """Selectors in *node* of what no series ever has: values that are not among the members of their label."""
    for each in nodes(node):
        if isinstance(each, VectorSelector):
            family = known.family(each.name or "")
            name = family.name if family else each.name or ""
            yield from _unmet(name, each.matchers.matchers)


def _unmet(name: str, matchers: Iterable[Matcher]) -> Iterator[str]:
    for matcher in matchers:
        closed = members(name, matcher.name)
        if closed is not None and matcher.value != WORD:
            yield from (f"{name} has no {matcher.name} {each!r}" for each in _named(matcher) if not _meets(each, closed))


def _named(matcher: Matcher) -> Collection[str]:
    """The values, or parts of a pattern, that have to be there."""
    if matcher.op in (MatchOp.Equal, MatchOp.NotEqual):
        return [matcher.value] if matcher.value else []
    return matcher.value.split("|") if "(" not in matcher.value else [matcher.value]


def _meets(pattern: str, closed: Collection[str]) -> bool:
    return pattern in closed or any(re.fullmatch(pattern, each) for each in closed)
