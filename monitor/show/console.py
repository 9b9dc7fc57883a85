"""Where text goes, how it is coloured, and what moves while somebody waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from checks.model import Severity, State

STATE_STYLE = {
    State.UP: "green",
    State.MAINTENANCE: "cyan",
    State.DEGRADED: "yellow",
    State.UNKNOWN: "magenta",
    State.DOWN: "bold red",
}
SEVERITY_STYLE = {
    Severity.OK: "green",
    Severity.WARNING: "yellow",
    Severity.UNKNOWN: "magenta",
    Severity.CRITICAL: "bold red",
}
_PIPED_WIDTH = 240


class _Console(Console):
    """A console that lets its caller know when nobody reads any more; rich would end the program on the spot."""

    def on_broken_pipe(self) -> None:
        raise  # noqa: PLE0704 - rich calls this while it handles the BrokenPipeError


def console(*, to_stderr: bool = False) -> Console:
    """Where text goes."""
    out = _Console(stderr=to_stderr, highlight=False, markup=False, emoji=False)
    if not out.is_terminal:
        out.width = _PIPED_WIDTH
    return out


@contextmanager
def progress(total: int, doing: str = "looking at") -> Iterator[Any]:
    """Counts what is done on a terminal's standard error; yields the function to call for each."""
    err = console(to_stderr=True)
    bar = Progress(
        TextColumn(doing),
        MofNCompleteColumn(),
        BarColumn(),
        TextColumn("{task.description}"),
        console=err,
        transient=True,
    )
    with bar if err.is_terminal else nullcontext():
        task = bar.add_task("", total=total)
        yield lambda name: bar.update(task, advance=1, description=name)


def print_table(table: RenderableType, out: Console) -> None:
    """Print without the blanks that fill the last column: whoever pipes a table wants its lines, not its width."""
    with out.capture() as captured:
        out.print(table)
    for line in captured.get().splitlines():
        out.out(line.rstrip(), highlight=False)
