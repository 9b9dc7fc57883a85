"""From a name to addresses and other records, so that a dead name server or a dead zone delays nobody else.

`resolver` is the whole, `names` reads what is asked for, `servers` asks, `families` merges what was said, `system` follows
this machine's own files. The rules:

- This package alone asks for names, and alone knows dnspython. ``getaddrinfo`` is called nowhere: each call blocks one of
  a few threads for as long as a name server stays silent, so that a few dead names delay all the others.
- A look-up ends in addresses or in `Unseen`: ``dns`` where a name server said that there is nothing, ``resolver`` where
  none could tell, ``config`` where what was asked for is no name.
- No failure and no address is kept for longer than it is good for, and nothing stale is given out.
"""

from monitor.network.dns.names import read_host
from monitor.network.dns.resolver import Resolver

__all__ = ["Resolver", "read_host"]
