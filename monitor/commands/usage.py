"""The flags of each command, and what its help says: a function for each, named after it. Costs nothing to import."""

from __future__ import annotations

import argparse
from pathlib import Path

_KINDS = "only this kind of check: certificate, dns, endpoint, status, tls"
_DEEP = "look thoroughly: ask for every TLS version, suite and group there is, over up to 200 connections"


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


def run(parser: argparse.ArgumentParser) -> None:
    """Of ``run``."""
    parser.description = "Start the daemon. SIGTERM and SIGINT stop it, SIGHUP reads the configuration again."
    _config_flag(parser)
    parser.add_argument("--listen", metavar="HOST:PORT", help="where its pages are served, whatever monitor.yaml says of it")
    parser.add_argument("--log-format", choices=("auto", "console", "json"), default="auto", help="default: by the terminal")
    parser.add_argument("--log-level", choices=("debug", "info", "warning", "error"), default="info")


def demo(parser: argparse.ArgumentParser) -> None:
    """Of ``demo``."""
    parser.description = (
        "Watch six simulated vendors on loopback live through an hour in minutes: slow answers, an outage that is admitted "
        "late, announced work, a certificate about to end, a page that cannot be read, old TLS, our own network failing. "
        "The daemon that watches them is the real one. When the hour is over it begins anew, until Ctrl-C. Nothing leaves "
        "this machine, and nothing is left behind but its folder below /tmp where it is killed outright (SIGKILL). With "
        "--once the exit code is 1 when the daemon did not see all that it should have."
    )
    parser.add_argument("--minutes", metavar="N", type=float, default=6, help="how long the hour takes (default: 6)")
    parser.add_argument("--once", action="store_true", help="end with the hour")


def check(parser: argparse.ArgumentParser) -> None:
    """Of ``check``."""
    parser.description = (
        "Look now, with the daemon's own probes; no daemon is needed and nothing is written. "
        "Without a name, look at everything. The exit code is the worst severity: 0 ok, 1 warning, 2 critical, 3 unknown."
    )
    parser.add_argument("names", metavar="NAME", nargs="*", help="a vendor, a target, https://address or host:port")
    parser.add_argument("--check", metavar="KIND", help=_KINDS)
    parser.add_argument("--deep", action="store_true", help=_DEEP)
    _format_flag(parser)
    _config_flag(parser)


def explain(parser: argparse.ArgumentParser) -> None:
    """Of ``explain``."""
    parser.description = "Look at one target now and print its settings, what was sent and answered, facts and findings."
    parser.add_argument(
        "names", metavar="TARGET", nargs=1, help="like github/status/page, a vendor, https://address, host:port"
    )
    parser.add_argument("--check", metavar="KIND", help=_KINDS)
    parser.add_argument("--deep", action="store_true", help=_DEEP)
    _config_flag(parser)


def add(parser: argparse.ArgumentParser) -> None:
    """Of ``add``."""
    parser.description = (
        "Write a commented file vendors/<slug>.yaml for each vendor. A page that says nothing before its user has said "
        "something (which regions of a cloud, which instance) is written as a comment, and is not watched yet. What is "
        "there already stays as it is, and the exit code is 1 then; it is 3 when an address is not recognised."
    )
    parser.add_argument("names", metavar="NAME", nargs="+", help="a preset, like github, or a status page's https://address")
    parser.add_argument("--owner", metavar="TEAM", default="", help="who is told")
    parser.add_argument("--tier", choices=("critical", "standard", "low"), default="", help="how much depends on them")
    _config_flag(parser)


def detect(parser: argparse.ArgumentParser) -> None:
    """Of ``detect``."""
    parser.description = (
        "Find out what kind of status page is at an address, and print the vendor's file that follows from it. "
        "The exit code is 3 when the page is not recognised."
    )
    parser.add_argument("url", metavar="URL", help="https://address of the page, as people open it")
    _format_flag(parser)
    _config_flag(parser)


def presets(parser: argparse.ArgumentParser) -> None:
    """Of ``presets``."""
    parser.description = (
        "List the vendors that are known by name, for `vendorwatch add` and for preset: in a vendor's file. "
        "Of several words all must match. The exit code is 1 when nothing does."
    )
    parser.add_argument(
        "search", metavar="WORD", nargs="*", help="part of a slug, name, category, platform or host, or a page's address"
    )
    _format_flag(parser)


def platforms(parser: argparse.ArgumentParser) -> None:
    """Of ``platforms``."""
    parser.description = "List the kinds of status pages that can be read, and what is read of each."
    _format_flag(parser)


def notify(parser: argparse.ArgumentParser) -> None:
    """Of ``notify``, which is three commands."""
    parser.description = "Whether those who are to be told of what goes wrong can be told, and what waits to be told."
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    test = acts.add_parser("test", help="send a test alert to each of them, now")
    test.description = (
        "Send an alert that says it is a test through each channel of notify: in monitor.yaml, now and past all queues. The "
        "exit code is 2 when one of them does not take it. No daemon is needed."
    )
    either = "its name, or alertmanager for its peers (default: all)"
    test.add_argument("channels", metavar="CHANNEL", nargs="*", help=either)
    status = acts.add_parser("status", help="show what waits to be told, and what was given up")
    status.description = "Show for each channel how many alerts wait to be told, since when, and how many were given up."
    _format_flag(status)
    forget = acts.add_parser("forget", help="look at what was given up of a channel, and let it be")
    forget.description = (
        "List the alerts that nobody was told of because they were given up, and count them no longer: neither in "
        "vendorwatch_notifications_dead nor in `notify status`. What goes on still is not told later either."
    )
    forget.add_argument("channel", metavar="CHANNEL", help="its name")
    for each in (test, status, forget):
        _config_flag(each)
        each.set_defaults(parser=each)


def outages(parser: argparse.ArgumentParser) -> None:
    """Of ``outages``."""
    parser.description = (
        "List the outages of vendors, the newest first: when the first look failed, when we noticed, when the vendor's own "
        "page said so. It reads what the daemon has stored. The exit code is 0 whatever was found: it is history."
    )
    parser.add_argument("vendors", metavar="VENDOR", nargs="*", help="only of these vendors")
    since = "what was over before is left out; like 12h or 90d (default: 30d)"
    parser.add_argument("--since", metavar="SPAN", default="30d", help=since)
    parser.add_argument("--open", action="store_true", help="only those that go on")
    _format_flag(parser)
    _config_flag(parser)


def report(parser: argparse.ArgumentParser) -> None:
    """Of ``report``."""
    parser.description = (
        "Review vendors month by month, from what the daemon has stored: availability with its arithmetic, what was seen of "
        "the time, what the vendor's own page said beside it, whether the objective of its file was met, outages, latency, "
        "certificates. Every number names the rows that it was counted of. Without a name: all vendors that have a file."
    )
    parser.add_argument("vendors", metavar="VENDOR", nargs="*", help="only these vendors, also one without a file any more")
    since = "like 2026, 2026-01, 2026-01-31, 2026-01-31T12:00+01:00 (default: the last month that is over)"
    parser.add_argument("--from", metavar="TIME", dest="since", help=since)
    until = "the same, that year, month or day included (default: now)"
    parser.add_argument("--to", metavar="TIME", dest="until", help=until)
    zone = "whose months and clock, like Europe/Berlin (default: this machine's, else UTC)"
    parser.add_argument("--zone", metavar="NAME", help=zone)
    parser.add_argument("--format", choices=("text", "md", "html", "csv", "json"), default="text")
    parser.add_argument("--output", metavar="FILE", type=Path, help="write to this file, a new one (default: stdout)")
    _config_flag(parser)


def looks(parser: argparse.ArgumentParser) -> None:
    """Of ``looks``."""
    parser.description = (
        "Show what the stored looks at one target saw, the newest first: the probes behind an outage of a report. How long "
        "each look is kept says history: in monitor.yaml; those of an hour in which a state changed are kept longer."
    )
    parser.add_argument("target", metavar="TARGET", help="like github/endpoint/api.github.com/zen")
    at = "those around this time, like 2026-01-31T12:00+01:00, or of a day or month (default: the newest)"
    parser.add_argument("--at", metavar="TIME", help=at)
    zone = "on whose clock, like Europe/Berlin (default: this machine's, else UTC)"
    parser.add_argument("--zone", metavar="NAME", help=zone)
    parser.add_argument("--limit", metavar="N", type=int, default=20, help="so many at most (default: 20)")
    _format_flag(parser)
    _config_flag(parser)


def mute(parser: argparse.ArgumentParser) -> None:
    """Of ``mute``."""
    parser.description = (
        "Tell nobody of a vendor for a while. It is looked at as ever; what is still wrong when the mute ends is told then. "
        "A later mute of a vendor takes the place of the earlier. Without a vendor, list the mutes that hold."
    )
    parser.add_argument("vendor", metavar="VENDOR", nargs="?", help="as its file is called")
    parser.add_argument("--for", dest="span", metavar="SPAN", help="how long, like 45m, 2h or 1d; at most 30d")
    parser.add_argument("--why", metavar="TEXT", help="for whoever wonders why nobody was told")
    _config_flag(parser)


def unmute(parser: argparse.ArgumentParser) -> None:
    """Of ``unmute``."""
    parser.description = "End the mute of a vendor before its time."
    parser.add_argument("vendor", metavar="VENDOR", help="as its file is called")
    _config_flag(parser)


def db(parser: argparse.ArgumentParser) -> None:
    """Of ``db``, which is four commands."""
    parser.description = "Look after the database in which the daemon keeps what it saw. All but upgrade work while it runs."
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    upgrade = acts.add_parser("upgrade", help="bring its schema to that of this release")
    upgrade.description = (
        "Bring the schema of the database to that of this release, as the daemon does when it starts. Nothing is lost, and "
        "there is no way back: make a backup before. The daemon must not run meanwhile."
    )
    check = acts.add_parser("check", help="find out whether it is sound")
    check.description = (
        "Read the database, all of its pages and what is remembered of a sample of the targets, and see whether one thing "
        "agrees with the other. Nothing is changed. The exit code is 0 when it is sound, 2 when it is damaged."
    )
    check.add_argument("--all", action="store_true", help="everything, and not a sample")
    _format_flag(check)
    stats = acts.add_parser("stats", help="show how large it is, with what, and how it grows")
    stats.description = "Show the size of each table, since when it goes back, how fast it grows, and to what."
    _format_flag(stats)
    backup = acts.add_parser("backup", help="copy the database file while the daemon runs")
    backup.description = (
        "Copy an SQLite database as it is at this moment, whole, while the daemon goes on. To put it back: stop the daemon, "
        "move vendorwatch.db, vendorwatch.db-wal and vendorwatch.db-shm away, copy FILE to vendorwatch.db, start it."
    )
    backup.add_argument("file", metavar="FILE", type=Path, help="where the copy is to be; nothing is written over")
    for each in (upgrade, check, stats, backup):
        _config_flag(each)
        each.set_defaults(parser=each)


def validate(parser: argparse.ArgumentParser) -> None:
    """Of ``validate``."""
    parser.description = "Read all configuration files and tell every mistake as file:line: path: message."
    _config_flag(parser)


def schema(parser: argparse.ArgumentParser) -> None:
    """Of ``schema``."""
    parser.description = "Print the JSON Schema of a configuration file, for editors."
    parser.add_argument("file", choices=("vendor", "monitor"), help="which file's schema")
