"""The daemon's HTTP server: ``/metrics``, ``/-/healthy``, ``/-/ready``, and a page that lists the three.

It runs on threads of its own, so that neither the event loop waits for a client nor a client for the event loop. One
connection is one request. How many there are at once is limited, what a client may send is limited, and whoever is not done
by the deadline is cut off: slow and silent clients cannot pile up. What the pages say comes from functions handed in, which
are called on the server's threads. `monitor.web.server` has the connections, `monitor.web.exchange` what is said on one.
"""

from monitor.web.server import Limits, ListenError, WebServer

__all__ = ["Limits", "ListenError", "WebServer"]
