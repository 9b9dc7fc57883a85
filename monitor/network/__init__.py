"""The only code that opens sockets to vendors.

From the bottom up: `guard` says where we may go at all, `dns` finds addresses and other records, `connect` reaches one
address, `starttls` says what comes before TLS where something does, `tls` shakes hands and `trust` says what a chain is
worth, `dial` puts these in order, `exchange` speaks HTTP/1.1 over the stream, `transport` keeps idle connections, `http` is
the HTTP client, `pages` serves one fetch to many and `rests` leaves alone who asked for it, `crls` keeps lists of revoked
certificates, `asking` puts raw questions to a peer, and `network` is the whole as a `checks.network.Network`.

The rules of this package:

- Every failure leaves as `checks.model.Unseen` with one `Reason`; a bug leaves as what it is.
- Nothing here has a deadline of its own over a whole look: the caller's ``asyncio.timeout`` ends it. A part of one has,
  where others wait for it or come after it: a name, a list, a raw question, one address of several.
- Each wait is cancellable at once, cancellation is never caught, and what was cancelled leaves neither socket nor task
  behind.
- What a peer sends is bounded before it is kept: handshake, headers, body (decoded), redirects.
- Certificates are judged after the handshake and before the first byte of a request, so that no secret goes to a stranger.
- One module knows each library: pyOpenSSL `tls`, certifi `trust`, h11 `exchange`, httpx `http`, dnspython `dns`.
"""
