"""The library: what to look at and how to judge it.

The life of a probe:

1. ``derive`` turns a vendor, as written in its file, into named settings: what there is to look at.
2. ``observe`` looks, through the `Network` handed to it, and returns facts. It is the only half that awaits. A look that
   fails raises `Unseen`, which carries a `Failure` with a bounded `Reason`: a failed look is a value, never a verdict.
3. ``judge`` turns facts into findings. It is pure: the time is an argument.
4. ``measure`` turns facts into samples of declared metrics. It is pure too.

The rules of this package:

- It imports nothing of ``monitor`` and none of httpx, ssl, socket, asyncio, sqlmodel, pydantic, prometheus_client,
  apscheduler, time or os. It opens no file, asks no clock and keeps no state.
- A check is one module or package here whose last line is ``CHECK = Check(...)``. There is nothing to register.
- A status platform is one module in ``checks/status/platforms/`` whose last line is ``PLATFORM = Platform(...)``.
"""
