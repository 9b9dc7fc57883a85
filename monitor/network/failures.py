"""Why input and output failed, as one `Reason` each: everything the operating system says of a connection ends here.

What is not an error of the network (a bug) is not named here: it goes on to the probe, which reports it with its traceback.
"""

from __future__ import annotations

import errno

from checks.model import Reason, Unseen

_OFFLINE = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPERM, errno.EACCES})
"""Our own host cannot send: no route, no such address family, a local filter."""
_OURS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_CUT = frozenset({errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED, errno.ESHUTDOWN})


def is_cut(error: OSError) -> bool:
    """Whether *error* says that the peer has cut a connection that stood."""
    return error.errno in _CUT


def unseen(error: OSError, peer: str) -> Unseen:
    """*error*, met while talking to *peer*, as what a look came to."""
    number = error.errno or 0
    if number == errno.ECONNREFUSED:
        return Unseen(Reason.REFUSED, f"{peer} refused the connection: nothing listens there")
    if is_cut(error):
        return Unseen(Reason.CONNECT, f"{peer} cut the connection")
    if number == errno.ETIMEDOUT:
        return Unseen(Reason.TIMEOUT, f"{peer} did not answer")
    text = error.strerror or str(error) or type(error).__name__
    if number in _OFFLINE:
        return Unseen(Reason.OFFLINE, f"no way from this host to {peer}: {text}")
    if number in _OURS:
        return Unseen(Reason.OFFLINE, f"this host is out of resources: {text}")
    return Unseen(Reason.CONNECT, f"no connection to {peer}: {text}")
