"""The command line: flags, help, and which module a command needs. What commands do is in `monitor.commands`.

Each command imports what it needs when it runs, so that help is instant. Exit codes are told in `monitor.commands.ends`.
"""

from __future__ import annotations

import argparse
import io
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from monitor.commands.ends import INTERRUPTED, OK, UNAVAILABLE, USAGE, complain

_KINDS = "only this kind of check: certificate, dns, endpoint, status, tls"
_DEEP = "look thoroughly: ask for every TLS version, suite and group there is, over up to 200 connections"


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
    _run_flags(commands.add_parser("run", help="start the daemon"))
    _check_flags(commands.add_parser("check", help="look at vendors, targets or addresses now"))
    _explain_flags(commands.add_parser("explain", help="everything about one target, on one page"))
    _add_flags(commands.add_parser("add", help="write a vendor's file for a known name or a status page's address"))
    _detect_flags(commands.add_parser("detect", help="find out what kind of status page is at an address"))
    _presets_flags(commands.add_parser("presets", help="list the vendors that are known by name"))
    _platforms_flags(commands.add_parser("platforms", help="list the kinds of status pages that can be read"))
    _validate_flags(commands.add_parser("validate", help="read the configuration and tell all its mistakes"))
    _schema_flags(commands.add_parser("schema", help="print the JSON Schema of a configuration file"))
    for each in commands.choices.values():
        each.set_defaults(parser=each)
    return parser


def _format_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text")


def _config_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config",
        metavar="DIR",
        type=Path,
        default=None,
        help="the folder with monitor.yaml and vendors/ (default: config)",
    )


def _run_flags(parser: argparse.ArgumentParser) -> None:
    parser.description = "Start the daemon. SIGTERM and SIGINT stop it, SIGHUP reads the configuration again."
    _config_flag(parser)
    parser.add_argument("--log-format", choices=("auto", "console", "json"), default="auto", help="default: by the terminal")
    parser.add_argument("--log-level", choices=("debug", "info", "warning", "error"), default="info")


def _check_flags(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Look now, with the daemon's own probes; no daemon is needed and nothing is written. "
        "Without a name, look at everything. The exit code is the worst severity: 0 ok, 1 warning, 2 critical, 3 unknown."
    )
    parser.add_argument("names", metavar="NAME", nargs="*", help="a vendor, a target, https://address or host:port")
    parser.add_argument("--check", metavar="KIND", help=_KINDS)
    parser.add_argument("--deep", action="store_true", help=_DEEP)
    _format_flag(parser)
    _config_flag(parser)


def _explain_flags(parser: argparse.ArgumentParser) -> None:
    parser.description = "Look at one target now and print its settings, what was sent and answered, facts and findings."
    parser.add_argument(
        "names", metavar="TARGET", nargs=1, help="like github/status/page, a vendor, https://address, host:port"
    )
    parser.add_argument("--check", metavar="KIND", help=_KINDS)
    parser.add_argument("--deep", action="store_true", help=_DEEP)
    _config_flag(parser)


def _add_flags(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Write a commented file vendors/<slug>.yaml for each vendor. A page that says nothing before its user has said "
        "something (which regions of a cloud, which instance) is written as a comment, and is not watched yet. What is "
        "there already stays as it is, and the exit code is 1 then; it is 3 when an address is not recognised."
    )
    parser.add_argument("names", metavar="NAME", nargs="+", help="a preset, like github, or a status page's https://address")
    parser.add_argument("--owner", metavar="TEAM", default="", help="who is told")
    parser.add_argument("--tier", choices=("critical", "standard", "low"), default="", help="how much depends on them")
    _config_flag(parser)


def _detect_flags(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Find out what kind of status page is at an address, and print the vendor's file that follows from it. "
        "The exit code is 3 when the page is not recognised."
    )
    parser.add_argument("url", metavar="URL", help="https://address of the page, as people open it")
    _format_flag(parser)
    _config_flag(parser)


def _presets_flags(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "List the vendors that are known by name, for `vendorwatch add` and for preset: in a vendor's file. "
        "Of several words all must match. The exit code is 1 when nothing does."
    )
    parser.add_argument(
        "search", metavar="WORD", nargs="*", help="part of a slug, name, category, platform or host, or a page's address"
    )
    _format_flag(parser)


def _platforms_flags(parser: argparse.ArgumentParser) -> None:
    parser.description = "List the kinds of status pages that can be read, and what is read of each."
    _format_flag(parser)


def _validate_flags(parser: argparse.ArgumentParser) -> None:
    parser.description = "Read all configuration files and tell every mistake as file:line: path: message."
    _config_flag(parser)


def _schema_flags(parser: argparse.ArgumentParser) -> None:
    parser.description = "Print the JSON Schema of a configuration file, for editors."
    parser.add_argument("file", choices=("vendor", "monitor"), help="which file's schema")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and exit with its code."""
    flags = parse(arguments)
    # What a vendor wrote may hold what this terminal's encoding cannot say.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        sys.exit(_act(flags))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # Whoever read our output has seen enough.
        sys.stderr.close()
        sys.exit(OK)
    except OSError as error:
        complain(_in_words(error))
        sys.exit(UNAVAILABLE)


def _in_words(error: OSError) -> str:
    """*error* as people say it: what it is about and what is wrong with it, without its number."""
    return ": ".join(str(part) for part in (error.filename, error.strerror) if part) or str(error)


def _act(flags: argparse.Namespace) -> int:
    """Do what was asked for and return the exit code."""
    if flags.command == "run":
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # Until the daemon can hear it: a reload must not end the program.
        from monitor.commands import serving

        return serving.run(flags)
    if flags.command in {"check", "explain"}:
        from monitor.commands import looking

        return looking.check(flags) if flags.command == "check" else looking.explain(flags)
    if flags.command in {"detect", "add"}:
        from monitor.commands import discovering

        return discovering.detect_page(flags) if flags.command == "detect" else discovering.add(flags)
    if flags.command in {"presets", "platforms"}:
        from monitor.commands import knowing

        return knowing.list_presets(flags) if flags.command == "presets" else knowing.list_platforms(flags)
    from monitor.commands import configuring

    return configuring.validate(flags) if flags.command == "validate" else configuring.schema(flags)
