"""The command line: which commands there are, and which module each needs. What they do is in `monitor.commands`.

Each command imports what it needs when it runs, so that help is instant. Exit codes are told in `monitor.commands.ends`.
"""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from monitor.commands import usage
from monitor.commands.ends import INTERRUPTED, TERMINATED, UNAVAILABLE, UNREAD, USAGE, complain


class _Parser(argparse.ArgumentParser):
    """argparse with this program's exit code for wrong usage."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


class _Version(argparse.Action):
    """Says the version; asking for it costs an import that the other commands need not pay."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"vendorwatch {version('vendorwatch')}")
        parser.exit()


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The flags in *arguments*. Exits on wrong usage, with that of the command it is about."""
    parser = _parser()
    flags, rest = parser.parse_known_args(arguments)
    if rest:
        flags.parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return flags


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="vendorwatch",
        description="Watches the vendors a product depends on, and says where their word and our measurement part.",
    )
    parser.add_argument("-V", "--version", action=_Version, nargs=0, help="say the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    usage.run(commands.add_parser("run", help="start the daemon"))
    usage.demo(commands.add_parser("demo", help="watch simulated vendors live through a bad hour"))
    usage.check(commands.add_parser("check", help="look at vendors, targets or addresses now"))
    usage.explain(commands.add_parser("explain", help="everything about one target, on one page"))
    usage.add(commands.add_parser("add", help="write a vendor's file for a known name or a status page's address"))
    usage.detect(commands.add_parser("detect", help="find out what kind of status page is at an address"))
    usage.presets(commands.add_parser("presets", help="list the vendors that are known by name"))
    usage.platforms(commands.add_parser("platforms", help="list the kinds of status pages that can be read"))
    usage.outages(commands.add_parser("outages", help="list the outages of vendors, and what the vendors said of them"))
    usage.report(commands.add_parser("report", help="review vendors month by month, for an SLA or an audit"))
    usage.looks(commands.add_parser("looks", help="show what the looks at a target saw around a time"))
    usage.mute(commands.add_parser("mute", help="tell nobody of a vendor for a while"))
    usage.unmute(commands.add_parser("unmute", help="end a mute before its time"))
    usage.notify(commands.add_parser("notify", help="try those who are to be told, or show what waits to be told"))
    usage.db(commands.add_parser("db", help="look after the database: upgrade, check, stats, backup"))
    usage.validate(commands.add_parser("validate", help="read the configuration and tell all its mistakes"))
    usage.schema(commands.add_parser("schema", help="print the JSON Schema of a configuration file"))
    for each in commands.choices.values():
        each.set_defaults(parser=each)
    return parser


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and exit with its code."""
    _heed_the_end()
    # What a vendor wrote may hold what this terminal's encoding cannot say.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        _exit_of(arguments)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # Whoever read our output has seen enough; what is left of it goes nowhere.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.dup2(nowhere, sys.stderr.fileno())
        sys.exit(UNREAD)
    except OSError as error:
        complain(_in_words(error))
        sys.exit(UNAVAILABLE)


def _heed_the_end() -> None:
    """Have SIGTERM end the first process of a container as it ends any other: it alone is spared what it does not handle.

    `monitor.wishes` hears it later; until then a daemon that is told to end while it starts would stay until it is killed.
    """
    if os.getpid() == 1:
        signal.signal(signal.SIGTERM, lambda *_: os._exit(TERMINATED))


def _exit_of(arguments: Sequence[str] | None) -> NoReturn:
    """Run a command and exit with its code, once all that it said has been taken."""
    try:
        sys.exit(_act(parse(arguments)))
    finally:
        if sys.stdout:  # There is none where it was closed.
            sys.stdout.flush()


def _in_words(error: OSError) -> str:
    """*error* as people say it: what it is about and what is wrong with it, without its number."""
    return ": ".join(str(part) for part in (error.filename, error.strerror) if part) or str(error)


def _act(flags: argparse.Namespace) -> int:
    """Do what was asked for and return the exit code."""
    if flags.command in {"run", "demo"}:
        return _watch(flags)
    if flags.command in {"check", "explain"}:
        from monitor.commands import looking

        return looking.check(flags) if flags.command == "check" else looking.explain(flags)
    if flags.command in {"detect", "add"}:
        from monitor.commands import discovering

        return discovering.detect_page(flags) if flags.command == "detect" else discovering.add(flags)
    if flags.command in {"presets", "platforms"}:
        from monitor.commands import knowing

        return knowing.list_presets(flags) if flags.command == "presets" else knowing.list_platforms(flags)
    if flags.command in {"outages", "mute", "unmute"}:
        from monitor.commands import remembering

        acts = {"outages": remembering.outages, "mute": remembering.mute, "unmute": remembering.unmute}
        return acts[flags.command](flags)
    if flags.command == "report":
        from monitor.garbage import uncollected

        with uncollected():
            from monitor.commands import reviewing

            return reviewing.report(flags)
    if flags.command == "looks":
        from monitor.commands import recalling

        return recalling.looks(flags)
    if flags.command == "notify":
        from monitor.commands import notifying

        notify = {"test": notifying.test, "status": notifying.status, "forget": notifying.forget}
        return notify[flags.act](flags)
    if flags.command == "db":
        from monitor.commands import upkeep

        db = {"upgrade": upkeep.upgrade, "check": upkeep.check, "stats": upkeep.stats, "backup": upkeep.backup}
        return db[flags.act](flags)
    from monitor.commands import configuring

    return configuring.validate(flags) if flags.command == "validate" else configuring.schema(flags)


def _watch(flags: argparse.Namespace) -> int:
    """Do what goes on until a signal ends it."""
    if flags.command == "demo":
        from monitor.commands import demoing

        return demoing.demo(flags)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # Until the daemon can hear it: a reload must not end the program.
    from monitor.commands import serving

    return serving.run(flags)
