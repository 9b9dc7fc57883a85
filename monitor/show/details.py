"""One look in words: what the target is like, what is wrong with it or worth knowing, why that matters, and who says so."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from checks.model import Finding
from checks.rules.reasons import RULES
from monitor.logs import escaped
from monitor.report import Look
from monitor.show.console import SEVERITY_STYLE, print_table


def show_details(look: Look, out: Console) -> None:
    """Describe a look that saw something and can be described; of any other, the table has said everything."""
    facts, describe = look.observation.facts, look.check.describe
    if facts is None or describe is None:
        return
    out.print()
    out.rule(Text(look.observation.key, "bold"), align="left", characters="─")
    table = Table.grid(padding=(0, 2))
    for heading, text in describe(facts, look.target.settings):
        table.add_row(Text(heading, "dim"), Text("\n".join(map(escaped, text.splitlines()))))
    print_table(table, out)
    for finding in look.observation.findings:
        out.print()
        for line in _told(finding):
            out.print(line)


def _told(finding: Finding) -> Iterator[Text]:
    line = Text(f"{finding.severity.value:<9}", SEVERITY_STYLE[finding.severity])
    yield line.append(f"{finding.code}: ", "bold").append(escaped(finding.message), "default")
    rule = RULES.get(finding.code)
    if rule:
        yield Text(f"{'':<9}{rule.why}")
        yield Text(f"{'':<9}{rule.citation}", "dim")
