"""The command line: flags, exit codes, and which code a command needs. Each command imports that when it runs.

Exit codes: 0, 1, 2, 3 for ok, warning, critical, unknown (the monitoring-plugin scale); 64 when the command was used
wrongly, 78 when the configuration has mistakes (1 from ``validate``, which was asked just that), 69 when the store, the
listen address or the output cannot be had (these from sysexits.h).
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

OK = 0
INVALID = 1
USAGE = 64
UNAVAILABLE = 69
CONFIG = 78
INTERRUPTED = 130


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


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="vendorwatch",
        description="Watches the vendors a product depends on, and says where their word and our measurement part.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="say the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _run_flags(commands.add_parser("run", help="start the daemon"))
    _check_flags(commands.add_parser("check", help="look at vendors, targets or addresses now"))
    _explain_flags(commands.add_parser("explain", help="everything about one target, on one page"))
    _validate_flags(commands.add_parser("validate", help="read the configuration and tell all its mistakes"))
    _schema_flags(commands.add_parser("schema", help="print the JSON Schema of a configuration file"))
    return parser


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
    parser.add_argument("--check", metavar="KIND", help="only this kind of check: status, endpoint, certificate")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    _config_flag(parser)


def _explain_flags(parser: argparse.ArgumentParser) -> None:
    parser.description = "Look at one target now and print its settings, what was sent and answered, facts and findings."
    parser.add_argument(
        "names", metavar="TARGET", nargs=1, help="like github/status/page, a vendor, https://address, host:port"
    )
    parser.add_argument("--check", metavar="KIND", help="only this kind of check: status, endpoint, certificate")
    _config_flag(parser)


def _validate_flags(parser: argparse.ArgumentParser) -> None:
    parser.description = "Read all configuration files and tell every mistake as file:line: path: message."
    _config_flag(parser)


def _schema_flags(parser: argparse.ArgumentParser) -> None:
    parser.description = "Print the JSON Schema of a configuration file, for editors."
    parser.add_argument("file", choices=("vendor", "monitor"), help="which file's schema")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and exit with its code."""
    flags = _parser().parse_args(arguments)
    # What a vendor wrote may hold what this terminal's encoding cannot say.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    commands = {"run": _run, "check": _check, "explain": _explain, "validate": _validate, "schema": _schema}
    try:
        sys.exit(commands[flags.command](flags))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # Whoever read our output has seen enough.
        sys.stderr.close()
        sys.exit(OK)
    except OSError as error:
        _say(f"vendorwatch: {error}")
        sys.exit(UNAVAILABLE)


def _say(message: object) -> None:
    print(message, file=sys.stderr)


def _loaded(flags: Any) -> Any:
    """The catalogue; exits when it has mistakes. Without --config a folder that is not there is an empty catalogue."""
    from monitor.catalogue import load, nothing
    from monitor.loading.problem import ConfigError

    directory = flags.config or Path("config")
    try:
        return nothing() if flags.config is None and not directory.exists() else load(directory)
    except ConfigError as error:
        _say(error)
        sys.exit(CONFIG)


def _run(flags: Any) -> int:
    import signal

    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # Until the daemon can hear it: a reload must not end the program.
    import asyncio

    from monitor import daemon, logs
    from monitor.loading.problem import ConfigError
    from monitor.network.trust import RootsUnavailable
    from monitor.store.store import StoreUnavailable
    from monitor.web import ListenError

    logs.configure(flags.log_format, flags.log_level)
    try:
        asyncio.run(daemon.run(flags.config or Path("config")))
    except (ConfigError, RootsUnavailable) as error:
        _say(error)
        return CONFIG
    except (StoreUnavailable, ListenError) as error:
        _say(f"vendorwatch: {error}")
        return UNAVAILABLE
    return OK


def _looks(flags: Any) -> Any:
    """What the words name, looked at: the vendors, and a look at each of their targets."""
    import asyncio

    from monitor import ondemand, show
    from monitor.network.trust import RootsUnavailable

    catalogue = _loaded(flags)
    try:
        return asyncio.run(ondemand.look_at(catalogue, flags.names, flags.check, show.progress))
    except ondemand.NothingToLookAt as error:
        _say(f"vendorwatch: {error}")
        sys.exit(USAGE)
    except RootsUnavailable as error:
        _say(f"vendorwatch: {error}")
        sys.exit(CONFIG)


def _check(flags: Any) -> int:
    import json

    from monitor import report, show

    reports = report.by_vendor(*_looks(flags))
    if flags.format == "json":
        print(json.dumps(report.document(reports)))
    else:
        show.show_reports(reports, show.console())
    return report.worst(reports).exit_code


def _explain(flags: Any) -> int:
    from checks.model import Severity
    from monitor import show

    _, looks = _looks(flags)
    for look in looks:
        show.show_page(look, show.console())
    return Severity.worst(look.severity for look in looks).exit_code


def _validate(flags: Any) -> int:
    from monitor.catalogue import load
    from monitor.loading.problem import ConfigError

    try:
        catalogue = load(flags.config or Path("config"))
    except ConfigError as error:
        _say(error)
        return INVALID
    vendors, targets = len(catalogue.vendors), len(catalogue.targets)
    print(f"{vendors} vendor{'s' * (vendors != 1)}, {targets} target{'s' * (targets != 1)}: no mistakes")
    if not vendors:
        _say(f"nothing is watched: a vendor is a file like {flags.config or Path('config')}/vendors/github.yaml")
    return OK


def _schema(flags: Any) -> int:
    import json

    from monitor.catalogue import schemas

    print(json.dumps(schemas()[f"{flags.file}.schema.json"], indent=2, ensure_ascii=False))
    return OK
