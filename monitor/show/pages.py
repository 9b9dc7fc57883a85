"""Everything about one target on one page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from checks.plain import instant, plain
from monitor.logs import escaped
from monitor.report import Look
from monitor.show.console import SEVERITY_STYLE


def show_page(look: Look, out: Console) -> None:
    """Everything about one target on one page."""
    seen = look.observation
    out.rule(Text(seen.key, "bold"), align="left", characters="─")
    _section(out, "settings", plain(look.target.settings))
    out.print(Text(f"every {look.target.every:g} s, deadline {look.target.deadline:g} s", "dim"))
    for number, exchange in enumerate(look.exchanges, 1):
        out.print(Text(f"\nrequest {number}", "bold"))
        out.print(Text("\n".join(escaped(line) for line in exchange.lines())))
    verdict = f"severity {look.severity.value}, state {look.state.value}"
    out.print(Text(f"\nobserved {instant(seen.at)} in {seen.seconds:.3f} s: {verdict}", "bold"))
    if seen.failure:
        out.print(Text(escaped(str(seen.failure)), SEVERITY_STYLE[look.severity]))
    else:
        _section(out, "facts", plain(seen.facts))
    _findings(look, out)
    _samples(look, out)


def _findings(look: Look, out: Console) -> None:
    if look.observation.findings:
        out.print(Text("\nfindings", "bold"))
    for finding in look.observation.findings:
        line = Text(f"{finding.severity.value:<9}", SEVERITY_STYLE[finding.severity])
        out.print(line.append(escaped(f"{finding.code}: {finding.message}"), "default"))


def _samples(look: Look, out: Console) -> None:
    if look.observation.samples:
        out.print(Text("\nsamples", "bold"))
    for sample in look.observation.samples:
        out.print(Text(f"{sample.metric.name}{_braces(sample.labels)} {sample.value:.10g}"))


def _braces(labels: Mapping[str, str]) -> str:
    pairs = ",".join(f'{name}="{escaped(value)}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def _section(out: Console, title: str, value: Any) -> None:
    out.print(Text(f"\n{title}", "bold"))
    out.print(Text(json.dumps(value, indent=2, ensure_ascii=True)))
