"""The daemon and the command.

The life of the daemon: `monitor.cli` reads the flags, `monitor.settings` and `monitor.catalogue` the configuration, all
mistakes at once. `monitor.starting` opens the store and the network; `monitor.daemon` restores the last known states from
the store, hands every target to `monitor.schedule`, which says when it is due, and runs `monitor.probe` on what is due
within the limits. Whose failure a failure is, `monitor.canaries` look at. Each observation moves a state by the pure
``step`` of `monitor.state` and replaces the target's entry in the snapshot, which `monitor.served` shows as ``/metrics``
and as the board. The vendor is followed as a whole then (`monitor.vendors`): how it stands, its outage, its alerts; and
all that followed goes to the one writer of the store with the observation that it followed from. `monitor.notify` tells
people of what was stored, and of nothing else. On SIGHUP or a changed file the catalogue is replaced whole or not at all.
On SIGTERM no new probe starts, running ones get a few seconds, the store is flushed, and the exit code is 0.
`monitor.demo` runs this same daemon against simulated vendors.

The rules of this package:

- Imports run one way: cli -> demo -> daemon -> served -> chronicle -> (watch, board, review) -> notify -> (network, store,
  metrics, web, schedule, catalogue) -> (probe, state, standing, alerting) -> (settings, hypertext) -> checks.
- One module knows each third-party library.
- ``monitor/network/`` alone opens sockets to vendors. ``monitor/probe.py`` alone turns an exception of a check into a value.
"""
