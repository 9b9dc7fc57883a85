"""What a tired person reads: tables and pages of text, worst first. Only this module knows rich.

A vendor's text is shown without control characters and never as markup. Colour and progress are for terminals; what is
piped is plain, and no narrower than its content.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from checks.model import Claim, Severity, State
from checks.plain import instant, plain
from checks.status.platform import all_platforms
from monitor.correlate import Disagreement, Sight, Unreadable
from monitor.logs import escaped
from monitor.report import Look, VendorReport, unreadable

_STATE_STYLE = {
    State.UP: "green",
    State.MAINTENANCE: "cyan",
    State.DEGRADED: "yellow",
    State.UNKNOWN: "magenta",
    State.DOWN: "bold red",
}
_SEVERITY_STYLE = {
    Severity.OK: "green",
    Severity.WARNING: "yellow",
    Severity.UNKNOWN: "magenta",
    Severity.CRITICAL: "bold red",
}
_DISAGREEMENT = {
    Disagreement.PROBE_DOWN_CLAIM_OK: "down for us, and its status page says operational",
    Disagreement.PROBE_OK_CLAIM_DOWN: "up for us, and its status page says it is not",
}
_BLIND = "\nNothing that was looked at could be seen: our own network is the suspect, so nobody is called down."
_ALONE = "\nNothing else was looked at: it may be them, and it may be our own network."
_PIPED_WIDTH = 240
_GAP = 2
"""The blanks between two columns."""


def console(*, to_stderr: bool = False) -> Console:
    """Where text goes."""
    out = Console(stderr=to_stderr, highlight=False, markup=False, emoji=False)
    if not out.is_terminal:
        out.width = _PIPED_WIDTH
    return out


@contextmanager
def progress(total: int) -> Iterator[Any]:
    """Counts what is done on a terminal's standard error; yields the function to call for each."""
    err = console(to_stderr=True)
    bar = Progress(
        TextColumn("looking at"),
        MofNCompleteColumn(),
        BarColumn(),
        TextColumn("{task.description}"),
        console=err,
        transient=True,
    )
    with bar if err.is_terminal else _quiet():
        task = bar.add_task("", total=total)
        yield lambda name: bar.update(task, advance=1, description=name)


@contextmanager
def _quiet() -> Iterator[None]:
    yield


def show_reports(reports: Sequence[VendorReport], out: Console) -> None:
    """The table of an on-demand look, and one line that sums it up."""
    table = Table(box=None, pad_edge=False, header_style="dim", show_edge=False)
    table.add_column("STATE", no_wrap=True)
    table.add_column("VENDOR / TARGET", overflow="fold", max_width=max(24, out.width // 3))
    table.add_column("SAYS", no_wrap=True)
    table.add_column("WHAT WE SEE", overflow="fold", min_width=24)
    for report in reports:
        _vendor_rows(table, report)
    _print(table, out)
    out.print(_summary(reports))
    for each in unreadable(reports):
        out.print(_unreadable(each))


def show_table(header: Sequence[str], rows: Iterable[Sequence[str]], out: Console, spare: Sequence[str] = ()) -> None:
    """A plain table; its cells are text, whatever is in them. Words stay whole, or end in an ellipsis.

    On a terminal that is too narrow for all of it the *spare* columns are left out, the first of them first.
    """
    columns = [[name, *(escaped(cell) for cell in cells)] for name, *cells in zip(header, *rows, strict=True)]
    for name in spare:
        if sum(max(map(cell_len, column)) + _GAP for column in columns) - _GAP > out.width:
            columns = [column for column in columns if column[0] != name]
    table = Table(*(column[0] for column in columns), box=None, pad_edge=False, header_style="dim", show_edge=False)
    for row in zip(*(column[1:] for column in columns), strict=True):
        table.add_row(*(Text(cell, overflow="ellipsis") for cell in row))
    _print(table, out)


def _print(table: Table, out: Console) -> None:
    """Print without the blanks that fill the last column: whoever pipes a table wants its lines, not its width."""
    with out.capture() as captured:
        out.print(table)
    for line in captured.get().splitlines():
        out.out(line.rstrip(), highlight=False)


def _vendor_rows(table: Table, report: VendorReport) -> None:
    state = report.state.value if report.is_measured else "not measured"
    style = _STATE_STYLE[report.state] if report.is_measured else "dim"
    says = Text(report.claim.value, _claim_style(report.claim)) if report.is_asked else Text("no page", "dim")
    table.add_row(Text(state, style), Text(escaped(report.vendor.name), "bold"), says, _note(report))
    for look in report.looks:
        name = f"  {look.check.name} {look.target.name}"
        table.add_row(Text(look.severity.value, _SEVERITY_STYLE[look.severity]), Text(name), Text(""), _what(look))


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
    problems = [finding for finding in look.observation.findings if finding.severity is not Severity.OK]
    shown = problems or list(look.observation.findings)
    return Text("\n").join(Text(escaped(finding.message)) for finding in shown)


def _summary(reports: Sequence[VendorReport]) -> Text:
    measured = Counter(report.state for report in reports if report.is_measured)
    parts = [f"{number} {state.value}" for state, number in sorted(measured.items(), key=lambda item: -_rank(item[0]))]
    unmeasured = sum(not report.is_measured for report in reports)
    parts += [f"{unmeasured} not measured"] if unmeasured else []
    looks = [look for report in reports for look in report.looks]
    told = Text(f"\n{_counted(len(reports), 'vendor')}: {', '.join(parts)}; ", "dim")
    told.append(f"{_counted(len(looks), 'look')}: {_severities(looks)}", "dim")
    sights = {look.sight for look in looks}
    if Sight.BLIND in sights:
        told.append(_BLIND, "magenta")
    elif Sight.UNSURE in sights:
        told.append(_ALONE, "magenta")
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
        out.print(Text(escaped(str(seen.failure)), _SEVERITY_STYLE[look.severity]))
    else:
        _section(out, "facts", plain(seen.facts))
    _findings(look, out)
    _samples(look, out)


def _findings(look: Look, out: Console) -> None:
    if look.observation.findings:
        out.print(Text("\nfindings", "bold"))
    for finding in look.observation.findings:
        line = Text(f"{finding.severity.value:<9}", _SEVERITY_STYLE[finding.severity])
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
