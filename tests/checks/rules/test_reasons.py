"""Every finding about TLS has its rule, and each rule says why it matters and who says so."""

from __future__ import annotations

import re
from datetime import date

import pytest

from checks.network import TrustFault
from checks.rules import RULES, Rule
from checks.rules.certificates import CERTIFICATE_RULES
from checks.rules.configuration import CONFIGURATION_RULES
from checks.rules.surroundings import SURROUNDING_RULES

EVERY_RULE = (*CERTIFICATE_RULES, *CONFIGURATION_RULES, *SURROUNDING_RULES)

each = pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.code)


def test_a_code_has_one_rule() -> None:
    assert len(RULES) == len(EVERY_RULE)


def test_no_two_findings_give_the_same_reason_but_those_that_share_it() -> None:
    shared = {RULES["tls.version.1_0"].why}
    reasons = [rule.why for rule in EVERY_RULE if rule.why not in shared]
    assert len(reasons) == len(set(reasons))


def test_whatever_a_chain_is_refused_for_has_its_rule() -> None:
    assert {f"cert.{fault}" for fault in TrustFault} <= set(RULES)


@each
def test_a_rule_is_found_by_its_code(rule: Rule) -> None:
    assert RULES[rule.code] is rule
    assert re.fullmatch(r"(cert|tls|http|dns)(\.[a-z0-9_]+){1,2}", rule.code)


@each
def test_why_is_one_or_two_sentences(rule: Rule) -> None:
    sentences = re.findall(r"[^.]+(?:\.\d[^.]*)*\.(?: |$)", rule.why)
    assert "".join(sentences) == rule.why
    assert len(sentences) in {1, 2}
    assert rule.why[0].isupper()


@each
def test_a_title_is_part_of_a_sentence(rule: Rule) -> None:
    assert not rule.title.endswith(".")
    assert len(rule.title) <= 50


@each
def test_a_citation_is_dated_and_not_from_the_future(rule: Rule) -> None:
    cited = rule.citation
    assert cited.title
    assert date(1995, 1, 1) < cited.date < date(2026, 11, 22)
    assert str(cited).endswith(f"({cited.date:%Y-%m-%d})")
