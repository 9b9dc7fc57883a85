"""Whether our own network may be why looks failed, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from monitor.correlate import Sight
from monitor.logs import escaped
from monitor.report import Look, is_own_network_suspect, troubles

_BY_CANARIES = "Our own network is the suspect, so nobody is called down for what may be its fault. What did not work:"
_BY_THE_OTHERS = "Nothing that was looked at could be seen: our own network is the suspect, so nobody is called down."
_ALONE = "Nothing else was looked at: it may be them, and it may be our own network."


def show_sight(looks: Sequence[Look], out: Console) -> None:
    """Say that our own network is the suspect, and by what, where it is; nothing where it is not."""
    lines = [f"  {escaped(trouble)}" for trouble in troubles(looks)]
    if is_own_network_suspect(looks):
        out.print(Text("\n".join([_BY_CANARIES if lines else _BY_THE_OTHERS, *lines]), "magenta"))
    elif any(look.sight is Sight.UNSURE for look in looks):
        out.print(Text(_ALONE, "magenta"))
