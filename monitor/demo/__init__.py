"""The demo: a made-up world on loopback, a script of what happens in it, and the real daemon that watches.

What is made up here are vendors and canaries, down to their sockets and certificates. What is seen of them is not: the
daemon is the shipped one, a process of its own that knows nothing of the demo, and all that the demo tells of it was read
from its ``/metrics``. Nothing leaves loopback; everything that was begun ends with the demo, its folder included.

The vendors, servers and pages here are also those of the end-to-end tests.
"""
