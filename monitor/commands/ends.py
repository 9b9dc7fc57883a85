"""How a command ends: its exit code, and what it says to whoever typed it. Costs nothing to import.

Exit codes: 0, 1, 2, 3 for ok, warning, critical, unknown (the monitoring-plugin scale); 64 when the command was used
wrongly, 78 when the configuration has mistakes (1 from ``validate``, which was asked just that), 69 when the store, the
listen address or the output cannot be had or a file cannot be written (these from sysexits.h); 130, 141, 143 as a shell
says of a program that SIGINT, SIGPIPE, SIGTERM ended, 141 where nobody reads what it says.
"""

from __future__ import annotations

import sys

OK = 0
NO = 1
"""The answer to the question that the command is: not valid, not found, not written."""
UNKNOWN = 3
USAGE = 64
UNAVAILABLE = 69
CONFIG = 78
INTERRUPTED = 130
UNREAD = 141
TERMINATED = 143


def say(message: object) -> None:
    """Tell the person who typed the command, beside what was asked for."""
    print(message, file=sys.stderr)


def complain(message: object) -> None:
    """Tell what went wrong, with the program's name before it."""
    say(f"vendorwatch: {message}")
