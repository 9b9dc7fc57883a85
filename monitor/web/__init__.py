"""The daemon's HTTP server: ``/metrics``, ``/-/healthy``, ``/-/ready``, and whatever pages a site makes.

It runs on threads of its own, so that neither the event loop waits for a client nor a client for the event loop. One
connection is one request. How many there are at once is limited, what a client may send is limited, and whoever is not done
by the deadline is cut off: slow and silent clients cannot pile up. What the pages say comes from functions handed in, which
are called on the server's threads.

- `server` has the connections, `exchange` what is said on one.
- `asking` reads what is asked for, `door` says whether it is given, `replies` is what is sent.
- `site` is what the server needs of whoever has more to show than itself, `sharing` makes its pages once for all who ask.
"""

from monitor.web.exchange import Pages
from monitor.web.server import Limits, ListenError, WebServer

__all__ = ["Limits", "ListenError", "Pages", "WebServer"]
