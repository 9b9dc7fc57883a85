"""A story as it goes on: what happens, and beneath it what is made of that, a line for each as soon as it is known."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.show.console import SEVERITY_STYLE, STATE_STYLE, console

_STYLES = {
    **{severity.value: style for severity, style in SEVERITY_STYLE.items()},
    **{state.value: style for state, style in STATE_STYLE.items()},
    "operational": "green",
    "partial_outage": "red",
    "major_outage": "bold red",
    "offline": "bold red",
}
"""How words are coloured; others are not."""
_INDENT = "       "


class Story:
    """Tells it on stdout: in colours on a terminal, in plain lines elsewhere."""

    def __init__(self) -> None:
        self._out = console()

    def say(self, line: str = "", style: str | None = None) -> None:
        """A line of its own."""
        self._out.print(line, style=style, soft_wrap=True)

    def happens(self, time: str, what: str) -> None:
        """At a time of day something happens."""
        self.say(f"{time}  {what}", "bold")

    def is_seen(self, what: str, before: str, after: str, seconds: float) -> None:
        """Something was *before* and is *after* now, so many seconds after the last thing that happened."""
        self._out.print(f"{_INDENT}{what:<24}", end="")
        self._out.print(f"{before} -> ", style="dim", end="")
        self._out.print(after, style=_STYLES.get(after), end="")
        self._out.print(f"  ({seconds:.1f} s)", style="dim")

    def add_up(self, lines: Iterable[tuple[str, str, bool]]) -> None:
        """The end of the story: time, what happened and what came of it, and whether that is as it should be."""
        self.say()
        for time, outcome, is_well in lines:
            self.say(f"{time}  {outcome}", None if is_well else "bold red")
