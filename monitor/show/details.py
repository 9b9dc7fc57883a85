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
    out.print(Text(look.observation.key, "bold"))
    table = Table.grid(padding=(0, 2))
    for heading, text in describe(facts, look.target.settings):
        table.add_row(Text(heading, "dim"), Text("\n".join(map(escaped, text.splitlines()))))
    print_table(table, out)
    told = Table.grid(padding=(0, 1))
    for finding in look.observation.findings:
        told.add_row()
        told.add_row(Text(finding.severity.value, SEVERITY_STYLE[finding.severity]), _message(finding))
        for line in _rule(finding):
            told.add_row("", line)
    print_table(told, out)


def _message(finding: Finding) -> Text:
    return Text(f"{finding.code}: ", "bold").append(escaped(finding.message), "default")


def _rule(finding: Finding) -> Iterator[Text]:
    """Why it matters, and who says so since when."""
    rule = RULES.get(finding.code)
    if rule:
        yield Text(rule.why)
        yield Text(str(rule.citation), "dim")
