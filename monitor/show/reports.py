"""The table of an on-demand look: vendors worst first, each with its looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from checks.model import Claim, Finding, Severity, State
from checks.rules.reasons import RULES
from checks.status.platform import all_platforms
from monitor.correlate import Disagreement, Unreadable
from monitor.logs import escaped
from monitor.report import Look, VendorReport, unreadable
from monitor.show.console import SEVERITY_STYLE, STATE_STYLE, print_table
from monitor.show.sight import show_sight

_DISAGREEMENT = {
    Disagreement.PROBE_DOWN_CLAIM_OK: "down for us, and its status page says operational",
    Disagreement.PROBE_OK_CLAIM_DOWN: "up for us, and its status page says it is not",
}


def show_reports(reports: Sequence[VendorReport], out: Console) -> None:
    """The table of an on-demand look, and one line that sums it up."""
    table = Table(box=None, pad_edge=False, header_style="dim", show_edge=False)
    table.add_column("STATE", no_wrap=True)
    table.add_column("VENDOR / TARGET", overflow="fold", max_width=max(24, out.width // 3))
    table.add_column("SAYS", no_wrap=True)
    table.add_column("WHAT WE SEE", overflow="fold", min_width=24)
    for report in reports:
        _vendor_rows(table, report)
    print_table(table, out)
    out.print(_summary(reports))
    show_sight([look for report in reports for look in report.looks], out)
    for each in unreadable(reports):
        out.print(_unreadable(each))


def _vendor_rows(table: Table, report: VendorReport) -> None:
    state = report.state.value if report.is_measured else "not measured"
    style = STATE_STYLE[report.state] if report.is_measured else "dim"
    word = report.claim.value.replace("_", " ")
    says = Text(word, _claim_style(report.claim)) if report.is_asked else Text("no page", "dim")
    table.add_row(Text(state, style), Text(escaped(report.vendor.name), "bold"), says, _note(report))
    for look in report.looks:
        name = f"  {look.check.name} {look.target.name}"
        table.add_row(Text(look.severity.value, SEVERITY_STYLE[look.severity]), Text(name), Text(""), _what(look))


def _note(report: VendorReport) -> Text:
    """What to know of the vendor as a whole: where word and measurement part, and where to read on when all is not well."""
    note = Text()
    if report.disagreement:
        note.append(_DISAGREEMENT[report.disagreement], "bold red")
        note.append(", on a page that has not changed for months" if report.is_page_suspect else "", "red")
    if report.severity is not Severity.OK and report.vendor.status:
        note.append("  " if note else "").append(report.vendor.status.url, "dim")
    return note


def _claim_style(claim: Claim) -> str:
    return {Claim.OPERATIONAL: "green", Claim.UNKNOWN: "magenta", Claim.MAINTENANCE: "cyan"}.get(claim, "yellow")


def _what(look: Look) -> Text:
    """The reason for the look's severity; for a good one, its most useful fact; with every further problem on a new line."""
    failure = look.observation.failure
    if failure:
        return Text(escaped(f"{failure.reason.value}: {failure.detail}"))
    findings = look.observation.findings
    problems = [finding for finding in findings if finding.severity is not Severity.OK]
    notes = [finding for finding in findings[1:] if finding.code not in RULES]
    shown = dict.fromkeys([*_headline(findings, problems), *(problems or notes)])
    return Text("\n").join(Text(escaped(finding.message)) for finding in shown)


def _headline(findings: Sequence[Finding], problems: Sequence[Finding]) -> Sequence[Finding]:
    """The first finding, where it sums up the others; what is merely well needs no word beside what is not."""
    return findings[:1] if not problems or any(finding.code in RULES for finding in findings[:1]) else ()


def _summary(reports: Sequence[VendorReport]) -> Text:
    measured = Counter(report.state for report in reports if report.is_measured)
    parts = [f"{number} {state.value}" for state, number in sorted(measured.items(), key=lambda item: -_rank(item[0]))]
    unmeasured = sum(not report.is_measured for report in reports)
    parts += [f"{unmeasured} not measured"] if unmeasured else []
    looks = [look for report in reports for look in report.looks]
    told = Text(f"\n{_counted(len(reports), 'vendor')}: {', '.join(parts)}; ", "dim")
    told.append(f"{_counted(len(looks), 'look')}: {_severities(looks)}", "dim")
    return told


def _unreadable(found: Unreadable) -> Text:
    name = all_platforms()[found.platform].title
    told = f"{found.failed} of {found.pages} pages of {name} could not be read, most for the reason {found.reason.value}"
    return Text(
        f"\nPlatform unreadable: {told}. Look there, or at our reader of it, before you look at each vendor.", "magenta"
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _severities(looks: Sequence[Look]) -> str:
    found = Counter(look.severity for look in looks)
    return ", ".join(f"{found[severity]} {severity.value}" for severity in reversed(Severity) if found[severity])


def _rank(state: State) -> int:
    return list(State).index(state)
