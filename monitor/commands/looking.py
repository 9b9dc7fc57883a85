"""``check`` and ``explain``: looking now."""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import Namespace

from checks.model import Severity
from checks.vendor import Vendor
from monitor import ondemand, report, show
from monitor.commands.configuring import catalogue_of
from monitor.commands.ends import CONFIG, USAGE, complain
from monitor.network.trust import RootsUnavailable


def check(flags: Namespace) -> int:
    """Look, and show a table or the JSON document; the code is that of the worst severity."""
    reports = report.by_vendor(*_looks(flags))
    if flags.format == "json":
        print(json.dumps(report.document(reports)))
    else:
        out = show.console()
        show.show_reports(reports, out)
        for each in reports if flags.check or flags.deep else ():
            for look in each.looks:
                show.show_details(look, out)
    return report.worst(reports).exit_code


def explain(flags: Namespace) -> int:
    """Look, and show a page for each target."""
    _, looks = _looks(flags)
    for look in looks:
        show.show_page(look, show.console())
    show.show_sight(looks, show.console())
    return Severity.worst(look.severity for look in looks).exit_code


def _looks(flags: Namespace) -> tuple[list[Vendor], list[report.Look]]:
    """What the words name, looked at: the vendors, and a look at each of their targets."""
    catalogue = catalogue_of(flags)
    try:
        return asyncio.run(ondemand.look_at(catalogue, flags.names, flags.check, show.progress, deep=flags.deep))
    except ondemand.NothingToLookAt as error:
        complain(error)
        sys.exit(USAGE)
    except RootsUnavailable as error:
        complain(error)
        sys.exit(CONFIG)
