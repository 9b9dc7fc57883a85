"""Telling people: what was stored is sent, and nothing else is.

`notifier` is the whole, as the daemon makes it. `sender` empties one channel's queue in the outbox, `channels` are the ways
to tell somebody, one module each, and `wording` is what they say to people. `alertmanager` tells Alertmanager's peers of
everything that is open, again and again. `heartbeat` is heard elsewhere while the daemon is well. `trial` sends one test
alert through each of them. `posting` is what all that goes by HTTP has in common, `ways` the networks it goes through.

The rules of this package:

- A message is sent at least once, in order, under an id that stays the same however often it is tried. It can arrive twice
  where nobody knows whether it arrived: a connection that breaks before the answer, a process that is killed after the
  receiver took it and before that is written down. A receiver knows it again by the id.
- A channel renders (pure: a batch in, a request out) and says what an answer means; it neither waits nor tries again.
- `NotTaken` is the only way a delivery fails. Anything else is a bug of ours: it is logged and costs one batch, no more.
- No secret is in a message, a log or an error: addresses that are secrets are cut out of what is told of them.
- What a receiver answers is hostile input: bounded, one line.
"""
